/** Which tables are compared on a link, and under which names; which are not, and why. Pure. */
import type { SetConfig } from '../config/config.ts'
import type { SkippedReason } from '../domain.ts'
import type { TableEntry } from '../mysql/catalog.ts'
import {
  type Carriage,
  carriageOf,
  carriageOnReplica,
  type Rules,
  schemaOnReplica,
  schemasOnSource,
  type TableName,
} from '../mysql/filters.ts'
import { isIncluded } from '../table-pattern.ts'
import { tableKey } from './listing.ts'

/** How one table is called on the ends of a link. By its name on the replica it is told of. */
export interface TableNames {
  readonly source: TableName
  readonly replica: TableName
}

/** What keeps a table from being judged whose origin is not certain. */
export type Doubt = 'multi_source' | 'not_compared'

/** One table on one link as the two lists have it. */
export interface ListedTable extends TableNames {
  /** As the source has it or, if that has it not, the replica. */
  readonly entry: TableEntry
  readonly on: 'both' | 'source' | 'replica'
  readonly skipped: SkippedReason | null
  /** Why it is not read at all: another table goes by this name on the replica. */
  readonly barred: Doubt | null
  /** Why a difference would prove nothing; equal is the same all the same. */
  readonly doubt: Doubt | null
}

/** Another channel of the same replica. */
export interface OtherChannel {
  readonly rules: Rules
  /** Keys, by their names on the replica, of the tables that it may bring; null = nobody knows what its source has. */
  readonly carried: ReadonlySet<string> | null
}

export interface OnLink {
  readonly rules: Rules
  /** See `Link`. */
  readonly loop: readonly Rules[]
  readonly source: ReadonlyMap<string, TableEntry>
  readonly replica: ReadonlyMap<string, TableEntry>
  readonly others: readonly OtherChannel[]
  /** How many of `others` come first: what no source has is told of once. */
  readonly othersBefore: number
}

/** @returns every table of either end; on a hub, without those that another source carries. */
export function tablesOf(config: SetConfig, link: OnLink): ListedTable[] {
  const { rules, source, replica } = link
  const named = Map.groupBy(source.values(), (entry) => keyOnReplica(rules, entry))
  const keys = new Set([...named.keys(), ...replica.keys()])
  return [...keys].flatMap((key) => {
    const here = named.get(key) ?? []
    const there = replica.get(key)
    const listed = here.length > 0 ? ofSource(link, here, there) : there && ofReplica(link, there)
    if (listed === undefined || listed === null) return []
    const { carriage, ...table } = listed
    return [{ ...table, skipped: skippedReason(config, table, carriage) }]
  })
}

/** Under which name the replica has it. */
export function keyOnReplica(rules: Rules, { schema, table }: TableName): string {
  return tableKey({ schema: schemaOnReplica(rules, schema), table })
}

type Found = Omit<ListedTable, 'skipped'> & { readonly carriage: Carriage }

/** @param here several, if the channel gives one name to several schemas. */
function ofSource(
  { rules, loop, others }: OnLink,
  here: readonly TableEntry[],
  there: TableEntry | undefined,
): Found | null {
  const carried = here.filter((entry) => carriageOf(rules, entry) !== 'filtered')
  const entry = carried[0] ?? here[0]
  // The others of the circle bring it as well: they compare it.
  if (entry === undefined || isCarriedBy(loop, (each) => carriageOf(each, entry))) return null
  const { schema, table } = entry
  const replica = { schema: schemaOnReplica(rules, schema), table }
  const carriage = carriageOf(rules, entry)
  const isContested = others.some((other) => other.carried?.has(tableKey(replica)) === true)
  return {
    source: { schema, table },
    replica,
    entry,
    on: there === undefined ? 'source' : 'both',
    barred: isContested ? 'multi_source' : carried.length > 1 ? 'not_compared' : null,
    doubt: carriage === 'undecided' ? 'not_compared' : doubtOf(others, replica),
    carriage,
  }
}

function ofReplica({ rules, loop, others, othersBefore }: OnLink, entry: TableEntry): Found | null {
  const { schema, table } = entry
  const replica = { schema, table }
  const carriage = carriageOnReplica(rules, replica)
  if (isCarriedBy(loop, (each) => carriageOnReplica(each, replica))) return null
  // It may have come over another channel, also from a source that cannot be asked now.
  const isOfOther = others.some((other) => other.carried?.has(tableKey(replica)) === true)
  if (isOfOther || doubtOf(others, replica) !== null) return null
  const mayCarry = (other: OtherChannel) => carriageOnReplica(other.rules, replica) !== 'filtered'
  const isToldElsewhere =
    carriage === 'filtered'
      ? othersBefore > 0 || others.some(mayCarry)
      : others.slice(0, othersBefore).some(mayCarry)
  if (isToldElsewhere) return null
  const [onSource = schema] = schemasOnSource(rules, schema)
  const doubt = carriage === 'undecided' ? 'not_compared' : null
  const source = { schema: onSource, table }
  return { source, replica, entry, on: 'replica', barred: null, doubt, carriage }
}

function isCarriedBy(loop: readonly Rules[], carriageBy: (rules: Rules) => Carriage): boolean {
  return loop.length > 0 && loop.every((rules) => carriageBy(rules) === 'carried')
}

/** Somebody whose tables nobody knows may have one of this name. */
function doubtOf(others: readonly OtherChannel[], replica: TableName): Doubt | null {
  const isPossible = others.some(
    ({ rules, carried }) => carried === null && carriageOnReplica(rules, replica) !== 'filtered',
  )
  return isPossible ? 'multi_source' : null
}

function skippedReason(
  config: SetConfig,
  { replica: { schema, table }, entry }: Pick<ListedTable, 'replica' | 'entry'>,
  carriage: Carriage,
): SkippedReason | null {
  if (!isIncluded(config.tables, schema, table)) return 'excluded'
  if (entry.kind === 'view') return 'view'
  // A sequence is a generator, not data: its cached numbers differ between servers as they should.
  if (entry.kind === 'sequence') return 'system'
  return carriage === 'filtered' ? 'filtered' : null
}
