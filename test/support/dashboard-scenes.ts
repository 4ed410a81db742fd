/** What each panel reads while all is well, and what it reads during a fault. */

/** [panel, series, while all is well, during the fault]; null = there is no such series. */
export type Reading = readonly [
  panel: string,
  /**
   * As it is called in the legend; '' = the only one. In a table: words that are in its line, a colon, and the
   * heading of the column.
   */
  series: string,
  before: string | RegExp | null,
  during: string | RegExp | null,
]

export interface Scene {
  readonly name: string
  /** [fault of the lab, server, table] */
  readonly faults: readonly (readonly [string, string, string?])[]
  /** What happens to the exporter itself. */
  readonly exporter?: 'is killed' | 'has a broken configuration' | 'excludes a table'
  /** By dashboard, its uid without `mysql-drift-`. */
  readonly readings: Readonly<Record<string, readonly Reading[]>>
}

/** The table that is chosen in the dashboard of a table. The feed never changes the number of its rows. */
export const CHOSEN_TABLE = 'products'

const AT_LEAST_ONE = /^[1-9]/
const BELOW_TEN = /^(\d(\.\d+)?( s| intervals)?|[\d.]+ ms)$/
const TEN_OR_MORE = /^([1-9]\d+(\.\d+)?( s| intervals)?|[\d.]+ min)$/

/** Queries for what has series only while something is wrong, or was a moment ago. */
export const ONLY_WHEN_WRONG: readonly string[] = [
  'mysql-drift-exporter.json: Failures within an hour, query B',
  'mysql-drift-exporter.json: Held back, query B',
  'mysql-drift-fleet.json: Alerts firing by severity, query B',
  'mysql-drift-set.json: Tables that could not be judged, query B',
  'mysql-drift-set.json: Tables, drifted ones first, query B',
  'mysql-drift-set.json: Tables, drifted ones first, query D',
  'mysql-drift-set.json: Tables, drifted ones first, query E',
  'mysql-drift-set.json: Tables, drifted ones first, query F',
  'mysql-drift-set.json: Tables, drifted ones first, query G',
  'mysql-drift-set.json: Tables, drifted ones first, query H',
  'mysql-drift-set.json: Row count differences, query B',
  'mysql-drift-set.json: Schema differences by server, query B',
  'mysql-drift-set.json: Replication lag, query B',
  'mysql-drift-set.json: GTID: missing and errant transactions, query C',
  'mysql-drift-set.json: Settings by server, query C',
  'mysql-drift-set.json: Settings by server, query D',
  'mysql-drift-set.json: Held back, query B',
  'mysql-drift-table.json: Replicas, query B',
  'mysql-drift-table.json: Replicas, query E',
]

