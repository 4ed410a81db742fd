import { setTimeout as delay } from 'node:timers/promises'
import { type FeedCounters, startFeed } from '../../lab/feed.ts'
import { chosenLab, numberOf, type Subcommand, text } from './subcommand.ts'

export const feed: Subcommand = {
  usage: 'feed [--per-second N] [--for SECONDS]',
  help: 'insert, update and delete until Ctrl+C (default: 20 a second)',
  options: { 'per-second': text, for: text },
  words: [0, 0],
  async run(call) {
    const { out, signal, values } = call
    const lab = chosenLab(call)
    const perSecond = numberOf(values, 'per-second', 20)
    const seconds = numberOf(values, 'for', Number.POSITIVE_INFINITY)
    await using writing = await startFeed(lab, { perSecond })
    out.write(`feeding ${lab.id}, ${perSecond} transactions a second`)
    const endAt = performance.now() + seconds * 1000
    while (!signal.aborted && performance.now() < endAt) {
      const pause = Math.min(10_000, Math.ceil(endAt - performance.now()) + 1)
      await delay(pause, undefined, { signal }).catch(() => {})
      out.write(countersLine(writing.counters))
    }
  },
}

function countersLine({ inserts, updates, deletes, errors }: FeedCounters): string {
  return `${inserts} inserts, ${updates} updates, ${deletes} deletes, ${errors} errors`
}
