import { expect, it } from 'vitest'
import type { PassEstimate } from '../../src/answers.ts'
import { renderEstimate } from '../../src/output/estimate.ts'

const ESTIMATE: PassEstimate = {
  source: 'db1',
  replicas: ['db2', 'db3'],
  tables: 1203,
  rows: 12_345_678,
  bytes: 4_500_000_000,
  withoutKey: 3,
  sample: { schema: 'shop', table: 'orders', rows: 20_000, bytesPerSecond: 210_000_000 },
  share: 0.25,
  passSeconds: 7_200,
}

it('an estimate says how much there is, what has no key, how long a pass takes, and how that was measured', () => {
  expect(renderEstimate('shop', ESTIMATE).split('\n')).toEqual([
    'shop: db1 and 2 replicas (db2, db3): 1203 tables, about 12,345,678 rows, 4.5 GB',
    '  3 tables without a unique key (0 %)',
    '  a pass takes about 2.0 hours at max_duty 0.25: 210 MB/s, measured on 20,000 rows of shop.orders on db1',
  ])
})

it('an estimate of nothing says so', () => {
  const empty = {
    ...ESTIMATE,
    tables: 0,
    rows: 0,
    bytes: 0,
    withoutKey: 0,
    sample: null,
    passSeconds: null,
  }

  expect(renderEstimate('shop', empty).split('\n')).toEqual([
    'shop: db1 and 2 replicas (db2, db3): 0 tables, about 0 rows, 0 bytes',
    '  0 tables without a unique key (0 %)',
    '  nothing was there to measure a pass by',
  ])
})

it.for([
  [0.2, '1 second'],
  [89, '89 seconds'],
  [90, '2 minutes'],
  [5_399, '90 minutes'],
  [5_400, '1.5 hours'],
] as const)('%s seconds are about %s', ([passSeconds, text]) => {
  expect(renderEstimate('shop', { ...ESTIMATE, passSeconds })).toContain(`about ${text} at`)
})
