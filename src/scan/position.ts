/** From where a walk over a table that was broken off can go on, and whether what was proven still holds. */
import { createHash } from 'node:crypto'
import type { Link } from '../compare/link.ts'
import type { Done } from '../compare/trail.ts'
import { keyText } from '../mysql/comparable.ts'
import type { TableDefinition } from '../mysql/definition.ts'
import { identityText } from '../mysql/dialect.ts'
import { factsOf, type SetContext } from './context.ts'
import type { Lanes } from './definitions.ts'
import type { WalkPosition } from './table-store.ts'

export type Positions = ReadonlyMap<Link, WalkPosition>

/** On these rests what was proven of a part of the table: another one, and nothing of it counts. */
export function signatureOf(
  context: SetContext,
  { source, replica }: Link,
  {
    comparability,
    columns,
    where,
  }: Pick<Lanes, 'comparability' | 'columns'> & {
    readonly where: string | undefined
  },
  definitions: ReadonlyMap<string, TableDefinition>,
): string {
  const ends = [source, replica].map(({ config: { name } }) => {
    const { identity } = factsOf(context, name).sight
    return [name, identity && identityText(identity), definitions.get(name)?.signature ?? null]
  })
  const key = comparability.key && keyText(comparability.key)
  const text = JSON.stringify([ends, key, columns.map(({ name }) => name), where])
  return createHash('sha256').update(text).digest('hex')
}

/** null as soon as one link has none, or is not what it was. */
export function commonPosition(
  positions: Positions,
  signatures: ReadonlyMap<Link, string>,
): WalkPosition | null {
  const found = [...signatures].map(([link, signature]) => {
    const position = positions.get(link)
    return position?.signature === signature ? position : null
  })
  return found.every((position) => position !== null) ? (found[0] ?? null) : null
}

export function doneOf(positions: Positions): Map<Link, Done> {
  return new Map([...positions].map(([link, { done }]) => [link, done]))
}
