import { runPass } from '../scan/pass.ts'
import type { Check } from './check.ts'

/** The number of rows of every table on both ends of every link. */
export const rowCount: Check = {
  name: 'row_count',
  appliesTo: (_role, _channels, isExamined) => isExamined,
  async lookAtSet(context, scope) {
    // One full look counts once: the checksum pass sees every row anyway.
    if (context.mode.once && context.mode.checks.includes('checksum')) return
    await runPass(context, 'row_count', scope)
  },
}
