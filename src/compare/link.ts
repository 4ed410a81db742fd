import type { UnknownReason } from '../domain.ts'
import type { Fencing } from '../mysql/dialect.ts'
import type { Rules } from '../mysql/filters.ts'
import type { Server } from '../server-pool.ts'

/** What a link keeps from one look to the next. */
export interface LinkMemory {
  /** What the channel had received. */
  received: string
  /** How long the replica took to reach the last fence. */
  waitedMs: number
  /** The last fence that it did not reach in time; `until` is of the steady clock. */
  unreached: {
    readonly notation: Fencing['notation']
    readonly position: string
    readonly until: number
  } | null
}

export function newLinkMemory(): LinkMemory {
  return { received: '', waitedMs: 0, unreached: null }
}

/** One source and one replica over one channel: the unit of comparison. */
export interface Link {
  readonly source: Server
  readonly replica: Server
  readonly channel: string
  /** How a position is proven on this link, or why it cannot be. */
  readonly fencing: Fencing | { readonly none: UnknownReason }
  /** Its applier is stopped: waiting for it would be in vain. */
  appliesNothing(): boolean
  /** What it leaves out or renames. */
  readonly rules: Rules
  /** Of the other links of a circle that this one closes: it is there for what they do not bring. */
  readonly loop: readonly Rules[]
  readonly memory: LinkMemory
  /** The replica applies everything so much later on purpose, and a fence waits for so much longer; 0 = at once. */
  readonly delayMs: number
  /**
   * Where the delay is longer than a pass may wait: the same link, whose fences do wait. Nothing but `serve` has the
   * time, and only beside its passes; else null.
   */
  readonly afterDelay: Link | null
}

/** A source with all replicas that replicate from it directly: the unit of reading. */
export interface Group {
  readonly source: Server
  readonly links: readonly Link[]
}

/** Each once, however many links it has. */
export function serversOf(groups: readonly Group[]): Server[] {
  const servers = groups.flatMap(({ source, links }) => [
    source,
    ...links.map(({ replica }) => replica),
  ])
  return [...new Set(servers)]
}
