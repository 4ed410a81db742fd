/**
 * What is asked of each setting, and why: whether the ends of a link should have it alike, and what is dangerous by
 * itself. Compared is what makes data, definitions or the next failover come out otherwise; what differs on purpose
 * in every healthy set is not (`server_id`, `read_only`, durability: a server by itself is safe or is not).
 *
 * `read_only` is no part of this: the `threads` check reads it every 15 seconds, for the topology rests on it, and
 * tells of a writable replica itself. So does the topology of two servers with one id.
 */
import type { VariableName } from '../domain.ts'
import { channelRulesText, logRulesText } from './filter-text.ts'
import { type ChannelRules, isByStatement, type LogRules, NO_CHANNEL_RULES } from './filters.ts'
import {
  charset,
  DAY_SECONDS,
  expirySeconds,
  first,
  type Reader,
  sharedSqlModes,
  sqlModes,
  timeZone,
  utcOffsets,
} from './variable-values.ts'
import type { SettingName, VariableReading } from './variables.ts'

/** What a server is to others, as far as its settings are judged by it. */
export interface Situation {
  /** Another server of the set replicates from it. */
  readonly isSource: boolean
  /** Its channels; null = not known, which is not the same as none. */
  readonly channels:
    | readonly {
        readonly name: string
        readonly rules: ChannelRules
        /** Of its source. */
        readonly log: LogRules
      }[]
    | null
  /** What it leaves out of its binary log; null = not known. */
  readonly log: LogRules | null
}

export interface VariableRule {
  /** What it is called; of several names, old and new, the first that a server has. Empty: it is no variable. */
  readonly names: readonly SettingName[]
  /** For people; null = the server has no such thing, or does not tell. */
  readonly shown: (reading: VariableReading, situation: Situation) => string | null
  readonly compared?: {
    readonly why: string
    /** Equal = the two ends have it alike. null = nothing to be compared. */
    readonly meaning: (reading: VariableReading) => string | null
    /** What it means to the other vendor as well; null = nothing. */
    readonly abroad: (reading: VariableReading) => string | null
  }
  readonly dangerous?: {
    readonly why: string
    /** null = it cannot be told. */
    readonly isSo: (value: string, reading: VariableReading, situation: Situation) => boolean | null
  }
}

const writesBinlog = ({ settings }: VariableReading) => settings.log_bin === 'ON'

/** A binary log that is not written has no format. */
const inBinlog =
  (read: Reader): Reader =>
  (reading) =>
    writesBinlog(reading) ? read(reading) : null

function setting(...names: readonly SettingName[]) {
  return { names, shown: first(...names) }
}

/** Both vendors mean the same by it. */
function alike(why: string, meaning: Reader, abroad = meaning) {
  return { compared: { why, meaning, abroad } }
}

/** The other vendor has no such thing, or means another by it. */
function alikeAtHome(why: string, meaning: Reader) {
  return alike(why, meaning, () => null)
}

function dangerous(why: string, isSo: Danger) {
  return { dangerous: { why, isSo } }
}

type Danger = NonNullable<VariableRule['dangerous']>['isSo']

/** Only on a replica does it matter what is done with what is received. */
function onReplica(isSo: (value: string) => boolean): Danger {
  return (value, _reading, { channels }) => channels && channels.length > 0 && isSo(value)
}

const isOff = (value: string) => value === 'OFF' || value === ''

/** Of filters on schemas, while statements are logged. */
const BY_STATEMENT =
  'statements are left out by the schema in use, not by the tables that they change: some get lost'

