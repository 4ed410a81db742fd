/** What is worth knowing of a set and is nothing wrong, in sentences without their full stop. Pure. */
import type { SetReport } from '../report.ts'
import { listed, plural } from './format.ts'

const NAMES_LISTED = 5

export function notesOf({ loops, replicasUnwatched }: SetReport): string[] {
  const unwatched = replicasUnwatched ?? []
  return [
    ...loops.map(
      (servers) =>
        `${servers.join(', ')} replicate in a circle and are compared once, from ${servers[0]} on`,
    ),
    ...(unwatched.length === 0
      ? []
      : [
          `${plural(unwatched.length, 'replica')} seen and not configured: ${listed(unwatched, NAMES_LISTED)}`,
        ]),
  ]
}
