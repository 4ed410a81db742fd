/** The HTTP APIs of Prometheus and Alertmanager, as far as the story is read from them. */

export type Labels = Readonly<Record<string, string>>

/** One series, chosen by its name and enough labels to leave no other. */
export interface Series {
  readonly name: string
  readonly labels: Labels
}

export interface Sample {
  readonly labels: Labels
  readonly value: number
}

/** One series over time. */
export interface Track {
  readonly labels: Labels
  readonly points: readonly (readonly [seconds: number, value: number])[]
}

/** In seconds since 1970. */
export interface TimeRange {
  readonly start: number
  readonly end: number
  readonly step: number
}

/** What both of them call an alert. */
export interface Alert {
  readonly labels: Labels
  readonly annotations: Labels
}

/** One alerting rule as Prometheus last evaluated it. */
export interface AlertingRule {
  readonly name: string
  readonly labels: Labels
  /** `for`. */
  readonly waitSeconds: number
  /** Why the last evaluation failed, null when it did not. */
  readonly error: string | null
  /** Milliseconds since the epoch; null = never. */
  readonly evaluatedAt: number | null
  readonly alerts: readonly (Alert & { readonly state: 'pending' | 'firing' })[]
}

const PATIENCE_MS = 5_000

export class Prometheus {
  readonly url: string

  constructor(url: string) {
    this.url = url
  }

  async version(): Promise<string> {
    const { version } = await this.#get<{ version: string }>('/api/v1/status/buildinfo')
    return version
  }

  /** @param time in seconds since 1970; now, unless given. */
  async query(expression: string, time?: number): Promise<Sample[]> {
    const parameters = { query: expression, ...(time !== undefined && { time: `${time}` }) }
    const { result } = await this.#get<{ result: PrometheusSample[] }>(
      `/api/v1/query?${new URLSearchParams(parameters)}`,
    )
    return result.map(({ metric, value: [, value] }) => ({ labels: metric, value: Number(value) }))
  }

  async queryRange(expression: string, { start, end, step }: TimeRange): Promise<Track[]> {
    const parameters = { query: expression, start: `${start}`, end: `${end}`, step: `${step}` }
    const { result } = await this.#get<{ result: PrometheusTrack[] }>(
      `/api/v1/query_range?${new URLSearchParams(parameters)}`,
    )
    return result.map(({ metric, values }) => ({
      labels: metric,
      points: values.map(([time, value]) => [time, Number(value)] as const),
    }))
  }

  /** The newest value, null when there is no such series now. */
  async value(series: Series): Promise<number | null> {
    const [sample, ...others] = await this.query(seriesText(series))
    if (others.length > 0) throw new Error(`${seriesText(series)} is not one series`)
    return sample?.value ?? null
  }

  /** What `for` has let through; pending alerts are not in it. */
  async firing(): Promise<Alert[]> {
    const { alerts } = await this.#get<{ alerts: (Alert & { state: string })[] }>('/api/v1/alerts')
    return alerts.filter(({ state }) => state === 'firing')
  }

  /** Addresses of those that it tells of alerts. */
  async alertmanagers(): Promise<string[]> {
    const { activeAlertmanagers } = await this.#get<{ activeAlertmanagers: { url: string }[] }>(
      '/api/v1/alertmanagers',
    )
    return activeAlertmanagers.map(({ url }) => url)
  }

  async rules(): Promise<AlertingRule[]> {
    const { groups } = await this.#get<{ groups: { rules: PrometheusRule[] }[] }>(
      '/api/v1/rules?type=alert',
    )
    return groups.flatMap(({ rules }) => rules.map(ruleOf))
  }

  async #get<T>(path: string): Promise<T> {
    const { data } = (await getJson(`${this.url}${path}`)) as { data: T }
    return data
  }
}

interface PrometheusRule {
  readonly name: string
  readonly labels: Labels
  readonly duration: number
  readonly health: string
  readonly lastError?: string
  readonly lastEvaluation: string
  readonly alerts: AlertingRule['alerts']
}

function ruleOf({ name, labels, duration, alerts, ...rule }: PrometheusRule): AlertingRule {
  const evaluatedAt = Date.parse(rule.lastEvaluation)
  return {
    name,
    labels,
    waitSeconds: duration,
    error: rule.health === 'err' ? (rule.lastError ?? 'unknown error') : null,
    // The year 1 stands for never.
    evaluatedAt: evaluatedAt > 0 ? evaluatedAt : null,
    alerts,
  }
}

interface PrometheusSample {
  readonly metric: Labels
  readonly value: readonly [time: number, value: string]
}

interface PrometheusTrack {
  readonly metric: Labels
  readonly values: readonly (readonly [time: number, value: string])[]
}

export class Alertmanager {
  readonly url: string

  constructor(url: string) {
    this.url = url
  }

  async version(): Promise<string> {
    const status = (await getJson(`${this.url}/api/v2/status`)) as {
      versionInfo: { version: string }
    }
    return status.versionInfo.version
  }

  /** Neither silenced nor inhibited: what somebody would be told of. */
  async active(): Promise<Alert[]> {
    const alerts = await this.known()
    return alerts.filter(({ isMuted }) => !isMuted)
  }

  /** Muted = silenced, or inhibited by another alert. */
  async known(): Promise<(Alert & { readonly isMuted: boolean })[]> {
    const alerts = (await getJson(`${this.url}/api/v2/alerts`)) as (Alert & {
      status: { state: string }
    })[]
    return alerts.map((alert) => ({ ...alert, isMuted: alert.status.state === 'suppressed' }))
  }
}

/** `name{label="value"}`, as it is written in a query. */
export function seriesText({ name, labels }: Series): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}=${JSON.stringify(value)}`)
  return pairs.length === 0 ? name : `${name}{${pairs.join(',')}}`
}

export function hasLabels(alert: Alert, labels: Labels): boolean {
  return Object.entries(labels).every(([name, value]) => alert.labels[name] === value)
}

async function getJson(url: string): Promise<unknown> {
  const response = await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS) })
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`)
  return await response.json()
}
