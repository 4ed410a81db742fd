import { describe, expect, test } from 'vitest'
import type { CauseAspect } from '../../src/domain.ts'
import { listTables } from '../../src/mysql/catalog.ts'
import { comparable, printedOtherwise, walkedBy } from '../../src/mysql/comparable.ts'
import {
  type Column,
  type Key,
  readDefinition,
  type TableDefinition,
} from '../../src/mysql/definition.ts'
import { normalCharset, normalType } from '../../src/mysql/normal.ts'
import type { Row, Session } from '../../src/mysql/query.ts'

function makeColumn(name: string, change: Partial<Column> = {}): Column {
  return {
    name,
    dataType: 'int',
    columnType: 'int',
    charset: null,
    collation: null,
    nullable: false,
    ...change,
  }
}

const text = (name: string, collation = 'utf8mb4_general_ci') =>
  makeColumn(name, {
    dataType: 'varchar',
    columnType: 'varchar(20)',
    charset: collation.split('_')[0] ?? null,
    collation,
  })

function makeKey(columns: readonly Column[], name = 'PRIMARY'): Key {
  return { name, columns: columns.map((column) => ({ ...column, descending: false })) }
}

const ID = makeColumn('id')
const GENERATED = makeColumn('my_row_id', { dataType: 'bigint', columnType: 'bigint unsigned' })

function makeDefinition(
  columns: readonly Column[],
  keys: readonly Key[] = [makeKey([ID])],
): TableDefinition {
  const key = keys[0] ?? null
  const hasGeneratedKey = columns.includes(GENERATED)
  return {
    ...{ schema: 's', table: 'orders', engine: 'InnoDB', columns, hasGeneratedKey },
    ...{ keys, key, signature: '' },
  }
}

/** Answers each statement with the next list of rows, and remembers it. */
function makeSession(...answers: Row[][]) {
  const statements: string[] = []
  const session: Session = {
    server: 'db1',
    epoch: 1,
    flavor: async () => ({ vendor: 'mysql', version: [9, 7, 4] }),
    query: async (sql) => {
      statements.push(sql)
      return answers.shift() ?? []
    },
  }
  return { session, statements }
}

