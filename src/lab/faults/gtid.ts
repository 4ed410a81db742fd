/** Transactions that a replica made itself and its source does not have. */
import { quoteText } from '../../mysql/sql.ts'
import { VENDORS } from '../engines.ts'
import type { Fault, Site } from '../fault.ts'

/** Somebody's maintenance on the replica: no data differs, and a failover would still spread or lose it. */
const HARMLESS = 'FLUSH PRIVILEGES'

/** Servers with a domain each, as is good practice for MariaDB, use numbers like these. */
const domainOf = ({ server }: Site) => 1000 + server.serverId

export const errantTransaction: Fault = {
  name: 'errant-transaction',
  help: 'the replica wrote a transaction of its own to its binary log',
  flavors: VENDORS,
  happensTo: 'a replica',
  apply: async (site) => {
    // In the source's own domain it would stop a MariaDB replica that has gtid_strict_mode: the next fault.
    const domain =
      site.server.flavor === 'mariadb' ? [`SET gtid_domain_id = ${domainOf(site)}`] : []
    await site.server.exec(...domain, HARMLESS)
  },
  undo: (site) => (site.server.flavor === 'mariadb' ? adoptMariadb(site) : adoptMysql(site)),
}

export const errantWhileStopped: Fault = {
  name: 'errant-while-stopped',
  help: 'the same on a replica whose replication is stopped',
  flavors: VENDORS,
  happensTo: 'a replica',
  apply: async (site) => {
    const { server } = site
    await server.exec(...server.sources.map(({ channel }) => server.engine.sql.stop(channel)))
    await errantTransaction.apply(site)
  },
  undo: async (site) => {
    const { server } = site
    await errantTransaction.undo(site)
    await server.exec(...server.sources.map(({ channel }) => server.engine.sql.start(channel)))
  },
}

export const errantInSourceDomain: Fault = {
  name: 'errant-in-source-domain',
  help: 'the same in the GTID domain of the source: with gtid_strict_mode it stops the replica',
  flavors: ['mariadb'],
  happensTo: 'a replica',
  apply: ({ server }) => server.exec(HARMLESS),
  // Its binary log starts anew where the source's transactions were last applied. Right for a replica without replicas.
  undo: ({ server }) =>
    server.exec(
      ...server.sources.map(({ channel }) => server.engine.sql.stop(channel)),
      'SET @applied = @@global.gtid_slave_pos',
      'RESET MASTER',
      'SET GLOBAL gtid_slave_pos = @applied',
      ...server.sources.map(({ channel }) => server.engine.sql.start(channel)),
    ),
}

/** The usual cure: the source gets an empty transaction under each errant GTID. */
async function adoptMysql({ lab, server }: Site): Promise<void> {
  const executed = (await server.value('SELECT @@global.gtid_executed')) ?? ''
  for (const { name } of server.sources) {
    const source = lab.server(name)
    const errant = await source.value(
      `SELECT GTID_SUBTRACT(${quoteText(executed)}, @@global.gtid_executed)`,
    )
    const statements = gtidsOf(errant ?? '').flatMap((gtid) => [
      `SET gtid_next = '${gtid}'`,
      'BEGIN',
      'COMMIT',
    ])
    await source.exec(...statements)
  }
}

/** The same: MariaDB lets a session choose all three parts of the next GTID. */
async function adoptMariadb(site: Site): Promise<void> {
  const state = (await site.server.value('SELECT @@global.gtid_binlog_state')) ?? ''
  const own = state.split(',').find((gtid) => gtid.startsWith(`${domainOf(site)}-`))
  if (own === undefined) return
  const [domain, serverId, sequence] = own.split('-')
  for (const { name } of site.server.sources) {
    // One SET each: the number is checked against the domain and server that were set before it.
    await site.lab
      .server(name)
      .exec(
        `SET gtid_domain_id = ${domain}`,
        `SET server_id = ${serverId}`,
        `SET gtid_seq_no = ${sequence}`,
        HARMLESS,
      )
  }
}

/** `uuid:1-3:7,uuid:1` one by one. */
function gtidsOf(set: string): string[] {
  return set
    .split(',')
    .filter((part) => part.trim() !== '')
    .flatMap((part) => {
      const [uuid = '', ...intervals] = part.trim().split(':')
      return intervals.flatMap((interval) => {
        const [first = 0, last = first] = interval.split('-').map(Number)
        return Array.from({ length: last - first + 1 }, (_, index) => `${uuid}:${first + index}`)
      })
    })
}
