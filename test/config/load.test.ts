// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is what the user writes
import { describe, expect, it } from 'vitest'
import { DEFAULTS } from '../../src/config/defaults.ts'
import { load, MAIN, shopWith } from './given.ts'

const shop = (more = '', given = {}) => {
  const [set] = load(shopWith(more), given).sets
  if (!set) throw new Error('no set')
  return set
}

/** A set `name` on `server`, as the only content of a file. */
const setNamed = (name: string, server = name, auth = 'main') =>
  `replication_sets: [{ name: ${name}, auth: ${auth}, servers: [{ name: ${server}, address: ${server} }] }]\n`
const AUTH = 'auth: { main: { username: drift, password: "" } }\n'

describe('a setting', () => {
  it('has its default when nothing is written', () => {
    const { name, credentials, servers, ...rest } = shop()
    expect(rest).toEqual(DEFAULTS)
    expect({ name, credentials }).toEqual({
      name: 'shop',
      credentials: { username: 'drift', password: '' },
    })
    expect(servers.map((server) => server.name)).toEqual(['db1', 'db2'])
  })

  it('comes from defaults for every set, and from the set where both have it', () => {
    const text = `defaults:
  checks: { checksum: { confirmations: 5, chunk_time: 500ms } }
  throttle: { max_lag: 1m }
${shopWith('checks: { checksum: { confirmations: 2 } }')}`
    const { checksum, throttle } = load(text).sets[0] ?? {}
    expect(checksum).toMatchObject({ confirmations: 2, chunkTimeMs: 500 })
    expect(throttle).toMatchObject({ maxLagMs: 60_000, queryTimeoutMs: 1000 })
  })

  it('leaves a list of the defaults out when the set has a list of its own, even an empty one', () => {
    const defaults = 'defaults: { checks: { schema: { ignore: ["a.*: index extra"] } } }'
    const set = shopWith('checks: { schema: { ignore: [] } }')
    expect(load(`${defaults}\n${set}`).sets[0]?.schemaIgnore).toEqual([])
  })

  it('takes numbers and flags from the environment', () => {
    const more =
      'allow_write_privileges: ${ALLOW}\nthrottle:\n  max_queries: ${QUERIES}\n  max_lag: ${LAG}\n  max_duty: ${DUTY}'
    const set = shop(more, { env: { ALLOW: 'true', QUERIES: '2', LAG: '90s', DUTY: '0.5' } })
    expect(set.allowWritePrivileges).toBe(true)
    expect(set.throttle).toMatchObject({ maxQueries: 2, maxLagMs: 90_000, maxDuty: 0.5 })
  })

  it('is the same through an anchor and its alias', () => {
    const text = `${AUTH}
replication_sets:
  - { name: a, auth: main, servers: &servers [{ name: db1, address: db1 }], throttle: &calm { max_lag: 5s } }
  - { name: b, auth: main, servers: *servers, throttle: *calm }
`
    const [a, b] = load(text).sets
    expect(b).toEqual({ ...a, name: 'b' })
    expect(b?.throttle.maxLagMs).toBe(5000)
  })
})

describe('a check', () => {
  it('is absent from the intervals when a set disables it', () => {
    expect(shop('checks: { gtid: { enabled: false } }').intervals).not.toHaveProperty('gtid')
  })

  it('runs again in a set that enables what the defaults disable', () => {
    const defaults = 'defaults: { checks: { gtid: { enabled: false, interval: 20s } } }'
    const set = shopWith('checks: { gtid: { enabled: true } }')
    expect(load(`${defaults}\n${set}`).sets[0]?.intervals.gtid).toBe(20_000)
  })
})

