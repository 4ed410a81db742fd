/** Switches semi-sync on and off, with nobody waiting for a replica that has not come yet. */
import { ServerError } from '../errors.ts'
import { eventually } from './process.ts'
import type { LabServer } from './server.ts'

const TIMEOUT_MS = 30_000

/**
 * Commits on `source` wait from now on until one of its replicas has received them.
 *
 * Returns once all `replicas` are connected: MySQL 9.7 lets a commit that came before its first replica wait for the
 * whole of rpl_semi_sync_source_timeout (10 s), because it was sent to that replica without asking for an answer.
 * @throws {ServerError} when they do not connect.
 */
export async function startSemiSync(source: LabServer, replicas: number): Promise<void> {
  const { variable, clients } = source.engine.semiSync
  await source.exec(`SET GLOBAL ${variable} = ON`)
  const connected = await source.session((session) =>
    eventually(async () => {
      const [row] = await session.query(`SHOW GLOBAL STATUS LIKE '${clients}'`)
      return Number(row?.Value) >= replicas
    }, TIMEOUT_MS),
  )
  if (!connected) throw new ServerError('timeout', `${source.name}: no semi-sync replica connects`)
}

export async function stopSemiSync(source: LabServer): Promise<void> {
  await source.exec(`SET GLOBAL ${source.engine.semiSync.variable} = OFF`)
}
