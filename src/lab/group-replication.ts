/** MySQL Group Replication in which every member takes writes, over ports of its own (XCom). */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { UserError } from '../errors.ts'
import type { Cluster, Member } from './engine.ts'

const PLUGIN = 'group_replication.so'

const addressOf = ({ clusterPorts: [port = 0] }: Member) => `127.0.0.1:${port}`

/** A group is called by a UUID. */
function uuidOf(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5')
}

export const groupReplication: Cluster = {
  ports: 1,
  programs: {},
  settings(self, { name, members, isFormed, installation }) {
    const plugin = join(installation.settings['plugin-dir'] ?? '', PLUGIN)
    if (!existsSync(plugin)) throw new UserError(`no group with this MySQL: ${plugin} is missing`)
    return {
      'plugin-load-add': PLUGIN,
      'group-replication-group-name': uuidOf(name),
      'group-replication-local-address': addressOf(self),
      'group-replication-group-seeds': members.map(addressOf).join(','),
      // A member that was restarted comes back by itself.
      'group-replication-start-on-boot': isFormed ? 'ON' : 'OFF',
      'group-replication-single-primary-mode': 'OFF',
      'group-replication-enforce-update-everywhere-checks': 'ON',
      'group-replication-recovery-get-public-key': 'ON',
    }
  },
  join: (isFirst) => [
    "CHANGE REPLICATION SOURCE TO SOURCE_USER = 'repl', SOURCE_PASSWORD = 'repl' FOR CHANNEL 'group_replication_recovery'",
    ...(isFirst ? ['SET GLOBAL group_replication_bootstrap_group = ON'] : []),
    'START GROUP_REPLICATION',
    'SET GLOBAL group_replication_bootstrap_group = OFF',
  ],
  isJoined:
    "SELECT MEMBER_STATE = 'ONLINE' FROM performance_schema.replication_group_members WHERE MEMBER_ID = @@server_uuid",
  unreplicated: [],
  position: 'SELECT @@global.gtid_executed',
  hasApplied: (position) => `SELECT GTID_SUBSET('${position}', @@global.gtid_executed)`,
}
