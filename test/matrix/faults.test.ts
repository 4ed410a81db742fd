/**
 * Every fault of the matrix on both flavors: real servers, exporter, Prometheus with the shipped rules, Alertmanager.
 * All durations are divided by one factor; `npm run faults -- --speed 1` takes the rules' own time.
 */
import { beforeAll, describe, expect, test } from 'vitest'
import { MATRIX } from '../../faults/matrix.ts'
import type { Outcome } from '../../faults/outcome.ts'
import { outcomeLine } from '../../faults/report.ts'
import { runMatrix } from '../../faults/runner.ts'
import { isGood } from '../../faults/verdict.ts'
import { VENDORS } from '../../src/lab/engines.ts'
import { cacheFolder } from '../../src/lab/folder.ts'
import { locatePrograms } from '../../src/monitoring/programs.ts'

const SPEED = 30
const CLUSTERS = 4
const HOUR = 3_600_000

const rows = VENDORS.flatMap((flavor) =>
  MATRIX.filter(({ flavors = VENDORS }) => flavors.includes(flavor)).map((row) => ({
    flavor,
    row,
  })),
)
const keyOf = (flavor: string, fault: string) => `${flavor}: ${fault}`
const outcomes = new Map<string, Outcome>()
const said: string[] = []

beforeAll(async () => {
  const cache = cacheFolder(process.env)
  const programs = await locatePrograms('mysql', { cache, path: process.env['PATH'] ?? '' })
  await runMatrix({
    cache,
    programs,
    todo: rows,
    speed: SPEED,
    clusters: CLUSTERS,
    done: (outcome) => outcomes.set(keyOf(outcome.flavor, outcome.fault), outcome),
    say: (line) => said.push(line),
  })
}, HOUR)

describe('a fault fires exactly the alerts that it should, and its repair ends them', () => {
  test.for(rows.map(({ flavor, row }) => keyOf(flavor, row.fault)))('%s', (key) => {
    const outcome = outcomes.get(key)
    expect(outcome, said.join('\n')).toBeDefined()
    if (outcome !== undefined) expect(isGood(outcome), outcomeLine(outcome)).toBe(true)
  })
})
