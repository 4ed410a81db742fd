/**
 * What SHOW BINLOG EVENTS tells of transactions: whose they are, which tables they touch, and of a statement what
 * kind it is. Its text holds values and password hashes, and goes no further than this file. Pure.
 */
import { type Row, text } from './query.ts'

export interface LogEvent {
  readonly type: 'begin' | 'table' | 'statement' | 'head' | 'other'
  /** Where the next one begins. */
  readonly end: bigint
  /**
   * Of `begin` the GTID, '' for a transaction without one; of `table` its name as `schema.table`; of `statement` its
   * kind, as `CREATE TABLE`; of `head` the transactions in all logs before, in the vendor's notation.
   */
  readonly what: string
}

export function logEvent(row: Row): LogEvent {
  const info = String(row['Info'] ?? '')
  const event = (type: LogEvent['type'], what: string): LogEvent => {
    return { type, what, end: BigInt(text(row, 'End_log_pos')) }
  }
  switch (text(row, 'Event_type')) {
    case 'Gtid':
    // MySQL 8.3 and later, with a tag.
    case 'Gtid_tagged_log_event':
    case 'Anonymous_Gtid':
      return event('begin', gtidIn(info))
    case 'Table_map':
      // Names are not quoted there: `table_id: 109 (shop.orders)`.
      return event('table', info.replace(/^.*?\(/s, '').replace(/\)$/, ''))
    case 'Query': {
      const kind = kindOf(info)
      return kind === null ? event('other', '') : event('statement', kind)
    }
    // MySQL and MariaDB.
    case 'Previous_gtids':
      return event('head', info)
    case 'Gtid_list':
      return event('head', info.replace(/^\[|\]$/g, ''))
    default:
      return event('other', '')
  }
}

/** `SET @@SESSION.GTID_NEXT= 'uuid:7'`, with a tag `'uuid:tag:7'`; MariaDB: `BEGIN GTID 0-1-7 cid=12`. */
function gtidIn(info: string): string {
  const [, mysql, mariadb] =
    /GTID_NEXT= '([\da-f-]{36}:[^']+)'|\bGTID (\d+-\d+-\d+)\b/i.exec(info) ?? []
  return mysql ?? mariadb ?? ''
}

/** So much of a statement is looked at. */
const BEGINNING = 500

const DATA = new Set(['INSERT', 'UPDATE', 'DELETE', 'REPLACE', 'LOAD', 'CALL', 'TRUNCATE'])
const DEFINITION = new Set(
  'CREATE ALTER DROP RENAME GRANT REVOKE FLUSH ANALYZE OPTIMIZE REPAIR SET'.split(' '),
)
const OBJECTS = new Set(
  'DATABASE SCHEMA TABLE VIEW INDEX TRIGGER PROCEDURE FUNCTION EVENT SEQUENCE USER ROLE PRIVILEGES PASSWORD SERVER TABLESPACE'.split(
    ' ',
  ),
)
const BRACKETS = new Set(['BEGIN', 'COMMIT', 'ROLLBACK', 'SAVEPOINT', 'XA'])

/** null for what only holds a transaction together. */
function kindOf(info: string): string | null {
  const [verb = '', ...words] = info
    .slice(0, BEGINNING)
    .replace(/^use `(?:[^`]|``)*`; /, '')
    .replace(/\/\*.*?\*\//gs, ' ')
    .toUpperCase()
    .split(/[^A-Z]+/)
    .filter((word) => word !== '')
  if (BRACKETS.has(verb)) return null
  if (DATA.has(verb)) return verb
  if (!DEFINITION.has(verb)) return 'OTHER'
  const object = words.find((word) => OBJECTS.has(word))
  return object === undefined ? verb : `${verb} ${object}`
}
