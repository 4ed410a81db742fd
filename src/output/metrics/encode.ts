/** The text format 0.0.4: labels, samples, and families under one HELP and TYPE. */
import { FAMILIES, type Family, type FamilyName, type LabelsOf, PREFIX } from './families.ts'

/** Label pairs as they are written, escaped once and used in many series. The names live in the type only. */
export type Labels<Name extends string> = string & { readonly names: (name: Name) => Name }

/** Of a family without labels. */
export const NO_LABELS = '' as Labels<never>

export function labels<Name extends string>(values: Readonly<Record<Name, string>>): Labels<Name> {
  return Object.entries<string>(values)
    .map(([name, value]) => `${name}="${escapeLabel(value)}"`)
    .join(',') as Labels<Name>
}

export function withLabels<Base extends string, More extends string>(
  base: Labels<Base>,
  more: Readonly<Record<More, string>>,
): Labels<Base | More> {
  return `${base},${labels(more)}` as Labels<Base | More>
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '"': '\\"', '\n': '\\n' }

/** Everything else, control characters included, is legal as it is. */
export function escapeLabel(value: string): string {
  return value.replace(/[\\"\n]/g, (character) => ESCAPES[character] ?? character)
}

/** The sample lines of one set, by family. */
export class Samples {
  readonly #lines = new Map<FamilyName, string[]>()

  add<Name extends FamilyName>(
    name: Name,
    at: Labels<LabelsOf<Name>>,
    value: number | bigint | boolean,
  ): void {
    const lines = this.#lines.get(name) ?? []
    if (lines.length === 0) this.#lines.set(name, lines)
    lines.push(
      at === ''
        ? `${PREFIX}${name} ${numeral(value)}\n`
        : `${PREFIX}${name}{${at}} ${numeral(value)}\n`,
    )
  }

  /** A moment, as seconds since 1970. */
  addTime<Name extends FamilyName>(name: Name, at: Labels<LabelsOf<Name>>, moment: Date): void {
    this.add(name, at, moment.getTime() / 1000)
  }

  /** A value that was not observed has no series. */
  addKnown<Name extends FamilyName>(
    name: Name,
    at: Labels<LabelsOf<Name>>,
    value: number | bigint | boolean | null,
  ): void {
    if (value !== null) this.add(name, at, value)
  }

  text(): ReadonlyMap<FamilyName, string> {
    return new Map([...this.#lines].map(([name, lines]) => [name, lines.join('')]))
  }
}

/** A float64 on the other side: counts above 2^53 lose their last digits there, not here. */
function numeral(value: number | bigint | boolean): string {
  if (typeof value === 'boolean') return value ? '1' : '0'
  if (value === Number.POSITIVE_INFINITY) return '+Inf'
  if (value === Number.NEGATIVE_INFINITY) return '-Inf'
  return String(value)
}

/** What was rendered apart, family by family: one HELP and one TYPE each, those without samples left out. */
export function* families(
  names: readonly FamilyName[],
  rendered: readonly ReadonlyMap<FamilyName, string>[],
): Generator<string, void> {
  for (const name of names) {
    const samples = rendered.map((lines) => lines.get(name) ?? '').join('')
    if (samples !== '') yield header(name) + samples
  }
}

function header(name: FamilyName): string {
  const { help, type }: Family = FAMILIES[name]
  return `# HELP ${PREFIX}${name} ${help}\n# TYPE ${PREFIX}${name} ${type}\n`
}
