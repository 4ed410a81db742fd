import { expect, test } from 'vitest'
import { isMet, renderMarkdown } from '../../bench/markdown.ts'
import { merged } from '../../bench/results.ts'
import type { Measurement } from '../../bench/row.ts'

function makeMeasurement(more: Partial<Measurement> = {}): Measurement {
  return {
    row: 'verification',
    flavor: 'mariadb',
    server: 'MariaDB 10.11.19',
    size: 2_000_000,
    what: 'full verification',
    measure: 'wall',
    ours: { name: 'check', samples: [1, 2, 3], cpuSeconds: [5, 5, 5] },
    theirs: { name: 'pt-table-checksum 3.2.1', samples: [10, 10, 10], cpuSeconds: [10, 10, 10] },
    target: 0.35,
    others: { median: 0, most: 0.1 },
    notes: [],
    machine: {
      at: '2026-11-21T04:00:00.000Z',
      cores: 2,
      processor: 'a processor',
      memoryGb: 24,
      system: 'Debian 12',
      node: '24.21.0',
      loadAverage: [0.1, 0.2, 0.3],
    },
    ...more,
  }
}

test('a row shows both contenders, the figure with its spread, and the target', () => {
  expect(renderMarkdown([makeMeasurement()])).toContain(
    '| full verification | MariaDB 10.11.19 | 2.00 s | pt-table-checksum 3.2.1: 10.00 s | 0.20x (0.10x to 0.30x) | at most 0.35x | yes | 0.50x (5.00 s against 10.00 s) |',
  )
})

test('a missed target is said beside its row', () => {
  expect(renderMarkdown([makeMeasurement({ target: 0.1 })])).toContain('| at most 0.10x | **no** |')
})

test('throughput is shown as what was lost of it, in percent', () => {
  const ours = { name: 'with', samples: [90], cpuSeconds: [1] }
  const theirs = { name: 'without', samples: [100], cpuSeconds: [1] }
  const text = renderMarkdown([
    makeMeasurement({ measure: 'throughput', ours, theirs, target: 0.05 }),
  ])
  expect(text).toContain('| 90 tx/s | without: 100 tx/s | 10.0% (10.0% to 10.0%) | at most 5.0% |')
})

test('a figure without a target is neither met nor missed', () => {
  expect(isMet(makeMeasurement({ target: null }))).toBeNull()
})

test('a machine that others kept busy is told of with the figures', () => {
  const quiet = renderMarkdown([makeMeasurement({ others: { median: 0.2, most: 1 } })])
  const busy = renderMarkdown([makeMeasurement({ others: { median: 0.3, most: 1 } })])
  expect(quiet).not.toContain('not quiet')
  expect(busy).toContain('**The machine was not quiet** in 1 of 1 rows: other programs used 0.3')
})

test('what is measured again replaces the same row of the same flavor, and nothing else', () => {
  const old = [
    makeMeasurement({ what: 'old' }),
    makeMeasurement({ what: 'stays', flavor: 'mysql' }),
    makeMeasurement({ what: 'stays too', row: 'digest' }),
  ]
  const all = merged(old, [makeMeasurement({ what: 'new' })])
  expect(all.map(({ what }) => what)).toEqual(['new', 'stays', 'stays too'])
})
