import { expect, test } from 'vitest'
import { critical, HERE, warning } from '../../faults/expected.ts'
import { MATRIX, type MatrixRow } from '../../faults/matrix.ts'
import { costBy, nextQueue, queuesOf } from '../../faults/schedule.ts'

const cost = costBy(
  new Map([
    ['critical TablesDrifted', 600],
    ['warning RowCountDrifted', 1800],
  ]),
)

const row = (fault: string, more: Partial<MatrixRow> = {}): MatrixRow => ({
  fault,
  happensTo: 'a replica',
  does: () => Promise.reject(new Error('not done here')),
  fires: [critical('TablesDrifted', HERE)],
  ...more,
})

const flavor = 'mariadb'

test('what waits longest begins first', () => {
  const rows = [
    row('short'),
    row('long', { fires: [warning('RowCountDrifted', HERE)] }),
    row('silent', { fires: [] }),
  ]
  const [queue] = queuesOf(
    rows.map((one) => ({ flavor, row: one })),
    60,
    cost,
  )
  expect(queue?.rows.map(({ fault }) => fault)).toEqual(['long', 'silent', 'short'])
})

test('what cannot share a cluster is not put on one', () => {
  const todo = [
    { flavor, row: row('one') },
    { flavor, row: row('another') },
    { flavor, row: row('of the set', { happensTo: 'the set' }) },
    { flavor: 'mysql', row: row('elsewhere') },
    { flavor, row: row('slow', { atMost: 12 }) },
  ] as const
  const queues = queuesOf(todo, 60, cost)
  expect(queues.map(({ rows }) => rows.map(({ fault }) => fault))).toEqual([
    ['one', 'another'],
    ['of the set'],
    ['elsewhere'],
    ['slow'],
  ])
  expect(queues.map(({ speed }) => speed)).toEqual([60, 60, 60, 12])
  // At real durations nothing is too fast for anybody.
  expect(queuesOf(todo, 1, cost)).toHaveLength(3)
})

test('the next cluster goes where most is left to do, and nowhere once all is begun', () => {
  const todo = MATRIX.map((each) => ({ flavor, row: each }) as const)
  const queues = queuesOf(todo, 1, cost)
  const first = nextQueue(queues, cost)
  expect(first?.happensTo).toBe('the set')
  for (const queue of queues) queue.clusters = queue === first ? 2 : 0
  expect(nextQueue(queues, cost)?.happensTo).toBe('a replica')
  for (const queue of queues) queue.rows.splice(0)
  expect(nextQueue(queues, cost)).toBeNull()
})
