/** How much was looked at, how recently, and what kept the exporter from looking. */
import type { Section } from '../frame.ts'
import { FAILS_OR_WORKS, from, GREEN, ORANGE, RED, RED_UNTIL_ONE, words } from '../looks.ts'
import { stateTimeline, timeseries } from '../panels.ts'
import { coverageAge, leastBy, worstBy } from '../queries.ts'
import { COVERAGE_LIMIT } from '../thresholds.ts'
import { of, ofSet } from './of.ts'

export const coverage: Section = {
  title: 'Coverage',
  panels: [
    timeseries({
      title: 'Progress of the checksum pass',
      description: 'Share of the current pass over all tables of the set that is done.',
      size: [8, 7],
      unit: 'percentunit',
      queries: [
        {
          expr: worstBy('replication_set', ofSet('checksum_pass_progress_ratio')),
          legend: '{{replication_set}}',
        },
      ],
      max: 1,
    }),
    timeseries({
      title: 'Oldest verification, in intervals',
      description: `Age of the verification of that table which waits the longest, in intervals of its checksum check; a table that was never verified counts from when it was first seen. Above ${COVERAGE_LIMIT}, MySQLDriftCoverageLow fires.`,
      size: [8, 7],
      unit: 'none',
      queries: [{ expr: coverageAge(of, 'server'), legend: '{{server}}' }],
      steps: from([1, ORANGE], [COVERAGE_LIMIT, RED]),
    }),
    timeseries({
      title: 'Unknown for the longest time',
      description:
        'For how long that table of each server is unknown which is so for the longest time; 0: none is. Those that no pass has come to yet do not count, nor what a delayed replica has not come to. After three days, MySQLDriftTablesUnchecked fires.',
      size: [8, 7],
      unit: 's',
      queries: [
        {
          expr: `${worstBy('server', `time() - ${of('oldest_unknown_since_timestamp_seconds', 'reason!~"not_yet|delayed"')}`)} or 0 * ${worstBy('server', of('tables'))}`,
          legend: '{{server}}',
        },
      ],
    }),
    timeseries({
      title: 'Tables left out',
      description:
        'Tables that are not compared on purpose, by reason, and those without series of their own (omitted: limit or detail).',
      size: [8, 9],
      unit: 'short',
      queries: [
        {
          expr: `sum by (reason) (${worstBy('server, reason', of('tables_skipped', 'check="checksum"'))})`,
          legend: '{{reason}}',
        },
        {
          expr: `sum by (reason) (${worstBy('server, reason', of('tables_omitted'))})`,
          legend: 'omitted: {{reason}}',
        },
      ],
    }),
    stateTimeline({
      title: 'Checks',
      description: 'Whether the last run of each check could look; not that it found nothing.',
      size: [8, 9],
      unit: 'none',
      queries: [
        { expr: leastBy('server, check', of('check_success')), legend: '{{server}} {{check}}' },
      ],
      words: FAILS_OR_WORKS,
      steps: RED_UNTIL_ONE,
    }),
    stateTimeline({
      title: 'Held back',
      description:
        'Whether no table is read on a server, and for what reason. That it rests to keep to max_duty does not count.',
      size: [8, 9],
      unit: 'none',
      queries: [
        {
          expr: worstBy('server', of('throttled', 'reason!="duty"')),
          legend: '{{server}}',
        },
        {
          expr: `${worstBy('server, reason', of('throttled', 'reason!="duty"'))} > 0`,
          legend: '{{server}}: {{reason}}',
        },
      ],
      words: words([
        ['free', GREEN],
        ['held back', ORANGE],
      ]),
    }),
  ],
}
