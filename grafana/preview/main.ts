/**
 * Draws all dashboards from the data of a quarter of an hour on real servers with a few faults:
 *
 *   node grafana/preview/main.ts --out=FOLDER [--minutes=15]
 *
 * One page of HTML each, and a picture of it if Debian's chromium is installed.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { breakServer } from '../../src/lab/breakage.ts'
import { startFeed } from '../../src/lab/feed.ts'
import { cacheFolder } from '../../src/lab/folder.ts'
import { HEARTBEAT_TABLE, startHeartbeat } from '../../src/lab/heartbeat.ts'
import { EXPORTER_ACCOUNT, startLab } from '../../src/lab/start.ts'
import { startMonitoring } from '../../src/monitoring/monitoring.ts'
import { locatePrograms } from '../../src/monitoring/programs.ts'
import { DASHBOARDS } from '../generate.ts'
import { drawingOf } from './ask.ts'
import { previewPage } from './page.ts'
import { PAGE_WIDTH } from './style.ts'

/** [fault, server, table, from, to], in parts of the whole time; without `to` it stays. */
const STORY = [
  ['lag', 'db3', 'order_items', 0.2, 0.34],
  ['change-row', 'db2', 'orders', 0.42],
  ['stop-io-thread', 'db3', null, 0.52, 0.6],
  ['drop-column', 'db3', 'products', 0.66, 0.82],
  ['errant-transaction', 'db2', null, 0.74],
  ['delete-row', 'db2', 'payments', 0.88],
] as const

const CHECKS = {
  threads: { interval: '2s' },
  gtid: { interval: '2s' },
  row_count: { interval: '20s' },
  checksum: { interval: '1m', confirm_delay: '1s' },
  schema: { interval: '5s' },
  grants: { interval: '1m' },
}
const SCRAPE_SECONDS = 2
const POINTS = 300

const { values } = parseArgs({
  options: { out: { type: 'string' }, minutes: { type: 'string', default: '15' } },
})
if (values.out === undefined) throw new Error('--out=FOLDER is needed')
const out = resolve(values.out)
const length = Number(values.minutes) * 60_000
const cache = cacheFolder(process.env)
const flavor = 'mariadb'
const programs = await locatePrograms(flavor, { cache, path: process.env['PATH'] ?? '' })

await using lab = await startLab({
  cache,
  flavor,
  servers: [{ name: 'db1' }, { name: 'db2', source: 'db1' }, { name: 'db3', source: 'db1' }],
})
await using _feed = await startFeed(lab, { perSecond: 20 })
await startHeartbeat(lab.server('db1'))
await lab.caughtUp()
const set = {
  name: 'shop',
  ...EXPORTER_ACCOUNT,
  servers: lab.servers.map(({ name, host, port }) => ({ name, address: `${host}:${port}` })),
  heartbeat: { table: HEARTBEAT_TABLE },
  tables: { exclude: ['meta.*'] },
}
await using monitoring = await startMonitoring({
  cache,
  programs,
  exporterConfig: JSON.stringify({ defaults: { checks: CHECKS }, replication_sets: [set] }),
  divisor: 20,
  intervalSeconds: SCRAPE_SECONDS,
})

const begin = Date.now()
await Promise.all(
  STORY.map(async ([fault, server, table, from, to]) => {
    await delay(from * length)
    const of = table === null ? {} : { table: { schema: 'shop', name: table } }
    const broken = await breakServer(lab, { fault, server, ...of })
    console.log(`${fault} on ${server}`)
    if (to === undefined) return
    await delay((to - from) * length)
    await broken.undo()
  }),
)
await delay(begin + length - Date.now())

mkdirSync(out, { recursive: true })
const end = Math.floor(Date.now() / 1000)
const step = Math.max(SCRAPE_SECONDS, Math.round(length / 1000 / POINTS))
const time = { start: end - length / 1000, end, step }
const chosen = {
  __rate_interval: `${4 * SCRAPE_SECONDS + step}s`,
  job: '.+',
  instance: '.+',
  server: '.+',
  set: set.name,
  schema: 'shop',
  table: 'orders',
}
for (const dashboard of Object.values(DASHBOARDS)) {
  const { prometheus } = monitoring
  const html = join(out, `${dashboard.uid}.html`)
  writeFileSync(html, previewPage(await drawingOf(dashboard, { prometheus, time, chosen })))
  picture(html, Math.max(...dashboard.panels.map(({ gridPos }) => gridPos.y + gridPos.h)))
}

function picture(html: string, rows: number): void {
  const height = rows * 38 + 80
  const png = html.replace(/html$/, 'png')
  const options = ['--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars']
  const argv = [...options, `--window-size=${PAGE_WIDTH},${height}`, `--screenshot=${png}`, html]
  try {
    execFileSync('chromium', argv, { stdio: 'ignore' })
    console.log(png)
  } catch {
    console.log(`${html} (no picture: apt-get install chromium)`)
  }
}
