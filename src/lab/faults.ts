/** Every fault that the lab knows. A new one is a new entry here. */
import { UserError } from '../errors.ts'
import type { Fault } from './fault.ts'
import { dropColumn } from './faults/column.ts'
import { errantInSourceDomain, errantTransaction } from './faults/gtid.ts'
import { delayReplica, lag } from './faults/lag.ts'
import { freezeServer, killServer } from './faults/process.ts'
import { addRow, changeRow, deleteRow } from './faults/rows.ts'
import { stopIoThread, stopSqlThread } from './faults/threads.ts'

export const FAULTS: readonly Fault[] = [
  stopIoThread,
  stopSqlThread,
  killServer,
  freezeServer,
  deleteRow,
  changeRow,
  addRow,
  dropColumn,
  errantTransaction,
  errantInSourceDomain,
  lag,
  delayReplica,
]

/** @throws {UserError} when there is none of that name. */
export function faultCalled(name: string): Fault {
  const fault = FAULTS.find((one) => one.name === name)
  if (fault !== undefined) return fault
  const names = FAULTS.map((one) => one.name).join(', ')
  throw new UserError(`no fault is called "${name}": there are ${names}`)
}