describe('two definitions', () => {
  const [a, b] = [text('a'), text('b')]
  const column = (
    name: string,
    differs: readonly CauseAspect[],
    source: string | null,
    replica: string | null,
  ) => ({ object: 'column', name: `orders.${name}`, differs, source, replica })
  const source = makeDefinition([ID, a, b])

  test.for<[string, TableDefinition]>([
    ['are the same when they are', makeDefinition([ID, a, b])],
    ['when the engine differs', { ...source, engine: 'MyISAM' }],
    ['when nullability differs', makeDefinition([ID, { ...a, nullable: true }, b])],
    [
      'when the collation of a column differs that is no key',
      makeDefinition([ID, text('a', 'utf8mb4_bin'), b]),
    ],
    [
      'when only the display width differs',
      makeDefinition(
        [{ ...ID, columnType: 'int(11)' }, a, b],
        [makeKey([{ ...ID, columnType: 'int(11)' }])],
      ),
    ],
    ['when only the case of a name differs', makeDefinition([ID, { ...a, name: 'A' }, b])],
    ['when the key has another name', makeDefinition([ID, a, b], [makeKey([ID], 'uk')])],
    [
      'when the replica has a further unique key',
      makeDefinition([ID, a, b], [makeKey([a], 'ua'), makeKey([ID], 'uk')]),
    ],
  ])('%s', ([, replica]) => {
    expect(comparable(source, replica).kind).toBe('same')
  })

  test.for<[string, TableDefinition, object[], string[]]>([
    [
      'a column is missing',
      makeDefinition([ID, a]),
      [column('b', ['missing'], 'varchar(20)', null)],
      ['id', 'a'],
    ],
    [
      'a column is more',
      makeDefinition([ID, a, b, text('c')]),
      [column('c', ['extra'], null, 'varchar(20)')],
      ['id', 'a', 'b'],
    ],
    [
      'a column stands in another place',
      makeDefinition([ID, b, a]),
      [column('a', ['order'], 'varchar(20) at 2', 'varchar(20) at 3')],
      ['id', 'a', 'b'],
    ],
    [
      'a type differs',
      makeDefinition([ID, a, { ...b, columnType: 'varchar(30)' }]),
      [column('b', ['type'], 'varchar(20)', 'varchar(30)')],
      ['id', 'a', 'b'],
    ],
    [
      'a charset differs',
      makeDefinition([ID, a, text('b', 'latin1_swedish_ci')]),
      [column('b', ['charset'], 'varchar(20) utf8mb4', 'varchar(20) latin1')],
      ['id', 'a', 'b'],
    ],
    [
      'several columns do',
      makeDefinition([ID, { ...text('B', 'ascii_bin'), columnType: 'varchar(9)' }, text('c')]),
      [
        column('a', ['missing'], 'varchar(20)', null),
        column('b', ['type', 'charset'], 'varchar(20) utf8mb4', 'varchar(9) ascii'),
        column('c', ['extra'], null, 'varchar(20)'),
      ],
      ['id', 'b'],
    ],
  ])('differ when %s', ([, replica, causes, columns]) => {
    expect(comparable(source, replica)).toMatchObject({
      kind: 'definition_differs',
      causes,
      columns,
      key: { name: 'PRIMARY' },
    })
  })

  test('name the one column that was moved, and not all that it passed by', () => {
    const columns = ['a', 'b', 'c', 'd', 'e'].map((name) => makeColumn(name))
    const [first, ...rest] = columns
    if (first === undefined) throw new Error('there are five')
    const moved = (to: Column[]) =>
      comparable(makeDefinition(columns, []), makeDefinition(to, [])).causes.map(({ name }) => name)
    expect(moved([...rest, first])).toEqual(['orders.a'])
    expect(moved([columns[4], ...columns.slice(0, 4)].flatMap((each) => each ?? []))).toEqual([
      'orders.e',
    ])
    expect(moved(columns.toReversed())).toHaveLength(4)
  })

  test('are the same when only columns differ that are not compared', () => {
    const replica = makeDefinition([makeColumn('B'), ID, a])
    expect(comparable(source, replica, new Set(['b']))).toMatchObject({
      kind: 'same',
      causes: [],
      columns: ['id', 'a'],
    })
  })

  test.for<[string, TableDefinition, TableDefinition, object]>([
    [
      'is missing on the replica',
      source,
      makeDefinition([ID, a, b], []),
      { differs: ['missing'], source: '(id)', replica: null },
    ],
    [
      'is missing on the source',
      makeDefinition([ID, a, b], []),
      source,
      { differs: ['extra'], source: null, replica: '(id)' },
    ],
    [
      'has other columns',
      source,
      makeDefinition([ID, a, b], [makeKey([ID, a])]),
      { differs: ['columns'], source: '(id)', replica: '(id, a)' },
    ],
    [
      'has another order',
      makeDefinition([ID, a, b], [makeKey([a, ID])]),
      makeDefinition([ID, a, b], [makeKey([ID, a])]),
      { differs: ['columns'], source: '(a, id)', replica: '(id, a)' },
    ],
    [
      'is sorted by another collation',
      makeDefinition([a], [makeKey([a])]),
      makeDefinition([text('a', 'utf8mb4_bin')], [makeKey([text('a', 'utf8mb4_bin')])]),
      { differs: ['collation'], source: '(a utf8mb4_general_ci)', replica: '(a utf8mb4_bin)' },
    ],
  ])('have no key in common when it %s', ([, one, other, cause]) => {
    expect(comparable(one, other)).toMatchObject({
      kind: 'key_differs',
      causes: [{ object: 'index', name: 'orders.PRIMARY', ...cause }],
      key: null,
    })
  })

  test('name the key too when a column of it has another type', () => {
    const wide = { ...ID, columnType: 'bigint' }
    const replica = makeDefinition([wide, a, b], [makeKey([wide])])
    expect(comparable(source, replica)).toMatchObject({
      kind: 'definition_differs',
      causes: [
        column('id', ['type'], 'int', 'bigint'),
        { object: 'index', differs: ['type'], source: '(id int)', replica: '(id bigint)' },
      ],
    })
  })

  test('without any key are the same', () => {
    expect(comparable(makeDefinition([a], []), makeDefinition([a], []))).toEqual({
      kind: 'same',
      causes: [],
      columns: ['a'],
      key: null,
    })
  })

  describe.for(['replica', 'source'])('with a primary key that only the %s generated', (end) => {
    const compared = (plain: TableDefinition, generated: TableDefinition) =>
      end === 'replica' ? comparable(plain, generated) : comparable(generated, plain)
    const generatedKey = makeKey([GENERATED])

    test('are the same without it, and without a key', () => {
      const plain = makeDefinition([a, b], [])
      const generated = makeDefinition([GENERATED, a, b], [generatedKey])
      expect(compared(plain, generated)).toEqual({
        kind: 'same',
        causes: [],
        columns: ['a', 'b'],
        key: null,
      })
    })

    test('are walked by a key that both have', () => {
      const unique = makeKey([a], 'ua')
      const plain = makeDefinition([a, b], [unique])
      const generated = makeDefinition([GENERATED, a, b], [generatedKey, unique])
      expect(compared(plain, generated)).toMatchObject({ kind: 'same', key: { name: 'ua' } })
    })

    test('differ where they do all the same', () => {
      const plain = makeDefinition([a, b], [])
      const generated = makeDefinition([GENERATED, a], [generatedKey])
      expect(compared(plain, generated)).toMatchObject({
        kind: 'definition_differs',
        causes: [{ name: 'orders.b' }],
      })
    })
  })

  test('are walked by a generated primary key that both have', () => {
    const both = makeDefinition([GENERATED, a], [makeKey([GENERATED])])
    expect(comparable(both, both)).toMatchObject({
      kind: 'same',
      columns: ['my_row_id', 'a'],
      key: { name: 'PRIMARY' },
    })
  })

  test('that are alike name what each server prints in its own way', () => {
    const json = makeColumn('j', { dataType: 'json', columnType: 'json' })
    const left = [{ name: 'j', reason: 'cross_version' as const }]
    expect(printedOtherwise('orders', [ID, json], left)).toEqual([
      column('j', ['version'], 'json', 'json'),
    ])
  })

  test('are each walked by their own index', () => {
    const replica = makeDefinition([ID, a, b], [makeKey([a], 'ua'), makeKey([ID], 'uk')])
    expect(walkedBy(replica, source.key).key?.name).toBe('uk')
    expect(walkedBy(replica, null).key).toBeNull()
  })
})

