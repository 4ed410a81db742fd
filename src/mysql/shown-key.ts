/** Keys for people: what a SQL literal of range.ts stands for. Pure. */
import type { Key, KeyColumn } from './definition.ts'

/** Charsets that can be decoded here; the others are shown as bytes. */
const DECODERS: Readonly<Record<string, string>> = {
  utf8mb4: 'utf-8',
  utf8mb3: 'utf-8',
  utf8: 'utf-8',
  ascii: 'utf-8',
  latin1: 'windows-1252',
  ucs2: 'utf-16be',
  utf16: 'utf-16be',
  utf16le: 'utf-16le',
  cp1251: 'windows-1251',
  sjis: 'shift_jis',
  gbk: 'gbk',
}

/**
 * @param literals one per key column, as `keyOf` of range.ts makes them.
 * @returns by column: text as text, bytes as `0x...`, everything else as the server prints it.
 */
export function shownKey(
  key: Key | null,
  literals: readonly string[],
): Readonly<Record<string, string>> {
  const columns = key?.columns ?? []
  return Object.fromEntries(
    columns.map((column, i) => [column.name, shownLiteral(column, literals[i] ?? '')]),
  )
}

function shownLiteral(column: KeyColumn, literal: string): string {
  const [, hex] = /x'([0-9A-F]*)'/.exec(literal) ?? []
  if (hex !== undefined) return decoded(hex, column.charset) ?? `0x${hex}`
  if (literal.startsWith("'")) return literal.slice(1, -1)
  return literal
}

function decoded(hex: string, charset: string | null): string | null {
  const label = charset === null ? undefined : DECODERS[charset]
  if (label === undefined) return null
  try {
    return new TextDecoder(label, { fatal: true, ignoreBOM: true }).decode(Buffer.from(hex, 'hex'))
  } catch {
    // Bytes that are no text in their charset: shown as bytes.
    return null
  }
}
