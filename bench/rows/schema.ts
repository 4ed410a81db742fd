/** The definitions of very many tables: against the bare statements, and once more when nothing was defined since. */
import type { Session } from '../../src/mysql/query.ts'
import { readDigest } from '../../src/mysql/structure/digest.ts'
import { listSubjects } from '../../src/mysql/structure/list.ts'
import { batchesOf } from '../../src/mysql/structure/read.ts'
import { runCheck, schemaLooks } from '../exporter.ts'
import { othersLoad, quietMoment } from '../machine.ts'
import { exporterSession, type Rig } from '../rig.ts'
import { cpuSecondsAt, runRounds, timed } from '../rounds.ts'
import type { Bench, Finding, Row } from '../row.ts'

/** 20,000 at full size. */
const TABLES_PER_ROW = 0.01
const SCHEMAS = 20
const PREFIX = 'defined'
const PATTERN = `${PREFIX}_*.*`
const CREATE_TIMEOUT_MS = 3_600_000

export const schema: Row = {
  name: 'schema',
  async measure(rig, bench) {
    const count = await createTables(rig, bench)
    const what = `definitions of ${count.toLocaleString('en')} tables`
    return [await againstStatements(rig, bench, what), await againstFirst(rig, bench, what)]
  },
}

async function createTables({ lab, source, size }: Rig, { say, signal }: Bench): Promise<number> {
  const each = Math.ceil((size * TABLES_PER_ROW) / SCHEMAS)
  say(`  making ${each * SCHEMAS} tables`)
  for (let s = 0; s < SCHEMAS; s += 1) {
    signal.throwIfAborted()
    const name = `${PREFIX}_${s}`
    const tables = Array.from(
      { length: each },
      (_, t) =>
        `CREATE TABLE ${name}.orders_${t} (id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
           customer INT NOT NULL, state ENUM('new', 'paid') NOT NULL DEFAULT 'new', note VARCHAR(100) DEFAULT '',
           at DATETIME(6), KEY by_customer (customer), KEY by_time (at, state))`,
    )
    await source.exec(`CREATE DATABASE ${name}`, ...tables)
  }
  await lab.caughtUp({ timeoutMs: CREATE_TIMEOUT_MS })
  return each * SCHEMAS
}

/** What no look can beat: its own statements on all servers at once, whose results nobody looks at. */
async function againstStatements(rig: Rig, bench: Bench, what: string): Promise<Finding> {
  const sessions = rig.lab.servers.map(exporterSession)
  try {
    const recorded = await Promise.all(
      sessions.map(async (session) => ({ session, statements: await statementsOf(session) })),
    )
    const replay = () =>
      Promise.all(
        recorded.map(async ({ session, statements }) => {
          for (const sql of statements) await session.query(sql)
        }),
      )
    const check = () => runCheck(rig, ['--checks=schema'], PATTERN)
    const { results, others } = await runRounds(
      rig,
      [
        { name: 'check --checks=schema', run: () => timed(check) },
        { name: 'its statements on each server', run: () => timed(replay) },
      ],
      bench,
    )
    const [ours, theirs] = results
    const shared = { measure: 'wall', target: null, others, notes: [] } as const
    return { ...shared, what: `${what}, \`check\` against its bare statements`, ours, theirs }
  } finally {
    await Promise.all(sessions.map((session) => session.close()))
  }
}

async function statementsOf(session: Session): Promise<readonly string[]> {
  const statements: string[] = []
  const recording: Session = {
    server: session.server,
    epoch: session.epoch,
    flavor: () => session.flavor(),
    query(sql, options) {
      statements.push(sql)
      return session.query(sql, options)
    },
  }
  const subjects = await listSubjects(recording)
  const ours = subjects.filter(({ schema: name }) => name.startsWith(PREFIX))
  for (const batch of batchesOf(ours)) await readDigest(recording, batch)
  return statements
}

async function againstFirst(rig: Rig, bench: Bench, what: string): Promise<Finding> {
  const looks: Awaited<ReturnType<typeof schemaLooks>>[] = []
  const busy: number[] = []
  for (let round = 0; round < bench.repeat; round += 1) {
    bench.signal.throwIfAborted()
    busy.push(await quietMoment(bench.patienceSeconds))
    const look = await schemaLooks(rig, PATTERN, () => cpuSecondsAt(rig))
    looks.push(look)
    bench.say(
      `  ${round + 1}: first ${look.first.seconds.toFixed(2)}, again ${look.again.seconds.toFixed(2)}`,
    )
  }
  const resultOf = (name: string, which: 'first' | 'again') => ({
    name,
    samples: looks.map((look) => look[which].seconds),
    cpuSeconds: looks.map((look) => look[which].cpuSeconds),
  })
  return {
    what: `${what}, \`serve\` when nothing was defined since`,
    measure: 'wall',
    ours: resultOf('again', 'again'),
    theirs: resultOf('the first look', 'first'),
    target: null,
    others: othersLoad(busy),
    notes: [],
  }
}
