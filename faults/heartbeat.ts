/** What pt-heartbeat does: a row on the source that is written each second, unless somebody forgot to start it. */
import { setTimeout as delay } from 'node:timers/promises'
import { beatSql, CREATE_HEARTBEAT_TABLE } from '../src/lab/heartbeat.ts'
import type { Lab } from '../src/lab/lab.ts'

const BEAT_MS = 1_000
const STATEMENT_TIMEOUT_MS = 5_000

export interface Heartbeat extends AsyncDisposable {
  /** As if the last one had been so long ago. */
  stop(secondsAgo: number): Promise<void>
  start(): void
}

/** On whichever server is the source. */
export async function startHeartbeat(lab: Lab): Promise<Heartbeat> {
  const ending = new AbortController()
  let isBeating = true
  let beating = Promise.resolve()
  await lab.source().exec(...CREATE_HEARTBEAT_TABLE)
  async function run(): Promise<void> {
    while (!ending.signal.aborted) {
      // A source that is away or read-only is what some faults are about.
      if (isBeating) beating = beat(lab, 0).catch(() => undefined)
      await beating
      await delay(BEAT_MS, undefined, { signal: ending.signal }).catch(() => undefined)
    }
  }
  const running = run()
  return {
    async stop(secondsAgo) {
      isBeating = false
      await beating
      await beat(lab, secondsAgo)
    },
    start() {
      isBeating = true
    },
    async [Symbol.asyncDispose]() {
      ending.abort()
      await running
    },
  }
}

function beat(lab: Lab, secondsAgo: number): Promise<void> {
  const source = lab.source()
  return source.appSession(async (session) => {
    await session.query(beatSql(secondsAgo))
  }, STATEMENT_TIMEOUT_MS)
}
