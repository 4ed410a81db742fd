/** Text that goes into statements. Every session has sql_mode='' and utf8mb4, on which the escaping rests. */

/** An identifier: any name a server accepts, backticks doubled. */
export function quoteName(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``
}

export function quoteTable(schema: string, table: string): string {
  return `${quoteName(schema)}.${quoteName(table)}`
}

/** A string literal. Safe because sql_mode='' keeps the backslash an escape character. */
export function quoteText(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
}
