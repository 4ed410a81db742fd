import type { Vendor } from '../mysql/flavor.ts'
import type { Engine } from './engine.ts'
import { mariadb } from './mariadb.ts'
import { mysql } from './mysql.ts'

const ENGINES = { mariadb, mysql } as const satisfies Record<Vendor, Engine>

export const VENDORS: readonly Vendor[] = [mariadb.vendor, mysql.vendor]

export function engineOf(vendor: Vendor): Engine {
  return ENGINES[vendor]
}
