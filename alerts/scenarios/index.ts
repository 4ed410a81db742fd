import type { AlertScenarios } from '../scenario.ts'
import { checkFailing } from './check-failing.ts'
import { checkStale } from './check-stale.ts'
import { configReloadFailed } from './config-reload-failed.ts'
import { coverageLow } from './coverage-low.ts'
import { dangerousVariables } from './dangerous-variables.ts'
import { duplicateServerId } from './duplicate-server-id.ts'
import { errantTransactions } from './errant-transactions.ts'
import { excessPrivileges } from './excess-privileges.ts'
import { exporterAbsent } from './exporter-absent.ts'
import { exporterDown } from './exporter-down.ts'
import { heartbeatStale } from './heartbeat-stale.ts'
import { lagUnknown } from './lag-unknown.ts'
import { missingTransactions } from './missing-transactions.ts'
import { multipleSources } from './multiple-sources.ts'
import { noSource } from './no-source.ts'
import { privilegesMissing } from './privileges-missing.ts'
import { replicaNotWatched } from './replica-not-watched.ts'
import { replicaWritable } from './replica-writable.ts'
import { replicationLag } from './replication-lag.ts'
import { replicationMissing } from './replication-missing.ts'
import { replicationStopped } from './replication-stopped.ts'
import { rowCountDrifted } from './row-count-drifted.ts'
import { schemaDiffers } from './schema-differs.ts'
import { serverDown } from './server-down.ts'
import { sourceNotInSet } from './source-not-in-set.ts'
import { tablesDrifted } from './tables-drifted.ts'
import { tablesMissing } from './tables-missing.ts'
import { tablesOmitted } from './tables-omitted.ts'
import { tablesUnchecked } from './tables-unchecked.ts'
import { throttledTooLong } from './throttled-too-long.ts'
import { unrecoverableReplica } from './unrecoverable-replica.ts'
import { variablesDiffer } from './variables-differ.ts'
import { verificationStalled } from './verification-stalled.ts'

/** The scenarios of every alert: the tests that are written from them are beside the rules. */
export const SCENARIOS: readonly AlertScenarios[] = [
  checkFailing,
  checkStale,
  configReloadFailed,
  coverageLow,
  dangerousVariables,
  duplicateServerId,
  errantTransactions,
  excessPrivileges,
  exporterAbsent,
  exporterDown,
  heartbeatStale,
  lagUnknown,
  missingTransactions,
  multipleSources,
  noSource,
  privilegesMissing,
  replicaNotWatched,
  replicaWritable,
  replicationLag,
  replicationMissing,
  replicationStopped,
  rowCountDrifted,
  schemaDiffers,
  serverDown,
  sourceNotInSet,
  tablesDrifted,
  tablesMissing,
  tablesOmitted,
  tablesUnchecked,
  throttledTooLong,
  unrecoverableReplica,
  variablesDiffer,
  verificationStalled,
]
