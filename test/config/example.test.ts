import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { DEFAULTS } from '../../src/config/defaults.ts'
import { printConfig } from '../../src/config/print.ts'
import { load } from './given.ts'

const text = readFileSync(new URL('../../docs/config-example.yml', import.meta.url), 'utf8')
const [shop, archive] = load(text, {
  env: { ARCHIVE_PASSWORD: 'x' },
  files: { '/run/secrets/mysql': 'x', '/etc/ssl/certs/archive-ca.pem': 'x' },
}).sets

test('the example in the documentation shows the defaults', () => {
  const { name, credentials, servers, ...settings } = shop ?? {}
  expect(settings).toEqual(DEFAULTS)
})

test('the example in the documentation has every key that is honoured', () => {
  const printed = printConfig({ sets: archive && shop ? [shop, archive] : [], warnings: [] })
  const keys = [...printed.matchAll(/^[\s-]*([a-z_]+):/gm)].map(([, key]) => key)
  expect(new Set(keys).size).toBeGreaterThan(40)
  for (const key of new Set(keys)) expect(text).toContain(`${key}:`)
})

test('the example in the documentation shows a set with settings of its own', () => {
  expect(archive).toMatchObject({
    tls: { mode: 'verify_identity', caFile: '/etc/ssl/certs/archive-ca.pem' },
    links: [{ source: 'live', replica: 'old', kind: 'none' }],
    throttle: {
      maxQueries: 1,
      maxDuty: 0.1,
      maxLagMs: 30_000,
      windows: [{ from: 1320, to: 360, zone: 'Europe/Madrid' }, { zone: 'UTC' }],
    },
    tableDetail: 'drifted',
  })
  expect(archive?.intervals).not.toHaveProperty('gtid')
})
