/** Plays one act: before, fault, what is seen where and how soon, repair, and how soon it is over. */

import { type Alert, hasLabels, seriesText } from '../monitoring/api.ts'
import type { Act, Stage, Timing } from './act.ts'
import { watchCounts } from './look.ts'
import { NBSP } from './screen.ts'
import { eventuallySeen, type Stopwatch, secondsText, stopwatch } from './waiting.ts'

export async function play(act: Act, stage: Stage): Promise<Timing> {
  const { screen } = stage
  const ending = new AbortController()
  const signal = AbortSignal.any([stage.signal, ending.signal])
  const waiting = { note: '' }
  const drawing = watchCounts(stage, () => waiting.note, signal)
  try {
    return await playWatched(act, { ...stage, signal }, (note) => {
      waiting.note = note
    })
  } finally {
    ending.abort()
    await drawing
    screen.gap()
  }
}

async function playWatched(
  act: Act,
  stage: Stage,
  waitFor: (note: string) => void,
): Promise<Timing> {
  const { screen } = stage
  const { name } = act.alert
  const [well, ill] = act.values
  await becomes(act, well, stage)

  screen.say(act.tells)
  await act.fault(stage)
  screen.gap()
  const broken = stopwatch()
  // Both are watched from the start, so that none is measured later than it came.
  const metricMoved = becomes(act, ill, stage).then(() => broken.seconds())
  const alertFired = fires(act, stage, broken)
  alertFired.catch(() => {})

  waitFor(`waiting for ${act.series.name} ...`)
  const metric = await metricMoved
  screen.fact(moved(act, act.values, metric))
  await act.evidence(stage)
  waitFor(`waiting for ${name} to fire ...`)
  const { prometheus, alertmanager, alert } = await alertFired
  screen.fact(
    `${name} firing in${NBSP}Prometheus after${NBSP}${secondsText(prometheus)}, ` +
      `in${NBSP}Alertmanager after${NBSP}${secondsText(alertmanager)}:`,
  )
  quote(alert, stage)

  screen.gap()
  await act.repair(stage)
  screen.gap()
  const repaired = stopwatch()
  const alertEnded = ends(act, stage).then(() => repaired.seconds())
  alertEnded.catch(() => {})
  waitFor(`waiting for ${act.series.name} ...`)
  await becomes(act, well, stage)
  screen.fact(moved(act, [ill, well], repaired.seconds()))
  waitFor(`waiting for ${name} to be resolved ...`)
  const resolved = await alertEnded
  screen.fact(`${name} resolved after ${secondsText(resolved)}`)
  return { what: act.what, metric, prometheus, alertmanager, resolved }
}

function becomes(act: Act, value: number, { monitoring, signal }: Stage): Promise<true> {
  return eventuallySeen(
    () => `${seriesText(act.series)} ${value} in Prometheus`,
    async () => ((await monitoring.prometheus.value(act.series)) === value ? true : null),
    signal,
  )
}

interface Fired {
  readonly prometheus: number
  readonly alertmanager: number
  readonly alert: Alert
}

async function fires(act: Act, stage: Stage, broken: Stopwatch): Promise<Fired> {
  const at: { prometheus?: number } = {}
  const { name } = act.alert
  return await eventuallySeen(
    () => `${name} firing in ${at.prometheus === undefined ? 'Prometheus' : 'Alertmanager'}`,
    async () => {
      // In this order, or else one that comes in between would be seen at the receiver first.
      const [received] = await alertsOf(act, stage, 'alertmanager')
      const [firing] = await alertsOf(act, stage, 'prometheus')
      if (firing) at.prometheus ??= broken.seconds()
      if (received === undefined || at.prometheus === undefined) return null
      return { prometheus: at.prometheus, alertmanager: broken.seconds(), alert: received }
    },
    stage.signal,
  )
}

const PLACES = ['prometheus', 'alertmanager'] as const

function ends(act: Act, stage: Stage): Promise<true> {
  return eventuallySeen(
    () => `${act.alert.name} resolved in Prometheus and Alertmanager`,
    async () => {
      const left = await Promise.all(PLACES.map((place) => alertsOf(act, stage, place)))
      return left.flat().length === 0 ? true : null
    },
    stage.signal,
  )
}

async function alertsOf(
  { alert }: Act,
  stage: Stage,
  place: (typeof PLACES)[number],
): Promise<Alert[]> {
  const { prometheus, alertmanager } = stage.monitoring
  const alerts = place === 'prometheus' ? await prometheus.firing() : await alertmanager.active()
  const wanted = { alertname: alert.name, ...alert.labels }
  return alerts.filter((one) => hasLabels(one, wanted))
}

function moved(act: Act, [from, to]: Act['values'], seconds: number): string {
  const change = `${from} -> ${to} after ${secondsText(seconds)}`.replaceAll(' ', NBSP)
  return `${seriesText(act.series)} ${change}`
}

/** What whoever is paged reads. */
function quote({ annotations }: Alert, { screen }: Stage): void {
  screen.say(`"${annotations['description'] ?? annotations['summary'] ?? ''}"`)
}
