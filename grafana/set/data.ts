/** Which tables differ, how much, and since when; and whose definitions do. */
import type { Section } from '../frame.ts'
import { NEUTRAL, NONE_EXPECTED, PLAIN, RED, words } from '../looks.ts'
import { stateTimeline, timeseries } from '../panels.ts'
import { SERVER, TABLE, VERDICT_WORDS, worstBy, worstVerdict } from '../queries.ts'
import { table } from '../table-panel.ts'
import { linkTo } from '../variables.ts'
import { of } from './of.ts'

const TABLES_LISTED = 50

const verified = worstBy(TABLE, of('table_last_verified_timestamp_seconds'))
const drifted = worstBy(TABLE, of('table_drifted'))

/** More than any moment is in seconds. */
const FIRST = 10_000_000_000

/** Drifted tables come before all others, and those verified the longest ago before the rest. */
const listed = `topk(${TABLES_LISTED}, ${FIRST} * ${drifted} - (${verified} or 0 * ${drifted}))`

function ofListed(expression: string): string {
  return `(${expression}) and on (${TABLE}) ${listed}`
}

function rowsDrifted(kind: string): string {
  return ofListed(worstBy(TABLE, of('table_rows_drifted', `kind="${kind}"`)))
}

const rowsDifference = worstBy(TABLE, of('table_rows_difference'))
const schemaDifferences = worstBy(`${SERVER}, object, kind, severity`, of('schema_differences'))

export const data: Section = {
  title: 'Data and definitions',
  panels: [
    stateTimeline({
      title: 'Verdict per server',
      description:
        'The worst verdict of the tables of each examined server. A gap: nothing was compared there.',
      size: [12, 6],
      unit: 'none',
      queries: [{ expr: worstVerdict(of, 'server'), legend: '{{server}}' }],
      words: VERDICT_WORDS,
    }),
    timeseries({
      title: 'Tables that could not be judged',
      description: 'Unknown tables, all of them and by reason while there are any.',
      size: [12, 6],
      unit: 'short',
      queries: [
        {
          expr: worstBy('server, check', of('tables', 'state="unknown"')),
          legend: '{{server}} {{check}}',
        },
        {
          expr: `${worstBy('server, check, reason', of('tables_unknown'))} > 0`,
          legend: '{{server}} {{check}}: {{reason}}',
        },
      ],
    }),
    table({
      title: 'Tables, drifted ones first',
      description: `The ${TABLES_LISTED} tables that need a look most: those with confirmed drift, then those whose data was verified the longest ago. Rows are counted where they were looked at one by one. A click on a table leads to its history.`,
      size: [24, 9],
      columns: [
        { heading: 'Server', label: 'server' },
        { heading: 'Schema', label: 'schema' },
        {
          heading: 'Table',
          label: 'table',
          link: linkTo('mysql-drift-table', { set: null, schema: 'Schema', table: 'Table' }),
        },
        {
          heading: 'Data',
          expr: ofListed(drifted),
          words: words([
            ['not drifted', PLAIN],
            ['drifted', RED],
          ]),
        },
        {
          heading: 'Drifted for',
          expr: ofListed(worstBy(TABLE, `time() - ${of('table_drifted_since_timestamp_seconds')}`)),
          unit: 's',
        },
        {
          heading: 'Last verified',
          expr: ofListed(`time() - ${verified}`),
          unit: 's',
          steps: NEUTRAL,
        },
        {
          heading: 'Chunks drifted',
          expr: ofListed(worstBy(TABLE, of('table_chunks_drifted'))),
        },
        { heading: 'Rows missing', expr: rowsDrifted('missing') },
        { heading: 'Rows extra', expr: rowsDrifted('extra') },
        { heading: 'Rows changed', expr: rowsDrifted('changed') },
        {
          heading: 'Definition differs',
          expr: ofListed(worstBy(TABLE, of('table_schema_differences'))),
          steps: NONE_EXPECTED,
        },
      ],
      largestFirst: 'Data',
    }),
    timeseries({
      title: 'Row count differences',
      description:
        'Rows more or fewer than on the source: of all tables together, regardless of sign, and of the ten tables with the largest difference, fewer being negative.',
      size: [12, 8],
      unit: 'short',
      queries: [
        { expr: `sum by (server) (abs(${rowsDifference}))`, legend: '{{server}}: all tables' },
        {
          expr: `${rowsDifference} and on (${TABLE}) topk(10, abs(${rowsDifference}) > 0)`,
          legend: '{{server}} {{schema}}.{{table}}',
        },
      ],
      anySign: true,
    }),
    timeseries({
      title: 'Schema differences by server',
      description:
        'Confirmed differences between the definitions on a server and on its source: by severity, and by what differs while there are any. For their names: mysql-drift-exporter check --checks=schema',
      size: [12, 8],
      unit: 'short',
      queries: [
        {
          expr: `sum by (server, severity) (${schemaDifferences})`,
          legend: '{{server}} {{severity}}',
        },
        {
          expr: `${schemaDifferences} > 0`,
          legend: '{{server}} {{severity}}: {{object}} {{kind}}',
        },
      ],
    }),
  ],
}
