import type { Section } from '../frame.ts'
import { FAILS_OR_WORKS, from, ORANGE, RED_UNTIL_ONE } from '../looks.ts'
import { stateTimeline, timeseries } from '../panels.ts'
import { leastBy, worstBy } from '../queries.ts'
import { STALE_LIMIT } from '../thresholds.ts'
import { of } from './of.ts'

const CHECK = 'replication_set, server, check'

const SUCCEEDED = of('check_last_success_timestamp_seconds')
const DUE = of('check_due_since_timestamp_seconds')

export const checks: Section = {
  title: 'Checks',
  panels: [
    stateTimeline({
      title: 'Success',
      description:
        'Whether the last run of each check could look, on all servers of a set; not that it found nothing.',
      size: [12, 9],
      unit: 'none',
      queries: [
        {
          expr: leastBy('replication_set, check', of('check_success')),
          legend: '{{replication_set}} {{check}}',
        },
      ],
      words: FAILS_OR_WORKS,
      steps: RED_UNTIL_ONE,
    }),
    timeseries({
      title: 'Time since the last success, in intervals',
      description: `Of each check on the server that waits for it the longest. Above ${STALE_LIMIT}, and five minutes, MySQLDriftCheckStale fires. What has not succeeded since it is due counts from then on.`,
      size: [12, 9],
      unit: 'none',
      queries: [
        {
          expr: worstBy(
            'replication_set, check',
            `(time() - (${SUCCEEDED} > ${DUE} or ${DUE})) / ${of('check_interval_seconds')}`,
          ),
          legend: '{{replication_set}} {{check}}',
        },
      ],
      steps: from([STALE_LIMIT, ORANGE]),
    }),
    timeseries({
      title: 'Duration',
      description: 'How long the last run of each check took, on the server where it took longest.',
      size: [12, 8],
      unit: 's',
      queries: [
        {
          expr: worstBy('replication_set, check', of('check_last_duration_seconds')),
          legend: '{{replication_set}} {{check}}',
        },
      ],
    }),
    timeseries({
      title: 'Failures within an hour',
      description:
        'Runs that could not look: by check, and by server and reason while there are any.',
      size: [12, 8],
      unit: 'short',
      queries: [
        {
          expr: `sum by (replication_set, check) (increase(${of('check_failures_total')}[1h]))`,
          legend: '{{replication_set}} {{check}}',
        },
        {
          expr: `sum by (${CHECK}, reason) (increase(${of('check_failures_total')}[1h])) > 0`,
          legend: '{{replication_set}} {{server}} {{check}}: {{reason}}',
        },
      ],
    }),
    timeseries({
      title: 'Runs',
      description: 'Runs of each check a second, on all servers together.',
      size: [12, 8],
      unit: 'cps',
      queries: [
        {
          expr: `sum by (check) (rate(${of('check_runs_total')}[$__rate_interval]))`,
          legend: '{{check}}',
        },
      ],
    }),
    timeseries({
      title: 'Held back',
      description:
        'Share of the time for which the reading of tables was held back on a server, by reason; max_duty is one of them.',
      size: [12, 8],
      unit: 'percentunit',
      queries: [
        {
          expr: `sum by (replication_set, server) (rate(${of('throttled_seconds_total')}[$__rate_interval]))`,
          legend: '{{replication_set}} {{server}}',
        },
        {
          expr: `sum by (replication_set, server, reason) (rate(${of('throttled_seconds_total')}[$__rate_interval])) > 0`,
          legend: '{{replication_set}} {{server}}: {{reason}}',
        },
      ],
    }),
  ],
}
