/** The replication channels of a MySQL server, by SHOW REPLICA STATUS or, without the right to it, otherwise. */
import { ChannelChanged, ServerError } from '../errors.ts'
import { channelOf, NEW_WORDS, OLD_WORDS } from './channel-row.ts'
import type { ChannelStatus } from './dialect.ts'
import { channelRulesOf } from './filter-columns.ts'
import { type ChannelRules, NO_CHANNEL_RULES } from './filters.ts'
import { atLeast, type Flavor } from './flavor.ts'
import { withAppliers } from './mysql-appliers.ts'
import { type Row, type Session, text } from './query.ts'

/**
 * SHOW REPLICA STATUS needs REPLICATION CLIENT. An account that may only SELECT finds in
 * performance_schema who replicates from whom, which is all that comparing takes, and the lag by commit
 * timestamps, but not Seconds_Behind.
 */
export async function readChannels(session: Session, flavor: Flavor): Promise<ChannelStatus[]> {
  return await withAppliers(session, flavor, await channelsOf(session, flavor))
}

async function channelsOf(session: Session, flavor: Flavor): Promise<ChannelStatus[]> {
  try {
    const { statement, words } = statusIn(flavor)
    const rows = await session.query(statement)
    return rows.filter((row) => !isGroupReplication(row)).map((row) => channelOf(row, words))
  } catch (error) {
    if (!(error instanceof ServerError && error.reason === 'privilege')) throw error
    const rows = await session.query(CHANNELS)
    const rules = await filtersOf(session, flavor)
    return rows
      .filter((row) => !isGroupReplication(row))
      .map((row) => channelOfTables(row, rules(channelName(row))))
  }
}

/** SHOW SLAVE STATUS is gone in 8.4, SHOW REPLICA STATUS came with 8.0.22. */
export function statusIn(flavor: Flavor) {
  return atLeast(flavor, 'mysql', 8, 0, 22)
    ? ({ statement: 'SHOW REPLICA STATUS', words: NEW_WORDS } as const)
    : ({ statement: 'SHOW SLAVE STATUS', words: OLD_WORDS } as const)
}

/** 5.7 has no table of filters: what cannot be seen may be there, and then nothing is called drifted or missing. */
async function filtersOf(
  session: Session,
  flavor: Flavor,
): Promise<(channel: string) => ChannelRules> {
  if (!atLeast(flavor, 'mysql', 8, 0)) return () => ({ ...NO_CHANNEL_RULES, isOpaque: true })
  const rows = await session.query(
    'SELECT CHANNEL_NAME AS Channel_Name, FILTER_NAME AS name, FILTER_RULE AS rule ' +
      'FROM performance_schema.replication_applier_filters',
  )
  const byChannel = Map.groupBy(rows, channelName)
  return (channel) =>
    channelRulesOf(
      Object.fromEntries(
        (byChannel.get(channel) ?? []).map((row) => [text(row, 'name'), row['rule'] ?? '']),
      ),
    )
}

const CHANNELS =
  'SELECT c.CHANNEL_NAME AS Channel_Name, c.HOST AS host, c.PORT AS port, c.USER AS account, s.SOURCE_UUID AS uuid, ' +
  's.SERVICE_STATE AS io, s.LAST_ERROR_NUMBER AS io_error, a.SERVICE_STATE AS applier, ' +
  'd.DESIRED_DELAY AS delay, ' +
  '(SELECT MAX(w.LAST_ERROR_NUMBER) FROM performance_schema.replication_applier_status_by_worker AS w ' +
  'WHERE w.CHANNEL_NAME = c.CHANNEL_NAME) AS sql_error ' +
  'FROM performance_schema.replication_connection_configuration AS c ' +
  'JOIN performance_schema.replication_connection_status AS s USING (CHANNEL_NAME) ' +
  'JOIN performance_schema.replication_applier_status AS a USING (CHANNEL_NAME) ' +
  'JOIN performance_schema.replication_applier_configuration AS d USING (CHANNEL_NAME)'

function channelOfTables(row: Row, rules: ChannelRules): ChannelStatus {
  const uuid = String(row['uuid'] ?? '')
  return {
    name: channelName(row),
    sourceHost: text(row, 'host'),
    sourcePort: Number(text(row, 'port')),
    sourceUuid: uuid === '' ? null : uuid,
    sourceServerId: null,
    io: serviceState(text(row, 'io')),
    sql: serviceState(text(row, 'applier')),
    ioErrorNumber: Number(row['io_error'] ?? 0),
    sqlErrorNumber: Number(row['sql_error'] ?? 0),
    lagSeconds: null,
    workersFailed: null,
    delaySeconds: Number(row['delay'] ?? 0),
    account: String(row['account'] ?? ''),
    rules,
  }
}

function serviceState(state: string): ChannelStatus['io'] {
  if (state === 'ON') return 'running'
  return state === 'OFF' ? 'stopped' : 'connecting'
}

function channelName(row: Row): string {
  return String(row['Channel_Name'] ?? '')
}

function isGroupReplication(row: Row): boolean {
  return channelName(row).startsWith('group_replication_')
}

/**
 * The row of a channel, if it is still there and comes from the server with `sourceUuid`; null = from whomever. A
 * channel that was never connected does not say whom it comes from.
 *
 * @param of.column that has the UUID of the source.
 * @throws {ChannelChanged}
 */
export function stillBrings(
  { server }: Session,
  row: Row | undefined,
  { column, sourceUuid }: { readonly column: string; readonly sourceUuid: string | null },
): Row {
  if (row === undefined) throw new ChannelChanged(server, 'the channel is no more')
  const uuid = String(row[column] ?? '')
  const isAnother = sourceUuid !== null && uuid !== '' && uuid !== sourceUuid
  if (isAnother) throw new ChannelChanged(server, 'the channel has another source')
  return row
}