export const VARIABLE_RULES: Readonly<Record<VariableName, VariableRule>> = {
  log_bin: {
    ...setting('log_bin'),
    ...dangerous(
      'what it writes reaches none of its replicas',
      (value, _reading, { isSource }) => isSource && isOff(value),
    ),
  },
  // Judged alone: of two ends one of which is not ROW, that one is told of. MIXED is MariaDB's default.
  binlog_format: {
    ...setting('binlog_format'),
    ...dangerous(
      'statements are replicated as text and may do something else on a replica',
      (value, reading) => writesBinlog(reading) && value !== 'ROW',
    ),
  },
  // MINIMAL is a choice, and no danger while both ends have the same keys: those are for the schema check.
  binlog_row_image: {
    ...setting('binlog_row_image'),
    ...alikeAtHome(
      'after a failover, whoever reads the binary log gets other columns than before',
      inBinlog(first('binlog_row_image')),
    ),
  },
  binlog_row_metadata: {
    ...setting('binlog_row_metadata'),
    ...alikeAtHome(
      'after a failover, whoever reads the binary log gets other metadata than before',
      inBinlog(first('binlog_row_metadata')),
    ),
  },
  // A night is not to be enough to lose a replica. Never (0) fills a disk and loses nothing.
  binlog_expire_logs_seconds: {
    names: ['binlog_expire_logs_seconds', 'expire_logs_days'],
    shown: expirySeconds,
    ...alike(
      'after a failover, a replica that was away may find its binary logs gone',
      inBinlog(expirySeconds),
    ),
    ...dangerous(
      'a replica that stands still for less than a day can not catch up any more',
      (value, reading, { isSource }) =>
        isSource && writesBinlog(reading) && Number(value) > 0 && Number(value) < DAY_SECONDS,
    ),
  },
  gtid_mode: {
    ...setting('gtid_mode'),
    ...alikeAtHome(
      'transactions without a GTID can not be found again after a failover, and may stop replication',
      first('gtid_mode'),
    ),
  },
  enforce_gtid_consistency: {
    ...setting('enforce_gtid_consistency'),
    ...alikeAtHome(
      'one end takes statements that the other refuses',
      first('enforce_gtid_consistency'),
    ),
  },
  // Off by default. With it, what else would pass in silence stops replication (error 1950).
  gtid_strict_mode: {
    ...setting('gtid_strict_mode'),
    ...alikeAtHome(
      'one end takes transactions out of order that stop replication on the other',
      first('gtid_strict_mode'),
    ),
    ...dangerous(
      'what is written on it may take the GTID of a transaction of its source, and nobody notices',
      (value, reading, { channels }) =>
        writesBinlog(reading) && channels && channels.length > 0 && isOff(value),
    ),
  },
  // MariaDB 11.4.
  binlog_gtid_index: {
    ...setting('binlog_gtid_index'),
    ...alikeAtHome(
      'after a failover, replicas that connect make the source read through its binary logs',
      inBinlog(first('binlog_gtid_index')),
    ),
  },
  server_id: {
    ...setting('server_id'),
    ...dangerous('it can neither replicate nor be replicated from', (value) => value === '0'),
  },
  sql_mode: {
    ...setting('sql_mode'),
    ...alike(
      'after a failover, statements are refused or store other values than before',
      sqlModes,
      sharedSqlModes,
    ),
  },
  time_zone: {
    names: ['time_zone'],
    shown: timeZone,
    ...alike(
      'after a failover, NOW() and TIMESTAMP columns show other times than before',
      utcOffsets,
    ),
  },
  character_set_server: {
    ...setting('character_set_server'),
    ...alike(
      'what is created without a character set gets another one',
      charset('character_set_server'),
    ),
  },
  // The vendors' default collations do not exist on the other side: between them nothing could be put right.
  collation_server: {
    ...setting('collation_server'),
    ...alikeAtHome(
      'what is created without a collation gets another one: other order, other duplicates',
      charset('collation_server'),
    ),
  },
  lower_case_table_names: {
    ...setting('lower_case_table_names'),
    ...alike(
      'names that are two tables on one end are one on the other',
      first('lower_case_table_names'),
    ),
  },
  explicit_defaults_for_timestamp: {
    ...setting('explicit_defaults_for_timestamp'),
    ...alike(
      'the same CREATE TABLE makes TIMESTAMP columns with other defaults',
      first('explicit_defaults_for_timestamp'),
    ),
  },
  log_replica_updates: {
    ...setting('log_replica_updates', 'log_slave_updates'),
    ...alike(
      'one of them can not stand in for the other: it has not logged what it received',
      inBinlog(first('log_replica_updates', 'log_slave_updates')),
    ),
    ...dangerous(
      'what it receives does not reach its own replicas',
      (value, _reading, { isSource, channels }) =>
        isSource && channels && channels.length > 0 && isOff(value),
    ),
  },
  // This and the next are asked for by MySQL's manual in a set-up with replication, and on a replica as well: if its
  // engine and its binary log disagree after a power failure, its GTIDs name transactions that are not there.
  sync_binlog: {
    ...setting('sync_binlog'),
    ...dangerous(
      'a power failure loses transactions from the binary log that data or replicas hold',
      (value, reading) => writesBinlog(reading) && value !== '1',
    ),
  },
  // MariaDB's 3 is 1 with one more sync. A replica without a binary log loses its place with the data, and gets both again.
  innodb_flush_log_at_trx_commit: {
    ...setting('innodb_flush_log_at_trx_commit'),
    ...dangerous(
      'a power failure loses committed transactions that the binary log or replicas hold',
      (value, reading) => writesBinlog(reading) && value !== '1' && value !== '3',
    ),
  },
  replica_skip_errors: {
    ...setting('replica_skip_errors', 'slave_skip_errors'),
    ...dangerous(
      'errors that say that data differs are passed over',
      onReplica((value) => !isOff(value)),
    ),
  },
  replica_exec_mode: {
    ...setting('replica_exec_mode', 'slave_exec_mode'),
    ...dangerous(
      'rows that are missing, or there already, are passed over',
      onReplica((value) => value === 'IDEMPOTENT'),
    ),
  },
  // What filters leave out on purpose is skipped, not wrong. The threads check reads them.
  binlog_filters: {
    names: [],
    shown: (_reading, { log }) => (log === null || log.isHidden ? null : logRulesText(log)),
    ...dangerous(BY_STATEMENT, (_value, _reading, { log }) =>
      log === null ? null : isByStatement({ log, channel: NO_CHANNEL_RULES }),
    ),
  },
  replication_filters: {
    names: [],
    shown: (_reading, { channels }) => channels && filtersOf(channels),
    ...dangerous(BY_STATEMENT, (_value, _reading, { channels }) =>
      (channels ?? []).some(({ log, rules }) => isByStatement({ log, channel: rules })),
    ),
  },
}

/** Each with its channel, where there are several. null = not all can be told, and none is known. */
function filtersOf(channels: NonNullable<Situation['channels']>): string | null {
  const texts = channels.map(({ name, rules }) => {
    const told = channelRulesText(rules)
    return told && channels.length > 1 ? `${name}: ${told}` : told
  })
  const filters = texts.filter(Boolean).join(' ')
  return filters === '' && texts.includes(null) ? null : filters
}
