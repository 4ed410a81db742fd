/** Patterns with wildcards, of the configuration or of a server, as regular expressions. Pure. */

export interface Wildcards {
  /** The character for any characters or none. */
  readonly any: string
  /** The character for exactly one. */
  readonly one: string
}

/** Of the whole text. A backslash takes the next character literally. */
export function wildcardExpression(
  pattern: string,
  { any, one }: Wildcards,
  flags: string,
): RegExp {
  const source = pattern.replaceAll(/\\(.)|./gsu, (character, escaped: string | undefined) => {
    if (escaped !== undefined) return literal(escaped)
    if (character === any) return '.*'
    return character === one ? '.' : literal(character)
  })
  return new RegExp(`^${source}$`, flags)
}

function literal(character: string): string {
  return character.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&')
}
