/** A replica that cannot go on from where it is starts anew, with all that its source has. */
import type { Source } from './engine.ts'
import type { Lab } from './lab.ts'
import { logEnd, positionOf } from './progress.ts'
import { copyTable } from './resync.ts'
import type { LabServer } from './server.ts'
import { quoted, tablesOf } from './table.ts'

/**
 * Nothing is written on the source meanwhile. The replica's own binary logs begin anew: right for one without
 * replicas. Accounts are left as they are. All rows pass through memory: for labs, not for real servers.
 */
export async function reseed(lab: Lab, replica: LabServer, link: Source): Promise<void> {
  const source = lab.server(link.name)
  const { sql } = replica.engine
  await source.session(async (session) => {
    await session.query('FLUSH TABLES WITH READ LOCK')
    const position = await positionOf(source)
    const from = lab.byGtid ? 'gtid' : await logEnd(source)
    const tables = await tablesOf(session)
    await replica.session(async (target) => {
      // It may be a replica of another, or of nobody.
      for (const statement of [sql.stop(link.channel), sql.forget(link.channel)]) {
        await target.query(statement).catch(() => [])
      }
      await target.query('SET SESSION sql_log_bin = 0, foreign_key_checks = 0')
      for (const table of await tablesOf(target)) {
        await target.query(`DROP TABLE ${quoted(table)}`)
      }
      for (const table of tables) await copyTable(session, target, table)
    })
    await replica.exec(
      ...(lab.byGtid ? sql.filledUpTo(position) : []),
      sql.replicateFrom(link, from),
      sql.start(link.channel),
    )
  })
}
