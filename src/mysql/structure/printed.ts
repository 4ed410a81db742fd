/** What a server prints from what it parsed: expressions, and the definitions of views. Pure. */
import { createHash } from 'node:crypto'

/**
 * Equal for what two versions, or two builds of one, print of the same source: without the character sets that
 * MySQL 8.0 puts before literals, and by the newer of two names of one character set.
 */
export function looseText(text: string): string {
  return text
    .replaceAll("\\'", "'")
    .replace(/\b_(?:utf8mb4|utf8mb3|utf8|latin1|ascii|binary|ucs2|cp\d+)(?=')/g, '')
    .replace(/\butf8(?=_|\b)/g, 'utf8mb3')
}

/** Bodies may be long, and hold what nobody should read on a page: told apart by a digest. */
export function bodyText(text: string): string {
  const digest = createHash('sha256').update(text).digest('hex')
  return `body ${digest.slice(0, 8)} (${[...text].length} characters)`
}

/** Modes that MySQL 8.0 no longer knows. */
const GONE_MODES = new Set([
  'NO_AUTO_CREATE_USER',
  'NO_FIELD_OPTIONS',
  'NO_KEY_OPTIONS',
  'NO_TABLE_OPTIONS',
])

/** The `sql_mode` of a stored program, alike wherever it works alike. */
export function modesText(modes: string): string {
  const kept = modes.split(',').filter((mode) => mode !== '' && !GONE_MODES.has(mode))
  return `sql_mode '${kept.toSorted().join(',')}'`
}
