/** Servers as last seen, and their channels: healthy, unless a test says otherwise. */
import type { ChannelStatus, GtidObservation, Identity } from '../../src/mysql/dialect.ts'
import { NO_CHANNEL_RULES } from '../../src/mysql/filters.ts'
import type { Vendor } from '../../src/mysql/flavor.ts'
import type { Membership } from '../../src/mysql/membership.ts'
import type { Sight } from '../../src/topology.ts'
import { makeServerConfig } from './fake-server.ts'

export function makeIdentity(name: string, overrides: Partial<Identity> = {}): Identity {
  return {
    serverId: String(100 + Number(name.replace(/\D/g, '') || 0)),
    uuid: `uuid-of-${name}`,
    hostname: `${name}.internal`,
    port: 3306,
    readOnly: false,
    binaryLog: true,
    gtidEnabled: true,
    ...overrides,
  }
}

/** @param source the server from which it replicates: by UUID and at another address than the configured. */
export function makeChannel(source: string, overrides: Partial<ChannelStatus> = {}): ChannelStatus {
  return {
    name: '',
    sourceHost: `10.0.0.${source.length}`,
    sourcePort: 3306,
    sourceUuid: `uuid-of-${source}`,
    sourceServerId: makeIdentity(source).serverId,
    io: 'running',
    sql: 'running',
    ioErrorNumber: 0,
    sqlErrorNumber: 0,
    lagSeconds: 0,
    workersFailed: 0,
    delaySeconds: 0,
    account: 'repl',
    rules: NO_CHANNEL_RULES,
    ...overrides,
  }
}

export function makeSight(
  name: string,
  channels: readonly ChannelStatus[] | null = [],
  overrides: Partial<Sight> = {},
): Sight {
  return {
    config: makeServerConfig(name),
    identity: makeIdentity(name),
    membership: null,
    channels,
    wasReplica: false,
    ...overrides,
  }
}

/** Of the only cluster, and taking part in it. */
export function makeMembership(overrides: Partial<Membership> = {}): Membership {
  return {
    kind: 'galera',
    group: 'cluster-1',
    node: null,
    state: 'active',
    refusesWrites: false,
    ...overrides,
  }
}

/** @param executed in the vendor's notation. */
export function makeGtids(
  vendor: Vendor,
  executed: string,
  overrides: Partial<GtidObservation> = {},
): GtidObservation {
  return {
    vendor,
    enabled: true,
    executed,
    owned: '',
    applied: vendor === 'mysql' ? executed : '',
    purged: '',
    loggedSince: '',
    loggedFirst: '',
    received: new Map(),
    ...overrides,
  }
}
