/** Whether anything was defined on a server since a moment, for a fraction of what reading all definitions costs. */
import { countProcesses, IS_NOT_OURS } from '../load.ts'
import { type Session, text } from '../query.ts'

/** Counters of statements that define something, by their names in SHOW GLOBAL STATUS. */
const COUNTERS = '^Com_(alter|create|drop|rename|import)'

/** A statement that may define something while it runs, itself or in what it calls: one of these words is in it. */
const DEFINING = '(^|[^a-z_])(alter|create|drop|rename|import|call|execute)([^a-z_]|$)'

/**
 * Equal stamps of one server: every statement that defines anything, and was begun before the first stamp, had ended
 * by then, and none was begun since. So a reading made after the first is still true. null = that cannot be told.
 *
 * The counters go up when a statement begins, also where replication, an event or a procedure runs it (tried on
 * MariaDB 10.11.19 and MySQL 9.7.4). They are asked first, then what runs: a statement in between is not counted
 * yet. An event that is over drops itself without a statement, so that events are looked at themselves.
 *
 * The account needs PROCESS: without it it is not shown what others run.
 */
export async function definitionStamp(session: Session): Promise<string | null> {
  // A connection made in between may be one to another process.
  await session.flavor()
  const { epoch } = session
  const counters = await session.query(
    `SHOW GLOBAL STATUS WHERE Variable_name REGEXP '${COUNTERS}' OR Variable_name LIKE 'Uptime%'`,
  )
  const [events] = await session.query(
    `SELECT COUNT(*) AS n, BIT_XOR(CRC32(CONCAT_WS(' ', EVENT_SCHEMA, EVENT_NAME, STATUS, LAST_ALTERED))) AS digest
     FROM information_schema.EVENTS`,
  )
  const running = await countProcesses(session, `INFO REGEXP '${DEFINING}' AND ${IS_NOT_OURS}`)
  if (running > 0 || session.epoch !== epoch) return null
  const counted = new Map(counters.map((row) => [text(row, 'Variable_name'), text(row, 'Value')]))
  // Both go on; between them lies when the counters began (FLUSH STATUS).
  const flushedAt = Number(counted.get('Uptime')) - Number(counted.get('Uptime_since_flush_status'))
  // MySQL counts temporary tables among the others.
  const definitions = [...counted].filter(([name]) => /^Com_(?!.*_temporary_)/.test(name)).sort()
  return JSON.stringify([epoch, flushedAt, definitions, events?.['n'], events?.['digest']])
}
