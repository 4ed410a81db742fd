/** Dashboard "MySQL drift: replication set": from the verdict down to the load that finding it causes. */
import { thresholdOf } from '../alerts/thresholds.ts'
import {
  DATASOURCE,
  type Dashboard,
  GREEN,
  GREY,
  gauge,
  type Mapping,
  numbered,
  ORANGE,
  RED,
  type Step,
  stat,
  stateTimeline,
  table,
  timeseries,
  YELLOW,
} from './dashboard.ts'

const OF_SET = 'job=~"$job",replication_set="$set"'
const OF_SERVERS = `${OF_SET},server=~"$server"`

/** A metric of the chosen servers, narrowed by `more` matchers. */
function of(metric: string, more = ''): string {
  return `mysql_drift_${metric}{${OF_SERVERS}${more && `,${more}`}}`
}

/** Several exporters may watch the same set, or one may be scraped twice: believe the worst of them. */
function worstBy(labels: string, expression: string): string {
  return `max by (${labels}) (${expression})`
}

const TABLE = 'server, schema, table'

/** A metric of tables, of the drifted ones only. */
function ofDriftedTables(metric: string, more = ''): string {
  const isDrifted = worstBy(TABLE, `${of('table_drifted')} == 1`)
  return `${worstBy(TABLE, of(metric, more))} and on (${TABLE}) ${isDrifted}`
}

const VERDICTS = ['same', 'suspect', 'unknown', 'missing', 'drifted'] as const

/** Worst verdict as its place in `VERDICTS`. No result where nothing was compared, for that is not "same". */
function worstVerdict(by: string): string {
  const places = VERDICTS.map((state, place) => {
    // A confirmed difference of counts is drift whatever the checksum says.
    const check =
      place > VERDICTS.indexOf('unknown') ? 'check=~"checksum|row_count"' : 'check="checksum"'
    return `(${of('tables', `${check},state="${state}"`)} > 0) * 0 + ${place}`
  })
  return `max${by} (${places.toReversed().join(' or ')})`
}

const VERDICT_WORDS = words([
  ['same', GREEN],
  ['suspect', YELLOW],
  ['unknown', ORANGE],
  ['missing', RED],
  ['drifted', RED],
])

/** Texts for 0, 1, 2... */
function words(texts: readonly (readonly [string, string])[]): Mapping {
  return {
    type: 'value',
    options: Object.fromEntries(
      texts.map(([text, color], index) => [String(index), { text, color, index }]),
    ),
  }
}

/** Green below the first limit. */
function from(...limits: readonly (readonly [number, string])[]): Step[] {
  return [{ color: GREEN, value: null }, ...limits.map(([value, color]) => ({ color, value }))]
}

const UNTIL_ALL_IS_WELL = [
  { color: RED, value: null },
  { color: GREEN, value: 1 },
]

/** Of a variable: Grafana fills it in. */
const UNCHOSEN = { current: {}, options: [], regex: '' } as const

const LAG_LIMITS = {
  warning: thresholdOf('MySQLDriftReplicationLag', 'warning'),
  critical: thresholdOf('MySQLDriftReplicationLag', 'critical'),
}

const DATE = { id: 'unit', value: 'dateTimeFromNow' }

