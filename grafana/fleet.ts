/** Dashboard "MySQL drift: fleet": which sets need somebody, of all that are watched. */
import { dashboard } from './frame.ts'
import { from, NEUTRAL, NONE_EXPECTED, ORANGE, OUT_OR_UP, RED } from './looks.ts'
import { stat, stateTimeline, timeseries } from './panels.ts'
import {
  CHANNEL,
  chosenBy,
  coverageAge,
  leastBy,
  SERVER,
  VERDICT_WORDS,
  worstBy,
  worstVerdict,
  zeroIfNone,
} from './queries.ts'
import { errantTransactions, missingTables } from './stats.ts'
import { table } from './table-panel.ts'
import { COVERAGE_LIMIT, LAG_LIMITS } from './thresholds.ts'
import { JOB, linkTo, OF_SETS, setVariable } from './variables.ts'

const of = chosenBy(OF_SETS)
const bySet = worstVerdict(of, 'replication_set')
const up = leastBy(SERVER, of('up'))
const threads = leastBy(`${CHANNEL}, thread`, of('replication_thread_running'))
const drifted = worstBy(SERVER, of('tables', 'check="checksum",state="drifted"'))
const lag = `${of('replication_lag_seconds')} - ${of('replication_configured_delay_seconds')}`
const errant = worstBy(SERVER, of('gtid_errant_transactions'))

/** Rules about exporters have no set. */
const FIRING =
  'ALERTS{alertname=~"MySQLDrift.+",alertstate="firing",job=~"$job|",replication_set=~"$set|"}'

