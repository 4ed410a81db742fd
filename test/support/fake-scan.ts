/** One replication set of databases without servers, looked at in virtual time. */
import { threads } from '../../src/checks/threads.ts'
import type { SetConfig } from '../../src/config/config.ts'
import { DEFAULTS } from '../../src/config/defaults.ts'
import type { CheckName, TableCheck } from '../../src/domain.ts'
import { createLogger } from '../../src/log.ts'
import { createContext, type SetContext } from '../../src/scan/context.ts'
import { remember, type SetMemory } from '../../src/scan/memory.ts'
import { lookOnce } from '../../src/scan/once.ts'
import { runPass } from '../../src/scan/pass.ts'
import { reportOf } from '../../src/scan/report.ts'
import { runCheck } from '../../src/scan/run-check.ts'
import { decodeState, encodeState } from '../../src/state-file/document.ts'
import type { FakeDatabase } from './fake-database.ts'
import { fakeServer, makeServerConfig } from './fake-server.ts'
import { type FakeWorld, fakeWorld } from './fake-world.ts'

export interface FakeScan {
  readonly world: FakeWorld
  readonly context: SetContext
  readonly ending: AbortController
  readonly log: string[]
  /** `check`: all of it, once. */
  once(): Promise<void>
  /** Who is there, then one pass. */
  pass(check: TableCheck, scope?: 'all' | 'rest' | 'findings'): Promise<void>
  /** Goes on for so long, is killed, and started again with what a state file has of it. */
  killed(
    afterMs?: number,
    config?: Partial<SetConfig>,
    checks?: readonly CheckName[],
  ): Promise<FakeScan>
  /** Verdict or its reason by `server schema.table`, with the channel where there is one. */
  verdicts(check?: TableCheck): Record<string, string>
}

export function fakeScan(
  databases: readonly FakeDatabase[],
  {
    config = {},
    once = false,
    checks = ['threads', 'row_count', 'checksum'],
    world = fakeWorld(),
    memory,
  }: {
    config?: Partial<SetConfig>
    once?: boolean
    checks?: readonly CheckName[]
    world?: FakeWorld
    memory?: SetMemory | undefined
  } = {},
): FakeScan {
  const ending = new AbortController()
  const log: string[] = []
  const logger = createLogger({
    level: 'debug',
    format: 'logfmt',
    now: world.now,
    write: (line) => log.push(line),
  })
  const set: SetConfig = {
    ...DEFAULTS,
    name: 'shop',
    credentials: { username: 'drift', password: '' },
    servers: databases.map(({ name }) => makeServerConfig(name)),
    ...config,
  }
  const context = createContext(set, { once, checks }, world, logger, ending.signal, memory)
  for (const database of databases) {
    const server = fakeServer(database.name, async (sql) => {
      await world.sleep(sql.includes('SQL_NO_CACHE') ? database.readMs : 1, ending.signal)
      return database.answer(sql)
    })
    Object.assign(context.facts.get(database.name) ?? {}, { server })
  }
  return {
    world,
    context,
    ending,
    log,
    once: () => lookOnce(context),
    async pass(check, scope = 'all') {
      await runCheck(context, threads)
      await runPass(context, check, scope)
    },
    async killed(afterMs = 0, changed = config, wanted = checks) {
      await world.sleep(afterMs)
      const file = [...encodeState([remember(context)])].join('')
      ending.abort()
      const [known] = decodeState(Buffer.from(file))
      return fakeScan(databases, { config: changed, once, checks: wanted, world, memory: known })
    },
    verdicts: (check = 'checksum') =>
      Object.fromEntries(
        reportOf(context).tables.map(({ server, channel, schema, table, standings }) => {
          const standing = standings[check]
          const where = channel === '' ? server : `${server}/${channel}`
          return [`${where} ${schema}.${table}`, standing?.reason ?? standing?.verdict ?? 'absent']
        }),
      ),
  }
}
