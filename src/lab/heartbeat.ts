/** What pt-heartbeat does with --utc: a row of the current time on the source, written again each second. */
import type { LabServer } from './server.ts'

/** In the configuration of the exporter: `heartbeat: { table: meta.heartbeat }`. */
export const HEARTBEAT_TABLE = 'meta.heartbeat'

export const CREATE_HEARTBEAT_TABLE = [
  'CREATE DATABASE meta',
  `CREATE TABLE ${HEARTBEAT_TABLE} (ts VARCHAR(26) NOT NULL, server_id INT UNSIGNED NOT NULL PRIMARY KEY)`,
] as const

/** One beat, as if it had been so long ago. */
export function beatSql(secondsAgo: number): string {
  const at = `UTC_TIMESTAMP(6) - INTERVAL ${secondsAgo} SECOND`
  return `REPLACE INTO ${HEARTBEAT_TABLE} VALUES (DATE_FORMAT(${at}, '%Y-%m-%dT%H:%i:%s.%f'), @@server_id)`
}

/** By the server itself. */
export function startHeartbeat(source: LabServer): Promise<void> {
  return source.exec(
    'SET GLOBAL event_scheduler = ON',
    ...CREATE_HEARTBEAT_TABLE,
    `CREATE EVENT meta.beat ON SCHEDULE EVERY 1 SECOND DO ${beatSql(0)}`,
  )
}