export const fleet = dashboard({
  uid: 'mysql-drift-fleet',
  title: 'MySQL drift: fleet',
  description:
    'All replication sets: which of them hold the same data everywhere, and which need somebody.',
  variables: [JOB, setVariable({ all: true })],
  sections: [
    {
      title: null,
      panels: [
        stat({
          title: 'Sets not the same',
          description:
            'Replication sets with a table that is drifted, missing, unknown or suspect, or in which nothing was compared yet.',
          size: [3, 4],
          unit: 'short',
          queries: [
            {
              expr: `count(count by (replication_set) (${of('up')})) - (${zeroIfNone(`count(${bySet} == 0)`, of('up'))})`,
            },
          ],
          steps: from([1, ORANGE]),
          noValue: 'no sets',
        }),
        stat({
          title: 'Servers down',
          description:
            'Servers that did not answer within the last two intervals of the threads check.',
          size: [3, 4],
          unit: 'short',
          queries: [{ expr: `sum(1 - ${up})` }],
          steps: NONE_EXPECTED,
          noValue: 'no servers',
        }),
        stat({
          title: 'Threads not running',
          description:
            'Receiving and applying threads that are stopped or connecting, on the servers that answer.',
          size: [3, 4],
          unit: 'short',
          queries: [{ expr: `sum(1 - ${threads})` }],
          steps: NONE_EXPECTED,
          noValue: 'no replicas',
        }),
        stat({
          title: 'Drifted tables',
          description:
            'Tables whose rows differ from the source, confirmed. A table counts once for each replica.',
          size: [3, 4],
          unit: 'short',
          queries: [{ expr: `sum(${drifted})` }],
          steps: NONE_EXPECTED,
          noValue: 'no replicas',
        }),
        missingTables(of),
        errantTransactions(of),
        stat({
          title: 'Oldest verification',
          description: `Of all tables, the one whose data was verified the longest ago, in intervals of the checksum check. Above ${COVERAGE_LIMIT}, MySQLDriftCoverageLow fires.`,
          size: [3, 4],
          unit: 'suffix: intervals',
          decimals: 1,
          queries: [{ expr: `max(${coverageAge(of, 'replication_set')})` }],
          steps: from([1, ORANGE], [COVERAGE_LIMIT, RED]),
          noValue: 'no tables',
        }),
        stat({
          title: 'Alerts firing',
          description: 'Alerts of these rules that fire, as Prometheus has them, silenced or not.',
          size: [3, 4],
          unit: 'short',
          queries: [{ expr: zeroIfNone(`count(${FIRING})`, of('up')) }],
          steps: NONE_EXPECTED,
          noValue: 'no exporter',
        }),
      ],
    },
    {
      title: 'Replication sets',
      panels: [
        stateTimeline({
          title: 'Verdict per set',
          description:
            'The worst verdict of any table in each set. A gap: nothing was compared, or no exporter watched it.',
          size: [12, 9],
          unit: 'none',
          queries: [{ expr: bySet, legend: '{{replication_set}}' }],
          words: VERDICT_WORDS,
        }),
        timeseries({
          title: 'Alerts firing by severity',
          description: 'Alerts of these rules, all together and each by its name while it fires.',
          size: [12, 9],
          unit: 'short',
          queries: [
            { expr: zeroIfNone(`count(${FIRING})`, of('up')), legend: 'all' },
            {
              expr: `count by (severity, alertname) (${FIRING})`,
              legend: '{{severity}}: {{alertname}}',
            },
          ],
        }),
        table({
          title: 'Servers',
          description: 'Every server with what is known of it now. A click on its set leads there.',
          size: [24, 10],
          lines: worstBy(`${SERVER}, role, flavor, version`, of('server_info')),
          columns: [
            {
              heading: 'Set',
              label: 'replication_set',
              link: linkTo('mysql-drift-set', { set: 'Set' }),
            },
            { heading: 'Server', label: 'server' },
            { heading: 'Role', label: 'role' },
            { heading: 'Flavor', label: 'flavor' },
            { heading: 'Version', label: 'version' },
            {
              heading: 'State',
              expr: up,
              words: OUT_OR_UP,
            },
            {
              heading: 'Threads not running',
              expr: `sum by (${SERVER}) (1 - ${threads})`,
              steps: NONE_EXPECTED,
            },
            {
              heading: 'Lag',
              expr: worstBy(SERVER, lag),
              unit: 's',
              steps: from([LAG_LIMITS.warning, ORANGE], [LAG_LIMITS.critical, RED]),
            },
            {
              heading: 'Missing transactions',
              expr: worstBy(SERVER, of('gtid_missing_transactions')),
              steps: from([1, ORANGE]),
            },
            { heading: 'Errant transactions', expr: errant, steps: NONE_EXPECTED },
            { heading: 'Drifted tables', expr: drifted, steps: NONE_EXPECTED },
            {
              heading: 'Oldest verification',
              expr: worstBy(SERVER, `time() - ${of('oldest_verified_timestamp_seconds')}`),
              unit: 's',
              steps: NEUTRAL,
            },
          ],
          largestFirst: 'Drifted tables',
        }),
        timeseries({
          title: 'Lag, the ten longest',
          description:
            'How far channels are behind their sources, beyond the delay that is configured. No line: not known, as while a thread is stopped.',
          size: [12, 8],
          unit: 's',
          queries: [
            {
              expr: `topk(10, ${worstBy(CHANNEL, lag)})`,
              legend: '{{replication_set}} {{server}} {{channel}}',
            },
          ],
          steps: from([LAG_LIMITS.warning, ORANGE], [LAG_LIMITS.critical, RED]),
        }),
        timeseries({
          title: 'Missing transactions, the ten most',
          description:
            'Transactions that were in the source at the look before the last and are still not on the replica.',
          size: [12, 8],
          unit: 'short',
          queries: [
            {
              expr: `topk(10, ${worstBy(CHANNEL, of('gtid_missing_transactions'))})`,
              legend: '{{replication_set}} {{server}} {{channel}}',
            },
          ],
        }),
        timeseries({
          title: 'Age of the oldest verification',
          description:
            'How long ago the data of that table of each set was verified which waits the longest.',
          size: [12, 8],
          unit: 's',
          queries: [
            {
              expr: `max by (replication_set) (time() - ${of('oldest_verified_timestamp_seconds')})`,
              legend: '{{replication_set}}',
            },
          ],
        }),
        timeseries({
          title: 'Tables that could not be judged',
          description: 'Unknown tables of each set: in the dashboard of the set are their reasons.',
          size: [12, 8],
          unit: 'short',
          queries: [
            {
              expr: `sum by (replication_set) (${worstBy(SERVER, of('tables', 'check="checksum",state="unknown"'))})`,
              legend: '{{replication_set}}',
            },
          ],
        }),
      ],
    },
  ],
})