const panels = numbered([
  stat({
    title: 'Verdict',
    description:
      'The worst verdict of any table in the set: drifted, missing, unknown, suspect or same. Skipped tables do not count.',
    at: { x: 0, y: 0, w: 4, h: 4 },
    unit: 'none',
    queries: [{ expr: worstVerdict('') }],
    words: VERDICT_WORDS,
    noValue: 'nothing compared',
  }),
  stat({
    title: 'Servers up',
    description:
      'Servers that answered within the last two intervals of the threads check, of all.',
    at: { x: 4, y: 0, w: 4, h: 4 },
    unit: 'short',
    queries: [
      { expr: `sum(min by (server) (${of('up')}))`, legend: 'up' },
      { expr: `count(count by (server) (${of('up')}))`, legend: 'of' },
    ],
    steps: [{ color: GREY, value: null }],
  }),
  stat({
    title: 'Drifted tables',
    description: 'Tables whose rows differ from the source, confirmed at a common position.',
    at: { x: 8, y: 0, w: 3, h: 4 },
    unit: 'short',
    queries: [
      { expr: `sum(${worstBy('server', of('tables', 'check="checksum",state="drifted"'))})` },
    ],
    steps: from([1, RED]),
  }),
  stat({
    title: 'Missing tables',
    description: 'Tables that exist on one end of a replication link only.',
    at: { x: 11, y: 0, w: 3, h: 4 },
    unit: 'short',
    queries: [{ expr: `sum(${worstBy('server', of('tables', 'state="missing"'))})` }],
    steps: from([1, RED]),
  }),
  stat({
    title: 'Errant transactions',
    description: 'Transactions that replicas have and their sources do not: somebody wrote there.',
    at: { x: 14, y: 0, w: 3, h: 4 },
    unit: 'short',
    queries: [{ expr: `sum(${worstBy('server', of('gtid_errant_transactions'))})` }],
    steps: from([1, RED]),
    noValue: 'no GTID',
  }),
  stat({
    title: 'Schema differences',
    description:
      'Confirmed differences between definitions, without those of severity info: replica-only indexes, comments, row formats.',
    at: { x: 17, y: 0, w: 3, h: 4 },
    unit: 'short',
    queries: [
      {
        expr: `sum(${worstBy('server, object, kind, severity', of('schema_differences', 'severity=~"critical|warning"'))})`,
      },
    ],
    steps: from([1, ORANGE]),
    noValue: 'not read yet',
  }),
  gauge({
    title: 'Tables verified',
    description:
      'Share of the tables to compare that have a verdict. The rest is unknown: see the panel on reasons.',
    at: { x: 20, y: 0, w: 4, h: 4 },
    unit: 'percentunit',
    queries: [
      {
        expr: [
          `sum(${of('tables', 'check="checksum",state=~"same|suspect|drifted|missing"')})`,
          `sum(${of('tables', 'check="checksum",state!="skipped"')})`,
        ].join(' / '),
      },
    ],
    steps: [
      { color: RED, value: null },
      { color: ORANGE, value: 0.9 },
      { color: GREEN, value: 1 },
    ],
    min: 0,
    max: 1,
    noValue: 'no tables',
  }),

  stateTimeline({
    title: 'Verdict per server',
    description: 'The worst verdict of the tables of each examined server.',
    at: { x: 0, y: 4, w: 12, h: 7 },
    unit: 'none',
    queries: [{ expr: worstVerdict(' by (server)'), legend: '{{server}}' }],
    words: VERDICT_WORDS,
  }),
  stateTimeline({
    title: 'Replication threads',
    description:
      'Whether the receiving (io) and applying (sql) thread of each channel runs. A gap: the server could not be read.',
    at: { x: 12, y: 4, w: 12, h: 7 },
    unit: 'none',
    queries: [
      {
        expr: `min by (server, channel, thread) (${of('replication_thread_running')})`,
        legend: '{{server}} {{channel}} {{thread}}',
      },
    ],
    words: words([
      ['stopped or connecting', RED],
      ['running', GREEN],
    ]),
    steps: UNTIL_ALL_IS_WELL,
  }),

  timeseries({
    title: 'Replication lag',
    description:
      'How far each channel is behind its source, with the configured delay for comparison. No line: not known, as while a thread is stopped.',
    at: { x: 0, y: 11, w: 12, h: 8 },
    unit: 's',
    queries: [
      {
        expr: worstBy('server, channel', of('replication_lag_seconds')),
        legend: '{{server}} {{channel}}',
      },
      {
        expr: `${worstBy('server, channel', of('replication_configured_delay_seconds'))} > 0`,
        legend: '{{server}} {{channel}} configured delay',
      },
    ],
    steps: from([LAG_LIMITS.warning, ORANGE], [LAG_LIMITS.critical, RED]),
    min: 0,
  }),
  timeseries({
    title: 'GTID: missing and errant transactions',
    description:
      'Missing: in the source at the look before the last, and still not on the replica. Errant: on the replica and not in the source.',
    at: { x: 12, y: 11, w: 12, h: 8 },
    unit: 'short',
    queries: [
      {
        expr: worstBy('server, channel', of('gtid_missing_transactions')),
        legend: '{{server}} {{channel}} missing',
      },
      {
        expr: worstBy('server', of('gtid_errant_transactions')),
        legend: '{{server}} errant',
      },
    ],
    min: 0,
  }),

  table(
    {
      title: 'Drifted tables',
      description:
        'Tables with confirmed drift: since when, when last verified, and how much differs. Rows are counted only where they were looked at one by one.',
      at: { x: 0, y: 19, w: 24, h: 9 },
      unit: 'short',
      queries: [
        {
          expr: `1000 * (${ofDriftedTables('table_drifted_since_timestamp_seconds')})`,
          legend: 'since',
        },
        {
          expr: `1000 * (${ofDriftedTables('table_last_verified_timestamp_seconds')})`,
          legend: 'verified',
        },
        { expr: ofDriftedTables('table_chunks_drifted'), legend: 'chunks' },
        { expr: ofDriftedTables('table_rows_drifted', 'kind="missing"'), legend: 'missing' },
        { expr: ofDriftedTables('table_rows_drifted', 'kind="extra"'), legend: 'extra' },
        { expr: ofDriftedTables('table_rows_drifted', 'kind="changed"'), legend: 'changed' },
      ],
      noValue: '-',
      overrides: [
        { matcher: { id: 'byName', options: 'Drifted since' }, properties: [DATE] },
        { matcher: { id: 'byName', options: 'Last verified' }, properties: [DATE] },
      ],
    },
    [
      ['server', 'Server'],
      ['schema', 'Schema'],
      ['table', 'Table'],
      ['since', 'Drifted since'],
      ['verified', 'Last verified'],
      ['chunks', 'Chunks drifted'],
      ['missing', 'Rows missing'],
      ['extra', 'Rows extra'],
      ['changed', 'Rows changed'],
    ],
  ),

  table(
    {
      title: 'Row count differences',
      description:
        'Tables with more (+) or fewer (-) rows than on the source, the ten largest differences, never of two counts at different positions.',
      at: { x: 0, y: 28, w: 12, h: 8 },
      unit: 'short',
      queries: [
        {
          expr: [
            worstBy(TABLE, `${of('table_rows_difference')} != 0`),
            `topk(10, abs(${worstBy(TABLE, `${of('table_rows_difference')} != 0`)}))`,
          ].join(` and on (${TABLE}) `),
          legend: 'difference',
        },
      ],
      noValue: 'none',
    },
    [
      ['server', 'Server'],
      ['schema', 'Schema'],
      ['table', 'Table'],
      ['difference', 'Rows more or fewer'],
    ],
  ),
  table(
    {
      title: 'Schema differences',
      description:
        'Confirmed differences between the definitions on a server and on its source, by what differs. For their names: mysql-drift-exporter check --checks=schema',
      at: { x: 12, y: 28, w: 12, h: 8 },
      unit: 'short',
      queries: [
        {
          expr: `${worstBy('server, severity, object, kind', of('schema_differences'))} > 0`,
          legend: 'count',
        },
      ],
      noValue: 'none',
    },
    [
      ['server', 'Server'],
      ['severity', 'Severity'],
      ['object', 'Object'],
      ['kind', 'Kind'],
      ['count', 'Differences'],
    ],
  ),

  timeseries({
    title: 'Progress of the checksum pass',
    description: 'Share of the current pass over all tables of the set that is done.',
    at: { x: 0, y: 36, w: 8, h: 7 },
    unit: 'percentunit',
    queries: [
      {
        expr: `max by (replication_set) (mysql_drift_checksum_pass_progress_ratio{${OF_SET}})`,
        legend: '{{replication_set}}',
      },
    ],
    min: 0,
    max: 1,
  }),
  timeseries({
    title: 'Age of the oldest verification',
    description:
      'How long ago the table was verified that waits the longest; one that never was counts from when it was first seen.',
    at: { x: 8, y: 36, w: 8, h: 7 },
    unit: 's',
    queries: [
      {
        expr: `time() - min by (server) (${of('oldest_verified_timestamp_seconds')})`,
        legend: '{{server}}',
      },
    ],
    min: 0,
  }),
  timeseries({
    title: 'Tables that could not be judged',
    description: 'Unknown tables by check and reason. No line: there are none.',
    at: { x: 16, y: 36, w: 8, h: 7 },
    unit: 'short',
    queries: [
      {
        expr: `${worstBy('server, check, reason', of('tables_unknown'))} > 0`,
        legend: '{{server}} {{check}}: {{reason}}',
      },
    ],
    min: 0,
  }),

  stateTimeline({
    title: 'Checks',
    description: 'Whether the last run of each check could look; not that it found nothing.',
    at: { x: 0, y: 43, w: 12, h: 9 },
    unit: 'none',
    queries: [
      { expr: `min by (server, check) (${of('check_success')})`, legend: '{{server}} {{check}}' },
    ],
    words: words([
      ['fails', RED],
      ['works', GREEN],
    ]),
    steps: UNTIL_ALL_IS_WELL,
  }),
  timeseries({
    title: 'Check failures',
    description: 'Runs that could not look, by check and reason, within an hour. No line: none.',
    at: { x: 12, y: 43, w: 12, h: 9 },
    unit: 'short',
    queries: [
      {
        expr: `sum by (server, check, reason) (increase(${of('check_failures_total')}[1h])) > 0`,
        legend: '{{server}} {{check}}: {{reason}}',
      },
    ],
    min: 0,
  }),

  timeseries({
    title: 'Queries we send',
    description: 'Statements per second that this exporter sends to each server.',
    at: { x: 0, y: 52, w: 8, h: 8 },
    unit: 'reqps',
    queries: [
      {
        expr: `sum by (server) (rate(${of('queries_total')}[$__rate_interval]))`,
        legend: '{{server}}',
      },
      {
        expr: `sum by (server) (rate(${of('queries_killed_total')}[$__rate_interval])) > 0`,
        legend: '{{server}} killed',
      },
    ],
    min: 0,
  }),
  timeseries({
    title: 'Time that our queries take',
    description:
      'Seconds per second that each server works for this exporter, waiting included; 1 = one connection is busy all the time.',
    at: { x: 8, y: 52, w: 8, h: 8 },
    unit: 's',
    queries: [
      {
        expr: `sum by (server) (rate(${of('query_seconds_total')}[$__rate_interval]))`,
        legend: '{{server}}',
      },
    ],
    min: 0,
  }),
  timeseries({
    title: 'Rows we read',
    description: 'Rows per second that checksums go through on each server.',
    at: { x: 16, y: 52, w: 8, h: 8 },
    unit: 'rowsps',
    queries: [
      {
        expr: `sum by (server) (rate(${of('rows_checked_total')}[$__rate_interval]))`,
        legend: '{{server}}',
      },
    ],
    min: 0,
  }),
])

