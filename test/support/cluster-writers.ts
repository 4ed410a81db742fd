/** An application that writes to every member of a cluster at once. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Lab } from '../../src/lab/lab.ts'
import type { LabServer } from '../../src/lab/server.ts'

/** Of each writer in the table that all of them share. */
const ROWS = 20

export interface Writers extends AsyncDisposable {
  /** Transactions so far, by server. */
  readonly commits: Readonly<Record<string, number>>
}

/** Each changes, flips, adds and removes rows of its own in `busy.rows` and `busy.flags`. */
export async function writeEverywhere(lab: Lab, perServer = 1): Promise<Writers> {
  const [first] = lab.servers
  await first?.exec(
    'CREATE DATABASE IF NOT EXISTS busy',
    'CREATE TABLE IF NOT EXISTS busy.rows (id INT PRIMARY KEY, value INT NOT NULL, note VARCHAR(20))',
    'CREATE TABLE IF NOT EXISTS busy.flags (id INT PRIMARY KEY, flag TINYINT NOT NULL)',
    ...Array.from({ length: 200 }, (_, i) => `REPLACE INTO busy.rows VALUES (${i}, 0, 'x')`),
    ...Array.from({ length: 200 }, (_, i) => `REPLACE INTO busy.flags VALUES (${i}, 0)`),
  )
  const members = lab.servers.filter(({ isMember }) => isMember)
  const commits = Object.fromEntries(members.map(({ name }) => [name, 0]))
  const stopping = new AbortController()
  const writers = members.flatMap((server, at) =>
    Array.from({ length: perServer }, (_, each) => {
      const from = ROWS * (at * perServer + each)
      return write(server, from, stopping.signal, () => {
        commits[server.name] = (commits[server.name] ?? 0) + 1
      })
    }),
  )
  return {
    commits,
    async [Symbol.asyncDispose]() {
      stopping.abort()
      await Promise.all(writers)
    },
  }
}

async function write(server: LabServer, from: number, signal: AbortSignal, onCommit: () => void) {
  for (let n = 0; !signal.aborted; ) {
    await server
      .appSession(async ({ query }) => {
        while (!signal.aborted) {
          n += 1
          const id = from + (n % ROWS)
          await query(`UPDATE busy.rows SET value = value + 1 WHERE id = ${id}`)
          await query(`UPDATE busy.flags SET flag = 1 - flag WHERE id = ${id}`)
          if (n % 5 === 0) await query(`REPLACE INTO busy.rows VALUES (${1000 + id}, ${n}, 'new')`)
          if (n % 7 === 0) await query(`DELETE FROM busy.rows WHERE id = ${1000 + id}`)
          onCommit()
          await delay(5)
        }
      })
      // It is away, or lost against another writer: again.
      .catch(() => delay(50))
  }
}
