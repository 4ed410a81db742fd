import { VENDORS } from '../engines.ts'
import type { Fault, Site } from '../fault.ts'

/** No table differs: only the applier minds that it is there already. */
const clash = ({ server }: Site) => `'lab-clash-${server.name}'@localhost`

export const failApplier: Fault = {
  name: 'fail-applier',
  help: 'the replica stops with an error: it has an account already that the source creates',
  flavors: VENDORS,
  happensTo: 'a replica',
  apply: async (site) => {
    const { lab, server } = site
    await server.unlogged(`CREATE USER ${clash(site)}`)
    for (const { name } of server.sources) {
      await lab.server(name).exec(`CREATE USER ${clash(site)}`)
    }
  },
  undo: async (site) => {
    const { lab, server } = site
    await server.unlogged(`DROP USER ${clash(site)}`)
    await server.exec(
      ...server.sources.map(({ channel }) => server.engine.sql.start(channel, 'sql')),
    )
    for (const { name } of server.sources) await lab.server(name).exec(`DROP USER ${clash(site)}`)
  },
}
