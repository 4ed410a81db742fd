/** Says when the next transaction is due. What an outage cost is not made up for afterwards. */
export class Pace {
  #intervalMs: number
  #nextAt = performance.now()

  constructor(perSecond: number) {
    this.#intervalMs = 1000 / perSecond
  }

  set perSecond(perSecond: number) {
    this.#intervalMs = 1000 / perSecond
  }

  isDue(): boolean {
    const now = performance.now()
    if (now < this.#nextAt) return false
    this.#nextAt = Math.max(this.#nextAt + this.#intervalMs, now - 1000)
    return true
  }
}
