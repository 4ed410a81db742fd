// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is what the user writes
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Config, SetConfig } from '../../src/config/config.ts'
import { LONGEST_MS } from '../../src/config/durations.ts'
import { printConfig } from '../../src/config/print.ts'
import { configFromUrls } from '../../src/config/urls.ts'
import { CHECK_NAMES, VARIABLE_NAMES } from '../../src/domain.ts'
import { load, shopWith } from './given.ts'

const between = (min: number, max: number) => fc.integer({ min, max })
const name = fc.oneof(
  fc.stringMatching(/^[\w${}"':#&*!%@-]{1,12}$/),
  fc.constantFrom('off', 'null', '1', '${HOME}', '$${', 'a: b', '- x', '~', '雪', '__proto__'),
)
const pattern = fc
  .tuple(name, name)
  .map(([schema, table]) => `${schema.replaceAll('.', '')}.${table}`)
const patterns = fc.uniqueArray(pattern, { maxLength: 3 })
const address = fc.constantFrom(
  { address: 'db', endpoint: { host: 'db', port: 3306 } },
  { address: '[::1]:3307', endpoint: { host: '::1', port: 3307 } },
  { address: '/run/a b.sock', endpoint: { socketPath: '/run/a b.sock' } },
)
const tls = fc.oneof(
  fc.record({ mode: fc.constantFrom('off', 'required'), caFile: fc.constant(null) } as const),
  fc.record({
    mode: fc.constantFrom('verify_ca', 'verify_identity'),
    caFile: fc.constantFrom('/etc/ca.pem', null),
  } as const),
)

const set: fc.Arbitrary<Omit<SetConfig, 'name'>> = fc
  .record({
    credentials: fc.record({ username: name, password: name }),
    tls,
    allowWritePrivileges: fc.boolean(),
    servers: fc
      .uniqueArray(
        fc
          .tuple(name, address, fc.constantFrom('source', 'replica', null))
          .map(([name, at, role]) => ({
            name,
            ...at,
            role,
          })),
        { minLength: 1, maxLength: 3, selector: (server) => server.address },
      )
      .filter((servers) => new Set(servers.map((server) => server.name)).size === servers.length),
    tables: fc.record({
      include: patterns,
      exclude: patterns,
      priority: patterns,
      ignoreColumns: fc
        .uniqueArray(
          fc.tuple(
            pattern.filter((key) => !/[*?]/.test(key)),
            fc.array(name, { minLength: 1, maxLength: 2 }),
          ),
          { maxLength: 2, selector: ([key]) => key },
        )
        .map((entries) => new Map(entries)),
      where: fc
        .uniqueArray(
          fc.tuple(
            pattern.filter((key) => !/[*?]/.test(key)),
            fc.constantFrom('id > 7', "at > '2026-01-01' AND note <> ''"),
          ),
          { maxLength: 2, selector: ([key]) => key },
        )
        .map((entries) => new Map(entries)),
    }),
    heartbeat: fc.constantFrom(
      null,
      { schema: 'meta', table: 'heartbeat', timeZone: 'UTC' },
      { schema: 'm', table: '${a}', timeZone: 'Europe/Madrid' },
    ),
    intervals: fc.record(
      Object.fromEntries(CHECK_NAMES.map((name) => [name, between(1000, LONGEST_MS)])),
      { requiredKeys: [] },
    ),
    checksum: fc.record({
      chunkTimeMs: between(10, 10_000),
      confirmations: between(1, 10),
      confirmDelayMs: between(100, 3_600_000),
      fenceTimeoutMs: between(100, 3_600_000),
      maxUnkeyedRows: between(0, 1_000_000_000),
      priorityIntervalMs: between(1_000, 86_400_000),
    }),
    variablesIgnore: fc.subarray([...VARIABLE_NAMES]),
    schemaIgnore: fc.subarray([
      'shop.*: index extra',
      '*: column missing',
      '${a}.b: table changed',
    ]),
    throttle: fc.record({
      maxLagMs: between(0, LONGEST_MS),
      maxThreadsRunning: between(1, 1_000_000),
      maxHistoryList: between(1, 1_000_000_000),
      queryTimeoutMs: between(10_000, 3_600_000),
      maxQueries: fc.option(between(1, 2)),
      maxDuty: fc.option(between(1, 100).map((percent) => percent / 100)),
      windows: fc.subarray([
        { text: '22:00-06:00 Europe/Madrid', from: 1320, to: 360, zone: 'Europe/Madrid' },
        { text: '12:30-24:00', from: 750, to: 1440, zone: 'UTC' },
      ]),
    }),
    tableDetail: fc.constantFrom('all', 'drifted', 'none'),
    maxTablesPerSet: between(0, 1_000_000),
  } as const)
  .map((set) => {
    const [first, second] = set.servers
    const links =
      first && second ? [{ source: first.name, replica: second.name, kind: 'none' as const }] : []
    return { ...set, links }
  })

const config: fc.Arbitrary<Config> = fc
  .dictionary(name, set, { minKeys: 1, maxKeys: 3 })
  .map((sets) => ({
    sets: Object.entries(sets).map(([name, set]) => ({ name, ...set })),
    warnings: [],
  }))

const files = { '/etc/ca.pem': 'x' }
const withoutPasswords = ({ sets }: Config) =>
  sets.map((set) => ({ ...set, credentials: { ...set.credentials, password: null } }))

describe('a printed configuration', () => {
  it('loads to the same configuration, apart from the passwords', () => {
    fc.assert(
      fc.property(config, (config) => {
        const loaded = load(printConfig(config), { files })
        expect(withoutPasswords(loaded)).toEqual(withoutPasswords(config))
        expect(printConfig(loaded)).toBe(printConfig(config))
      }),
      { numRuns: 100 },
    )
  })

  it('shows no password', () => {
    const url = configFromUrls(['mysql://drift:hunter2@db1'], { password: null })
    const file = load(shopWith('').replace('password: ""', 'password: hunter2'))
    for (const config of [url, file]) {
      expect(printConfig(config)).toContain('password: <redacted>')
      expect(printConfig(config)).not.toContain('hunter2')
    }
  })

  it('shows every setting with its default', () => {
    expect(
      printConfig(load(shopWith('checks: { gtid: { enabled: false } }'))),
    ).toMatchInlineSnapshot(`
      "replication_sets:
        - name: shop
          username: drift
          password: <redacted>
          tls:
            mode: off
          allow_write_privileges: false
          servers:
            - name: db1
              address: db1
            - name: db2
              address: db2
          links: []
          tables:
            include: []
            exclude: []
            priority: []
            ignore_columns: {}
            where: {}
          checks:
            threads:
              interval: 15s
            gtid:
              enabled: false
            row_count:
              interval: 10m
            checksum:
              interval: 24h
              chunk_time: 250ms
              confirmations: 3
              confirm_delay: 5s
              fence_timeout: 30s
              max_unkeyed_rows: 1000000
              priority_interval: 1h
            schema:
              interval: 15m
              ignore: []
            variables:
              interval: 15m
              ignore: []
            grants:
              interval: 1h
          throttle:
            max_lag: 30s
            max_threads_running: 25
            max_history_list: 100000
            query_timeout: 1s
            windows: []
          metrics:
            table_detail: all
            max_tables_per_set: 1000
      "
    `)
  })
})
