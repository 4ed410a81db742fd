/** The command line of `npm run faults`. */
import { parseArgs } from 'node:util'
import { UserError } from '../src/errors.ts'
import { VENDORS } from '../src/lab/engines.ts'
import type { Vendor } from '../src/mysql/flavor.ts'
import { MATRIX, type MatrixRow } from './matrix.ts'

export interface Options {
  readonly flavors: readonly Vendor[]
  readonly rows: readonly MatrixRow[]
  readonly speed: number
  readonly clusters: number
  /** Where outcomes are kept, and taken up again; null = nowhere. */
  readonly results: string | null
}

export const USAGE = `usage: npm run faults -- [OPTION...]
  --speed N       divides every duration: of the rules, of the exporter's checks,
                  of the servers' timeouts; 1 = as shipped (default 60)
  --flavor NAME   ${VENDORS.join(' or ')} (default both)
  --fault TEXT    only faults with that in their name; may be repeated
  --clusters N    clusters at once (default 4)
  --results FILE  append what comes out; faults that came out well there, at the
                  same speed, are not run again
  --list          only print the faults and the alerts that are expected of each`

/** @returns null when help was asked for. @throws {UserError} @throws {TypeError} for an unknown option. */
export function optionsOf(argv: readonly string[]): (Options & { readonly list: boolean }) | null {
  const text = { type: 'string' } as const
  const { values } = parseArgs({
    args: [...argv],
    options: {
      speed: text,
      flavor: text,
      fault: { type: 'string', multiple: true },
      clusters: text,
      results: text,
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help) return null
  return {
    flavors: flavorsCalled(values.flavor),
    rows: rowsWith(values.fault),
    speed: numberOf('speed', values.speed, 60),
    clusters: numberOf('clusters', values.clusters, 4),
    results: values.results ?? null,
    list: values.list,
  }
}

function flavorsCalled(name: string | undefined): readonly Vendor[] {
  const found = VENDORS.filter((vendor) => name === undefined || vendor === name)
  if (found.length > 0) return found
  throw new UserError(`--flavor is one of ${VENDORS.join(', ')}, not "${name}"`)
}

function rowsWith(texts: readonly string[] | undefined): readonly MatrixRow[] {
  if (texts === undefined) return MATRIX
  for (const text of texts) {
    if (MATRIX.some(({ fault }) => fault.includes(text))) continue
    throw new UserError(`no fault has "${text}" in its name: --list prints all of them`)
  }
  return MATRIX.filter(({ fault }) => texts.some((text) => fault.includes(text)))
}

function numberOf(option: string, written: string | undefined, otherwise: number): number {
  if (written === undefined) return otherwise
  if (/^[1-9]\d{0,4}$/.test(written)) return Number(written)
  throw new UserError(`--${option} is a whole number above 0, not "${written}"`)
}
