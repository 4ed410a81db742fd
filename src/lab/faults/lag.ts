import { UserError } from '../../errors.ts'
import { VENDORS } from '../engines.ts'
import { type Fault, type Site, tableOf } from '../fault.ts'
import { quoted } from '../table.ts'

const LOCK = "'lab-lag'"

/** A prepared XA transaction keeps its row locks without a session: it outlives the command that began it. */
export const lag: Fault = {
  name: 'lag',
  help: 'the replica falls behind with both threads running: all rows of a table are locked on it',
  flavors: VENDORS,
  happensTo: 'a table of a replica',
  apply: async (site) => {
    await site.server.unlogged(
      'SET foreign_key_checks = 0',
      `XA START ${LOCK}`,
      // Locks without changes are given up at XA PREPARE (MariaDB), hence a real one; it is rolled back in the end.
      `DELETE FROM ${quoted(tableOf(site))}`,
      `XA END ${LOCK}`,
      `XA PREPARE ${LOCK}`,
    )
  },
  undo: ({ server }) => server.unlogged(`XA ROLLBACK ${LOCK}`),
}

/** As some keep one replica an hour behind for the day when somebody drops a table. */
export const delayReplica: Fault = {
  name: 'delay-replica',
  help: 'the replica is configured to stay an hour behind',
  flavors: VENDORS,
  happensTo: 'a replica',
  apply: (site) => setDelay(site, 3600),
  undo: (site) => setDelay(site, 0),
}

async function setDelay({ server }: Site, seconds: number): Promise<void> {
  const { sql } = server.engine
  if (server.sources.length === 0) throw new UserError(`${server.name} is no replica`)
  await server.exec(
    ...server.sources.flatMap(({ channel }) => [
      sql.stop(channel),
      sql.delay(channel, seconds),
      sql.start(channel),
    ]),
  )
}
