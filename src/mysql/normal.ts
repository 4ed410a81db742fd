/** One spelling for names, types and charsets that mean the same on two servers. Pure. */

/** Servers take `Id` and `id` for the same column. */
export function nameKey(name: string): string {
  return name.toLowerCase()
}

/**
 * A COLUMN_TYPE that is equal wherever the same values fit: without the display width of integers and
 * YEAR (MySQL 8.0.19 stopped to show it) and without MariaDB's storage remarks.
 */
export function normalType(columnType: string): string {
  const type = columnType.replace(/ ?\/\*[^']*\*\/$/, '')
  const width = /^(tinyint|smallint|mediumint|int|bigint|year)\(\d+\)/i
  return type.replace(width, '$1').replace(/^geomcollection$/i, 'geometrycollection')
}

/** `utf8` was renamed to `utf8mb3`, and its collations with it (MySQL 8.0.30, MariaDB 10.6). */
export function normalCharset(name: string | null): string | null {
  return name === null ? null : name.replace(/^utf8(?=_|$)/, 'utf8mb3')
}

/** Order of code units: the same everywhere, unlike localeCompare. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

/** How many labels an ENUM has, by its COLUMN_TYPE. */
export function enumSize(columnType: string): number {
  return columnType.match(/'(?:[^']|'')*'/g)?.length ?? 0
}
