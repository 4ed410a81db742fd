import { type ParseArgsConfig, parseArgs } from 'node:util'
import { UserError } from '../errors.ts'

/** `parseArgs`, with its complaints as the user's mistakes. */
export function parseArguments<T extends ParseArgsConfig>(command: string, config: T) {
  try {
    return parseArgs(config)
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    throw new UserError(`${command}: ${error.message}`)
  }
}

/** @throws {UserError} naming the option, the value and what was expected. */
export function oneOf<T extends string>(option: string, value: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === value)
  if (found !== undefined) return found
  throw new UserError(`${option}: expected ${choices.join(', ')}, got "${value}"`)
}

/** A comma-separated list of words from a closed vocabulary. */
export function listOf<T extends string>(
  option: string,
  value: string | undefined,
  choices: readonly T[],
): readonly T[] | null {
  if (value === undefined) return null
  return value.split(',').map((word) => oneOf(option, word.trim(), choices))
}
