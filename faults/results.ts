/** Outcomes on disk, one a line, so that a run can be taken up again. */
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import type { Outcome } from './outcome.ts'

export function readOutcomes(file: string): Outcome[] {
  if (!existsSync(file)) return []
  const lines = readFileSync(file, 'utf8').split('\n')
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Outcome)
}

export function addOutcome(file: string, outcome: Outcome): void {
  appendFileSync(file, `${JSON.stringify(outcome)}\n`)
}
