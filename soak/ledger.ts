/** What was planted where and when, and so which verdict of the exporter is a false alarm. */
import type { Drift, Site } from './drift.ts'

export type Outcome = 'found' | 'missed' | 'overwritten'

/** Times in milliseconds since the epoch, the clock of the exporter's log. */
export interface Planting {
  readonly drift: Drift
  readonly site: Site
  readonly plantedAt: number
  outcome: Outcome | null
  /** From planting to being seen, null until then. */
  detectedAfterMs: number | null
  /** Once the exporter calls the table the same again; null before, and for good if it never does. */
  clearedAt: number | null
}

export class Ledger {
  readonly plantings: Planting[] = []
  /** Drifts that were due and found no table without one. */
  crowdedOut = 0

  /** From now on that table on that replica may be called anything. */
  open(drift: Drift, site: Site, now: number): Planting {
    const planting: Planting = {
      drift,
      site,
      plantedAt: now,
      outcome: null,
      detectedAfterMs: null,
      clearedAt: null,
    }
    this.plantings.push(planting)
    return planting
  }

  /** @param at when the exporter said it. */
  isPlanted(server: string, schema: string, table: string, at: number): boolean {
    return (
      schema === 'soak' &&
      this.plantings.some(
        ({ site, plantedAt, clearedAt }) =>
          site.replica.name === server &&
          site.table === table &&
          plantedAt <= at &&
          (clearedAt === null || at <= clearedAt),
      )
    )
  }

  /** Whether something is planted there now, or was and never cleared. */
  isTaken(server: string, table: string): boolean {
    return this.isPlanted(server, 'soak', table, Number.POSITIVE_INFINITY)
  }

  count(drift: Drift, outcome?: Outcome): number {
    return this.#of(drift).filter((one) => outcome === undefined || one.outcome === outcome).length
  }

  notCleared(drift: Drift): number {
    return this.#of(drift).filter(({ clearedAt }) => clearedAt === null).length
  }

  /** Milliseconds, ascending. */
  detections(drift?: Drift): number[] {
    const plantings = drift === undefined ? this.plantings : this.#of(drift)
    return plantings
      .map(({ detectedAfterMs }) => detectedAfterMs)
      .filter((ms) => ms !== null)
      .sort((a, b) => a - b)
  }

  #of(drift: Drift): Planting[] {
    return this.plantings.filter((planting) => planting.drift === drift)
  }
}
