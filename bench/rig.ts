/** A source and two replicas with one sysbench table, and the accounts that the contenders need. */
import { appendFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Lab } from '../src/lab/lab.ts'
import type { LabServer } from '../src/lab/server.ts'
import { EXPORTER_ACCOUNT, startLab } from '../src/lab/start.ts'
import type { Vendor } from '../src/mysql/flavor.ts'
import { type OwnedSession, openSession } from '../src/mysql/session.ts'
import { benchFlavor } from './flavors.ts'
import { sysbench } from './sysbench.ts'
import { SCHEMA, TABLE, WRITER } from './table.ts'

const SOURCE = 'db1'
const LOAD_TIMEOUT_MS = 1_800_000
const STATEMENT_TIMEOUT_MS = 600_000
/** Of a row of sysbench's table, with its index (511,705,088 bytes for 2 million, on both flavors). */
const BYTES_PER_ROW = 256

export interface Rig extends AsyncDisposable {
  readonly flavor: Vendor
  readonly cache: string
  readonly size: number
  readonly lab: Lab
  readonly source: LabServer
  /** E.g. `MariaDB 10.11.14`. */
  readonly version: string
}

/** @throws {UserError} when something must be installed. */
export async function startRig(options: {
  readonly cache: string
  readonly flavor: Vendor
  readonly size: number
  readonly signal: AbortSignal
}): Promise<Rig> {
  const { cache, flavor, size, signal } = options
  const { title, settings: own } = benchFlavor(flavor)
  const settings = {
    ...own,
    // What is read must not come from the page cache of the kernel.
    'innodb-flush-method': 'O_DIRECT',
    'innodb-buffer-pool-size': poolSize(1.5 * BYTES_PER_ROW * size),
  }
  const lab = await startLab({
    cache,
    flavor,
    signal,
    servers: [
      { name: SOURCE, settings },
      { name: 'db2', source: SOURCE, settings },
      { name: 'db3', source: SOURCE, settings },
    ],
  })
  try {
    const source = lab.server(SOURCE)
    await source.exec(
      `CREATE DATABASE ${SCHEMA}`,
      `CREATE USER ${WRITER}@'%'`,
      `GRANT ALL ON *.* TO ${WRITER}@'%'`,
    )
    await sysbench(source, size, ['prepare'])
    await lab.caughtUp({ timeoutMs: LOAD_TIMEOUT_MS })
    // Both contenders size their work by the statistics.
    await Promise.all(
      lab.servers.map((server) => server.unlogged(`ANALYZE TABLE ${SCHEMA}.${TABLE}`)),
    )
    const version = `${title} ${/^[\d.]+/.exec((await source.value('SELECT VERSION()')) ?? '')?.[0]}`
    return { flavor, cache, size, lab, source, version, [Symbol.asyncDispose]: () => lab.down() }
  } catch (error) {
    await lab.down()
    throw error
  }
}

/** Restarts all servers with a buffer pool of a quarter of the table, which they then read from disk. */
export async function shrinkBufferPools({ lab, source }: Rig): Promise<void> {
  const file = join(source.paths.data, SCHEMA, `${TABLE}.ibd`)
  const size = poolSize(statSync(file).size / 4)
  for (const server of lab.servers) {
    await server.stop()
    // Of two lines the last one counts.
    appendFileSync(server.paths.settings, `innodb-buffer-pool-size = ${size}\n`)
    await server.start()
  }
  await lab.caughtUp({ timeoutMs: LOAD_TIMEOUT_MS })
}

/** As the exporter connects; for what its command line does not show. */
export function exporterSession({ name, host, port }: LabServer): OwnedSession {
  return openSession({
    server: { name, endpoint: { host, port }, address: `${host}:${port}`, role: null },
    credentials: EXPORTER_ACCOUNT,
    tls: { mode: 'off', caFile: null },
    connectTimeoutMs: 10_000,
    queryTimeoutMs: STATEMENT_TIMEOUT_MS,
  })
}

/** In whole MiB; MySQL takes no less than 5. */
function poolSize(bytes: number): string {
  return `${Math.max(8, Math.ceil(bytes / 2 ** 20))}M`
}
