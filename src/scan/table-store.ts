/** What is known of each table on each link, and what must be looked at again. */
import type { TableOutcome } from '../compare/decision.ts'
import type { Located } from '../compare/locate.ts'
import type { Progress } from '../compare/trail.ts'
import type { Reason, TableCheck, Verdict } from '../domain.ts'
import type { Logger } from '../log.ts'
import type { Range } from '../mysql/range.ts'
import type { TableReport } from '../report.ts'
import { afterVisit, type Standing, shown, standingAt, turned } from '../state.ts'
import type { World } from '../world.ts'
import type { CountTried } from './countable.ts'

export interface TableId {
  readonly schema: string
  readonly table: string
  readonly server: string
  readonly source: string | null
  readonly channel: string
}

/** Ranges, and the key of which they are: of another key they mean nothing. */
export interface KeyedRanges {
  /** See `keyText`; '' = none. */
  readonly key: string
  readonly ranges: readonly Range[]
}

/** How far a walk over the contents of a table came. */
export interface WalkPosition extends Progress {
  /** Of the two ends, the table's definitions there and what of it is compared. */
  readonly signature: string
}

/** What a walk over a whole table has come to so far. */
export interface WalkUnderWay {
  position(): WalkPosition | null
  /** How much of a table of the pass is done with it, 0 to 1, as far as the size is known. */
  share(): number
  drifted(): KeyedRanges
  /** It may be about to find more. */
  isSuspecting(): boolean
  /** Some of `drifted` agreed when they were looked at again. */
  clear(ranges: readonly Range[]): void
}

/** What outlives a restart. */
export interface TableMemory {
  readonly id: TableId
  readonly firstSeen: Date
  readonly standings: Partial<Record<TableCheck, Standing>>
  /** Ranges whose drift is confirmed. */
  readonly drifted: Partial<Record<TableCheck, KeyedRanges>>
  /** Start of the last pass over the contents that looked at it. */
  passedAt: Date | null
  /** Of the walk that was broken off, or that is under way as it was when it was last remembered. */
  position: WalkPosition | null
}

export interface TableState extends TableMemory {
  /** The pass comes back to it as soon as it can: what was in its way is gone. */
  isOwed: boolean
  /** How many rows of `drifted` differ; without the rows. */
  located: Located | null
  /** Over the whole table, under way. */
  walk: WalkUnderWay | null
  /** When the contents were last verified, nothing was unknown of them: outside of `drifted` they were the same. */
  isRestSame: boolean
  /** As its source estimated when it was last walked, or could not be counted; null = nobody knows. */
  approximateRows: number | null
  /** Its rows could not be counted in time; null = they could, or nobody tried. */
  countTried: CountTried | null
  /** Looks at its contents that were recorded: what began before the last of them may be out of date. */
  looks: number
  /** The visit that is under way: two at a time would overwrite news with older readings. */
  visit: Promise<void> | null
  /** The look at what drifted that is under way, also while a long walk goes on. */
  relook: Promise<void> | null
}

export interface TableStore {
  all(): readonly TableState[]
  of(server: string, channel: string): readonly TableState[]
  /** The state of this table, made when it is seen for the first time. */
  see(id: TableId, checks: readonly TableCheck[]): TableState
  visited(state: TableState, check: TableCheck, outcome: TableOutcome): void
  suspect(state: TableState, check: TableCheck, isSuspect: boolean): void
  turn(state: TableState, check: TableCheck, verdict: Verdict, reason: Reason | null): void
  /** Gone on both ends: nothing is left behind. */
  forget(state: TableState): void
  reports(): readonly TableReport[]
  /** As it is now, positions of walks included. */
  remember(): readonly TableMemory[]
  /** Counts every change, and those of a verdict. */
  readonly changes: { readonly all: number; readonly verdicts: number }
}

const NOTHING_UNDER_WAY = {
  isOwed: false,
  located: null,
  walk: null,
  isRestSame: false,
  approximateRows: null,
  countTried: null,
  looks: 0,
  visit: null,
  relook: null,
}

export function tableStore({
  set,
  world,
  log,
  known = [],
}: {
  readonly set: string
  readonly world: World
  readonly log: Logger
  /** From before a restart. */
  readonly known?: readonly TableMemory[]
}): TableStore {
  const states = new Map(
    known.map((memory): [string, TableState] => [
      keyOf(memory.id),
      {
        ...memory,
        standings: { ...memory.standings },
        drifted: { ...memory.drifted },
        ...NOTHING_UNDER_WAY,
        isRestSame: memory.standings.checksum?.verdict === 'same',
      },
    ]),
  )
  const changes = { all: 0, verdicts: 0 }
  // The same array as long as nothing changed: whoever rendered it need not do so again.
  let reported: TableReport[] | null = null

  function changed() {
    reported = null
    changes.all += 1
  }

  function put(state: TableState, check: TableCheck, next: Standing) {
    const before = state.standings[check]
    state.standings[check] = next
    changed()
    const [from, to] = [before && shown(before), shown(next)]
    if (from?.verdict === to.verdict) return
    changes.verdicts += 1
    // What is as it should be from the first look on is no event.
    const isNews = from === undefined || from.reason === 'not_yet' ? to.verdict !== 'same' : true
    if (!isNews || to.reason === 'not_yet' || to.verdict === 'skipped') return
    const { schema, table, server } = state.id
    log.info('verdict', {
      set,
      server,
      schema,
      table,
      check,
      from: from?.verdict ?? null,
      to: to.verdict,
      reason: to.reason,
    })
  }

  return {
    all: () => [...states.values()],
    of: (server, channel) =>
      [...states.values()].filter(({ id }) => id.server === server && id.channel === channel),
    see(id, checks) {
      const key = keyOf(id)
      const known = states.get(key)
      if (known !== undefined && known.id.source === id.source) return known
      const now = world.now()
      const standings: TableState['standings'] = {}
      for (const check of checks) standings[check] = standingAt('unknown', 'not_yet', now)
      // Another source is another link: what was proven against the old one says nothing about it.
      const state: TableState = {
        id,
        firstSeen: known?.firstSeen ?? now,
        standings,
        drifted: {},
        passedAt: null,
        position: null,
        ...NOTHING_UNDER_WAY,
      }
      states.set(key, state)
      changed()
      return state
    },
    visited(state, check, outcome) {
      put(state, check, afterVisit(state.standings[check] ?? null, outcome, world.now()))
    },
    suspect(state, check, isSuspect) {
      const standing = state.standings[check]
      if (standing !== undefined) put(state, check, { ...standing, isSuspect })
    },
    turn(state, check, verdict, reason) {
      put(state, check, turned(state.standings[check] ?? null, verdict, reason, world.now()))
    },
    forget(state) {
      changed()
      states.delete(keyOf(state.id))
    },
    reports() {
      reported ??= [...states.values()].map(reportOf)
      return reported
    },
    remember() {
      const all = [...states.values()]
      for (const state of all) state.position = state.walk?.position() ?? state.position
      return all
    },
    changes,
  }
}

function reportOf({ id, firstSeen, standings }: TableState): TableReport {
  return {
    ...id,
    firstSeen,
    standings: {
      ...(standings.row_count && { row_count: shown(standings.row_count) }),
      ...(standings.checksum && { checksum: shown(standings.checksum) }),
    },
  }
}

function keyOf({ schema, table, server, channel }: TableId): string {
  return JSON.stringify([schema, table, server, channel])
}
