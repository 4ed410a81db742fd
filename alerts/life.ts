/** What every alert has in common: it waits, fires, resolves, and survives a restart of the exporter. */
import { type Expected, pending, QUIET, type Scenario, type Series, second } from './scenario.ts'

export interface Life {
  /** Minutes of the rule's `for`. */
  readonly wait: number
  /** All that the exporter writes, where what matters has these values. */
  readonly written: (values: string) => readonly Series[]
  readonly good: string
  readonly bad: string
  readonly alert: Expected
  /** In words for the names of the scenarios: when nobody is told, and when somebody need not be told any more. */
  readonly silent: string
  readonly resolved: string
  /** The series says nothing while its server is down. */
  readonly isState?: boolean
  /** One reading shows no trend: it waits from the second on. */
  readonly isTrend?: boolean
}

/**
 * The scenarios of a rule that fires on one bad value, keeps firing for a minute, and forgets nothing.
 * A restart of the exporter leaves out one scrape.
 */
export function lifeOf(life: Life): Scenario[] {
  const {
    wait,
    written,
    good,
    bad,
    alert,
    silent,
    resolved,
    isState = false,
    isTrend = false,
  } = life
  const last = wait + 9
  const fromStart = isTrend ? wait + 1 : wait
  const during = (values: string) => `${bad}x${last} ${values}`
  return [
    {
      name: `silent: ${silent}`,
      series: written(`${good}x${2 * wait + 20}`),
      at: { '0m': QUIET, [`${2 * wait + 10}m`]: QUIET },
    },
    {
      name: `firing: after ${wait} minutes, and no sooner`,
      series: written(`${good}x4 ${bad}x${2 * wait + 20}`),
      at: { '4m': QUIET, [`${wait + 4}m`]: [pending(alert)], [`${wait + 5}m`]: [alert] },
    },
    {
      name: `resolved: ${resolved}`,
      series: written(during(`${good}x20`)),
      at: { [`${last}m`]: [alert], [`${last + 2}m`]: QUIET },
    },
    ...(isState
      ? [
          {
            name: 'resolved: when its server is down, which is another alert',
            series: written(during('stale')),
            at: { [`${last}m`]: [alert], [`${last + 2}m`]: QUIET },
          },
        ]
      : []),
    {
      name: 'restart gap: it goes on firing',
      series: written(during(`stale ${bad}x20`)),
      at: { [`${last + 1}m`]: [alert], [`${last + 2}m`]: [alert], [`${last + 4}m`]: [alert] },
    },
    {
      name: 'start-up: it waits from the first reading on',
      series: written(`_x5 ${bad}x${2 * wait + 20}`),
      at: { '4m': QUIET, [`${fromStart + 4}m`]: [pending(alert)], [`${fromStart + 5}m`]: [alert] },
    },
    {
      name: 'two exporters: one alert each',
      series: [...written(`${bad}x${wait + 20}`), ...written(`${bad}x${wait + 20}`).map(second)],
      at: { [`${fromStart}m`]: [alert, second(alert)] },
    },
  ]
}
