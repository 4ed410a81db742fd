import type { Check } from './check.ts'
import { checksum } from './checksum.ts'
import { grants } from './grants.ts'
import { gtid } from './gtid.ts'
import { rowCount } from './row-count.ts'
import { schema } from './schema.ts'
import { threads } from './threads.ts'
import { variables } from './variables.ts'

/** In the order in which `check` runs them: who is there, what we may do, then what is compared. */
export const CHECKS: readonly Check[] = [
  threads,
  grants,
  gtid,
  variables,
  schema,
  rowCount,
  checksum,
]
