/** One line an event, on stderr. No secret and no row value ever goes in: callers pass names and reasons. */

/** From the most talkative to the quietest. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]
export type LogFields = Readonly<Record<string, string | number | boolean | null>>

export interface Logger {
  debug(event: string, fields?: LogFields): void
  info(event: string, fields?: LogFields): void
  warn(event: string, fields?: LogFields): void
  error(event: string, fields?: LogFields): void
}

/** @param write receives one complete line without its newline. */
export function createLogger(options: {
  readonly level: LogLevel
  readonly format: 'logfmt' | 'json'
  readonly now: () => Date
  readonly write: (line: string) => void
}): Logger {
  const emit =
    (level: LogLevel) =>
    (event: string, fields: LogFields = {}) => {
      if (LOG_LEVELS.indexOf(level) < LOG_LEVELS.indexOf(options.level)) return
      const all = { ts: options.now().toISOString(), level, event, ...fields }
      options.write(options.format === 'json' ? escaped(JSON.stringify(all)) : logfmt(all))
    }
  return { debug: emit('debug'), info: emit('info'), warn: emit('warn'), error: emit('error') }
}

function logfmt(fields: LogFields): string {
  return Object.entries(fields)
    .filter(([, value]) => value !== null)
    .map(([key, value]) => `${key}=${logfmtValue(value)}`)
    .join(' ')
}

function logfmtValue(value: LogFields[string]): string {
  const text = String(value)
  if (/^[^\s"=\\\p{C}]+$/u.test(text)) return text
  return escaped(JSON.stringify(text))
}

/** What JSON leaves raw and a terminal obeys or takes for a new line. */
function escaped(json: string): string {
  return json.replace(
    /[\u007f-\u009f\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
