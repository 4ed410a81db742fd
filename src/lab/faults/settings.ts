/** Global variables that are other than they should be, until the next restart. */
import { UserError } from '../../errors.ts'
import { VENDORS } from '../engines.ts'
import type { Fault } from '../fault.ts'

export const makeWritable: Fault = {
  name: 'make-writable',
  help: 'anybody may write to the replica: read_only is off',
  flavors: VENDORS,
  happensTo: 'a replica',
  apply: ({ server }) => server.exec(server.engine.sql.readOnly(false)),
  undo: ({ server }) => server.exec(server.engine.sql.readOnly(true)),
}

export const makeReadOnly: Fault = {
  name: 'make-read-only',
  help: 'nobody may write to the source: read_only is on',
  flavors: VENDORS,
  happensTo: 'any server',
  apply: ({ server }) => server.exec(server.engine.sql.readOnly(true)),
  undo: ({ server }) => server.exec(server.engine.sql.readOnly(false)),
}

export const duplicateServerId: Fault = {
  name: 'duplicate-server-id',
  help: 'the replica has the server_id of another replica',
  flavors: VENDORS,
  happensTo: 'a replica',
  apply: async ({ lab, server }) => {
    const other = lab.servers.find(
      ({ name, sources }) => name !== server.name && sources.length > 0,
    )
    if (other === undefined) throw new UserError(`${server.name} is the only replica`)
    await server.exec(`SET GLOBAL server_id = ${other.serverId}`)
  },
  undo: ({ server }) => server.exec(`SET GLOBAL server_id = ${server.serverId}`),
}

export const otherTimeZone: Fault = {
  name: 'other-time-zone',
  help: "the replica's time zone is not its source's",
  flavors: VENDORS,
  happensTo: 'a replica',
  apply: ({ server }) => server.exec("SET GLOBAL time_zone = '+05:00'"),
  undo: ({ server }) => server.exec("SET GLOBAL time_zone = 'SYSTEM'"),
}

export const skipErrors: Fault = {
  name: 'skip-errors',
  help: 'the replica passes over rows that it does not find, and over those that it finds twice',
  flavors: VENDORS,
  happensTo: 'a replica',
  apply: ({ server }) => server.exec(server.engine.sql.applyMode('IDEMPOTENT')),
  undo: ({ server }) => server.exec(server.engine.sql.applyMode('STRICT')),
}
