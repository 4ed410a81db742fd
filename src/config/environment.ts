/** How a text with `${NAME}` in it came out. */
export type Substituted =
  | {
      readonly text: string
      /** At least one variable was filled in. */
      readonly filled: boolean
      /** Something stands beside the variables. */
      readonly literal: boolean
    }
  /** What is wrong, as `expected ..., got ...`. */
  | { readonly mistake: string }

/** `${NAME}` becomes the variable's value; `$${` stands for `${`; any other `$` for itself. */
export function substitute(
  written: string,
  env: Readonly<Record<string, string | undefined>>,
): Substituted {
  let filled = false
  let mistake: string | undefined
  const text = written.replace(/\$\$\{|\$\{([^}]*)(\}?)/g, (match, name: string, end: string) => {
    if (match === '$${') return '${'
    if (end === '' || !/^[A-Za-z_]\w*$/.test(name)) {
      mistake ??=
        // biome-ignore lint/suspicious/noTemplateCurlyInString: it is what the user should write
        'expected the name of an environment variable in ${...}, got something else; write $${ for ${'
      return ''
    }
    const value = env[name]
    if (value === undefined) {
      mistake ??= `expected the environment variable ${name} to be set, got none`
      return ''
    }
    filled = true
    return value
  })
  if (mistake !== undefined) return { mistake }
  return { text, filled, literal: written.replace(/\$\{\w+\}/g, '') !== '' }
}

/** The inverse, for text that goes into a configuration file. */
export function escapeReferences(text: string): string {
  return text.replaceAll('${', () => '$${')
}