describe('reading a definition', () => {
  const columnRow = (name: string, change: Row = {}): Row => ({
    engine: 'InnoDB',
    column_name: name,
    data_type: 'int',
    column_type: 'int(11)',
    charset_name: null,
    collation_name: null,
    is_nullable: 'NO',
    ...change,
  })
  const partRow = (index: string, column: string | null, change: Row = {}): Row => ({
    index_name: index,
    column_name: column,
    sub_part: null,
    direction: 'A',
    index_type: 'BTREE',
    ...change,
  })

  test('a table that does not exist has none', async () => {
    const { session } = makeSession([])
    expect(await readDefinition(session, 's', 't')).toBeNull()
  })

  test('quotes names as text', async () => {
    const { session, statements } = makeSession([])
    await readDefinition(session, "s'?", 't\\')
    expect(statements[0]).toContain("TABLE_SCHEMA = 's''?'")
    expect(statements[0]).toContain("TABLE_NAME = 't\\\\'")
  })

  test('takes two statements where there is a primary key', async () => {
    const parts = [partRow('PRIMARY', 'id'), partRow('a', 'x')]
    const { session, statements } = makeSession([columnRow('id'), columnRow('x')], parts)
    const definition = await readDefinition(session, 's', 't')
    expect(statements).toHaveLength(2)
    expect(definition?.keys.map(({ name }) => name)).toEqual(['PRIMARY'])
  })

  test('knows a primary key that MySQL generated, and the keys beside it', async () => {
    const generated = { data_type: 'bigint', column_type: 'bigint unsigned' }
    const extra = 'auto_increment INVISIBLE'
    const parts = [partRow('PRIMARY', 'my_row_id'), partRow('ux', 'x')]
    const read = async (change: Row) => {
      const columns = [columnRow('my_row_id', { ...generated, ...change }), columnRow('x')]
      const definition = await readDefinition(makeSession(columns, parts, []).session, 's', 't')
      return [definition?.hasGeneratedKey, definition?.keys.map(({ name }) => name)]
    }
    expect(await read({ extra })).toEqual([true, ['PRIMARY', 'ux']])
    expect(await read({ extra: 'auto_increment' })).toEqual([false, ['PRIMARY']])
    expect(await read({ extra, column_type: 'bigint' })).toEqual([false, ['PRIMARY']])
  })

  test('prefers the key with fewer columns, and passes over those that the optimizer may not see', async () => {
    const columns = ['x', 'y', 'z'].map((name) => columnRow(name))
    const parts = [partRow('k1', 'x'), partRow('k1', 'y'), partRow('k2', 'y'), partRow('k3', 'z')]
    const visibility = [
      { INDEX_NAME: 'k2', IS_VISIBLE: 'NO' },
      { INDEX_NAME: 'k3', IGNORED: 'NO' },
    ]
    const { session } = makeSession(columns, parts, visibility)
    const definition = await readDefinition(session, 's', 't')
    expect(definition?.keys.map(({ name }) => name)).toEqual(['k3', 'k1'])
  })

  test.for<[string, Row, Row]>([
    ['a prefix', {}, { sub_part: '5' }],
    ['an expression', {}, { column_name: null }],
    ['a hash', {}, { index_type: 'HASH' }],
    ['a FLOAT', { data_type: 'float' }, {}],
    ['an ENUM of more than 255 labels', { data_type: 'enum', column_type: enumOf(256) }, {}],
    ['a SET', { data_type: 'set' }, {}],
    ['a collation without one order', { collation_name: 'cp1250_czech_cs' }, {}],
    [
      'a CHAR whose index pads and whose comparison does not',
      { data_type: 'char', collation_name: 'utf8mb4_uca1400_nopad_ai_ci' },
      {},
    ],
    ['a JSON', { data_type: 'json' }, {}],
  ])('%s makes no key', async ([, column, part]) => {
    const { session } = makeSession([columnRow('id', column)], [partRow('PRIMARY', 'id', part)])
    expect((await readDefinition(session, 's', 't'))?.key).toBeNull()
  })

  test.for<[string, Row]>([
    ['an ENUM', { data_type: 'enum', column_type: enumOf(255) }],
    ['a BIT', { data_type: 'bit' }],
    ['a nullable column', { is_nullable: 'YES' }],
  ])('%s makes a key', async ([, column]) => {
    const { session } = makeSession([columnRow('id', column)], [partRow('k', 'id')])
    expect((await readDefinition(session, 's', 't'))?.key?.name).toBe('k')
  })

  test('prefers the key that no NULL can be in', async () => {
    const columns = [columnRow('x', { is_nullable: 'YES' }), columnRow('y'), columnRow('z')]
    const parts = [partRow('k1', 'x'), partRow('k2', 'y'), partRow('k2', 'z')]
    const definition = await readDefinition(makeSession(columns, parts).session, 's', 't')
    expect(definition?.keys.map(({ name }) => name)).toEqual(['k2', 'k1'])
  })

  test.for<[string, Row, boolean]>([
    ['is blind to display widths', { column_type: 'int' }, true],
    ['sees types', { column_type: 'bigint(20)' }, false],
    ['sees nullability', { is_nullable: 'YES' }, false],
    ['sees collations', { collation_name: 'latin1_bin' }, false],
    ['sees the engine', { engine: 'MyISAM' }, false],
    ['sees bytes as text', { column_type: Buffer.from('int(11)') }, true],
  ])('the signature %s', async ([, change, isEqual]) => {
    const read = async (row: Row) => {
      const definition = await readDefinition(makeSession([row], []).session, 's', 't')
      return definition?.signature
    }
    expect((await read(columnRow('id', change))) === (await read(columnRow('id')))).toBe(isEqual)
  })
})

