/** What a reading that failed says about the chunk. */
import { GaveWay, ServerError } from '../errors.ts'
import type { Server } from '../server-pool.ts'
import type { Reading } from './series.ts'

type Settled = PromiseSettledResult<Reading>

/** It was in the way of a DDL. */
export function gaveWay(reading: Settled): boolean {
  return reading.status === 'rejected' && reading.reason instanceof GaveWay
}

export function isTooSlow(reading: Settled): boolean {
  return reading.status === 'rejected' && isServerTimeout(reading.reason)
}

/** The server's own limit struck (it has an error number): the chunk was too much, not the server gone. */
export function isServerTimeout(error: unknown): boolean {
  return error instanceof ServerError && error.reason === 'timeout' && error.errno !== null
}

/** The connection was lost, and the server is there. */
export function isOnlyConnection(server: Server | undefined, error: unknown): boolean {
  return error instanceof ServerError && error.errno === null && server?.usable === true
}
