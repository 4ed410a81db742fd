/**
 * The dashboards, asked of a real Prometheus that scraped the real exporter of real servers: every panel has
 * data while all is well, and says something else during its fault. The table is in ../support/dashboard-scenes.ts.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Panel } from '../../grafana/model.ts'
import { statsOf, tableOf } from '../../grafana/preview/view.ts'
import { breakServer } from '../../src/lab/breakage.ts'
import { type Feed, startFeed } from '../../src/lab/feed.ts'
import { cacheFolder } from '../../src/lab/folder.ts'
import { HEARTBEAT_TABLE, startHeartbeat } from '../../src/lab/heartbeat.ts'
import type { Lab } from '../../src/lab/lab.ts'
import { type Monitoring, startMonitoring } from '../../src/monitoring/monitoring.ts'
import { locatePrograms } from '../../src/monitoring/programs.ts'
import { startCluster, until } from '../support/cluster.ts'
import {
  CHOSEN_TABLE,
  ONLY_WHEN_WRONG,
  type Reading,
  SCENES,
  type Scene,
} from '../support/dashboard-scenes.ts'
import { asked, dashboards, isPanel, panels } from '../support/dashboards.ts'
import { configText, QUICK, serversOf, setOf } from '../support/exporter.ts'

/** Queries for what does not happen here, and which are there only when it does. */
const NEVER_HERE = [
  // No statement of ours takes so long.
  'mysql-drift-exporter.json: Queries, query B',
]

/** `file: title of the panel, query A` */
const QUERIES = panels.flatMap(([name, { targets }]) =>
  targets.map(({ refId }) => queryOf(name, refId)),
)

const FLAVOR = 'mariadb'
/** MariaDB tells of an applier that failed only where there are several, and performance_schema is on. */
const settings = { 'performance-schema': 'ON', 'slave-parallel-threads': '2' }
/** Not configured, and at first nobody's replica. */
const STRANGER = 'db4'
const SERVERS = [
  { name: 'db1' },
  { name: 'db2', source: 'db1', settings },
  { name: 'db3', source: 'db1', settings },
  { name: STRANGER },
]
const PATIENCE_MS = 90_000
/** Not all each second: on a busy machine the alerts, in fast motion, would call them stale. */
const DEFAULTS = {
  checks: {
    ...QUICK.checks,
    row_count: { interval: '2s' },
    checksum: { ...QUICK.checks.checksum, interval: '2s' },
    schema: { interval: '2s' },
    variables: { interval: '2s' },
    grants: { interval: '2s' },
  },
  throttle: { ...QUICK.throttle, max_lag: '2s' },
}

