/** What a pass over a set would take, before it is let near production. */

import type { PassEstimate } from '../answers.ts'
import { grants } from '../checks/grants.ts'
import { threads } from '../checks/threads.ts'
import type { Group } from '../compare/link.ts'
import { ServerError } from '../errors.ts'
import { readDefinition } from '../mysql/definition.ts'
import { digestPlan } from '../mysql/digest.ts'
import { type Row, type Session, text } from '../mysql/query.ts'
import { EVERYTHING, keyAtOffsetSql, keyOf, type Range, selectSql } from '../mysql/range.ts'
import { type TableSize, tableSizes } from '../mysql/sizes.ts'
import { PRIORITY } from '../server-pool.ts'
import { isIncluded } from '../table-pattern.ts'
import { factsOf, type SetContext } from './context.ts'
import { linksOf } from './groups.ts'
import { runCheck } from './run-check.ts'

/** Enough to tell the speed, and no more than a chunk. */
const SAMPLE_ROWS = 20_000

/** @throws {ServerError} when no source can be read. */
export async function estimatePass(context: SetContext, share: number): Promise<PassEstimate[]> {
  await runCheck(context, threads)
  await runCheck(context, grants)
  const { groups, blocked } = linksOf(context)
  const [why] = blocked
  if (groups.length === 0) {
    const reason = why === undefined ? 'no server replicates from another' : why.reason
    throw new ServerError('connect', `${context.config.name}: nothing to compare: ${reason}`)
  }
  return await Promise.all(groups.map((group) => estimateGroup(context, group, share)))
}

async function estimateGroup(
  context: SetContext,
  { source, links }: Group,
  share: number,
): Promise<PassEstimate> {
  const { signal } = context
  const sizes = await source.read((session) => tableSizes(session, { signal }), {
    priority: PRIORITY.walk,
    signal,
  })
  const wanted = sizes.filter(({ schema, table }) =>
    isIncluded(context.config.tables, schema, table),
  )
  const sum = (of: (size: TableSize) => number) => wanted.reduce((all, size) => all + of(size), 0)
  const bytes = sum((size) => size.bytes)
  const largest = wanted
    .filter(({ hasKey }) => hasKey)
    .sort((a, b) => b.bytes - a.bytes)
    .at(0)
  const sample = largest && (await sampleOf(context, { source, links }, largest))
  return {
    source: source.config.name,
    replicas: links.map(({ replica }) => replica.config.name),
    tables: wanted.length,
    rows: sum((size) => size.rows),
    bytes,
    withoutKey: wanted.filter(({ hasKey }) => !hasKey).length,
    sample: sample ?? null,
    share,
    passSeconds: sample ? bytes / sample.bytesPerSecond / share : null,
  }
}

/** How fast the first rows of a table are read, in the way in which a pass reads them. */
async function sampleOf(
  context: SetContext,
  { source, links }: Group,
  { schema, table, rows, bytes }: TableSize,
): Promise<PassEstimate['sample']> {
  const { signal, world } = context
  const names = [source, ...links.map(({ replica }) => replica)].map(({ config }) => config.name)
  const flavors = names.flatMap((name) => factsOf(context, name).flavor ?? [])
  return await source.read(
    async (session: Session) => {
      const definition = await readDefinition(session, schema, table, { signal })
      if (definition?.key == null) return null
      const [end]: Row[] = await session.query(keyAtOffsetSql(definition, EVERYTHING, SAMPLE_ROWS))
      const upper = end && ({ key: keyOf(definition.key, end), side: 'before' } as const)
      const range: Range = { lower: null, upper: upper ?? null }
      const plan = digestPlan({ flavors, columns: definition.columns, keyed: true })
      const startedMs = world.steady().getTime()
      const [row] = await session.query(selectSql(definition, range, plan.select))
      const seconds = Math.max(0.001, (world.steady().getTime() - startedMs) / 1000)
      const read = Number(text(row, 'n'))
      const bytesPerRow = bytes / Math.max(1, rows)
      if (read === 0) return null
      return { schema, table, rows: read, bytesPerSecond: (read * bytesPerRow) / seconds }
    },
    { priority: PRIORITY.walk, signal },
  )
}
