/** Who is told of what, asked of a real Alertmanager with the shipped configuration. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ALERTS, RULES } from '../../alerts/rules.ts'
import { cacheFolder } from '../../src/lab/folder.ts'
import { freePort } from '../../src/lab/ports.ts'
import { Alertmanager, type Labels } from '../../src/monitoring/api.ts'
import { endAll, makeFolder, startAndWait } from '../../src/monitoring/daemon.ts'
import { alertmanagerIn } from '../../src/monitoring/monitoring.ts'
import { locatePrograms } from '../../src/monitoring/programs.ts'
import { until } from '../support/cluster.ts'

const cache = cacheFolder(process.env)
const folder = makeFolder(cache)
let alertmanager: Alertmanager

beforeAll(async () => {
  const programs = await locatePrograms('mariadb', { cache, path: process.env['PATH'] ?? '' })
  const address = `127.0.0.1:${await freePort(new Set())}`
  await startAndWait(alertmanagerIn(folder, programs.alertmanager, { alertmanager: address }, 1))
  alertmanager = new Alertmanager(`http://${address}`)
})
afterAll(() => endAll(folder))

async function fire(alerts: readonly Labels[]): Promise<void> {
  const response = await fetch(`${alertmanager.url}/api/v2/alerts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(alerts.map((labels) => ({ labels }))),
  })
  expect(await response.text()).toBe('')
  expect(response.status).toBe(200)
}

/** Of everything that fires, as `set server alert severity`; once Alertmanager has seen all of it. */
async function mutedOf(count: number): Promise<string[]> {
  const known = await until(async () => {
    const alerts = await alertmanager.known()
    return alerts.length === count && alerts.some(({ isMuted }) => isMuted) ? alerts : null
  }, `Alertmanager knows ${count} alerts and mutes some`)
  return known
    .filter(({ isMuted }) => isMuted)
    .map(({ labels: { replication_set: set, server, alertname, severity } }) =>
      [set, server, alertname, severity].join(' '),
    )
    .sort()
}

const everything = RULES.map(({ alert, labels }) => ({ alertname: alert, ...labels }))
const at = (server: string, alerts: readonly Labels[], set = 'shop'): Labels[] =>
  alerts.map((labels) => ({ ...labels, instance: 'drift-1:19104', replication_set: set, server }))
const lesser = everything.filter(({ severity }) => severity !== 'critical')
const severitiesOf = (alert: string) => everything.filter(({ alertname }) => alertname === alert)

describe('of all alerts at once', () => {
  test('critical mutes the same alert on the same server, and nothing else', async () => {
    const alerts: Labels[] = [
      ...at('db2', everything),
      // What is the same but for one label, and has no critical alert beside it.
      ...at('db3', lesser),
      ...at('db2', lesser, 'crm'),
      // Of the set as a whole.
      { alertname: 'MySQLDriftReplicaNotWatched', severity: 'warning', replication_set: 'shop' },
      // Of others: labels that both lack count as equal.
      { alertname: 'NodeDown', severity: 'critical' },
      { alertname: 'NodeDown', severity: 'warning' },
      { alertname: 'NodeDown', severity: 'warning', replication_set: 'shop', server: 'db2' },
    ]
    await fire(alerts)

    const several = ALERTS.filter((alert) => severitiesOf(alert).length > 1)
    expect(several).toEqual(
      expect.arrayContaining(['MySQLDriftSchemaDiffers', 'MySQLDriftReplicationLag']),
    )
    const expected = several
      .flatMap(severitiesOf)
      .filter(({ severity }) => severity !== 'critical')
      .map(({ alertname, severity }) => `shop db2 ${alertname} ${severity}`)
    expect(await mutedOf(alerts.length)).toEqual(expected.sort())
  })
})
