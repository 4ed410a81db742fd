import type { Dialect } from './dialect.ts'
import type { Flavor, Vendor } from './flavor.ts'
import { mariadb } from './mariadb.ts'
import { mysql } from './mysql.ts'

const DIALECTS = { mysql, mariadb } as const satisfies Record<Vendor, Dialect>

export function dialectOf({ vendor }: Pick<Flavor, 'vendor'>): Dialect {
  return DIALECTS[vendor]
}
