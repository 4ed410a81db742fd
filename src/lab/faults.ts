/** Every fault that the lab knows. A new one is a new entry here. */
import { UserError } from '../errors.ts'
import type { Fault } from './fault.ts'
import { gainWrites, loseGrants, wrongPassword } from './faults/account.ts'
import { failApplier } from './faults/applier.ts'
import { changeColumnType, dropColumn } from './faults/column.ts'
import { addIndex, addTable, addTrigger, dropIndex, dropTable } from './faults/definition.ts'
import { errantInSourceDomain, errantTransaction, errantWhileStopped } from './faults/gtid.ts'
import { delayReplica, lag } from './faults/lag.ts'
import {
  followStranger,
  joinUnasked,
  purgeBinlogs,
  resetReplication,
  secondSource,
  wrongSourcePassword,
} from './faults/links.ts'
import { freezeServer, killServer } from './faults/process.ts'
import { addRow, changeRow, changeTwoRows, deleteRow } from './faults/rows.ts'
import {
  duplicateServerId,
  makeReadOnly,
  makeWritable,
  otherTimeZone,
  skipErrors,
} from './faults/settings.ts'
import { stopIoThread, stopSqlThread } from './faults/threads.ts'

export const FAULTS: readonly Fault[] = [
  stopIoThread,
  stopSqlThread,
  failApplier,
  killServer,
  freezeServer,
  deleteRow,
  changeRow,
  changeTwoRows,
  addRow,
  dropTable,
  addTable,
  dropColumn,
  changeColumnType,
  dropIndex,
  addIndex,
  addTrigger,
  errantTransaction,
  errantInSourceDomain,
  errantWhileStopped,
  lag,
  delayReplica,
  wrongSourcePassword,
  purgeBinlogs,
  resetReplication,
  secondSource,
  followStranger,
  joinUnasked,
  duplicateServerId,
  makeWritable,
  makeReadOnly,
  otherTimeZone,
  skipErrors,
  wrongPassword,
  loseGrants,
  gainWrites,
]

/** @throws {UserError} when there is none of that name. */
export function faultCalled(name: string): Fault {
  const fault = FAULTS.find((one) => one.name === name)
  if (fault !== undefined) return fault
  const names = FAULTS.map((one) => one.name).join(', ')
  throw new UserError(`no fault is called "${name}": there are ${names}`)
}
