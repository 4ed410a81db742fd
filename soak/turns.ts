/** Whoever does something to a server waits for its turn: nothing is planted on one that is just being killed. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>()

  take<T>(server: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(server) ?? Promise.resolve()
    const mine = before.then(work)
    this.#last.set(
      server,
      mine.catch(() => undefined),
    )
    return mine
  }
}
