/**
 * What replication leaves out or renames on its way, by the rules of a source's binary log and of a replica's
 * channel. Pure. Rows are told by the schema and the table that they are in; statements are told by the schema
 * that was in use, which nobody knows afterwards.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/replication-rules.html
 */
import { wildcardExpression } from '../wildcards.ts'

/** What a server does not write to its binary log: of all channels that replicate from it. */
export interface LogRules {
  readonly doDb: readonly string[]
  readonly ignoreDb: readonly string[]
  /** binlog_format: anything else than ROW writes statements too. */
  readonly format: string
  /** This account may not ask for them: there may be some. */
  readonly isHidden: boolean
}

/** Of one channel, as its replica tells it. */
export interface ChannelRules {
  readonly doDb: readonly string[]
  readonly ignoreDb: readonly string[]
  /** `schema.table`, literally. */
  readonly doTable: readonly string[]
  readonly ignoreTable: readonly string[]
  /** With `%`, `_` and `\`, over the whole of `schema.table`. */
  readonly wildDoTable: readonly string[]
  readonly wildIgnoreTable: readonly string[]
  /** Schemas that have another name on the replica; done before the other rules are asked. */
  readonly rewrite: readonly Rewrite[]
  /** There are rules that do not go by tables (domains, server ids), or that this account may not see. */
  readonly isOpaque: boolean
}

export interface Rewrite {
  readonly from: string
  readonly to: string
}

export interface Rules {
  readonly log: LogRules
  readonly channel: ChannelRules
}

export interface TableName {
  readonly schema: string
  readonly table: string
}

export type Carriage = 'carried' | 'filtered' | 'undecided'

export const NO_CHANNEL_RULES: ChannelRules = {
  doDb: [],
  ignoreDb: [],
  doTable: [],
  ignoreTable: [],
  wildDoTable: [],
  wildIgnoreTable: [],
  rewrite: [],
  isOpaque: false,
}

export const NO_LOG_RULES: LogRules = {
  doDb: [],
  ignoreDb: [],
  format: 'ROW',
  isHidden: false,
}
export const NO_RULES: Rules = { log: NO_LOG_RULES, channel: NO_CHANNEL_RULES }

/** How the schema is called on the replica. */
export function schemaOnReplica({ channel }: Rules, schema: string): string {
  return channel.rewrite.find(({ from }) => from === schema)?.to ?? schema
}

/** How it may be called on the source; empty where no schema of the source comes by this name. */
export function schemasOnSource({ channel: { rewrite } }: Rules, schema: string): string[] {
  const renamed = rewrite.filter(({ to }) => to === schema).map(({ from }) => from)
  const keepsName = rewrite.every(({ from }) => from !== schema)
  return keepsName ? [...renamed, schema] : renamed
}

/**
 * Whether changes of this table reach the replica.
 *
 * `undecided`: it hangs on which schema was in use, or on letter case (the servers compare some names without it), or
 * on rules that do not go by tables.
 * @param source as the source calls it.
 */
export function carriageOf(rules: Rules, source: TableName): Carriage {
  if (!hasRules(rules)) return 'carried'
  // The servers print their lists without quotes: where a name ends is not to be seen.
  if (`${source.schema}${source.table}`.includes(',')) return 'undecided'
  const replica = { ...source, schema: schemaOnReplica(rules, source.schema) }
  const [strict, loose] = [EXACT, LOOSE].map(
    (like) =>
      isInDatabases(rules.log, source.schema, like) && isApplied(rules.channel, replica, like),
  )
  if (strict !== loose) return 'undecided'
  if (!strict) return 'filtered'
  return rules.channel.isOpaque || isByStatement(rules) ? 'undecided' : 'carried'
}

/** The same of a table that the source has not, by its name on the replica. */
export function carriageOnReplica(rules: Rules, replica: TableName): Carriage {
  const found = schemasOnSource(rules, replica.schema).map((schema) =>
    carriageOf(rules, { ...replica, schema }),
  )
  return (['carried', 'undecided'] as const).find((each) => found.includes(each)) ?? 'filtered'
}

export function hasRules({ log, channel }: Rules): boolean {
  const { isOpaque, ...lists } = channel
  return isOpaque || [log.doDb, log.ignoreDb, ...Object.values(lists)].some(isSome)
}

/** Rules for whole schemas take a statement by the schema in use, whatever tables it changes. */
export function isByStatement({ log, channel }: Rules): boolean {
  const lists = [log.doDb, log.ignoreDb, channel.doDb, channel.ignoreDb, channel.rewrite]
  return log.format.toUpperCase() !== 'ROW' && lists.some(isSome)
}

function isSome(list: readonly unknown[]): boolean {
  return list.length > 0
}

/** How names are compared. */
interface Likeness {
  of(name: string): string
  readonly flags: string
}

const EXACT: Likeness = { of: (name) => name, flags: 'su' }
/** As the servers look up some of the names, whatever the case of letters and their accents. */
const LOOSE: Likeness = {
  of: (name) => name.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase(),
  flags: 'isu',
}

function isInDatabases(
  { doDb, ignoreDb }: Pick<ChannelRules, 'doDb' | 'ignoreDb'>,
  schema: string,
  like: Likeness,
): boolean {
  const isIn = (names: readonly string[]) => names.some((name) => like.of(name) === like.of(schema))
  return doDb.length > 0 ? isIn(doDb) : !isIn(ignoreDb)
}

/** As in LIKE. */
const LIKE = { any: '%', one: '_' } as const

/** In the order of the manual: schemas, tables by name, tables by pattern; of those what is wanted first. */
function isApplied(rules: ChannelRules, { schema, table }: TableName, like: Likeness): boolean {
  if (!isInDatabases(rules, schema, like)) return false
  const name = like.of(`${schema}.${table}`)
  const isNamed = (names: readonly string[]) => names.some((each) => like.of(each) === name)
  const isLike = (patterns: readonly string[]) =>
    patterns.some((pattern) => wildcardExpression(like.of(pattern), LIKE, like.flags).test(name))
  if (isNamed(rules.doTable)) return true
  if (isNamed(rules.ignoreTable)) return false
  if (isLike(rules.wildDoTable)) return true
  if (isLike(rules.wildIgnoreTable)) return false
  return rules.doTable.length === 0 && rules.wildDoTable.length === 0
}
