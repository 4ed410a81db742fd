import type { LabServer } from './server.ts'

/** In the configuration of the exporter: `heartbeat: { table: meta.heartbeat }`. */
export const HEARTBEAT_TABLE = 'meta.heartbeat'

/** A row of the current time, written each second as pt-heartbeat does it with --utc, by the server itself. */
export function startHeartbeat(source: LabServer): Promise<void> {
  return source.exec(
    'SET GLOBAL event_scheduler = ON',
    'CREATE DATABASE meta',
    `CREATE TABLE ${HEARTBEAT_TABLE} (ts VARCHAR(26) NOT NULL, server_id INT UNSIGNED NOT NULL PRIMARY KEY)`,
    `CREATE EVENT meta.beat ON SCHEDULE EVERY 1 SECOND DO
      REPLACE INTO ${HEARTBEAT_TABLE}
      VALUES (DATE_FORMAT(UTC_TIMESTAMP(6), '%Y-%m-%dT%H:%i:%s.%f'), @@server_id)`,
  )
}
