/**
 * What must alert, and what must not: every fault, and exactly the alerts that it is to fire. One table, and as long
 * as there are faults.
 *
 * Written down from design.md sections 8 and 9 before the rules were tuned. A row that turns out to be wrong is
 * changed in a commit of its own that says why.
 */
import type { Vendor } from '../src/mysql/flavor.ts'
import { type Act, labFault, type Stage, together } from './act.ts'
import {
  changeSchemaEverywhere,
  cutFromExporter,
  cutFromSource,
  delayOnPurpose,
  failOver,
  failOverFromDead,
  forgetHeartbeat,
  forgottenTransaction,
  killExporter,
  lagForLong,
  limitTableSeries,
  reloadBrokenConfig,
  restartExporter,
  restartReplica,
  writeHeavily,
} from './acts.ts'
import { QUIET_TABLE, STRANGERS } from './cluster.ts'
import { critical, type ExpectedAlert, HERE, info, warning } from './expected.ts'

export interface MatrixRow {
  readonly fault: string
  /** Of a replica: several may suffer at once, each from its own. Of the set: it is alone. */
  readonly happensTo: 'a replica' | 'the set'
  readonly does: Act
  /** Done once everything fires, which must go on. */
  readonly midway?: (stage: Stage) => Promise<void>
  /** The highest speed at which what takes its own time, at any speed, is not too slow for the rules. */
  readonly atMost?: number
  /** Default: every flavor. */
  readonly flavors?: readonly Vendor[]
  /** Empty = silent. */
  readonly fires: readonly ExpectedAlert[]
  /** As true, and due only if the fault lasts longer than it is watched: neither awaited nor held against it. */
  readonly later?: readonly ExpectedAlert[]
}

/** Nothing more reaches the replica, for whatever reason, while the source goes on. */
const NOT_REPLICATING = [
  critical('ReplicationStopped', HERE),
  warning('LagUnknown', HERE),
  warning('MissingTransactions', HERE),
]

/** What cannot be verified any more is old one day. */
const NOT_VERIFIED = [warning('CoverageLow', HERE)]

/** Nor do heartbeats come, and two minutes are two minutes at any speed. */
const NOTHING_COMES = [...NOT_VERIFIED, warning('HeartbeatStale', HERE)]

/** Its checks cannot look, and say so. */
const CANNOT_LOOK = [warning('CheckStale', HERE), warning('CheckFailing', HERE)]