describe('a set', () => {
  it.for([
    ['{ table: meta.heartbeat }', { schema: 'meta', table: 'heartbeat', timeZone: 'UTC' }],
    [
      '{ table: meta.beat, time_zone: Europe/Madrid }',
      { schema: 'meta', table: 'beat', timeZone: 'Europe/Madrid' },
    ],
  ] as const)('with the heartbeat %s', ([written, heartbeat]) => {
    expect(shop(`heartbeat: ${written}`).heartbeat).toEqual(heartbeat)
  })

  it('keeps its tables, links and roles as written', () => {
    const set = load(`
replication_sets:
  - name: shop
    username: drift
    password: ""
    servers:
      - { name: db1, address: "db1:3307", role: source }
      - { name: old, address: /run/mysqld.sock }
    links: [{ source: db1, replica: old, kind: none }]
    tables:
      include: [shop.*]
      exclude: [shop.tmp_*]
      priority: [shop.payments]
      ignore_columns: { shop.users: [last_seen] }
      where: { shop.log: "at > '2026-01-01'" }
`).sets[0]
    expect(set?.servers).toEqual([
      {
        name: 'db1',
        address: 'db1:3307',
        endpoint: { host: 'db1', port: 3307 },
        role: 'source',
      },
      {
        name: 'old',
        address: '/run/mysqld.sock',
        endpoint: { socketPath: '/run/mysqld.sock' },
        role: null,
      },
    ])
    expect(set?.links).toEqual([{ source: 'db1', replica: 'old', kind: 'none' }])
    expect(set?.tables).toEqual({
      include: ['shop.*'],
      exclude: ['shop.tmp_*'],
      priority: ['shop.payments'],
      ignoreColumns: new Map([['shop.users', ['last_seen']]]),
      where: new Map([['shop.log', "at > '2026-01-01'"]]),
    })
  })

  it('finds its CA file beside the configuration', () => {
    const files = { '/etc/drift/ca.pem': 'x' }
    expect(shop('tls: { mode: verify_ca, ca_file: ca.pem }', { files }).tls).toEqual({
      mode: 'verify_ca',
      caFile: '/etc/drift/ca.pem',
    })
  })
})

describe('a password', () => {
  const withPassword = (line: string, given = {}) =>
    load(`auth: { main: { username: drift, ${line} } }\n${setNamed('shop')}`, given)

  it('comes from a file beside the configuration, without the newline at its end', () => {
    const files = { '/etc/drift/secret': ' horse ${x} \r\n' }
    const { sets, warnings } = withPassword('password_file: secret', { files })
    expect(sets[0]?.credentials).toEqual({ username: 'drift', password: ' horse ${x} ' })
    expect(warnings).toEqual([])
  })

  it('comes from the environment without a warning', () => {
    const given = { env: { DB_PASSWORD: 'a$${b' }, worldReadable: [MAIN] }
    const { sets, warnings } = withPassword('password: "${DB_PASSWORD}"', given)
    expect(sets[0]?.credentials.password).toBe('a$${b')
    expect(warnings).toEqual([])
  })

  it('takes $${ for a ${ that is meant', () => {
    expect(withPassword('password: "a$${b}$"').sets[0]?.credentials.password).toBe('a${b}$')
  })

  it.for([
    ['is warned about when it stands in a file that all may read', 'horse', [MAIN], 1],
    ['is no cause for a warning in a private file', 'horse', [], 0],
    ['is no cause for a warning when it is empty', '', [MAIN], 0],
    ['is warned about when only a part comes from the environment', 'horse${X}', [MAIN], 1],
  ] as const)('%s', ([, password, worldReadable, count]) => {
    const { warnings } = withPassword(`password: "${password}"`, {
      worldReadable,
      env: { X: 'x' },
    })
    expect(warnings).toHaveLength(count)
    expect(warnings.join()).not.toContain('horse')
    for (const warning of warnings) {
      expect(warning).toMatch(/^\/etc\/drift\/main\.yml:1: auth\.main\.password: a literal/)
    }
  })
})

