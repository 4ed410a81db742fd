/**
 * The exposition for Prometheus, and the only door to prom-client.
 *
 * What is known of the databases is rendered from an immutable report when it is published, never when it
 * is scraped; prom-client has its own process in it.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { collectDefaultMetrics, Registry } from 'prom-client'
import type { Report, SetReport } from '../report.ts'
import { GzipPrefix } from './gzip.ts'
import { addCoverage } from './metrics/coverage.ts'
import { families, labels, NO_LABELS, Samples } from './metrics/encode.ts'
import { FAMILY_NAMES, type FamilyName, partOf } from './metrics/families.ts'
import { addSettings } from './metrics/settings.ts'
import { addState } from './metrics/state.ts'
import { addTables, examinedServers } from './metrics/tables.ts'

/** `tables` = every series with a `table` label, `state` = all others. */
export type Part = 'all' | 'state' | 'tables'

/** The text format, which is all that is offered. */
export const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

/** What the exporter says of itself at the moment of a scrape. */
export interface ExporterSelf {
  readonly version: string
  /** As Node gives it: `v24.21.0`. */
  readonly nodeVersion: string
  readonly lastReloadSuccessful: boolean
  readonly setsConfigured: number
}

type Encoding = 'identity' | 'gzip'

export interface Exposition {
  /** Render `report` and, once complete, put it in place of the last one. A later call always wins. */
  publish(report: Report): Promise<void>
  /** What a scrape gets, in pieces to be sent in this order: the published report and the exporter's own metrics. */
  bytes(part: Part, encoding: Encoding): Promise<readonly Buffer[]>
}

type Rendered = ReadonlyMap<FamilyName, string>

const FAMILIES_OF = {
  state: FAMILY_NAMES.filter((name) => partOf(name) === 'state'),
  tables: FAMILY_NAMES.filter((name) => partOf(name) === 'tables'),
} as const

export function createExposition(self: () => ExporterSelf): Exposition {
  const registry = processRegistry()
  const tableLines = new WeakMap<SetReport['tables'], TableLines>()
  let published = new Snapshot(0, [], [])
  let turns = 0

  return {
    async publish(report) {
      const turn = ++turns
      const rendered: Rendered[] = []
      for (const set of report.sets) {
        rendered.push(await inSlices(renderState(set)))
        const known = tableLines.get(set.tables)
        const lines = known?.isOf(set) ? known : await inSlices(renderTables(set))
        tableLines.set(set.tables, lines)
        rendered.push(lines.rendered)
      }
      const state = await encoded(families(FAMILIES_OF.state, rendered))
      const tables = await encoded(families(FAMILIES_OF.tables, rendered))
      if (turn > published.turn) published = new Snapshot(turn, state, tables)
    },

    async bytes(part, encoding) {
      const snapshot = published
      const own = part === 'tables' ? '' : renderSelf(self()) + (await registry.metrics())
      const tail = Buffer.from(own)
      return encoding === 'gzip' ? snapshot.gzip[part].with(tail) : [...snapshot.chunks[part], tail]
    },
  }
}

/** The bytes of one report, compressed when the first client asks for that. */
class Snapshot {
  readonly turn: number
  readonly chunks: Readonly<Record<Part, readonly Buffer[]>>
  readonly gzip: Readonly<Record<Part, GzipPrefix>>

  constructor(turn: number, state: readonly Buffer[], tables: readonly Buffer[]) {
    const all = [...state, ...tables]
    this.turn = turn
    this.chunks = { all, state, tables }
    this.gzip = {
      all: new GzipPrefix(all),
      state: new GzipPrefix(state),
      tables: new GzipPrefix(tables),
    }
  }
}

/** One family a turn: a large one takes a few milliseconds. */
async function encoded(texts: Iterable<string>): Promise<Buffer[]> {
  const chunks: Buffer[] = []
  for (const text of texts) {
    chunks.push(Buffer.from(text))
    await nextTurn()
  }
  return chunks
}

/** All at once and without the exporter's own metrics: for a file that a textfile collector reads. */
export function renderMetrics(report: Report, part: Part = 'all'): string {
  const rendered = report.sets.flatMap((set) => [
    atOnce(renderState(set)),
    atOnce(renderTables(set)).rendered,
  ])
  const names = part === 'all' ? FAMILY_NAMES : FAMILIES_OF[part]
  return [...families(names, rendered)].join('')
}

/** Rendering that can be left and taken up again. */
type Work<Result> = Generator<void, Result>

function* renderState(set: SetReport): Work<Rendered> {
  const samples = new Samples()
  addState(samples, set)
  addSettings(samples, set)
  yield
  yield* addCoverage(samples, set)
  return samples.text()
}

interface TableLines {
  readonly rendered: Rendered
  /** Whether a later report of the set, with the same tables, has these lines too. */
  isOf(set: SetReport): boolean
}

function* renderTables(set: SetReport): Work<TableLines> {
  const samples = new Samples()
  yield* addTables(samples, set)
  const ends = examinedServers(set).join('\0')
  return {
    rendered: samples.text(),
    isOf: (later) =>
      later.name === set.name &&
      hasSameItems(later.schemaDifferences, set.schemaDifferences) &&
      later.tableDetail === set.tableDetail &&
      later.maxTablesPerSet === set.maxTablesPerSet &&
      examinedServers(later).join('\0') === ends,
  }
}

/** The list is made anew for each report, its items only when they change. */
function hasSameItems<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index])
}

async function inSlices<Result>(work: Work<Result>): Promise<Result> {
  let step = work.next()
  while (!step.done) {
    await nextTurn()
    step = work.next()
  }
  return step.value
}

function atOnce<Result>(work: Work<Result>): Result {
  let step = work.next()
  while (!step.done) step = work.next()
  return step.value
}

function renderSelf(self: ExporterSelf): string {
  const samples = new Samples()
  const { version, nodeVersion } = self
  const build = labels({ version, nodeversion: nodeVersion })
  samples.add('exporter_build_info', build, 1)
  samples.add('exporter_config_last_reload_successful', NO_LABELS, self.lastReloadSuccessful)
  samples.add('exporter_replication_sets_configured', NO_LABELS, self.setsConfigured)
  return [...families(FAMILY_NAMES, [samples.text()])].join('')
}

const OWN_PROCESS = /^(process_|nodejs_(eventloop_lag|heap_size|external_memory|version)_)/

/** The others cost more than they tell, and some of their names are wrong in the eyes of promtool. */
function processRegistry(): Registry {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  for (const { name } of registry.getMetricsAsArray()) {
    if (!OWN_PROCESS.test(name)) registry.removeSingleMetric(name)
  }
  return registry
}
