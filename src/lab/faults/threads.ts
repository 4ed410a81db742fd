import { VENDORS } from '../engines.ts'
import type { Fault, Site } from '../fault.ts'

export const stopIoThread = stopThread('io', 'the replica no longer receives: STOP ... IO_THREAD')
export const stopSqlThread = stopThread('sql', 'the replica no longer applies: STOP ... SQL_THREAD')

function stopThread(thread: 'io' | 'sql', help: string): Fault {
  const onEachChannel = ({ server }: Site, verb: 'start' | 'stop') =>
    server.exec(...server.sources.map(({ channel }) => server.engine.sql[verb](channel, thread)))
  return {
    name: `stop-${thread}-thread`,
    help,
    flavors: VENDORS,
    happensTo: 'a replica',
    apply: (site) => onEachChannel(site, 'stop'),
    undo: (site) => onEachChannel(site, 'start'),
  }
}