export const replicationSet: Dashboard = {
  uid: 'mysql-drift-set',
  title: 'MySQL drift: replication set',
  description:
    'Whether the replicas of one replication set hold the same data as their source, what differs if not, and what was not checked.',
  tags: ['mysql', 'replication', 'drift'],
  schemaVersion: 41,
  editable: false,
  graphTooltip: 1,
  refresh: '30s',
  time: { from: 'now-6h', to: 'now' },
  timezone: 'browser',
  templating: {
    list: [
      {
        type: 'datasource',
        name: 'datasource',
        label: 'Data source',
        query: 'prometheus',
        refresh: 1,
        ...UNCHOSEN,
      },
      variable({
        name: 'job',
        label: 'Job',
        query: 'label_values(mysql_drift_up, job)',
        all: true,
      }),
      variable({
        name: 'set',
        label: 'Replication set',
        query: 'label_values(mysql_drift_up{job=~"$job"}, replication_set)',
        all: false,
      }),
      variable({
        name: 'server',
        label: 'Server',
        query: `label_values(mysql_drift_up{${OF_SET}}, server)`,
        all: true,
      }),
    ],
  },
  annotations: {
    list: [
      {
        name: 'Drift confirmed',
        datasource: DATASOURCE,
        enable: true,
        iconColor: RED,
        expr: `1000 * ${worstBy(TABLE, of('table_drifted_since_timestamp_seconds'))}`,
        step: '60s',
        titleFormat: 'Drift of {{schema}}.{{table}}',
        textFormat: 'confirmed on {{server}}',
        tagKeys: 'server',
        useValueForTime: true,
      },
    ],
  },
  links: [],
  panels,
}

function variable({
  name,
  label,
  query,
  all,
}: {
  name: string
  label: string
  query: string
  all: boolean
}) {
  return {
    type: 'query',
    name,
    label,
    datasource: DATASOURCE,
    definition: query,
    query: { query, refId: name },
    refresh: 2,
    sort: 1,
    multi: all,
    includeAll: all,
    // Table series may come from a job of their own, which no variable lists.
    ...(all && { allValue: '.+' }),
    ...UNCHOSEN,
  } as const
}