test('tables, views and sequences are listed in order', async () => {
  const row = (name: string, type: string): Row => ({
    table_schema: 's',
    table_name: name,
    table_type: type,
    engine: 'InnoDB',
  })
  const { session } = makeSession(
    [{ schema_name: 's', collation_name: 'utf8mb4_bin' }],
    [row('z', 'SEQUENCE'), row('v', 'VIEW'), row('b', 'SYSTEM VERSIONED'), row('B', 'BASE TABLE')],
  )
  const tables = await listTables(session)
  expect(tables.map(({ table, kind }) => [table, kind])).toEqual([
    ['B', 'table'],
    ['b', 'table'],
    ['v', 'view'],
    ['z', 'sequence'],
  ])
})

test.for<[string, string]>([
  ['int(11) unsigned', 'int unsigned'],
  ['tinyint(1)', 'tinyint'],
  ['year(4)', 'year'],
  ['decimal(10,2)', 'decimal(10,2)'],
  ['bit(8)', 'bit(8)'],
  ["enum('int(11)')", "enum('int(11)')"],
  ['varchar(9) /*M!100301 COMPRESSED*/', 'varchar(9)'],
  ['datetime /* mariadb-5.3 */', 'datetime'],
  ['geomcollection', 'geometrycollection'],
])('%s is, as a type, %s', ([type, normal]) => {
  expect(normalType(type)).toBe(normal)
})

test.for<[string | null, string | null]>([
  ['utf8', 'utf8mb3'],
  ['utf8_general_ci', 'utf8mb3_general_ci'],
  ['utf8mb4_general_ci', 'utf8mb4_general_ci'],
  ['utf8mb3', 'utf8mb3'],
  [null, null],
])('the charset %s is also called %s', ([name, normal]) => {
  expect(normalCharset(name)).toBe(normal)
})

function enumOf(labels: number): string {
  return `enum(${Array.from({ length: labels }, (_, i) => `'${i}'`).join(',')})`
}
