/** What a server says of the cluster of equals that it is part of. Types and constants only. */

export const CLUSTER_KINDS = ['galera', 'group_replication'] as const
export type ClusterKind = (typeof CLUSTER_KINDS)[number]

/**
 * `active`: it takes part and has what the others have, but for moments. `catching_up`: it is on its way there.
 * `apart`: it has lost the others or left them, and gets nothing of what they write.
 */
export const MEMBER_STATES = ['active', 'catching_up', 'apart'] as const
export type MemberState = (typeof MEMBER_STATES)[number]

export interface Membership {
  readonly kind: ClusterKind
  /** Equal on all members of one cluster; null = it does not know, before it has ever joined. */
  readonly group: string | null
  /** Of this node alone until it is started anew, where it has no id of its own; else null. */
  readonly node: string | null
  readonly state: MemberState
  /** Nobody can write to it now, whatever read_only says. */
  readonly refusesWrites: boolean
}
