/** Rows that change while a test looks: inserts and updates on one server, until it is told to stop. */
import { setTimeout as delay } from 'node:timers/promises'
import type { LabServer } from '../../src/lab/server.ts'

export interface Writer extends AsyncDisposable {
  readonly writes: number
}

/** @param table `schema.table` with the columns `id` and `v`; keys of others are not touched. */
export function startWriter(server: LabServer, table: string, firstId = 1_000): Writer {
  const stopping = new AbortController()
  let writes = 0
  const done = server.session(async (session) => {
    for (let id = firstId; !stopping.signal.aborted; id += 1) {
      await session.query(`INSERT INTO ${table} (id, v) VALUES (${id}, 0)`)
      await session.query(`UPDATE ${table} SET v = v + 1 WHERE id BETWEEN ${id - 3} AND ${id}`)
      writes += 2
      await delay(10)
    }
  })
  // Told by whoever stops it.
  done.catch(() => undefined)
  return {
    get writes() {
      return writes
    },
    async [Symbol.asyncDispose]() {
      stopping.abort()
      await done
    },
  }
}

/** `id` and `v`, with so many rows. */
export function tableWith(table: string, rows: number): string[] {
  const values = Array.from({ length: rows }, (_, id) => `(${id}, ${id})`).join(', ')
  return [
    `CREATE TABLE ${table} (id BIGINT PRIMARY KEY, v BIGINT NOT NULL)`,
    `INSERT INTO ${table} VALUES ${values}`,
  ]
}
