/** Addresses where no MySQL answers, and configurations with mistakes: said plainly, and nobody else is held up. */
import { beforeAll, describe, expect, test } from 'vitest'
import { createShop } from '../../src/lab/shop.ts'
import { describeFlavors, useCluster } from '../support/cluster.ts'
import {
  configText,
  runCheck,
  runCli,
  serversOf,
  setOf,
  startExporter,
} from '../support/exporter.ts'
import {
  garbage,
  type Impostor,
  otherDatabase,
  silence,
  slammedDoor,
  stuckHandshake,
} from '../support/exporter-impostors.ts'
import { untilMetrics } from '../support/exporter-waits.ts'
import { notTheSame, serverIn, setIn } from '../support/report.ts'

/** RFC 5737: for documentation, so that nobody answers. */
const NOWHERE = '192.0.2.1:3306'

const at = (address: string) => async (): Promise<Impostor> => ({
  address,
  [Symbol.asyncDispose]: async () => undefined,
})

const IMPOSTORS: readonly [what: string, start: () => Promise<Impostor>, says: RegExp][] = [
  ['a port where nobody listens', at('127.0.0.1:1'), /ECONNREFUSED/],
  ['a name that does not exist', at('no-such-host.invalid:3306'), /ENOTFOUND|EAI_AGAIN/],
  [
    'a host that does not answer',
    at(NOWHERE),
    /ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|ECONNREFUSED|handshake/,
  ],
  ['a socket that is not there', at('/nowhere/mysqld.sock'), /ENOENT/],
  ['a server that speaks something else', garbage, /\S/],
  ['a server that accepts and says nothing', silence, /no handshake within/],
  ['a server that closes every connection', slammedDoor, /closed|ECONNRESET|lost/i],
  ['a server that stops in the handshake', stuckHandshake, /no handshake within/],
  [
    'a database that is neither MySQL nor MariaDB',
    () => otherDatabase('8.0.11-TiDB-v7.5.0'),
    /neither MySQL nor MariaDB.*TiDB/,
  ],
]

describeFlavors((flavor) => {
  const cluster = useCluster(flavor, [{ name: 'db1' }, { name: 'db2', source: 'db1' }])

  beforeAll(async () => {
    await createShop(cluster().server('db1'))
    await cluster().caughtUp()
  })

  describe.for(IMPOSTORS)('%s', ([, start, says]) => {
    test('is OUT with the reason, and the others are compared', async () => {
      await using impostor = await start()
      const servers = [...serversOf(cluster()), { name: 'odd', address: impostor.address }]
      const config = configText([setOf(servers)])
      const [run, text] = await Promise.all([
        runCheck(cluster(), [], { config }),
        runCheck(cluster(), ['--output=text'], { config }),
      ])
      expect(serverIn(run.json, 'odd'), run.explain).toMatchObject({ up: false, channels: [] })
      expect(notTheSame(run.json), run.explain).toEqual([])
      expect(setIn(run.json).tables).toHaveLength(5)
      const reason = text.text.split('\n').find((line) => line.startsWith('unknown: odd is OUT'))
      expect(reason, text.explain).toMatch(says)
      for (const { code, explain, stderr } of [run, text]) {
        expect(code, explain).toBe(3)
        expect(stderr, explain).not.toMatch(/^ +at /m)
      }
    })
  })

  test('serve lives with all of them at once', async () => {
    const impostors = await Promise.all(IMPOSTORS.map(([, start]) => start()))
    try {
      const odd = impostors.map(({ address }, index) => ({ name: `odd${index}`, address }))
      const config = configText([setOf([...serversOf(cluster()), ...odd])])
      await using exporter = await startExporter(cluster(), config)
      await untilMetrics(exporter, [
        ['tables', { server: 'db2', check: 'checksum', state: 'same' }, 5],
        ...odd.map(({ name }) => ['up', { server: name }, 0] as const),
      ])
      const samples = await exporter.metrics()
      expect(samples.value('up', { server: 'db2' })).toBe(1)
      expect(samples.all('sources')).toEqual([])
      expect(exporter.stderr()).not.toMatch(/internal|^ +at /m)
      expect(await exporter.stop(), exporter.stderr()).toBe(0)
    } finally {
      for (const impostor of impostors) await impostor[Symbol.asyncDispose]()
    }
  })
})

describe('a configuration with a mistake', () => {
  const good = { name: 's', username: 'u', password: 'p' }
  const servers = [{ name: 'a', address: '127.0.0.1:1' }]
  const written = (value: unknown) => JSON.stringify(value, null, 2)

  test.for<[string, string, RegExp]>([
    [
      'an unknown key',
      written({ replication_sets: [{ ...good, severs: servers }] }),
      /config\.yml:\d+.*severs.*servers/,
    ],
    [
      'a mistyped check',
      written({ defaults: { checks: { cheksum: {} } }, replication_sets: [{ ...good, servers }] }),
      /cheksum.*checksum/,
    ],
    [
      'a word where a duration belongs',
      written({
        defaults: { checks: { gtid: { interval: 'often' } } },
        replication_sets: [{ ...good, servers }],
      }),
      /interval.*often/,
    ],
    [
      'a server twice',
      written({ replication_sets: [{ ...good, servers: [...servers, ...servers] }] }),
      /a.*again/s,
    ],
    ['no YAML', 'replication_sets: [ {', /config\.yml/],
    ['nothing', '', /config\.yml:1: expected a configuration/],
  ])('%s ends check with 3 and serve with 1, and both say where', async ([, config, says]) => {
    const check = await runCli(['check'], { config })
    const serve = await runCli(['serve', '--web.listen-address=127.0.0.1:0'], { config })
    expect(check, check.explain).toMatchObject({ code: 3, text: '' })
    expect(serve, serve.explain).toMatchObject({ code: 1, text: '' })
    for (const { stderr, explain } of [check, serve]) {
      expect(stderr, explain).toMatch(says)
      expect(stderr, explain).not.toMatch(/^ +at /m)
    }
  })
})
