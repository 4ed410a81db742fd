/** sysbench 1.0, its tables and its OLTP load. */

import { outputOf } from '../src/lab/program.ts'
import type { LabServer } from '../src/lab/server.ts'
import { SCHEMA, WRITER } from './table.ts'

/** @returns what it printed. */
export function sysbench(
  server: LabServer,
  size: number,
  args: readonly string[],
): Promise<string> {
  return outputOf([
    '/usr/bin/sysbench',
    'oltp_read_write',
    '--db-driver=mysql',
    `--mysql-socket=${server.socketPath}`,
    `--mysql-user=${WRITER}`,
    `--mysql-db=${SCHEMA}`,
    '--tables=1',
    `--table-size=${size}`,
    ...args,
  ])
}

const THREADS = 4

/** Transactions per second of a run of so many seconds. */
export async function oltpThroughput(
  server: LabServer,
  size: number,
  seconds: number,
): Promise<number> {
  const text = await sysbench(server, size, [`--threads=${THREADS}`, `--time=${seconds}`, 'run'])
  return throughputIn(text)
}

/** @throws when sysbench said something else. */
export function throughputIn(text: string): number {
  const [, perSecond] = /transactions:\s+\d+\s+\(([\d.]+) per sec\.\)/.exec(text) ?? []
  if (perSecond === undefined) throw new Error(`sysbench told no transactions: ${text}`)
  return Number(perSecond)
}