describe('an included file', () => {
  const main = `${AUTH}include: [conf.d/*.yml, "*.yml"]\n`

  it('adds its sets, in alphabetical order, and the main file is not included again', () => {
    const files = {
      '/etc/drift/conf.d/b.yml': setNamed('b'),
      '/etc/drift/conf.d/a.yml': setNamed('a'),
    }
    expect(load(main, { files }).sets.map(({ name }) => name)).toEqual(['a', 'b'])
  })

  it('is read once when two patterns find it', () => {
    const files = { '/etc/drift/conf.d/a.yml': setNamed('a') }
    const text = `${AUTH}include: [conf.d/*.yml, conf.d/a.yml]\n`
    expect(load(text, { files }).sets).toHaveLength(1)
  })

  it('may bring the account that the main file uses', () => {
    const files = { '/etc/drift/conf.d/auth.yml': AUTH }
    expect(load(`include: [conf.d/*.yml]\n${setNamed('a')}`, { files }).sets).toHaveLength(1)
  })

  it('is warned about when all may read the literal password in it', () => {
    const path = '/etc/drift/conf.d/auth.yml'
    const text = 'auth: { main: { username: drift, password: horse } }'
    const given = { files: { [path]: text }, worldReadable: [path] }
    expect(load(`include: [conf.d/*.yml]\n${setNamed('a')}`, given).warnings).toEqual([
      expect.stringMatching(/^\/etc\/drift\/conf\.d\/auth\.yml:1: auth\.main\.password: /),
    ])
  })

  it.for<[string, string, string[]]>([
    [
      'cannot name a set again, and the error names both places',
      setNamed('a'),
      [
        '/etc/drift/conf.d/z.yml:1: replication_sets[0].name: expected replication set "a" once, got it again (first at /etc/drift/conf.d/a.yml:1)',
      ],
    ],
    [
      'cannot name an account again, and the error names both places',
      AUTH,
      [
        '/etc/drift/conf.d/z.yml:1: auth.main: expected auth "main" once, got it again (first at /etc/drift/main.yml:1)',
      ],
    ],
    [
      'has neither defaults nor includes',
      'defaults: {}\ninclude: []\n',
      [
        '/etc/drift/conf.d/z.yml:1: defaults: expected only in the main file, got it in an included one',
        '/etc/drift/conf.d/z.yml:2: include: expected only in the main file, got it in an included one',
      ],
    ],
    [
      'is not empty',
      '',
      ['/etc/drift/conf.d/z.yml:1: expected a configuration, got an empty file'],
    ],
  ])('%s', ([, text, mistakes]) => {
    const files = { '/etc/drift/conf.d/a.yml': setNamed('a'), '/etc/drift/conf.d/z.yml': text }
    expect(() => load(main, { files })).toThrow(
      expect.objectContaining({ name: 'UserError', message: mistakes.join('\n') }),
    )
  })

  it('cannot be unreadable', () => {
    const given = { files: { '/etc/drift/conf.d/a.yml': setNamed('a') } }
    const unreadable = () =>
      load(`${AUTH}include: [conf.d/a.yml]\n`, {
        ...given,
        unreadable: ['/etc/drift/conf.d/a.yml'],
      })
    expect(unreadable).toThrow('/etc/drift/conf.d/a.yml:1: expected a readable file, got EACCES')
  })

  it('that is broken does not make the names it may hold unknown', () => {
    const files = { '/etc/drift/conf.d/auth.yml': 'auth: [' }
    expect(() => load(`include: [conf.d/*.yml]\n${setNamed('a')}`, { files })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('main.yml') }),
    )
  })
})

describe('YAML', () => {
  const text = `${AUTH}${setNamed('shop')}`

  it.for([
    ['may begin with a byte order mark', `\ufeff${text}`],
    ['may have Windows line ends', text.replaceAll('\n', '\r\n')],
    ['may begin with ---', `---\n${text}`],
  ] as const)('%s', ([, yaml]) => {
    expect(load(yaml)).toEqual(load(text))
  })

  it('keeps its line numbers behind Windows line ends', () => {
    expect(() => load('\ufeff# x\r\n\r\ncolour: blue\r\n')).toThrow(/main\.yml:3: colour:/)
  })

  it.for([
    ['nothing at all', '', 1, 'expected a configuration, got an empty file'],
    [
      'ten megabytes of aliases',
      `a: &a [x]\nb: [${'*a, '.repeat(2_500_000)}]\n`,
      1,
      'expected at most 4194304 characters of YAML, got 10000016',
    ],
    [
      'aliases of aliases of aliases',
      billionLaughs(),
      7,
      'expected at most 500000 values with all aliases filled in, got 1111111',
    ],
    ['twenty thousand brackets', '['.repeat(20_000), 1, 'nested too deep'],
    ['sixty brackets', `${'['.repeat(60)}${']'.repeat(60)}`, 1, 'nested more than 50 deep'],
  ] as const)('that is %s is rejected', ([, yaml, line, message]) => {
    expect(() => load(yaml)).toThrow(
      expect.objectContaining({ name: 'UserError', message: `${MAIN}:${line}: ${message}` }),
    )
  })

  it('of two thousand servers loads', () => {
    const servers = Array.from(
      { length: 2000 },
      (_, i) => `      - { name: db${i}, address: "db${i}:3306" }`,
    )
    const yaml = `${AUTH}replication_sets:\n  - name: shop\n    auth: main\n    servers:\n${servers.join('\n')}\n`
    expect(load(yaml).sets[0]?.servers).toHaveLength(2000)
  })
})

function billionLaughs(): string {
  const lines = ['a0: &a0 x']
  for (let i = 1; i < 9; i++)
    lines.push(
      `a${i}: &a${i} [${Array(10)
        .fill(`*a${i - 1}`)
        .join(', ')}]`,
    )
  return lines.join('\n')
}
