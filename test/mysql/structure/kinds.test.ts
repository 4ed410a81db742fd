/** What of the kinds beyond tables, columns and indexes counts, and what only looks different. */
import { describe, expect, test } from 'vitest'
import type { SchemaObject } from '../../../src/domain.ts'
import type { Flavor } from '../../../src/mysql/flavor.ts'
import { compareSubject } from '../../../src/mysql/structure/compare.ts'
import type { Fact, Facts, Whole } from '../../../src/mysql/structure/facts.ts'
import {
  differencesBetween,
  FLAVORS,
  makeFacts,
  makeSubject,
  makeTable,
} from '../../support/make-facts.ts'

const STORED: Fact = {
  definer: 'app@%',
  security: 'DEFINER',
  client: 'utf8mb4',
  connection: 'utf8mb4_general_ci',
  database: 'utf8mb4_bin',
  mode: 'STRICT_TRANS_TABLES,NO_ZERO_DATE',
}
const FACTS = {
  view: { ...STORED, mode: null, database: null, body: 'select 1 AS `a`', check_option: 'NONE' },
  procedure: { ...STORED, body: 'SELECT x', deterministic: 'NO', access: 'CONTAINS SQL' },
  event: {
    ...STORED,
    security: null,
    body: 'DELETE FROM t',
    zone: 'UTC',
    type: 'RECURRING',
    every: '1',
    unit: 'DAY',
    starts: '2026-11-20 12:00:00',
    status: 'ENABLED',
    completion: 'NOT PRESERVE',
  },
  sequence: { start: '1', least: '1', most: '999', increment: '1', cache: '1000', cycle: '0' },
  trigger: {
    ...STORED,
    name: 't',
    body: 'SET NEW.a = 1',
    event: 'INSERT',
    timing: 'BEFORE',
    position: '1',
  },
  check: { name: 'c', clause: '(`a` > 0)', enforced: 'YES' },
  partition: { name: 'p0', position: '1', method: 'RANGE', expression: '`id`', values: '10' },
} as const satisfies Partial<Record<SchemaObject, Fact>>

type Kind = keyof typeof FACTS
const WHOLES: ReadonlySet<string> = new Set(['view', 'procedure', 'event', 'sequence'])

/** The object as it is, with `change`; a part stands in a table. */
function made(kind: Kind, change: Fact = {}, flavor: Flavor = FLAVORS.mysql): Facts {
  const fact = { ...FACTS[kind], ...change }
  if (WHOLES.has(kind)) return makeFacts({ [kind]: [fact] }, { whole: kind as Whole, flavor })
  return makeTable({ [kind]: [fact] }, flavor)
}

describe('of what is stored', () => {
  const kinds = ['view', 'procedure', 'event', 'trigger'] as const

  test.for(kinds)('a %s is the same as itself', (kind) => {
    expect(differencesBetween(made(kind), made(kind))).toEqual([])
  })

  test.for(kinds)('a %s with another body is a warning, and the body is not shown', (kind) => {
    const [found, ...more] = differencesBetween(made(kind), made(kind, { body: 'SECRET' }))
    expect(more).toEqual([])
    expect(found).toMatchObject({ object: kind, kind: 'changed', severity: 'warning' })
    expect(JSON.stringify(found)).toMatch(/body [0-9a-f]{8} \(6 characters\)/)
    expect(JSON.stringify(found)).not.toContain('SECRET')
  })

  test.for(['definer', 'client', 'connection'])('its %s counts', (name) => {
    for (const kind of kinds) {
      expect(differencesBetween(made(kind), made(kind, { [name]: 'latin1' }))).toMatchObject([
        { object: kind, severity: 'warning', replica: expect.stringContaining('latin1') },
      ])
    }
  })

  test('the definer does not where the invoker’s rights count', () => {
    const invoked = (definer: string) => made('view', { security: 'INVOKER', definer })
    expect(differencesBetween(invoked('a@%'), invoked('b@%'))).toEqual([])
    expect(differencesBetween(made('view'), invoked('app@%'))).toHaveLength(1)
  })

  test('modes count, but not in which order they stand or whether a version still knows them', () => {
    const inModes = (mode: string) => made('procedure', { mode })
    const same = 'NO_ZERO_DATE,NO_AUTO_CREATE_USER,STRICT_TRANS_TABLES'
    expect(differencesBetween(made('procedure'), inModes(same))).toEqual([])
    expect(differencesBetween(made('procedure'), inModes('ANSI'))).toHaveLength(1)
  })

  test('a body that the account is not shown is unknown, whatever the other end has', () => {
    const hidden = made('view', { body: '' })
    const ends = { source: made('view'), replica: hidden }
    expect(compareSubject(makeSubject('view'), ends)).toMatchObject({
      differences: [],
      undecidable: [{ object: 'view', reason: 'no_privilege' }],
    })
  })
})