describe(`on ${FLAVOR}`, () => {
  const answered = new Set<string>()
  let lab: Lab
  let feed: Feed
  let monitoring: Monitoring

  beforeAll(async () => {
    const cache = cacheFolder(process.env)
    lab = await startCluster(FLAVOR, SERVERS)
    feed = await startFeed(lab, { perSecond: 20, server: 'db1' })
    await startHeartbeat(lab.server('db1'))
    await lab.caughtUp()
    monitoring = await startMonitoring({
      cache,
      programs: await locatePrograms(FLAVOR, { cache, path: process.env['PATH'] ?? '' }),
      exporterConfig: config(),
      divisor: 120,
      intervalSeconds: 1,
    })
  })
  afterAll(async () => {
    await monitoring?.[Symbol.asyncDispose]()
    await feed?.stop()
    await lab?.down()
  })

  const config = ({ exclude = [] as readonly string[] } = {}) =>
    configText(
      [
        setOf(
          serversOf(lab).filter(({ name }) => name !== STRANGER),
          { heartbeat: { table: HEARTBEAT_TABLE }, tables: { exclude: ['meta.*', ...exclude] } },
        ),
      ],
      DEFAULTS,
    )

  test('every panel and every query has data while all is well', async () => {
    const elsewhere = new Set([...ONLY_WHEN_WRONG, ...NEVER_HERE])
    let without: string[] = []
    await until(
      async () => {
        const read = await Promise.all(
          panels.map(async ([name, panel]) => [name, await readings(name, panel)] as const),
        )
        without = [
          ...read.filter(([, series]) => series.size === 0).map(([name]) => name),
          ...QUERIES.filter((query) => !answered.has(query) && !elsewhere.has(query)),
        ]
        return without.length === 0
      },
      'every panel and query has data',
      PATIENCE_MS,
    ).catch(failWith(() => without))
  })

  test.for(panels.filter(([, { type }]) => type === 'table'))(
    '%s has no column but those that it names',
    async ([, panel]) => {
      const { headings } = tableOf(panel, await answersOf(panel))
      const organize = panel.transformations.find(({ id }) => id === 'organize')
      const named = Object.values(organize?.options['renameByName'] as object)
      expect(headings.filter((heading) => !named.includes(heading))).toEqual([])
    },
  )

  test.for(SCENES)('the panels show that $name', async (scene) => {
    await untilRead(scene, 'before')
    const undo = await begin(scene)
    await untilRead(scene, 'during').finally(undo)
  })

  test('every query had an answer at some time', () => {
    const unanswered = QUERIES.filter((query) => !answered.has(query))
    expect(unanswered.filter((query) => !NEVER_HERE.includes(query))).toEqual([])
  })

  async function begin({ faults, exporter }: Scene): Promise<() => Promise<void>> {
    const broken = await Promise.all(
      faults.map(([fault, server, table]) => {
        const of = table === undefined ? {} : { table: { schema: 'shop', name: table } }
        return breakServer(lab, { fault, server, ...of })
      }),
    )
    if (exporter === 'is killed') await monitoring.exporter.kill()
    if (exporter === 'has a broken configuration') monitoring.exporter.configure('nonsense: true')
    if (exporter === 'excludes a table') {
      monitoring.exporter.configure(config({ exclude: [`shop.${CHOSEN_TABLE}`] }))
    }
    return async () => {
      for (const one of broken.toReversed()) await one.undo()
      if (exporter !== undefined && exporter !== 'is killed') {
        monitoring.exporter.configure(config())
      }
    }
  }

  /** @throws with all that reads otherwise. */
  async function untilRead({ name, readings: expected }: Scene, when: 'before' | 'during') {
    const wanted = Object.entries(expected).flatMap(([uid, all]) =>
      all.map((one) => [`mysql-drift-${uid}.json: ${one[0]}`, one] as const),
    )
    let wrong: string[] = []
    await until(
      async () => {
        const looks = wanted.map(async ([panel, reading]) => {
          const found = panels.find(([title]) => title === panel)
          if (found === undefined) throw new Error(`there is no panel ${panel}`)
          const series = await readings(panel, found[1])
          const [, called, before, during] = reading
          const seen = readingOf(series, called)
          return fits(seen, when === 'before' ? before : during)
            ? []
            : [`${panel}, "${called}": ${seen} of ${[...series.keys()].join('; ')}`]
        })
        wrong = (await Promise.all(looks)).flat()
        return wrong.length === 0
      },
      `the panels read as ${when} "${name}"`,
      PATIENCE_MS,
    ).catch(failWith(() => wrong))
  }

  function answersOf({ targets }: Panel) {
    const chosen = { __rate_interval: '5s', table: CHOSEN_TABLE }
    return Promise.all(targets.map(({ expr }) => monitoring.prometheus.query(asked(expr, chosen))))
  }

  /** What somebody reads in a panel now, by the names of its series. */
  async function readings(name: string, panel: Panel): Promise<Map<string, string>> {
    const answers = await answersOf(panel)
    for (const [index, { refId }] of panel.targets.entries()) {
      if ((answers[index] ?? []).length > 0) answered.add(queryOf(name, refId))
    }
    if (panel.type !== 'table') {
      return new Map(statsOf(panel, answers).map((one) => [withoutPort(one.name), one.text]))
    }
    const { headings, rows } = tableOf(panel, answers)
    return new Map(
      rows.flatMap((row) => {
        const line = row.map(({ text }) => text).join(' ')
        return row.map(({ text }, column) => [`${line}: ${headings[column]}`, text] as const)
      }),
    )
  }
})

describe('the table of what panels read', () => {
  test.for(dashboards)('has every panel of %s', ([, { uid, panels: all }]) => {
    const named = SCENES.flatMap(({ readings }) => readings[uid.replace('mysql-drift-', '')] ?? [])
    const titles = all.filter(isPanel).map(({ title }) => title)
    expect(new Set(named.map(([panel]) => panel))).toEqual(new Set(titles))
  })

  test('excuses no query but those that there are', () => {
    expect(QUERIES).toEqual(expect.arrayContaining([...ONLY_WHEN_WRONG, ...NEVER_HERE]))
  })

  test.for(SCENES)('expects a change of every panel when $name', ({ readings }) => {
    for (const [panel, series, before, during] of Object.values(readings).flat()) {
      expect(String(before), `${panel}, ${series}`).not.toBe(String(during))
    }
  })
})

function queryOf(panel: string, refId: string): string {
  return `${panel}, query ${refId}`
}

/** In a table the words before the colon are in the line, whatever else is. */
function readingOf(series: ReadonlyMap<string, string>, called: string): string | null {
  const [line = '', heading] = called.split(': ')
  const words = line.split(' ')
  const [, text = null] =
    [...series].find(([name]) => {
      if (name === called) return true
      const [cells = '', ofColumn] = name.split(/: (?=[^:]*$)/)
      return (
        heading !== undefined &&
        ofColumn === heading &&
        words.every((word) => cells.split(' ').includes(word))
      )
    }) ?? []
  return text
}

function fits(seen: string | null, expected: Reading[2]): boolean {
  return expected instanceof RegExp ? seen !== null && expected.test(seen) : seen === expected
}

function failWith(details: () => readonly string[]) {
  return (error: Error): never => {
    throw new Error([error.message, ...details()].join('\n'))
  }
}

function withoutPort(name: string): string {
  return name.replace(/127\.0\.0\.1:\d+/, 'exporter')
}
