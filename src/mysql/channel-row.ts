/** A row of SHOW REPLICA STATUS, or of what it was called before, with the spelling removed. Pure. */
import type { ThreadState } from '../domain.ts'
import type { ChannelStatus } from './dialect.ts'
import { channelRulesOf } from './filter-columns.ts'
import { type Row, text } from './query.ts'

/** How the columns are named: MySQL has new words since 8.0.22, MariaDB the old ones. */
export const NEW_WORDS = { source: 'Source', replica: 'Replica' } as const
export const OLD_WORDS = { source: 'Master', replica: 'Slave' } as const

export function channelOf(
  row: Row,
  { source, replica }: typeof NEW_WORDS | typeof OLD_WORDS,
): ChannelStatus {
  const uuid = String(row[`${source}_UUID`] ?? '')
  const serverId = String(row[`${source}_Server_Id`] ?? '0')
  const behind = row[`Seconds_Behind_${source}`]
  return {
    // MySQL's channels are MariaDB's connections.
    name: String(row['Channel_Name'] ?? row['Connection_name'] ?? ''),
    sourceHost: text(row, `${source}_Host`),
    sourcePort: Number(text(row, `${source}_Port`)),
    sourceUuid: uuid === '' ? null : uuid,
    sourceServerId: serverId === '0' ? null : serverId,
    io: threadState(text(row, `${replica}_IO_Running`)),
    sql: threadState(text(row, `${replica}_SQL_Running`)),
    ioErrorNumber: Number(row['Last_IO_Errno'] ?? 0),
    sqlErrorNumber: Number(row['Last_SQL_Errno'] ?? 0),
    workersFailed: null,
    lagSeconds: behind === null || behind === undefined ? null : Number(behind),
    delaySeconds: Number(row['SQL_Delay'] ?? 0),
    account: String(row[`${source}_User`] ?? ''),
    rules: channelRulesOf(row),
  }
}

/** 'Yes', 'No', 'Connecting', MariaDB's 'Preparing' and whatever a newer version says. */
function threadState(text: string): ThreadState {
  if (text === 'Yes') return 'running'
  return text === 'No' ? 'stopped' : 'connecting'
}
