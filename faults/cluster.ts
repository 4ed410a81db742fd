/** Real servers under light load, and a real exporter, Prometheus and Alertmanager that watch them. */
import { type Feed, startFeed } from '../src/lab/feed.ts'
import { HEARTBEAT_TABLE } from '../src/lab/heartbeat.ts'
import type { Lab } from '../src/lab/lab.ts'
import { EXPORTER_ACCOUNT, type ServerSpec, startLab } from '../src/lab/start.ts'
import { type Monitoring, startMonitoring } from '../src/monitoring/monitoring.ts'
import type { Programs } from '../src/monitoring/programs.ts'
import type { Vendor } from '../src/mysql/flavor.ts'
import { type Heartbeat, startHeartbeat } from './heartbeat.ts'
import { type Durations, durationsAt } from './speed.ts'
import { type Watcher, watch } from './watcher.ts'
import { type Wire, wireTo } from './wire.ts'

export interface ClusterOptions {
  readonly cache: string
  readonly programs: Programs
  readonly flavor: Vendor
  readonly replicas: number
  readonly strangers: readonly string[]
  readonly speed: number
}

export interface Cluster extends AsyncDisposable {
  readonly lab: Lab
  readonly replicas: readonly string[]
  readonly monitoring: Monitoring
  readonly watcher: Watcher
  readonly feed: Feed
  readonly heartbeat: Heartbeat
  readonly speed: number
  readonly durations: Durations
  /** Between the exporter and each server. */
  readonly wires: ReadonlyMap<string, Wire>
  /** The exporter's, with other settings for its set. */
  config(more?: object): string
}

/** Servers of the lab that the exporter is not told of: one with data of its own, one that may get the others'. */
export const STRANGERS = { followed: 'stranger', joining: 'uninvited' } as const

/** Nobody writes to it, so that replication does not stumble over what happens to it. */
export const QUIET_TABLE = { schema: 'shop', name: 'archive' } as const

/** Transactions a second: replicas that miss them are behind at once. */
export const LIGHT_LOAD = 10

const LOOKS_PER_ROUND = 4

export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const { cache, programs, flavor, speed } = options
  const durations = durationsAt(speed)
  const ends = new AsyncDisposableStack()
  try {
    const replicas = Array.from({ length: options.replicas }, (_, index) => `db${index + 2}`)
    const servers = serversOf(options, replicas, durations)
    const lab = ends.use(await startLab({ cache, flavor, servers }))
    const feed = ends.use(await startFeed(lab, { perSecond: LIGHT_LOAD }))
    const heartbeat = ends.use(await startHeartbeat(lab))
    await createQuietTable(lab)
    await lab.caughtUp()
    const watched = lab.servers.filter(({ name }) => !options.strangers.includes(name))
    const wires = new Map<string, Wire>()
    for (const { name, port } of watched) wires.set(name, ends.use(await wireTo(port)))
    const config = (more: object = {}) => exporterConfig(wires, durations, more)
    const monitoring = ends.use(
      await startMonitoring({
        cache,
        programs,
        exporterConfig: config(),
        divisor: speed,
        intervalSeconds: durations.scrape,
      }),
    )
    const watcher = ends.use(watch(monitoring, (durations.scrape * 1000) / LOOKS_PER_ROUND))
    const parts = {
      lab,
      replicas,
      monitoring,
      watcher,
      feed,
      heartbeat,
      speed,
      durations,
      wires,
      config,
    }
    const all = ends.move()
    return { ...parts, [Symbol.asyncDispose]: () => all.disposeAsync() }
  } catch (error) {
    await ends.disposeAsync()
    throw error
  }
}

function serversOf(
  { flavor, strangers }: ClusterOptions,
  replicas: readonly string[],
  { netTimeout }: Durations,
): ServerSpec[] {
  const settings = {
    // Settings that nobody calls dangerous.
    'sync-binlog': '1',
    'innodb-flush-log-at-trx-commit': '1',
    [flavor === 'mariadb' ? 'slave-net-timeout' : 'replica-net-timeout']: String(netTimeout),
  }
  const ofItsOwn = flavor === 'mariadb' ? { 'gtid-domain-id': '9' } : {}
  return [
    { name: 'db1', settings },
    ...replicas.map((name) => ({ name, source: 'db1', settings })),
    ...strangers.map((name) => ({ name, settings: { ...settings, ...ofItsOwn } })),
  ]
}

async function createQuietTable(lab: Lab): Promise<void> {
  await lab.source().exec(
    'USE shop',
    `CREATE TABLE archive (
       id INT NOT NULL PRIMARY KEY, pieces INT NOT NULL, label VARCHAR(20) NOT NULL, remark VARCHAR(40) NULL,
       KEY by_label (label)
     )`,
    "INSERT INTO archive SELECT id, id % 7, CONCAT('box ', id), NULL FROM orders WHERE id <= 100",
  )
}

function exporterConfig(
  wires: ReadonlyMap<string, Wire>,
  durations: Durations,
  more: object,
): string {
  const interval = (seconds: number) => ({ interval: milliseconds(seconds) })
  const checks = {
    threads: interval(durations.threads),
    gtid: interval(durations.gtid),
    row_count: interval(durations.rowCount),
    checksum: {
      ...interval(durations.checksum),
      confirm_delay: milliseconds(durations.confirmDelay),
      fence_timeout: milliseconds(durations.fenceTimeout),
    },
    schema: interval(durations.schema),
    variables: interval(durations.variables),
    grants: interval(durations.grants),
  }
  const servers = [...wires].map(([name, { port }]) => ({ name, address: `127.0.0.1:${port}` }))
  const set = {
    name: 'shop',
    ...EXPORTER_ACCOUNT,
    servers,
    heartbeat: { table: HEARTBEAT_TABLE },
    tables: { exclude: [HEARTBEAT_TABLE] },
    ...more,
  }
  // What a reading takes is divided by nothing, so neither is there time to rest after it.
  const throttle = { max_duty: 1 }
  // JSON is YAML.
  return JSON.stringify({ defaults: { checks, throttle }, replication_sets: [set] }, null, 2)
}

function milliseconds(seconds: number): string {
  return `${Math.round(seconds * 1000)}ms`
}
