/** Waits for what an exporter says. A failure tells the last value and what the exporter logged. */
import { until } from './cluster.ts'
import type { Exporter } from './exporter.ts'
import type { Labels, Samples } from './exporter-samples.ts'
import { type CheckReport, notTheSame } from './report.ts'

const LOG_LINES = 40

/** [family, labels, value]; null = there is no such series. */
export type Expected = readonly [string, Labels, number | null]

/** Resolves with the scrape in which all of them hold. */
export async function untilMetrics(
  exporter: Exporter,
  expected: readonly Expected[],
  timeoutMs = 40_000,
): Promise<Samples> {
  let last: Samples | undefined
  const off = (samples: Samples) =>
    expected.filter(([name, labels, value]) => samples.value(name, labels) !== value)
  try {
    return await until(
      async () => {
        last = await exporter.metrics()
        return off(last).length === 0 ? last : null
      },
      'the metrics are as expected',
      timeoutMs,
    )
  } catch (error) {
    if (last === undefined) throw new Error(explain(exporter, String(error)))
    const samples = last
    const lines = off(samples).map(([name, labels, value]) => {
      const seen = samples
        .all(name, labels)
        .map((one) => `${JSON.stringify(one.labels)} ${one.value}`)
      return `${name}${JSON.stringify(labels)}: expected ${value}, got ${seen.join('; ') || 'none'}`
    })
    throw new Error(explain(exporter, `after ${timeoutMs / 1000} s:\n${lines.join('\n')}`))
  }
}

/** Resolves with the first report for which `condition` holds. */
export async function untilReport(
  exporter: Exporter,
  condition: (report: CheckReport) => boolean,
  description: string,
  timeoutMs = 40_000,
): Promise<CheckReport> {
  let last: CheckReport | undefined
  try {
    return await until(
      async () => {
        last = await exporter.api()
        return condition(last) ? last : null
      },
      description,
      timeoutMs,
    )
  } catch (error) {
    const tables = last === undefined ? 'no report' : notTheSame(last).join('\n')
    throw new Error(explain(exporter, `${(error as Error).message.slice(0, 200)}\n${tables}`))
  }
}

/** Every table was compared on every link, and all are the same. */
export function untilSame(exporter: Exporter, timeoutMs?: number): Promise<CheckReport> {
  const isSame = (report: CheckReport) =>
    report.replication_sets.every(({ tables }) => tables.length > 0) &&
    notTheSame(report).length === 0
  return untilReport(exporter, isSame, 'every table is the same', timeoutMs)
}

function explain(exporter: Exporter, what: string): string {
  const log = exporter.stderr().trimEnd().split('\n')
  return `${what}\nthe exporter's last words:\n${log.slice(-LOG_LINES).join('\n')}`
}
