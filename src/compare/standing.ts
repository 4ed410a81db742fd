import type { Fencing } from '../mysql/dialect.ts'

/**
 * Between two servers that do not replicate from each other no position proves anything. What differs has to stand
 * still on both, at every look (design section 4, "Without a channel").
 */
export const STANDING: Fencing = {
  notation: 'none',
  position: async () => '',
  hasReached: async () => true,
  ceiling: async () => ({ target: '', received: '' }),
  readPast: async ({ reader }, _ceiling, read) => ({ value: await read(reader) }),
}