describe('of a view', () => {
  test('the check option counts', () => {
    expect(
      differencesBetween(made('view'), made('view', { check_option: 'CASCADED' })),
    ).toMatchObject([{ source: 'check option none', replica: 'check option cascaded' }])
  })

  test('what two versions print otherwise is undecided', () => {
    const older: Flavor = { vendor: 'mysql', version: [8, 0, 40] }
    const ends = {
      source: made('view'),
      replica: made('view', { body: 'select (1) AS `a`' }, older),
    }
    expect(compareSubject(makeSubject('view'), ends)).toMatchObject({
      differences: [],
      undecidable: [{ object: 'view', reason: 'cross_version' }],
    })
  })
})

describe('of a routine', () => {
  const parameter = (change: Fact = {}): Fact => ({
    parameter: 'x',
    position: '1',
    mode: 'IN',
    type: 'int',
    charset: null,
    collation: null,
    ...change,
  })
  const withParameters = (...parameters: Fact[]) =>
    makeFacts({ procedure: [FACTS.procedure, ...parameters] }, { whole: 'procedure' })

  test.for<[string, Fact, string]>([
    ['type', { type: 'bigint' }, '(in x bigint)'],
    ['mode', { mode: 'OUT' }, '(out x int)'],
    ['name', { parameter: 'y' }, '(in y int)'],
    [
      'charset',
      { charset: 'utf8', collation: 'utf8_bin' },
      '(in x int charset utf8mb3 utf8mb3_bin)',
    ],
  ])('the %s of a parameter counts', ([, change, replica]) => {
    expect(
      differencesBetween(withParameters(parameter()), withParameters(parameter(change))),
    ).toMatchObject([{ severity: 'warning', source: '(in x int)', replica }])
  })

  test('the order of its parameters counts, and not that of the rows that tell of them', () => {
    const [x, y] = [parameter(), parameter({ parameter: 'y', position: '2' })]
    expect(differencesBetween(withParameters(x, y), withParameters(y, x))).toEqual([])
    const swapped = [parameter({ position: '2' }), parameter({ parameter: 'y' })]
    expect(differencesBetween(withParameters(x, y), withParameters(...swapped))).toHaveLength(1)
  })

  test('what it returns counts', () => {
    const returning = (type: string) => withParameters(parameter({ position: '0', type }))
    expect(differencesBetween(returning('int'), returning('text'))).toMatchObject([
      { source: 'returns int', replica: 'returns text' },
    ])
  })
})

describe('of an event', () => {
  test.for<[string, Fact]>([
    ['its schedule', { every: '2' }],
    ['when it starts', { starts: '2026-11-21 12:00:00' }],
    ['its zone', { zone: 'Europe/Madrid' }],
    ['that it is disabled', { status: 'DISABLED' }],
    ['whether it stays when it is over', { completion: 'PRESERVE' }],
  ])('%s counts', ([, change]) => {
    expect(differencesBetween(made('event'), made('event', change))).toMatchObject([
      { object: 'event', kind: 'changed', severity: 'warning' },
    ])
  })

  test.for(['SLAVESIDE_DISABLED', 'REPLICA_SIDE_DISABLED'])(
    'that the replica has it %s is as it should be, and the other way round is not',
    (status) => {
      const disabled = made('event', { status })
      expect(differencesBetween(made('event'), disabled)).toEqual([])
      expect(differencesBetween(disabled, made('event'))).toHaveLength(1)
    },
  )

  test('its times do not count where each end tells them in a zone of its own', () => {
    const at = (zone: string, starts: string) => made('event', { zone, starts })
    const [here, there] = [at('SYSTEM CET', '13:00'), at('SYSTEM UTC', '12:00')]
    expect(differencesBetween(here, there)).toEqual([])
    expect(differencesBetween(here, at('SYSTEM CET', '12:00'))).toHaveLength(1)
  })
})

