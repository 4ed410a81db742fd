/** What differs between two ends in one subject. Pure. */
import {
  type DifferenceKind,
  type SchemaObject,
  SEVERITIES,
  type UnknownReason,
} from '../../domain.ts'
import type { SchemaDifference } from '../../report.ts'
import type { Flavor } from '../flavor.ts'
import { nameKey } from '../normal.ts'
import type { Facts } from './facts.ts'
import type { Declared, ObjectKind, Property } from './kind.ts'
import { KINDS } from './kinds.ts'
import type { Subject } from './subject.ts'

/** A difference as found on one link; `SchemaDifference` adds whose it is. */
export type StructureDifference = Omit<SchemaDifference, 'server'>

/** An object of which it cannot be said whether it differs. */
export interface Undecidable {
  readonly schema: string
  readonly object: SchemaObject
  readonly name: string
  readonly table: string | null
  readonly reason: UnknownReason
}

export interface Comparison {
  readonly differences: readonly StructureDifference[]
  readonly undecidable: readonly Undecidable[]
}

/** The two ends of one subject, each null where it is not there. */
export interface Ends {
  readonly source: Facts | null
  readonly replica: Facts | null
}

/**
 * In the order of `KINDS`, within one as the source declares its objects. What is missing as a whole does not list
 * its parts.
 *
 * @param subject as it is called on the replica.
 * @param isCompared which objects are; the others are as if they were not there.
 */
export function compareSubject(
  subject: Subject,
  { source, replica }: Ends,
  isCompared: (object: SchemaObject) => boolean = () => true,
): Comparison {
  if (source === null || replica === null || source.whole !== replica.whole) {
    const found = [
      ...(source === null ? [] : oneSided(subject, source, 'missing')),
      ...(replica === null ? [] : oneSided(subject, replica, 'extra')),
    ]
    return { differences: found.filter(({ object }) => isCompared(object)), undecidable: [] }
  }
  const both = KINDS.filter((kind) => kind.of === source.whole && isCompared(kind.object)).map(
    (kind) => compareKind(kind, subject, source, replica),
  )
  return {
    differences: both.flatMap(({ differences }) => differences),
    undecidable: both.flatMap(({ undecidable }) => undecidable),
  }
}

/** Objects that are not compared between these two, whatever they hold. */
export function incomparableObjects(source: Flavor, replica: Flavor): readonly SchemaObject[] {
  return KINDS.filter(({ isUniversal, isKnownTo }) => {
    if (source.vendor !== replica.vendor) return isUniversal !== true
    return [source, replica].some((flavor) => isKnownTo?.(flavor) === false)
  })
    .filter(({ isKnownTo }) => [source, replica].some((flavor) => isKnownTo?.(flavor) ?? true))
    .map(({ object }) => object)
}

function compareKind(
  kind: ObjectKind,
  subject: Subject,
  source: Facts,
  replica: Facts,
): Comparison {
  const here = kind.declare(source, replica, 'source')
  const there = new Map(
    kind.declare(replica, source, 'replica').map((declared) => [nameKey(declared.name), declared]),
  )
  const names = new Set(here.map(({ name }) => nameKey(name)))
  const differences: StructureDifference[] = []
  const undecidable: Undecidable[] = []
  for (const declared of here) {
    const about = aboutOf(kind, subject, declared)
    const other = there.get(nameKey(declared.name))
    if (other === undefined) {
      differences.push(oneSidedOf(about, declared, 'missing'))
      continue
    }
    const change = changeOf(declared, other, closenessOf(source.flavor, replica.flavor))
    if (change === 'hidden') undecidable.push({ ...about, reason: 'no_privilege' })
    else if (change === 'printed') undecidable.push({ ...about, reason: 'cross_version' })
    else if (change !== null) differences.push({ ...about, kind: 'changed', ...change })
  }
  const extra = [...there.values()].filter(({ name }) => !names.has(nameKey(name)))
  for (const declared of extra) {
    differences.push(oneSidedOf(aboutOf(kind, subject, declared), declared, 'extra'))
  }
  return { differences, undecidable }
}

type About = Pick<StructureDifference, 'schema' | 'object' | 'name' | 'table'>

function aboutOf(
  { object, of }: Pick<ObjectKind, 'object' | 'of'>,
  { schema, name: own }: Subject,
  { name }: Declared,
): About {
  const isPart = object !== of
  const table = of === 'table' ? own : null
  return { schema, object, name: isPart ? `${own}.${name}` : own, table }
}

function oneSided(
  subject: Subject,
  facts: Facts,
  kind: Exclude<DifferenceKind, 'changed'>,
): StructureDifference[] {
  const own = KINDS.find(({ object }) => object === facts.whole)
  if (own === undefined) return []
  return own
    .declare(facts, facts, kind === 'missing' ? 'source' : 'replica')
    .map((declared) => oneSidedOf(aboutOf(own, subject, declared), declared, kind))
}

function oneSidedOf(
  about: About,
  { summary, severity }: Declared,
  kind: Exclude<DifferenceKind, 'changed'>,
): StructureDifference {
  const [source, replica] = kind === 'missing' ? [summary, null] : [null, summary]
  return { ...about, kind, severity: severity[kind], source, replica }
}

/** How far the words of two servers can be taken for the same language. */
type Closeness = 'version' | 'vendor' | 'none'

function closenessOf(a: Flavor, b: Flavor): Closeness {
  if (a.vendor !== b.vendor) return 'none'
  return a.version[0] === b.version[0] && a.version[1] === b.version[1] ? 'version' : 'vendor'
}

/**
 * At most one difference per object, as bad as its worst property; both sides print what differs. `hidden` and
 * `printed`: what differs is nothing that proves a difference.
 */
function changeOf(
  source: Declared,
  replica: Declared,
  closeness: Closeness,
): Pick<StructureDifference, 'severity' | 'source' | 'replica'> | 'hidden' | 'printed' | null {
  const pairs = Object.entries(source.properties).map(([name, property]) => ({
    here: property,
    there: replica.properties[name] ?? NOTHING,
  }))
  const differing = pairs.filter(
    ({ here, there }) => comparedText(here, closeness) !== comparedText(there, closeness),
  )
  const proven = differing.filter(
    ({ here, there }) => !isHidden(here, there) && !isReprinted(here, there, closeness),
  )
  if (proven.length === 0) {
    if (differing.length === 0) return null
    return differing.some(({ here, there }) => isHidden(here, there)) ? 'hidden' : 'printed'
  }
  const severities = new Set(proven.flatMap(({ here, there }) => [here.severity, there.severity]))
  const print = (end: 'here' | 'there') => {
    const context = pairs.filter(({ here }) => here.isContext)
    return [...new Set([...context, ...proven])]
      .map((pair) => pair[end].text)
      .filter((text) => text !== '')
      .join(' ')
  }
  return {
    severity: SEVERITIES.find((each) => severities.has(each)) ?? 'warning',
    source: print('here'),
    replica: print('there'),
  }
}

const NOTHING: Property = { severity: 'warning', text: '' }

function comparedText({ text, alike = text, common = alike }: Property, closeness: Closeness) {
  return closeness === 'none' ? common : alike
}

function isHidden(here: Property, there: Property): boolean {
  return here.isHidden === true || there.isHidden === true
}

/** One of them being there and the other not is a difference in any words. */
function isReprinted(here: Property, there: Property, closeness: Closeness): boolean {
  const isPrinted = here.isPrinted === true && there.isPrinted === true
  return isPrinted && closeness !== 'version' && here.text !== '' && there.text !== ''
}
