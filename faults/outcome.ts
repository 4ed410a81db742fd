/** What became of one fault on one flavor. */
import type { Vendor } from '../src/mysql/flavor.ts'
import type { AlertRecord } from './chronicle.ts'

export interface Outcome {
  readonly flavor: Vendor
  readonly fault: string
  readonly speed: number
  /** Where it happened. */
  readonly server: string
  readonly alerts: readonly AlertOutcome[]
  /** Why it cannot be judged, or why it is no good in spite of its alerts; empty = nothing. */
  readonly problems: readonly string[]
  /** The exporter's last lines, where something is not as expected. */
  readonly log: readonly string[]
  /** From before the fault to after its repair. */
  readonly seconds: number
}

/** Seconds as measured, not as the rules count them at speed. */
export interface AlertOutcome {
  /** `critical TablesDrifted db2`. */
  readonly key: string
  readonly as: AlertRecord['as']
  /** From the fault until Prometheus fired it; null = it did not. */
  readonly fired: number | null
  /** Until Alertmanager knew. */
  readonly told: number | null
  /** From the repair until neither knew of it any more. */
  readonly resolved: number | null
}
