import { lookAtDefinitions } from '../scan/schema/look.ts'
import type { Check } from './check.ts'

/** Whatever is defined on one end of a link, and not on the other or not alike. */
export const schema: Check = {
  name: 'schema',
  appliesTo: (_role, _channels, isExamined) => isExamined,
  lookAtSet: lookAtDefinitions,
  inTurn: true,
}
