/** The same look against what no look can beat: one query over the whole table, on all servers at once. */
import { wholeTableSql } from '../digest-sql.ts'
import { runCheck } from '../exporter.ts'
import { exporterSession } from '../rig.ts'
import { runRounds, timed } from '../rounds.ts'
import type { Row } from '../row.ts'

export const bound: Row = {
  name: 'bound',
  async measure(rig, bench) {
    const sessions = rig.lab.servers.map(exporterSession)
    try {
      const queries = await Promise.all(
        sessions.map(async (session) => ({ session, sql: await wholeTableSql(session) })),
      )
      const readAll = () => Promise.all(queries.map(({ session, sql }) => session.query(sql)))
      const { results, others } = await runRounds(
        rig,
        [
          { name: 'check', run: () => timed(() => runCheck(rig)) },
          {
            name: 'check --checks=checksum',
            run: () => timed(() => runCheck(rig, ['--checks=checksum'])),
          },
          { name: 'one query on each server', run: () => timed(readAll) },
        ],
        bench,
      )
      const [whole, contents, theirs] = results
      const shared = { measure: 'wall', theirs, target: 1.25, others, notes: [] } as const
      return [
        {
          ...shared,
          what: 'full verification, `check` against one query of the same digest, wall time',
          ours: whole,
        },
        { ...shared, what: 'the same, `check --checks=checksum`', ours: contents },
      ]
    } finally {
      await Promise.all(sessions.map((session) => session.close()))
    }
  },
}
