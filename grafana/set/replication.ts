/** Who replicates from whom, and how well. */
import type { Section } from '../frame.ts'
import {
  from,
  GREEN,
  NEUTRAL,
  NONE_EXPECTED,
  ORANGE,
  OUT_OR_UP,
  PLAIN,
  RED,
  RED_UNTIL_ONE,
  words,
  YES_NO,
} from '../looks.ts'
import { stateTimeline, timeseries } from '../panels.ts'
import { CHANNEL, leastBy, type Of, SERVER, worstBy } from '../queries.ts'
import { table } from '../table-panel.ts'
import { LAG_LIMITS } from '../thresholds.ts'
import { of } from './of.ts'

/** In this order a state timeline has them as 0, 1, 2... */
const ROLES = [
  ['unknown', ORANGE],
  ['source', 'blue'],
  ['intermediate', 'light-blue'],
  ['replica', GREEN],
  ['member', GREEN],
  ['detached', RED],
] as const

const THREAD_WORDS = words([
  ['stopped or connecting', RED],
  ['running', GREEN],
])

const delay = of('replication_configured_delay_seconds')
const lag = worstBy('server, channel', `${of('replication_lag_seconds')} - ${delay}`)
const missing = of('gtid_missing_transactions')
const notReceived = of('replication_receive_gap_transactions')

function thread(name: 'io' | 'sql') {
  return leastBy(CHANNEL, of('replication_thread_running', `thread="${name}"`))
}

function errorOf(name: 'io' | 'sql') {
  return worstBy(CHANNEL, of('replication_last_error_number', `thread="${name}"`))
}

function roleAsNumber(ofServers: Of): string {
  const places = ROLES.map(
    ([role], place) => `${ofServers('server_info', `role="${role}"`)} * 0 + ${place}`,
  )
  return worstBy('server', places.join(' or '))
}

export const replication: Section = {
  title: 'Replication',
  panels: [
    stateTimeline({
      title: 'Replication threads',
      description:
        'Whether the receiving (io) and the applying (sql) thread of each channel run. A gap: the server could not be read.',
      size: [12, 6],
      unit: 'none',
      queries: [
        {
          expr: leastBy('server, channel, thread', of('replication_thread_running')),
          legend: '{{server}} {{channel}} {{thread}}',
        },
      ],
      words: THREAD_WORDS,
      steps: RED_UNTIL_ONE,
    }),
    stateTimeline({
      title: 'Roles',
      description:
        'What each server is, by its own account: it changes with a failover, and detached is a replica that replicates from nobody.',
      size: [12, 6],
      unit: 'none',
      queries: [{ expr: roleAsNumber(of), legend: '{{server}}' }],
      words: words(ROLES),
    }),
    timeseries({
      title: 'Replication lag',
      description:
        'How far each channel is behind its source, beyond the delay that is configured, that delay, and, where a heartbeat is configured, the age of the newest that has arrived. No line: not known, as while a thread is stopped.',
      size: [12, 8],
      unit: 's',
      queries: [
        { expr: lag, legend: '{{server}} {{channel}}' },
        {
          expr: `${worstBy('server, channel', delay)} > 0`,
          legend: '{{server}} {{channel}} configured delay',
        },
        {
          expr: worstBy('server', `time() - ${of('replication_heartbeat_timestamp_seconds')}`),
          legend: '{{server}} heartbeat',
        },
      ],
      steps: from([LAG_LIMITS.warning, ORANGE], [LAG_LIMITS.critical, RED]),
    }),
    timeseries({
      title: 'GTID: missing and errant transactions',
      description:
        'Missing: in the source at the look before the last, and still not on the replica; not received: not even in its relay log; unrecoverable: missing, and purged on the source. Errant: on the replica and not in the source.',
      size: [12, 8],
      unit: 'short',
      queries: [
        {
          expr: worstBy('server, channel', missing),
          legend: '{{server}} {{channel}} missing',
        },
        {
          expr: worstBy('server, channel', notReceived),
          legend: '{{server}} {{channel}} not received',
        },
        {
          expr: `${worstBy('server, channel', of('gtid_unrecoverable_transactions'))} > 0`,
          legend: '{{server}} {{channel}} unrecoverable',
        },
        {
          expr: worstBy('server', of('gtid_errant_transactions')),
          legend: '{{server}} errant',
        },
      ],
    }),
    table({
      title: 'Servers',
      description: 'What each server is and how it stands.',
      size: [24, 5],
      lines: worstBy(`${SERVER}, role, flavor, version`, of('server_info')),
      columns: [
        { heading: 'Server', label: 'server' },
        { heading: 'Role', label: 'role' },
        { heading: 'Flavor', label: 'flavor' },
        { heading: 'Version', label: 'version' },
        {
          heading: 'State',
          expr: leastBy(SERVER, of('up')),
          words: OUT_OR_UP,
        },
        { heading: 'Read only', expr: leastBy(SERVER, of('server_read_only')), words: YES_NO },
        { heading: 'Channels', expr: worstBy(SERVER, of('replication_channels')) },
        { heading: 'GTID', expr: leastBy(SERVER, of('gtid_enabled')), words: YES_NO },
        {
          heading: 'Errant transactions',
          expr: worstBy(SERVER, of('gtid_errant_transactions')),
          steps: NONE_EXPECTED,
        },
        {
          heading: 'Oldest verification',
          expr: worstBy(SERVER, `time() - ${of('oldest_verified_timestamp_seconds')}`),
          unit: 's',
          steps: NEUTRAL,
        },
      ],
    }),
    table({
      title: 'Channels',
      description: 'Every replication channel as its replica reports it.',
      size: [24, 5],
      columns: [
        { heading: 'Server', label: 'server' },
        { heading: 'Channel', label: 'channel' },
        { heading: 'Receiving', expr: thread('io'), words: THREAD_WORDS },
        { heading: 'Applying', expr: thread('sql'), words: THREAD_WORDS },
        {
          heading: 'Error receiving',
          expr: errorOf('io'),
          unit: 'none',
          steps: NONE_EXPECTED,
        },
        {
          heading: 'Error applying',
          expr: errorOf('sql'),
          unit: 'none',
          steps: NONE_EXPECTED,
        },
        {
          heading: 'Workers failed',
          expr: worstBy(CHANNEL, of('replication_workers_failed')),
          steps: NONE_EXPECTED,
        },
        {
          heading: 'Lag known',
          expr: leastBy(CHANNEL, of('replication_lag_known')),
          words: YES_NO,
        },
        { heading: 'Lag', expr: worstBy(CHANNEL, of('replication_lag_seconds')), unit: 's' },
        { heading: 'Configured delay', expr: worstBy(CHANNEL, delay), unit: 's' },
        { heading: 'Missing transactions', expr: worstBy(CHANNEL, missing) },
        { heading: 'Not received', expr: worstBy(CHANNEL, notReceived) },
        {
          heading: 'Source is in the set',
          expr: leastBy(CHANNEL, of('replication_source_in_set')),
          words: words([
            ['no', ORANGE],
            ['yes', PLAIN],
          ]),
        },
      ],
    }),
  ],
}
