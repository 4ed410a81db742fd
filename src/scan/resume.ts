/** Where a pass over the contents stands, so that after a restart it goes on from there. */
import type { Scope } from '../checks/check.ts'
import type { Link } from '../compare/link.ts'
import type { Reason, TableCheck } from '../domain.ts'
import type { SetContext } from './context.ts'
import type { Positions } from './position.ts'
import type { TableState, WalkPosition } from './table-store.ts'

type Target = { readonly link: Link; readonly state: TableState }

/**
 * `rest` goes on with the last pass, `all` begins anew. A walk that was broken off goes on in either.
 * @returns when the pass began, null where it is not one over all contents.
 */
export function beginPass(context: SetContext, check: TableCheck, scope: Scope): Date | null {
  if (check !== 'checksum' || (scope !== 'all' && scope !== 'rest')) return null
  context.pass = { done: 0, tables: 0 }
  for (const state of context.tables.all()) state.isOwed = false
  if (scope === 'rest' && context.passStartedAt !== null) return context.passStartedAt
  context.passStartedAt = context.world.now()
  return context.passStartedAt
}

/** This pass looked at it before the restart. */
export function isPassed({ passedAt }: TableState, startedAt: Date | null): boolean {
  return passedAt !== null && passedAt.getTime() === startedAt?.getTime()
}

/** What the account might not read on that server it may read now: the pass comes back to it at once. */
export function oweAgain({ tables }: SetContext, server: string): void {
  for (const state of tables.all()) {
    const { id, standings } = state
    const reason = standings.checksum?.reason ?? null
    if (reason === null || !FORBIDDEN.has(reason) || (id.server !== server && id.source !== server))
      continue
    owe(state)
  }
}

/** The pass comes back to it at once, whatever it has looked at. */
export function owe(state: TableState): void {
  state.isOwed = true
  state.passedAt = null
}

export function isOwedNow({ tables }: SetContext): boolean {
  return tables.all().some(({ isOwed }) => isOwed)
}

/** Only an end that was away, or not in its cluster, kept the last pass from these tables: it comes back to them. */
export function isAnyOwed({ tables, passStartedAt, topology }: SetContext): boolean {
  const members = topology().members.filter(({ state }) => state === 'active')
  return tables.all().some((state) => {
    const { verdict, reason } = state.standings.checksum ?? { verdict: 'skipped', reason: null }
    if (isPassed(state, passStartedAt) || verdict === 'skipped' || verdict === 'missing')
      return false
    if (reason === null || OWED.has(reason)) return true
    const { server, channel } = state.id
    const isBack = members.some(({ replica, kind }) => replica === server && kind === channel)
    return isBack && APART.has(reason)
  })
}

const OWED: ReadonlySet<Reason> = new Set(['not_yet', 'unreachable', 'identity_changed'])
const FORBIDDEN: ReadonlySet<Reason> = new Set(['no_privilege', 'write_privileges'])
/** Of a member that does not take part. */
const APART: ReadonlySet<Reason> = new Set(['lag', 'no_fence'])

/** Links whose walk stands at one and the same place, which can go on together. */
export function abreast<T extends Target>(on: readonly T[]): T[][] {
  return [...Map.groupBy(on, ({ state }) => JSON.stringify(state.position?.open)).values()]
}

export function positionsOf(on: readonly Target[]): Positions {
  return new Map(
    on.flatMap(({ link, state }): [Link, WalkPosition][] =>
      state.position === null ? [] : [[link, state.position]],
    ),
  )
}