describe('of a trigger', () => {
  const withTriggers = (...names: string[]) =>
    makeTable({
      trigger: names.map((name, index) => ({
        ...FACTS.trigger,
        name,
        position: String(index + 1),
      })),
    })

  test('its moment counts', () => {
    expect(differencesBetween(made('trigger'), made('trigger', { timing: 'AFTER' }))).toMatchObject(
      [{ name: 'orders.t', source: 'before insert', replica: 'after insert' }],
    )
  })

  test('after which other it runs counts', () => {
    const found = differencesBetween(withTriggers('a', 'b'), withTriggers('b', 'a'))
    expect(found.map(({ name }) => name)).toEqual(['orders.a', 'orders.b'])
    expect(found[1]).toMatchObject({ source: expect.stringContaining('follows a') })
  })

  test('one that is missing moves no other', () => {
    expect(differencesBetween(withTriggers('a', 'b', 'c'), withTriggers('a', 'c'))).toMatchObject([
      { name: 'orders.b', kind: 'missing', severity: 'warning' },
    ])
  })
})

describe('of a foreign key', () => {
  const part = (column: string, change: Fact = {}): Fact => ({
    name: 'fk',
    position: '1',
    column,
    to_schema: '',
    to_table: 'parents',
    to_column: 'id',
    ...change,
  })
  const actions = (change: Fact = {}): Fact => ({
    name: 'fk',
    on_update: 'RESTRICT',
    on_delete: 'CASCADE',
    ...change,
  })
  const withKey = (...foreign_key: Fact[]) => makeTable({ foreign_key })

  test.for<[string, Facts]>([
    ['where it points', withKey(part('a', { to_column: 'other' }), actions())],
    ['to which schema', withKey(part('a', { to_schema: 'hr' }), actions())],
    ['which columns it has', withKey(part('a'), part('b', { position: '2' }), actions())],
    ['what a DELETE does', withKey(part('a'), actions({ on_delete: 'SET NULL' }))],
  ])('%s counts', ([, replica]) => {
    expect(differencesBetween(withKey(part('a'), actions()), replica)).toMatchObject([
      { object: 'foreign_key', name: 'orders.fk', kind: 'changed', severity: 'warning' },
    ])
  })

  test('RESTRICT and NO ACTION are the same, and so is the case of names', () => {
    const replica = withKey(part('A'), actions({ on_update: 'NO ACTION' }))
    expect(differencesBetween(withKey(part('a'), actions()), replica)).toEqual([])
  })
})

describe('of a check', () => {
  test('its clause counts, and that it is not enforced', () => {
    for (const change of [{ clause: '(`a` > 1)' }, { enforced: 'NO' }]) {
      expect(differencesBetween(made('check'), made('check', change))).toMatchObject([
        { object: 'check', name: 'orders.c', severity: 'warning' },
      ])
    }
  })
})

describe('of partitions', () => {
  test('values count', () => {
    expect(
      differencesBetween(made('partition'), made('partition', { values: '20' })),
    ).toMatchObject([
      { object: 'partition', name: 'orders.p0', source: 'values 10', replica: 'values 20' },
    ])
  })

  test('how the table is divided is told of the table', () => {
    const found = differencesBetween(made('partition'), made('partition', { method: 'LIST' }))
    expect(found).toMatchObject([
      { object: 'table', name: 'orders', source: expect.stringContaining('partition by range') },
    ])
  })
})

describe('of a sequence', () => {
  test.for(['start', 'least', 'most', 'increment', 'cache', 'cycle'])('its %s counts', (name) => {
    const [here, there] = [{}, { [name]: '7' }].map((change) =>
      made('sequence', change, FLAVORS.mariadb),
    )
    expect(differencesBetween(here ?? null, there ?? null)).toMatchObject([
      { object: 'sequence', name: 'orders', table: null, kind: 'changed', severity: 'warning' },
    ])
  })
})
