import { runPass } from '../scan/pass.ts'
import type { Check } from './check.ts'

/** The contents of every table on both ends of every link. Its pass counts the rows as well. */
export const checksum: Check = {
  name: 'checksum',
  appliesTo: (_role, _channels, isExamined) => isExamined,
  lookAtSet: (context, scope) => runPass(context, 'checksum', scope),
}
