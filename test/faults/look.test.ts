import { expect, test } from 'vitest'
import { errorsOf, keyOf, Rounds, seenAlerts } from '../../faults/look.ts'
import type { Alert, AlertingRule } from '../../src/monitoring/api.ts'

const alert = (name: string, severity: string, more: Alert['labels'] = {}): Alert => ({
  labels: { alertname: `MySQLDrift${name}`, severity, replication_set: 'shop', ...more },
  annotations: {},
})

const rule = (more: Partial<AlertingRule>): AlertingRule => ({
  name: 'MySQLDriftTablesDrifted',
  labels: { severity: 'critical' },
  waitSeconds: 600,
  error: null,
  evaluatedAt: 0,
  alerts: [],
  ...more,
})

test('several series of one alert on one server are one', () => {
  const stopped = alert('ReplicationStopped', 'critical', { server: 'db2' })
  const alerts = (['io', 'sql'] as const).map((thread) => ({
    annotations: {},
    labels: { ...stopped.labels, thread },
    state: thread === 'io' ? ('firing' as const) : ('pending' as const),
  }))
  const seen = seenAlerts([rule({ alerts })], [stopped])
  expect(seen.map(keyOf)).toEqual(['critical ReplicationStopped db2'])
  expect(seen).toMatchObject([{ isFiring: true, isPending: true, isTold: true }])
})

test('an alert of one severity is not that of another, nor that of the set', () => {
  const seen = seenAlerts(
    [],
    [
      alert('SchemaDiffers', 'critical', { server: 'db2' }),
      alert('SchemaDiffers', 'warning', { server: 'db2' }),
      alert('MultipleSources', 'critical'),
    ],
  )
  expect(seen.map(keyOf)).toEqual([
    'critical SchemaDiffers db2',
    'warning SchemaDiffers db2',
    'critical MultipleSources',
  ])
})

test('an alert that the matrix does not know is not passed over', () => {
  expect(() => seenAlerts([], [alert('SomethingNew', 'critical')])).toThrow(/not in the matrix/)
})

test('a rule whose evaluation failed is named with the reason', () => {
  expect(errorsOf([rule({}), rule({ error: 'many-to-many matching' })])).toEqual([
    'MySQLDriftTablesDrifted: many-to-many matching',
  ])
})

test('a round is over when every rule was evaluated after the end of the one before', () => {
  const rounds = new Rounds()
  const at = (...times: readonly (number | null)[]) =>
    rounds.count(times.map((evaluatedAt) => rule({ evaluatedAt })))
  expect(at(null, 1)).toBe(0)
  expect(at(2, 1)).toBe(1)
  // Nothing new, or not of every rule.
  expect(at(2, 1)).toBe(1)
  expect(at(2, 3)).toBe(1)
  expect(at(4, 3)).toBe(2)
})
