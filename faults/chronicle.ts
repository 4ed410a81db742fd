/** What alerted while a fault was there and until it was made good, held against what should have. Pure. */
import type { ExpectedAlert } from './expected.ts'
import { keyOf, type Look, type SeenAlert } from './look.ts'

export interface Expectation {
  readonly fires: readonly ExpectedAlert[]
  readonly later: readonly ExpectedAlert[]
  /** Whether an alert is another fault's, which is there at the same time. */
  readonly isOthers: (alert: ExpectedAlert) => boolean
}

/** One alert that fired, or should have. Times in milliseconds since the epoch, null = never. */
export interface AlertRecord {
  readonly key: string
  readonly as: 'expected' | 'later' | 'unexpected'
  /** Firing in Prometheus. */
  firedAt: number | null
  /** Known to Alertmanager. */
  toldAt: number | null
  /** Gone from both after the repair. */
  endedAt: number | null
  /** It stopped firing while the fault was still there. */
  hasBlinked: boolean
}

export class Chronicle {
  readonly #expectation: Expectation
  readonly #records = new Map<string, AlertRecord>()
  readonly #later: ReadonlySet<string>
  readonly errors = new Set<string>()
  #isRepaired = false
  #restlessRound = 0
  #open: readonly string[] = []
  readonly #waits = new Map<string, number>()
  #round = 0

  constructor(expectation: Expectation) {
    this.#expectation = expectation
    this.#later = new Set(expectation.later.map(keyOf))
    for (const one of expectation.fires) this.#recordOf(keyOf(one), 'expected')
  }

  get records(): readonly AlertRecord[] {
    return [...this.#records.values()]
  }

  /** From now on alerts are to end. */
  repaired(): void {
    this.#isRepaired = true
    this.disturbed()
  }

  /** What was seen so far proves no calm. */
  disturbed(): void {
    this.#restlessRound = this.#round
  }

  see(look: Look): void {
    this.#round = look.round
    for (const error of look.errors) this.errors.add(error)
    const ours = this.#ours(look)
    for (const alert of ours) if (alert.isFiring) this.#note(alert, look.at)
    const isOver = (key: string) => !ours.some((alert) => keyOf(alert) === key)
    const isFiring = (key: string) => ours.some((alert) => keyOf(alert) === key && alert.isFiring)
    for (const record of this.#records.values()) {
      if (record.firedAt === null) continue
      if (this.#isRepaired && isOver(record.key)) record.endedAt ??= look.at
      if (!this.#isRepaired && record.as === 'expected' && !isFiring(record.key)) {
        record.hasBlinked = true
      }
    }
    this.#open = this.#openOf(ours)
    for (const one of this.#open) this.#waits.set(one, (this.#waits.get(one) ?? 0) + 1)
    if (this.#open.length > 0) this.#restlessRound = look.round
  }

  /**
   * Rounds of evaluation since all was as it is to be. While the fault is there: everything that should fires, and
   * Alertmanager knows; nothing else is about to. After the repair: nothing fires or is about to.
   */
  get calmRounds(): number {
    return this.#round - this.#restlessRound
  }

  /** What is still waited for; empty = it is calm. */
  get open(): readonly string[] {
    return this.#open
  }

  /** What was waited for, and in how many looks: where the time went. */
  get waits(): string[] {
    return [...this.#waits].map(([what, looks]) => `${looks} looks: ${what}`)
  }

  #openOf(ours: readonly SeenAlert[]): string[] {
    if (this.#isRepaired) return ours.map((alert) => `${keyOf(alert)} is still there`)
    const missing = this.#missing(ours).map((key) => `no ${key}`)
    const undecided = ours.filter(
      (alert) => !this.#isExpected(alert) && alert.isPending && !alert.isFiring,
    )
    return [...missing, ...undecided.map((alert) => `${keyOf(alert)} is pending`)]
  }

  #missing(ours: readonly SeenAlert[]): string[] {
    const there = new Set(ours.filter(({ isFiring, isTold }) => isFiring && isTold).map(keyOf))
    return this.#expectation.fires.map(keyOf).filter((key) => !there.has(key))
  }

  #isExpected(alert: ExpectedAlert): boolean {
    const key = keyOf(alert)
    return this.#later.has(key) || this.#records.get(key)?.as === 'expected'
  }

  #ours({ alerts }: Look): SeenAlert[] {
    return alerts.filter((alert) => !this.#expectation.isOthers(alert))
  }

  #note(alert: SeenAlert, at: number): void {
    const key = keyOf(alert)
    const record = this.#recordOf(key, this.#later.has(key) ? 'later' : 'unexpected')
    record.firedAt ??= at
    if (alert.isTold) record.toldAt ??= at
  }

  #recordOf(key: string, as: AlertRecord['as']): AlertRecord {
    const known = this.#records.get(key)
    if (known !== undefined) return known
    const record: AlertRecord = {
      key,
      as,
      firedAt: null,
      toldAt: null,
      endedAt: null,
      hasBlinked: false,
    }
    this.#records.set(key, record)
    return record
  }
}