export const MATRIX: readonly MatrixRow[] = [
  // Replication
  {
    fault: 'io thread stopped',
    happensTo: 'a replica',
    does: labFault('stop-io-thread'),
    fires: NOT_REPLICATING,
    later: NOTHING_COMES,
  },
  {
    fault: 'sql thread stopped',
    happensTo: 'a replica',
    does: labFault('stop-sql-thread'),
    fires: NOT_REPLICATING,
    later: NOTHING_COMES,
  },
  {
    fault: 'sql error',
    happensTo: 'a replica',
    does: labFault('fail-applier'),
    fires: NOT_REPLICATING,
    later: NOTHING_COMES,
  },
  {
    fault: 'network cut between replica and source',
    happensTo: 'a replica',
    does: cutFromSource,
    fires: NOT_REPLICATING,
    later: NOTHING_COMES,
  },
  {
    fault: 'wrong replication password',
    happensTo: 'a replica',
    does: labFault('wrong-source-password'),
    fires: NOT_REPLICATING,
    later: NOTHING_COMES,
  },
  {
    fault: 'binlogs purged before they were received',
    happensTo: 'the set',
    does: labFault('purge-binlogs'),
    fires: [...NOT_REPLICATING, critical('UnrecoverableReplica', HERE)],
    later: NOTHING_COMES,
  },
  {
    fault: 'lag',
    happensTo: 'a replica',
    does: labFault('lag'),
    fires: [warning('ReplicationLag', HERE), warning('MissingTransactions', HERE)],
    later: [critical('ReplicationLag', HERE), ...NOTHING_COMES],
  },
  {
    // What the source says of the time is believed by MariaDB alone.
    fault: 'lag of more than ten minutes',
    happensTo: 'the set',
    flavors: ['mariadb'],
    does: lagForLong,
    fires: [
      critical('ReplicationLag', HERE),
      warning('ReplicationLag', HERE),
      warning('MissingTransactions', HERE),
    ],
    later: NOTHING_COMES,
  },
  {
    fault: 'delayed replica within its delay',
    happensTo: 'a replica',
    does: delayOnPurpose,
    fires: [],
  },
  {
    fault: 'replication reset',
    happensTo: 'a replica',
    does: labFault('reset-replication'),
    fires: [critical('ReplicationMissing', HERE)],
  },
  {
    fault: 'replica redirected to a stranger',
    happensTo: 'a replica',
    does: labFault('follow-stranger'),
    fires: [warning('SourceNotInSet', HERE)],
    later: [...CANNOT_LOOK, ...NOTHING_COMES],
  },
  {
    fault: 'heartbeat forgotten',
    happensTo: 'the set',
    does: forgetHeartbeat,
    fires: [warning('HeartbeatStale', 'db2'), warning('HeartbeatStale', 'db3')],
  },
  {
    fault: 'replica that nobody configured',
    happensTo: 'a replica',
    does: labFault('join-unasked', { server: STRANGERS.joining }),
    fires: [warning('ReplicaNotWatched', null)],
  },

  // Servers
  {
    fault: 'replica killed',
    happensTo: 'a replica',
    does: labFault('kill-server'),
    fires: [warning('ServerDown', HERE)],
    later: NOT_VERIFIED,
  },
  {
    fault: 'replica frozen',
    happensTo: 'a replica',
    does: labFault('freeze-server'),
    fires: [warning('ServerDown', HERE)],
    later: NOT_VERIFIED,
  },
  {
    fault: 'network cut between exporter and replica',
    happensTo: 'a replica',
    does: cutFromExporter,
    fires: [warning('ServerDown', HERE)],
    later: NOT_VERIFIED,
  },
  {
    fault: 'replica restarted',
    happensTo: 'a replica',
    does: restartReplica,
    atMost: 10,
    fires: [],
  },
  {
    fault: 'source killed',
    happensTo: 'the set',
    does: labFault('kill-server', { server: 'db1' }),
    fires: [
      critical('ServerDown', 'db1'),
      critical('ReplicationStopped', 'db2'),
      critical('ReplicationStopped', 'db3'),
      warning('LagUnknown', 'db2'),
      warning('LagUnknown', 'db3'),
    ],
    // Nothing can be compared with a source that is not there.
    later: ['db2', 'db3'].flatMap((server) => [
      warning('CheckStale', server),
      warning('CheckFailing', server),
      warning('CoverageLow', server),
      warning('HeartbeatStale', server),
    ]),
  },
  {
    fault: 'source read-only',
    happensTo: 'the set',
    does: labFault('make-read-only', { server: 'db1' }),
    fires: [critical('NoSource', null)],
    later: [warning('HeartbeatStale', 'db2'), warning('HeartbeatStale', 'db3')],
  },
  {
    // Nobody counts sources while a server of the set is away, as others may be that suffer at the same time.
    fault: 'two writable sources',
    happensTo: 'the set',
    does: labFault('second-source'),
    fires: [critical('MultipleSources', null), critical('ReplicationMissing', HERE)],
  },
  {
    fault: 'replica writable',
    happensTo: 'a replica',
    does: labFault('make-writable'),
    fires: [warning('ReplicaWritable', HERE)],
  },
  {
    fault: 'duplicate server id',
    happensTo: 'the set',
    does: labFault('duplicate-server-id'),
    fires: [warning('DuplicateServerId', null)],
  },
  {
    fault: 'setting that differs',
    happensTo: 'a replica',
    does: labFault('other-time-zone'),
    fires: [warning('VariablesDiffer', HERE)],
  },
  {
    fault: 'dangerous setting',
    happensTo: 'a replica',
    does: labFault('skip-errors'),
    fires: [warning('DangerousVariables', HERE)],
  },

  // Data
  {
    fault: 'row deleted',
    happensTo: 'a replica',
    does: labFault('delete-row'),
    fires: [critical('TablesDrifted', HERE), warning('RowCountDrifted', HERE)],
  },
  {
    fault: 'row changed',
    happensTo: 'a replica',
    does: labFault('change-row'),
    fires: [critical('TablesDrifted', HERE)],
  },
  {
    fault: 'row added',
    happensTo: 'a replica',
    does: labFault('add-row'),
    fires: [critical('TablesDrifted', HERE), warning('RowCountDrifted', HERE)],
  },
  {
    fault: 'two rows changed alike',
    happensTo: 'a replica',
    does: labFault('change-two-rows'),
    fires: [critical('TablesDrifted', HERE)],
  },
  {
    fault: 'errant transaction',
    happensTo: 'a replica',
    does: labFault('errant-transaction'),
    fires: [critical('ErrantTransactions', HERE)],
  },
  {
    fault: 'errant transaction while stopped',
    happensTo: 'a replica',
    does: labFault('errant-while-stopped'),
    fires: [...NOT_REPLICATING, critical('ErrantTransactions', HERE)],
    later: NOTHING_COMES,
  },

  // Definitions
  {
    fault: 'table dropped',
    happensTo: 'a replica',
    does: labFault('drop-table', { table: QUIET_TABLE }),
    fires: [critical('TablesMissing', HERE), critical('SchemaDiffers', HERE)],
  },
  {
    fault: 'table added',
    happensTo: 'a replica',
    does: labFault('add-table'),
    fires: [critical('TablesMissing', HERE), warning('SchemaDiffers', HERE)],
  },
  {
    fault: 'column dropped',
    happensTo: 'a replica',
    does: labFault('drop-column'),
    fires: [critical('SchemaDiffers', HERE)],
    later: NOT_VERIFIED,
  },
  {
    fault: 'column type changed',
    happensTo: 'a replica',
    does: labFault('change-column-type', { table: QUIET_TABLE }),
    fires: [critical('SchemaDiffers', HERE)],
    later: NOT_VERIFIED,
  },
  {
    fault: 'index dropped',
    happensTo: 'a replica',
    does: labFault('drop-index'),
    fires: [warning('SchemaDiffers', HERE)],
  },
  {
    fault: 'index added',
    happensTo: 'a replica',
    does: labFault('add-index'),
    fires: [info('SchemaDiffers', HERE)],
  },
  {
    fault: 'trigger added',
    happensTo: 'a replica',
    does: labFault('add-trigger'),
    fires: [warning('SchemaDiffers', HERE)],
  },

  // The exporter and its account
  {
    fault: 'exporter locked out of a replica',
    happensTo: 'a replica',
    does: labFault('wrong-password'),
    fires: [warning('ServerDown', HERE)],
    later: NOT_VERIFIED,
  },
  {
    fault: 'account loses its grants',
    happensTo: 'a replica',
    does: labFault('lose-grants'),
    fires: [warning('PrivilegesMissing', HERE), ...CANNOT_LOOK],
    later: NOT_VERIFIED,
  },
  {
    fault: 'account gains write privileges',
    happensTo: 'a replica',
    does: labFault('gain-writes'),
    fires: [warning('ExcessPrivileges', HERE), ...CANNOT_LOOK],
    later: NOT_VERIFIED,
  },
  {
    fault: 'exporter killed',
    happensTo: 'the set',
    does: killExporter,
    fires: [warning('ExporterDown', null), warning('ExporterAbsent', null)],
  },
  {
    // The drift was known before, and is known right after: the alert does not blink.
    fault: 'exporter restarted in the middle of a drift',
    happensTo: 'the set',
    does: labFault('change-row'),
    midway: restartExporter,
    atMost: 20,
    fires: [critical('TablesDrifted', HERE)],
  },
  {
    fault: 'broken configuration reloaded',
    happensTo: 'the set',
    does: reloadBrokenConfig,
    fires: [warning('ConfigReloadFailed', null)],
  },
  {
    fault: 'too many tables for series of their own',
    happensTo: 'the set',
    does: limitTableSeries,
    fires: [info('TablesOmitted', 'db2'), info('TablesOmitted', 'db3')],
  },
  {
    fault: 'verification stalled',
    happensTo: 'the set',
    does: forgottenTransaction,
    fires: [
      warning('VerificationStalled', null),
      ...['db2', 'db3'].flatMap((server) => [
        warning('CheckStale', server),
        warning('CoverageLow', server),
      ]),
    ],
    later: [info('ThrottledTooLong', 'db1')],
  },

  // Nothing that anybody must be told of
  {
    fault: 'heavy writes, and a schema change among them',
    happensTo: 'the set',
    does: together(writeHeavily, changeSchemaEverywhere),
    // A pass over rows that move takes its own time.
    atMost: 5,
    fires: [],
  },
  { fault: 'failover', happensTo: 'the set', does: failOver, atMost: 20, fires: [] },
  {
    // Nobody replicates from it any more: it is one server that is down.
    fault: 'failover from a dead source',
    happensTo: 'the set',
    does: failOverFromDead,
    fires: [warning('ServerDown', 'db1')],
  },
  {
    fault: 'several faults at once, repaired at once',
    happensTo: 'the set',
    does: together(
      labFault('change-row', { server: 'db2', table: { schema: 'shop', name: 'customers' } }),
      labFault('errant-transaction', { server: 'db2' }),
      labFault('stop-io-thread', { server: 'db3' }),
    ),
    fires: [
      critical('TablesDrifted', 'db2'),
      critical('ErrantTransactions', 'db2'),
      critical('ReplicationStopped', 'db3'),
      warning('LagUnknown', 'db3'),
      warning('MissingTransactions', 'db3'),
    ],
    later: [warning('CoverageLow', 'db3'), warning('HeartbeatStale', 'db3')],
  },
]
