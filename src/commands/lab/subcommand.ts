/** What every subcommand of `lab` is made of. */
import type { ParseArgsConfig } from 'node:util'
import { UserError } from '../../errors.ts'
import { type Lab, openLab } from '../../lab/lab.ts'
import { listRecords } from '../../lab/record.ts'

export interface LineOutput {
  write(line: string): void
}

export interface Call {
  readonly cache: string
  readonly out: LineOutput
  /** Ctrl+C. */
  readonly signal: AbortSignal
  readonly values: Readonly<Record<string, string | boolean | undefined>>
  readonly words: readonly string[]
}

export interface Subcommand {
  readonly usage: string
  readonly help: string
  readonly options: NonNullable<ParseArgsConfig['options']>
  /** Least and most words after the name. */
  readonly words: readonly [least: number, most: number]
  run(call: Call): Promise<void>
}

/** A mistake on the command line: the usage is printed below it. */
export class UsageError extends Error {}

export const text = { type: 'string' } as const
export const flag = { type: 'boolean' } as const

/** The lab that is meant when none is named. */
export const DEFAULT_NAME = 'lab'

/** The lab that was named, or else the default one, or else the only one there is. */
export function chosenLab({ cache, values }: Call): Lab {
  return openLab(cache, chosenName(cache, values))
}

function chosenName(cache: string, values: Call['values']): string {
  const named = nameOf(values)
  if (named !== undefined) return named
  const ids = listRecords(cache).map((record) => record.id)
  if (ids.includes(DEFAULT_NAME) || ids.length === 0) return DEFAULT_NAME
  const [only = DEFAULT_NAME, ...others] = ids
  if (others.length === 0) return only
  throw new UserError(`several labs are up, choose one with --name: ${ids.join(', ')}`)
}

export function nameOf({ name }: Call['values']): string | undefined {
  return typeof name === 'string' ? name : undefined
}

export function numberOf(values: Call['values'], option: string, otherwise: number): number {
  const written = values[option]
  if (written === undefined) return otherwise
  const number = Number(written)
  if (Number.isFinite(number) && number > 0) return number
  throw new UsageError(`lab: --${option} is a number above 0, not "${written}"`)
}

/** @throws {UsageError} unless it is a whole number above 0, or not written. */
export function wholeNumberOf<T>(values: Call['values'], option: string, otherwise: T): number | T {
  if (values[option] === undefined) return otherwise
  const number = numberOf(values, option, 0)
  if (Number.isInteger(number)) return number
  throw new UsageError(`lab: --${option} is a whole number, not "${values[option]}"`)
}

export function aligned(lines: readonly (readonly string[])[]): string[] {
  const widths = (lines[0] ?? []).map((_, column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0)),
  )
  return lines.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}
