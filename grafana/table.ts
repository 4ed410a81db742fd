/** Dashboard "MySQL drift: table": the history of one table on all its servers. */
import { dashboard, variable } from './frame.ts'
import { GREEN, NEUTRAL, NONE_EXPECTED, PLAIN, RED, words } from './looks.ts'
import { stat, stateTimeline, timeseries } from './panels.ts'
import { chosenBy, worstBy } from './queries.ts'
import { table as tablePanel } from './table-panel.ts'
import { JOB, OF_SERVERS, OF_SET, setVariable } from './variables.ts'

const THE_TABLE = 'schema="$schema",table="$table"'

/** On the replicas that were chosen. */
const of = chosenBy(`${OF_SERVERS},${THE_TABLE}`)
/** On every server, the source too. */
const everywhere = chosenBy(`${OF_SET},${THE_TABLE}`)

const drifted = worstBy('server', of('table_drifted'))
const rows = worstBy('server', everywhere('table_rows'))
const difference = worstBy('server', of('table_rows_difference'))
const verifiedAge = `time() - ${worstBy('server', of('table_last_verified_timestamp_seconds'))}`
const rowsDrifted = (kind: string) => confirmed('table_rows_drifted', `kind="${kind}"`)
const schemaDifferences = confirmed('table_schema_differences')
const chunksDrifted = confirmed('table_chunks_drifted')

/** Exported only for tables that are not the same: none is confirmed for the others. */
function confirmed(metric: Parameters<typeof of>[0], more?: string): string {
  return `${worstBy('server', of(metric, more))} or 0 * ${drifted}`
}

const DRIFT_WORDS = words([
  ['not drifted', GREEN],
  ['drifted', RED],
])

export const table = dashboard({
  uid: 'mysql-drift-table',
  title: 'MySQL drift: table',
  description:
    'One table on all its servers: how many rows, what differs, since when, and when it was verified.',
  variables: [
    JOB,
    setVariable({ all: false }),
    variable({
      name: 'schema',
      label: 'Schema',
      query: `label_values(mysql_drift_table_drifted{${OF_SET}}, schema)`,
      all: false,
    }),
    variable({
      name: 'table',
      label: 'Table',
      query: `label_values(mysql_drift_table_drifted{${OF_SET},schema="$schema"}, table)`,
      all: false,
    }),
    variable({
      name: 'server',
      label: 'Replica',
      query: `label_values(mysql_drift_table_drifted{${OF_SET},${THE_TABLE}}, server)`,
      all: true,
    }),
  ],
  sections: [
    {
      title: null,
      panels: [
        stat({
          title: 'Replicas on which it drifted',
          description:
            'Replicas on which other rows than on their source are confirmed. 0 is no proof of the opposite: see when it was last verified.',
          size: [5, 4],
          unit: 'short',
          queries: [{ expr: `sum(${drifted})` }],
          steps: NONE_EXPECTED,
          noValue: 'not compared',
        }),
        stat({
          title: 'Rows that differ',
          description:
            'Rows missing, extra and changed, on all replicas together; a lower bound where there are very many.',
          size: [5, 4],
          unit: 'short',
          queries: [
            {
              expr: ['missing', 'extra', 'changed']
                .map((kind) => `sum(${rowsDrifted(kind)})`)
                .join(' + '),
            },
          ],
          steps: NONE_EXPECTED,
          noValue: 'not compared',
        }),
        stat({
          title: 'Differences in its definition',
          description: 'Confirmed differences between its definitions, on all replicas together.',
          size: [5, 4],
          unit: 'short',
          queries: [{ expr: `sum(${schemaDifferences})` }],
          steps: NONE_EXPECTED,
          noValue: 'not compared',
        }),
        stat({
          title: 'Rows',
          description:
            'Rows of the table on each server as last counted, not all at one moment: what they differ by is in the panel on rows more or fewer.',
          size: [9, 4],
          unit: 'none',
          queries: [{ expr: rows, legend: '{{server}}' }],
          steps: NEUTRAL,
          noValue: 'not counted',
        }),
        tablePanel({
          title: 'Replicas',
          description: 'What is known of the table on each replica now.',
          size: [24, 5],
          columns: [
            { heading: 'Server', label: 'server' },
            {
              heading: 'Data',
              expr: drifted,
              words: words([
                ['not drifted', PLAIN],
                ['drifted', RED],
              ]),
            },
            {
              heading: 'Drifted for',
              expr: worstBy('server', `time() - ${of('table_drifted_since_timestamp_seconds')}`),
              unit: 's',
            },
            { heading: 'Last verified', expr: verifiedAge, unit: 's', steps: NEUTRAL },
            { heading: 'Rows more or fewer', expr: difference },
            { heading: 'Chunks', expr: worstBy('server', of('table_chunks')) },
            { heading: 'Chunks drifted', expr: chunksDrifted, steps: NONE_EXPECTED },
            { heading: 'Rows missing', expr: rowsDrifted('missing'), steps: NONE_EXPECTED },
            { heading: 'Rows extra', expr: rowsDrifted('extra'), steps: NONE_EXPECTED },
            { heading: 'Rows changed', expr: rowsDrifted('changed'), steps: NONE_EXPECTED },
            { heading: 'Definition differs', expr: schemaDifferences, steps: NONE_EXPECTED },
          ],
          largestFirst: 'Data',
        }),
      ],
    },
    {
      title: 'History',
      panels: [
        stateTimeline({
          title: 'Drift',
          description:
            'Whether drift of the table was confirmed on each replica. A gap: it was not compared.',
          size: [12, 6],
          unit: 'none',
          queries: [{ expr: drifted, legend: '{{server}}' }],
          words: DRIFT_WORDS,
        }),
        timeseries({
          title: 'Age of its verification',
          description:
            'How long ago the oldest reading began that the verdict rests on. It falls with each verification.',
          size: [12, 6],
          unit: 's',
          queries: [{ expr: verifiedAge, legend: '{{server}}' }],
        }),
        timeseries({
          title: 'Rows over time',
          description: 'Rows of the table on each server, the source included, as last counted.',
          size: [12, 8],
          unit: 'short',
          queries: [{ expr: rows, legend: '{{server}}' }],
          anySign: true,
        }),
        timeseries({
          title: 'Rows more or fewer than on the source',
          description:
            'Rows on the replica minus rows on its source, never of two counts at different positions.',
          size: [12, 8],
          unit: 'short',
          queries: [{ expr: difference, legend: '{{server}}' }],
          anySign: true,
        }),
        timeseries({
          title: 'Rows that differ, by kind',
          description:
            'Rows that are missing on the replica, extra there, or changed; counted once they were looked at one by one.',
          size: [12, 8],
          unit: 'short',
          queries: ['missing', 'extra', 'changed'].map((kind) => ({
            expr: rowsDrifted(kind),
            legend: `{{server}} ${kind}`,
          })),
        }),
        timeseries({
          title: 'Chunks drifted, differences in its definition',
          description:
            'Chunks of the table with confirmed drift, and confirmed differences between its definitions.',
          size: [12, 8],
          unit: 'short',
          queries: [
            { expr: chunksDrifted, legend: '{{server}} chunks' },
            { expr: schemaDifferences, legend: '{{server}} definition' },
          ],
        }),
      ],
    },
  ],
})