export const SCENES: readonly Scene[] = [
  {
    name: 'data, definitions and settings differ',
    faults: [
      ['change-row', 'db2', 'orders'],
      ['delete-row', 'db2', 'products'],
      ['drop-column', 'db3', 'products'],
      ['add-table', 'db3'],
      ['errant-transaction', 'db2'],
      ['make-writable', 'db3'],
      ['skip-errors', 'db3'],
      ['other-time-zone', 'db3'],
    ],
    readings: {
      fleet: [
        ['Sets not the same', '', '0', '1'],
        ['Drifted tables', '', '0', '2'],
        ['Missing tables', '', '0', '1'],
        ['Errant transactions', '', '0', '1'],
        ['Alerts firing', '', '0', AT_LEAST_ONE],
        ['Alerts firing by severity', 'critical: MySQLDriftTablesDrifted', null, '1'],
        ['Verdict per set', 'shop', 'same', 'drifted'],
        ['Servers', 'shop db2: Drifted tables', '0', '2'],
        ['Tables that could not be judged', 'shop', '0', '1'],
      ],
      set: [
        ['Verdict', '', 'same', 'drifted'],
        ['Drifted tables', '', '0', '2'],
        ['Missing tables', '', '0', '1'],
        ['Errant transactions', '', '0', '1'],
        ['Schema differences', '', '0', AT_LEAST_ONE],
        ['Tables verified', '', '100%', '90.9%'],
        ['Verdict per server', 'db2', 'same', 'drifted'],
        ['Unknown for the longest time', 'db3', '0 s', / m?s$/],
        ['Tables that could not be judged', 'db3 checksum: definition_differs', null, '1'],
        ['Tables, drifted ones first', 'db2 orders: Data', 'not drifted', 'drifted'],
        ['Row count differences', 'db2: all tables', '0', '1'],
        ['Row count differences', 'db2 shop.products', null, '-1'],
        ['Schema differences by server', 'db3 critical: column missing', null, '1'],
        ['GTID: missing and errant transactions', 'db2 errant', '0', '1'],
        ['Servers', 'db3: Read only', 'yes', 'no'],
        ['Settings that differ', '', '0', AT_LEAST_ONE],
        ['Dangerous settings', '', '0', AT_LEAST_ONE],
        ['Settings by server', 'db3 dangerous', '0', AT_LEAST_ONE],
        ['Settings by server', 'db3 differs: time_zone', null, '1'],
      ],
      table: [
        ['Replicas on which it drifted', '', '0', '1'],
        ['Rows that differ', '', '0', '1'],
        ['Differences in its definition', '', '0', '1'],
        ['Rows', 'db2', '400', '399'],
        ['Replicas', 'db2: Rows missing', '0', '1'],
        ['Drift', 'db2', 'not drifted', 'drifted'],
        ['Rows over time', 'db2', '400', '399'],
        ['Rows more or fewer than on the source', 'db2', '0', '-1'],
        ['Rows that differ, by kind', 'db2 missing', '0', '1'],
        ['Chunks drifted, differences in its definition', 'db2 chunks', '0', '1'],
        ['Chunks drifted, differences in its definition', 'db3 definition', '0', '1'],
      ],
    },
  },
  {
    name: 'replication does not keep up',
    faults: [
      ['stop-io-thread', 'db2'],
      ['lag', 'db3', 'order_items'],
    ],
    readings: {
      fleet: [
        ['Threads not running', '', '0', '1'],
        ['Lag, the ten longest', 'shop db3', '0 s', AT_LEAST_ONE],
        ['Missing transactions, the ten most', 'shop db3', '0', AT_LEAST_ONE],
        ['Oldest verification', '', BELOW_TEN, TEN_OR_MORE],
        ['Age of the oldest verification', 'shop', BELOW_TEN, TEN_OR_MORE],
      ],
      set: [
        ['Replication threads', 'db2 io', 'running', 'stopped or connecting'],
        ['Replication lag', 'db3', '0 s', AT_LEAST_ONE],
        ['Channels', 'db2: Receiving', 'running', 'stopped or connecting'],
        ['Channels', 'db2: Not received', '0', AT_LEAST_ONE],
        ['GTID: missing and errant transactions', 'db2 not received', '0', AT_LEAST_ONE],
        ['Oldest verification, in intervals', 'db3', BELOW_TEN, TEN_OR_MORE],
        ['Replication lag', 'db3 heartbeat', BELOW_TEN, TEN_OR_MORE],
        ['Held back', 'db3: lag', null, 'held back'],
      ],
      table: [['Age of its verification', 'db3', BELOW_TEN, TEN_OR_MORE]],
      exporter: [['Held back', 'shop db3: lag', null, AT_LEAST_ONE]],
    },
  },
  {
    name: 'a replica is gone and another is delayed',
    faults: [
      ['kill-server', 'db3'],
      ['delay-replica', 'db2'],
    ],
    readings: {
      fleet: [['Servers down', '', '0', '1']],
      set: [
        ['Servers up', 'up', '3', '2'],
        ['Checks', 'db3 threads', 'works', 'fails'],
        ['Replication lag', 'db2 configured delay', null, '1 h'],
      ],
      exporter: [
        ['Checks that fail', '', '0', AT_LEAST_ONE],
        ['Success', 'shop threads', 'works', 'fails'],
        ['Time since the last success, in intervals', 'shop threads', BELOW_TEN, TEN_OR_MORE],
        ['Failures within an hour', 'shop db3 threads: connect', null, /./],
      ],
    },
  },
  {
    name: 'a replica was promoted and the account may write on another',
    faults: [
      ['second-source', 'db2'],
      ['join-unasked', 'db4'],
      ['gain-writes', 'db3'],
    ],
    readings: {
      set: [
        ['Roles', 'db2', 'replica', 'detached'],
        ['Writable sources', '', '1', '2'],
        ['Replicas nobody watches', '', '0', '1'],
        ['Rights', 'in excess', '0', AT_LEAST_ONE],
        ['Rights by server', 'db3 in excess', '0', AT_LEAST_ONE],
      ],
    },
  },
  {
    name: 'a table is excluded and an applier stopped',
    faults: [
      ['fail-applier', 'db3'],
      ['duplicate-server-id', 'db2'],
    ],
    exporter: 'excludes a table',
    readings: {
      set: [
        ['Tables left out', 'excluded', '2', '4'],
        ['Channels', 'db3: Workers failed', '0', AT_LEAST_ONE],
        ['Servers that share an id', '', '0', '2'],
      ],
    },
  },
  {
    name: 'a replica lacks what its source has purged',
    faults: [['purge-binlogs', 'db2']],
    readings: {
      set: [
        ['GTID: missing and errant transactions', 'db2 unrecoverable', null, AT_LEAST_ONE],
        ['Replication threads', 'db2 io', 'running', 'stopped or connecting'],
      ],
    },
  },
  {
    name: 'the configuration is broken',
    faults: [],
    exporter: 'has a broken configuration',
    readings: { exporter: [['Configuration', '', 'good', 'refused']] },
  },
  {
    name: 'the exporter is killed',
    faults: [],
    exporter: 'is killed',
    readings: {
      set: [['Progress of the checksum pass', 'shop', /%$/, null]],
      exporter: [
        ['Scraped', '', 'up', 'down'],
        ['Version', '0.1.0', /./, null],
        ['Replication sets', '', '1', null],
        ['Running for', '', / (s|min)$/, null],
        ['Duration', 'shop threads', /m?s$/, null],
        ['Runs', 'threads', AT_LEAST_ONE, null],
        ['Queries', 'shop db1', AT_LEAST_ONE, null],
        ['Time that queries take', 'shop db1', / m?s$/, null],
        ['Rows read', 'shop db1', AT_LEAST_ONE, null],
        ['Chunks', 'shop db1', /[1-9]/, null],
        ['Looks behind the fence', 'same', / c\/s$/, null],
        ['Scrape duration', 'exporter', / m?s$/, null],
        ['Series', 'exporter', AT_LEAST_ONE, '0'],
        ['Event loop lag', 'exporter mean', / m?s$/, null],
        ['Memory', 'exporter resident', /MiB$/, null],
        ['CPU', 'exporter', /./, null],
      ],
    },
  },
]
