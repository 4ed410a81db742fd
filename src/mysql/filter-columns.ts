/** Replication filters as servers print them: lists without quotes, so that a comma in a name cannot be told. Pure. */

import { type ChannelRules, type LogRules, NO_LOG_RULES, type Rewrite } from './filters.ts'
import { type Row, type Session, unlessRefused } from './query.ts'

/** Of transactions, whatever tables they change. */
const OPAQUE = [
  'REPLICATE_DO_DOMAIN_IDS',
  'REPLICATE_IGNORE_DOMAIN_IDS',
  'REPLICATE_IGNORE_SERVER_IDS',
] as const

/**
 * @param row of SHOW REPLICA STATUS or of what it was called before, or by the names in performance_schema, which are
 *   the same but for their case. What a version does not have is empty.
 */
export function channelRulesOf(row: Row): ChannelRules {
  const printed = new Map(Object.entries(row).map(([name, value]) => [name.toUpperCase(), value]))
  const text = (name: string) => String(printed.get(name) ?? '')
  const tables = {
    doTable: listOf(text('REPLICATE_DO_TABLE')),
    ignoreTable: listOf(text('REPLICATE_IGNORE_TABLE')),
    wildDoTable: listOf(text('REPLICATE_WILD_DO_TABLE')),
    wildIgnoreTable: listOf(text('REPLICATE_WILD_IGNORE_TABLE')),
  }
  const rewrite = rewritesOf(text('REPLICATE_REWRITE_DB'))
  // Half a name: it has a comma in it.
  const isTorn = Object.values(tables).some((names) => names.some((name) => !name.includes('.')))
  return {
    doDb: listOf(text('REPLICATE_DO_DB')),
    ignoreDb: listOf(text('REPLICATE_IGNORE_DB')),
    ...tables,
    rewrite: rewrite ?? [],
    isOpaque: rewrite === null || isTorn || OPAQUE.some((name) => text(name) !== ''),
  }
}

/**
 * What a server does not write to its binary log. An account that may not ask is told of none: what such a rule
 * leaves out is then a drift for it, which it is.
 *
 * @param statement that shows the end of the binary log, and its rules.
 */
export async function readLogRules(session: Session, statement: string): Promise<LogRules> {
  const [variable] = await session.query("SHOW GLOBAL VARIABLES LIKE 'binlog_format'")
  // A version that has no other any more.
  const format = String(variable?.['Value'] ?? NO_LOG_RULES.format)
  const rows = await unlessRefused(session.query(statement))
  const list = (name: string) => listOf(String(rows?.[0]?.[name] ?? ''))
  const isHidden = rows === null
  return { doDb: list('Binlog_Do_DB'), ignoreDb: list('Binlog_Ignore_DB'), format, isHidden }
}

function listOf(text: string): string[] {
  return text === '' ? [] : text.split(',')
}

/** MySQL prints `(a,b),(c,d)`, MariaDB `a->b,c->d` (10.11; before, it does not tell). null = it cannot be read. */
function rewritesOf(text: string): Rewrite[] | null {
  const items = text.startsWith('(') ? text.slice(1, -1).split('),(') : listOf(text)
  const pairs = items.map((item) => item.split(text.startsWith('(') ? ',' : '->'))
  if (pairs.some(({ length }) => length !== 2)) return null
  return pairs.map(([from = '', to = '']) => ({ from, to }))
}
