/** What the digest costs one server, against a plain CRC32, which misses what matters. */
import type { Flavor } from '../../src/mysql/flavor.ts'
import { wholeTableSql } from '../digest-sql.ts'
import { benchFlavor } from '../flavors.ts'
import { exporterSession } from '../rig.ts'
import { runRounds, timed } from '../rounds.ts'
import type { Row } from '../row.ts'
import { SCHEMA, TABLE } from '../table.ts'

const PLAIN = `SELECT BIT_XOR(CRC32(CONCAT_WS('#', id, k, c, pad))) AS digest FROM ${SCHEMA}.${TABLE}`

/** To be compared with either, both take the form that all servers can compute. */
const EACH_FLAVOR: readonly Flavor[] = [
  { vendor: 'mariadb', version: [10, 11, 0] },
  { vendor: 'mysql', version: [9, 7, 0] },
]

export const digest: Row = {
  name: 'digest',
  async measure(rig, bench) {
    const session = exporterSession(rig.source)
    try {
      const own = await wholeTableSql(session)
      const cross = await wholeTableSql(session, EACH_FLAVOR)
      const cost = (sql: string) => () => timed(() => session.query(sql))
      const { results, others } = await runRounds(
        rig,
        [
          { name: 'digest', run: cost(own) },
          { name: 'cross-flavor digest', run: cost(cross) },
          { name: 'BIT_XOR(CRC32(CONCAT_WS()))', run: cost(PLAIN) },
        ],
        bench,
      )
      const [ofOwn, ofCross, theirs] = results
      // One statement runs in one thread: quiet or not, it is its CPU time that it costs.
      const shared = { measure: 'cpu', theirs, others, notes: [] } as const
      return [
        {
          ...shared,
          what: 'digest against plain CRC32, CPU time of one server',
          ours: ofOwn,
          target: benchFlavor(rig.flavor).digestTarget,
        },
        {
          ...shared,
          what: 'the same, digest for links between MySQL and MariaDB',
          ours: ofCross,
          target: null,
        },
      ]
    } finally {
      await session.close()
    }
  },
}
