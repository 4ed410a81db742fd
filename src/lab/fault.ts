import type { Vendor } from '../mysql/flavor.ts'
import type { Lab } from './lab.ts'
import type { LabServer } from './server.ts'
import type { TableName } from './table.ts'

/** Where a fault happens. */
export interface Site {
  readonly lab: Lab
  readonly server: LabServer
  /** Null for faults that are not about a table. */
  readonly table: TableName | null
}

/** Something that goes wrong in practice, done on purpose to one server. The list is faults.ts. */
export interface Fault {
  readonly name: string
  readonly help: string
  readonly flavors: readonly Vendor[]
  readonly happensTo: 'any server' | 'a replica' | 'a table of a replica'
  apply(site: Site): Promise<void>
  /** Makes good what `apply` did, also from another process and long after. */
  undo(site: Site): Promise<void>
}

/** The table of a fault that is about one. */
export function tableOf(site: Site): TableName {
  if (site.table === null) throw new Error(`no table was chosen on ${site.server.name}`)
  return site.table
}
