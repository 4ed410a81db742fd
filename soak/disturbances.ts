/** All that goes on in a busy installation without any drift. A new one is a new entry here. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Lab } from '../src/lab/lab.ts'
import type { LabServer } from '../src/lab/server.ts'
import { BUSY, PASSING } from './tables.ts'
import type { Turns } from './turns.ts'

export interface Scene {
  readonly lab: Lab
  readonly turns: Turns
  readonly signal: AbortSignal
  /** An integer from `least` to `most`. */
  between(least: number, most: number): number
}

export interface Disturbance {
  readonly name: string
  /** Seconds between two of them. */
  readonly every: readonly [least: number, most: number]
  run(scene: Scene): Promise<void>
}

export const DISTURBANCES: readonly Disturbance[] = [
  {
    name: 'lag',
    every: [1, 6],
    run: (scene) =>
      onReplica(scene, async (replica) => {
        const { sql } = replica.engine
        await replica.exec(sql.stop('', 'sql'))
        await delay(scene.between(500, 3_000))
        await replica.exec(sql.start('', 'sql'))
      }),
  },
  {
    name: 'restart',
    every: [15, 40],
    run: (scene) =>
      onReplica(scene, async (replica) => {
        await replica.kill()
        await delay(scene.between(0, 3_000))
        await replica.start()
      }),
  },
  {
    // Not more often: a change of the definition makes the exporter begin again with what it was about to confirm.
    name: 'column',
    every: [20, 60],
    run: (scene) =>
      andBack(
        scene,
        (table) => `ALTER TABLE ${table} ADD COLUMN extra INT NOT NULL DEFAULT 7`,
        (table) => `ALTER TABLE ${table} DROP COLUMN extra`,
      ),
  },
  {
    name: 'index',
    every: [20, 60],
    run: (scene) =>
      andBack(
        scene,
        (table) => `CREATE INDEX by_label ON ${table} (label)`,
        (table) => `DROP INDEX by_label ON ${table}`,
      ),
  },
  {
    name: 'table',
    every: [3, 10],
    run: async (scene) => {
      const table = `soak.${PASSING}${scene.between(1, 5)}`
      await onSource(
        scene,
        `CREATE TABLE ${table} (id INT PRIMARY KEY, n INT NOT NULL)`,
        `INSERT INTO ${table} VALUES (1, 1), (2, 2), (3, 3)`,
      )
      await pause(scene, 0, 8_000)
      await onSource(scene, `DROP TABLE ${table}`)
    },
  },
]

/** Runs all of them, each in its own rhythm, until the signal. */
export async function disturb(scene: Scene, done: (name: string) => void): Promise<void> {
  await Promise.all(
    DISTURBANCES.map(async ({ name, every: [least, most], run }) => {
      for (;;) {
        await pause(scene, least * 1_000, most * 1_000)
        if (scene.signal.aborted) return
        await run(scene)
        done(name)
      }
    }),
  )
}

const CATCH_UP_MS = 300_000

/** Whoever is the source when its turn comes. */
export const SOURCE_TURN = 'the source'

/** Does it to a busy table; a little later undoes it, whatever happened in between. */
async function andBack(
  scene: Scene,
  there: (table: string) => string,
  back: (table: string) => string,
): Promise<void> {
  const table = `soak.${BUSY[scene.between(0, BUSY.length - 1)]}`
  await onSource(scene, there(table))
  await pause(scene, 2_000, 10_000)
  await onSource(scene, back(table))
}

function onSource({ lab, turns }: Scene, ...statements: readonly string[]): Promise<void> {
  return turns.take(SOURCE_TURN, () =>
    lab.source().appSession(async (session) => {
      for (const statement of statements) await session.query(statement)
    }),
  )
}

function onReplica(
  { lab, turns, between }: Scene,
  work: (replica: LabServer) => Promise<void>,
): Promise<void> {
  const replicas = lab.servers.filter(({ sources }) => sources.length > 0)
  const replica = replicas[between(0, replicas.length - 1)]
  if (replica === undefined) throw new Error('a lab without replicas')
  return turns.take(replica.name, async () => {
    // It may have been promoted while it waited for its turn.
    if (replica.sources.length === 0) return
    await work(replica)
    // On a slow machine it would else be down or behind all the time.
    await lab.caughtUp({ servers: [replica.name], timeoutMs: CATCH_UP_MS })
  })
}

/** Ends early when the soak does, so that what was begun is undone. */
async function pause({ signal, between }: Scene, least: number, most: number): Promise<void> {
  await delay(between(least, most), undefined, { signal }).catch(() => undefined)
}
