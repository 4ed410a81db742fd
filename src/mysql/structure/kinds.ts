import { checks } from './checks.ts'
import { columns } from './columns.ts'
import { events } from './events.ts'
import { foreignKeys } from './foreign-keys.ts'
import { indexes } from './indexes.ts'
import type { ObjectKind } from './kind.ts'
import { partitions } from './partitions.ts'
import { functions, procedures } from './routines.ts'
import { schemas } from './schemas.ts'
import { sequences } from './sequences.ts'
import { tables } from './tables.ts'
import { triggers } from './triggers.ts'
import { views } from './views.ts'

/** All that is compared, in the order in which differences are listed. A new kind is a file and a line here. */
export const KINDS: readonly ObjectKind[] = [
  schemas,
  tables,
  columns,
  indexes,
  foreignKeys,
  checks,
  partitions,
  triggers,
  views,
  sequences,
  procedures,
  functions,
  events,
]
