/** Real servers for integration tests: one cluster per flavor and file, never outliving the test run. */
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe } from 'vitest'
import { VENDORS } from '../../src/lab/engines.ts'
import { cacheFolder } from '../../src/lab/folder.ts'
import type { Lab } from '../../src/lab/lab.ts'
import { type LabOptions, type ServerSpec, startLab } from '../../src/lab/start.ts'
import type { Vendor } from '../../src/mysql/flavor.ts'

export const ONE_SOURCE_TWO_REPLICAS: readonly ServerSpec[] = [
  { name: 'db1' },
  { name: 'db2', source: 'db1' },
  { name: 'db3', source: 'db1' },
]

/** With `cluster: true`. */
export const THREE_MEMBERS: readonly ServerSpec[] = [
  { name: 'db1' },
  { name: 'db2' },
  { name: 'db3' },
]

/** The first start of a flavor on a machine also makes its template, which takes longer than any start. */
const START_TIMEOUT_MS = 180_000

/** The same tests on every flavor. One that is not installed fails them: nothing is left out in silence. */
export function describeFlavors(tests: (flavor: Vendor) => void): void {
  for (const flavor of VENDORS) describe(`on ${flavor}`, () => tests(flavor))
}

/** `await using lab = await startCluster('mysql')`: ends with the block, or else with this process. */
export function startCluster(
  flavor: Vendor,
  servers: readonly ServerSpec[] = ONE_SOURCE_TWO_REPLICAS,
  more: Partial<LabOptions> = {},
): Promise<Lab> {
  return startLab({ cache: cacheFolder(process.env), flavor, servers, ...more })
}

/** One cluster for all tests of the enclosing `describe`. Call the result inside a test. */
export function useCluster(
  flavor: Vendor,
  servers?: readonly ServerSpec[],
  more?: Partial<LabOptions>,
): () => Lab {
  let lab: Lab | undefined
  beforeAll(async () => {
    lab = await startCluster(flavor, servers, more)
  }, START_TIMEOUT_MS)
  afterAll(async () => lab?.down(), START_TIMEOUT_MS)
  return () => {
    if (lab === undefined) throw new Error('the cluster is there only while tests run')
    return lab
  }
}

/**
 * Waits until `condition` gives something truthy, and returns that. An exception means "not yet".
 * @throws after `timeoutMs`, naming `description` and what the last look said.
 */
export async function until<T>(
  condition: () => T | Promise<T>,
  description: string,
  timeoutMs = 30_000,
): Promise<NonNullable<T>> {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    const last = await Promise.resolve().then(condition).catch(asError)
    if (last && !(last instanceof Failed)) return last
    if (performance.now() > deadline) {
      const seen = last instanceof Failed ? last.error : last
      throw new Error(`waited ${timeoutMs / 1000} s until ${description}; last: ${String(seen)}`)
    }
    await delay(50)
  }
}

class Failed {
  readonly error: unknown
  constructor(error: unknown) {
    this.error = error
  }
}

function asError(error: unknown): Failed {
  return new Failed(error)
}
