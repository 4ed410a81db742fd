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

  /** Names of the alerting rules, as often as there are rules of that name. */
  async rules(): Promise<string[]> {
    const { groups } = await this.#get<{ groups: { rules: { name: string }[] }[] }>(
      '/api/v1/rules?type=alert',
    )
    return groups.flatMap(({ rules }) => rules.map(({ name }) => name))
  }

  async #get<T>(path: string): Promise<T> {
    const { data } = (await getJson(`${this.url}${path}`)) as { data: T }
    return data
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
    const parameters = 'active=true&silenced=false&inhibited=false'
    return (await getJson(`${this.url}/api/v2/alerts?${parameters}`)) as Alert[]
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
