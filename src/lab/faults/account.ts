/** What happens to the exporter's account on one server, behind the binary log's back. */
import { VENDORS } from '../engines.ts'
import type { Fault } from '../fault.ts'
import type { LabServer } from '../server.ts'
import { EXPORTER_ACCOUNT } from '../start.ts'

const ACCOUNT = `${EXPORTER_ACCOUNT.username}@'%'`

export const wrongPassword: Fault = {
  name: 'wrong-password',
  help: "the password of the exporter's account was changed, and its sessions ended",
  flavors: VENDORS,
  happensTo: 'any server',
  apply: async ({ server }) => {
    await server.unlogged(`ALTER USER ${ACCOUNT} IDENTIFIED BY 'another one'`)
    await endSessions(server)
  },
  undo: ({ server }) =>
    server.unlogged(`ALTER USER ${ACCOUNT} IDENTIFIED BY '${EXPORTER_ACCOUNT.password}'`),
}

export const loseGrants: Fault = {
  name: 'lose-grants',
  help: "the exporter's account may do nothing any more, and its sessions were ended",
  flavors: VENDORS,
  happensTo: 'any server',
  apply: async ({ server }) => {
    await server.unlogged(`REVOKE ALL PRIVILEGES, GRANT OPTION FROM ${ACCOUNT}`)
    // A session keeps the global privileges that it began with.
    await endSessions(server)
  },
  undo: ({ server }) =>
    server.unlogged(`GRANT ${server.engine.exporterGrants} ON *.* TO ${ACCOUNT}`),
}

export const gainWrites: Fault = {
  name: 'gain-writes',
  help: "the exporter's account may write",
  flavors: VENDORS,
  happensTo: 'any server',
  apply: ({ server }) => server.unlogged(`GRANT INSERT, DELETE ON *.* TO ${ACCOUNT}`),
  undo: ({ server }) => server.unlogged(`REVOKE INSERT, DELETE ON *.* FROM ${ACCOUNT}`),
}

async function endSessions(server: LabServer): Promise<void> {
  const rows = await server.query(
    `SELECT id FROM information_schema.processlist WHERE user = '${EXPORTER_ACCOUNT.username}'`,
  )
  for (const { id } of rows) {
    // It may have ended by itself.
    await server.exec(`KILL ${id}`).catch(() => undefined)
  }
}
