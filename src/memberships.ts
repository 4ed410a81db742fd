/** Clusters of equals, found from what their members say. Pure. */
import type { MemberState, Membership } from './mysql/membership.ts'

interface Sighted {
  readonly config: { readonly name: string }
  readonly membership: Membership | null
}

/** Two members that should hold the same: the first in the configuration, and each other one. */
export interface MemberLink {
  readonly source: string
  readonly replica: string
  readonly kind: Membership['kind']
  /** Of the two, whichever is further from taking part. */
  readonly state: MemberState
}

/** In the order of the configuration. */
export function memberLinksOf(sights: readonly Sighted[]): MemberLink[] {
  return clustersOf(sights).flatMap(([first, ...others]) =>
    first === undefined
      ? []
      : others.map((other) => ({
          source: first.name,
          replica: other.name,
          kind: other.membership.kind,
          state: worst([first, other].map(({ membership }) => membership.state)),
        })),
  )
}

/** Pairs of servers that write into one cluster: one that is apart writes for itself. */
export function writingTogether(sights: readonly Sighted[]): (readonly [string, string])[] {
  return clustersOf(sights).flatMap((members) => {
    const [first, ...others] = members.filter(({ membership }) => membership.state !== 'apart')
    return first === undefined
      ? []
      : others.map(({ name }): readonly [string, string] => [first.name, name])
  })
}

interface Member {
  readonly name: string
  readonly membership: Membership
}

function clustersOf(sights: readonly Sighted[]): readonly (readonly Member[])[] {
  const members = sights.flatMap(({ config: { name }, membership }): Member[] =>
    membership === null || membership.group === null ? [] : [{ name, membership }],
  )
  const clusters = Map.groupBy(members, ({ membership: { kind, group } }) => `${kind}:${group}`)
  return [...clusters.values()]
}

function worst(states: readonly MemberState[]): MemberState {
  if (states.includes('apart')) return 'apart'
  return states.includes('catching_up') ? 'catching_up' : 'active'
}
