/** Definitions as a server tells them, for tests: only what matters to the test is visible in it. */
import type { Flavor, Vendor } from '../../src/mysql/flavor.ts'
import { compareSubject, type StructureDifference } from '../../src/mysql/structure/compare.ts'
import type { Fact, Facts, Whole } from '../../src/mysql/structure/facts.ts'
import type { SubjectKind } from '../../src/mysql/structure/subject.ts'

export const FLAVORS = {
  mysql: { vendor: 'mysql', version: [9, 7, 4] },
  mariadb: { vendor: 'mariadb', version: [10, 11, 19] },
} as const satisfies Record<Vendor, Flavor>

export function makeFacts(
  of: Facts['of'],
  { whole = 'table', flavor = FLAVORS.mysql }: Partial<Pick<Facts, 'whole' | 'flavor'>> = {},
): Facts {
  return { flavor, whole, of }
}

/** `shop.orders (id, note)` and whatever else is given of it. */
export function makeTable(of: Facts['of'] = {}, flavor: Flavor = FLAVORS.mysql): Facts {
  const columns = [makeColumn('id', { position: '1' }), makeColumn('note', { position: '2' })]
  return makeFacts({ table: [makeTableFact()], column: columns, ...of }, { flavor })
}

export function makeTableFact(change: Fact = {}): Fact {
  return {
    type: 'BASE TABLE',
    engine: 'InnoDB',
    collation: 'utf8mb4_general_ci',
    row_format: 'Dynamic',
    comment: '',
    ...change,
  }
}

export function makeColumn(name: string, change: Fact = {}): Fact {
  return {
    name,
    position: '2',
    type: 'varchar(20)',
    charset: 'utf8mb4',
    collation: 'utf8mb4_general_ci',
    nullable: 'NO',
    default: null,
    extra: '',
    generation: '',
    comment: '',
    ...change,
  }
}

export function makeIndex(name: string, column: string, change: Fact = {}): Fact {
  return {
    name,
    position: '1',
    column,
    length: null,
    direction: 'A',
    not_unique: '1',
    type: 'BTREE',
    comment: '',
    hidden: 'NO',
    ...change,
  }
}

const SUBJECTS = { table: 'relation', view: 'relation', sequence: 'relation' } as const

export function makeSubject(whole: Whole = 'table', name = 'orders') {
  const kind: SubjectKind = whole in SUBJECTS ? 'relation' : (whole as SubjectKind)
  return { kind, schema: 'shop', name }
}

/** Without the fields that say where it is. */
export function differencesBetween(
  source: Facts | null,
  replica: Facts | null,
): readonly StructureDifference[] {
  const whole = (source ?? replica)?.whole ?? 'table'
  const name = whole === 'schema' ? 'shop' : 'orders'
  return compareSubject(makeSubject(whole, name), { source, replica }).differences
}
