import type { Row } from './row.ts'
import { bound } from './rows/bound.ts'
import { digest } from './rows/digest.ts'
import { oltp } from './rows/oltp.ts'
import { schema } from './rows/schema.ts'
import { verification } from './rows/verification.ts'

/** In the order in which they are run: the last two change the data, and what else there is. */
export const ROWS: readonly Row[] = [verification, bound, digest, oltp, schema]
