import { describe, expect, test } from 'vitest'
import type { Flavor, Vendor } from '../../src/mysql/flavor.ts'
import type { Row, Session } from '../../src/mysql/query.ts'
import { compareStructures, readStructure } from '../../src/mysql/structure.ts'

interface Given {
  readonly schemas?: readonly Row[]
  readonly tables?: readonly Row[]
  readonly columns?: readonly Row[]
}

const FLAVORS = {
  mysql: { vendor: 'mysql', version: [9, 7, 4] },
  mariadb: { vendor: 'mariadb', version: [10, 11, 19] },
} as const satisfies Record<Vendor, Flavor>

function makeSession(given: Given, vendor: Vendor = 'mysql') {
  const statements: string[] = []
  const session: Session = {
    server: 'db1',
    epoch: 1,
    flavor: async () => FLAVORS[vendor],
    query: async (sql) => {
      statements.push(sql)
      const [, name] = /information_schema\.(\w+)/.exec(sql) ?? []
      return [
        ...({ SCHEMATA: given.schemas, TABLES: given.tables, COLUMNS: given.columns }[name ?? ''] ??
          []),
      ]
    },
  }
  return { session, statements }
}

const schema = (name = 'shop', collation = 'utf8mb4_general_ci'): Row => ({
  schema_name: name,
  collation_name: collation,
})

const table = (name = 'orders', change: Row = {}): Row => ({
  table_schema: 'shop',
  table_name: name,
  table_type: 'BASE TABLE',
  engine: 'InnoDB',
  collation_name: 'utf8mb4_general_ci',
  row_format: 'Dynamic',
  table_comment: '',
  ...change,
})

const column = (name: string, change: Row = {}): Row => ({
  table_schema: 'shop',
  table_name: 'orders',
  column_name: name,
  column_type: 'varchar(20)',
  charset_name: 'utf8mb4',
  collation_name: 'utf8mb4_general_ci',
  is_nullable: 'NO',
  column_key: '',
  column_default: null,
  extra: '',
  generation_expression: '',
  column_comment: '',
  ...change,
})

const SHOP: Required<Given> = {
  schemas: [schema()],
  tables: [table()],
  columns: [column('id', { column_key: 'PRI' }), column('note')],
}

async function differences(
  source: Given,
  replica: Given,
  vendors: [Vendor, Vendor] = ['mysql', 'mysql'],
) {
  const structures = [source, replica].map((given, i) =>
    readStructure(makeSession(given, vendors[i]).session),
  )
  const [here, there] = await Promise.all(structures)
  if (here === undefined || there === undefined) throw new Error('no structure')
  return compareStructures(here, there)
}

describe('what differs', () => {
  const withColumn = (change: Row): Given => ({
    ...SHOP,
    columns: [column('id', { column_key: 'PRI' }), column('note', change)],
  })

  test('is nothing between equals', async () => {
    expect(await differences(SHOP, SHOP)).toEqual([])
  })

  test.for<[string, Given, object]>([
    [
      'a schema with tables that is missing is critical, and does not list them',
      { schemas: [], tables: [], columns: [] },
      {
        object: 'schema',
        name: 'shop',
        table: null,
        kind: 'missing',
        severity: 'critical',
        source: 'utf8mb4_general_ci',
        replica: null,
      },
    ],
    [
      'a table that is missing is critical, and does not list its columns',
      { ...SHOP, tables: [], columns: [] },
      {
        object: 'table',
        name: 'orders',
        table: 'orders',
        kind: 'missing',
        severity: 'critical',
        source: 'InnoDB',
        replica: null,
      },
    ],
    [
      'a view in the place of a table is a table missing',
      { ...SHOP, tables: [table('orders', { table_type: 'VIEW', engine: null })] },
      { object: 'table', kind: 'missing', severity: 'critical' },
    ],
    [
      'a table that is more is a warning',
      { ...SHOP, tables: [table(), table('tmp', { engine: 'MyISAM' })] },
      {
        object: 'table',
        name: 'tmp',
        kind: 'extra',
        severity: 'warning',
        source: null,
        replica: 'MyISAM',
      },
    ],
    [
      'a column that is missing is critical',
      { ...SHOP, columns: SHOP.columns.slice(0, 1) },
      {
        object: 'column',
        name: 'orders.note',
        table: 'orders',
        kind: 'missing',
        severity: 'critical',
        source: 'varchar(20)',
        replica: null,
      },
    ],
    [
      'a column that is more is a warning',
      { ...SHOP, columns: [...SHOP.columns, column('extra', { column_type: 'int' })] },
      {
        object: 'column',
        name: 'orders.extra',
        kind: 'extra',
        severity: 'warning',
        source: null,
        replica: 'int',
      },
    ],
    [
      'a type is critical',
      withColumn({ column_type: 'varchar(30)' }),
      {
        name: 'orders.note',
        kind: 'changed',
        severity: 'critical',
        source: 'varchar(20)',
        replica: 'varchar(30)',
      },
    ],
    [
      'a collation is critical',
      withColumn({ collation_name: 'utf8mb4_bin' }),
      {
        severity: 'critical',
        source: 'varchar(20) collate utf8mb4_general_ci',
        replica: 'varchar(20) collate utf8mb4_bin',
      },
    ],
    [
      'a charset is critical',
      withColumn({ charset_name: 'latin1', collation_name: 'latin1_bin' }),
      { severity: 'critical', replica: 'varchar(20) character set latin1 collate latin1_bin' },
    ],
    [
      'the primary key is critical',
      withColumn({ column_key: 'PRI' }),
      {
        severity: 'critical',
        source: 'varchar(20) no primary key',
        replica: 'varchar(20) primary key',
      },
    ],
    [
      'nullability is a warning',
      withColumn({ is_nullable: 'YES', column_default: null }),
      { severity: 'warning' },
    ],
    [
      'a default is a warning',
      withColumn({ column_default: 'x' }),
      { severity: 'warning', source: 'varchar(20) no default', replica: "varchar(20) default 'x'" },
    ],
    [
      'AUTO_INCREMENT is a warning',
      withColumn({ extra: 'auto_increment' }),
      { severity: 'warning', replica: 'varchar(20) auto_increment' },
    ],
    ['a comment is info', withColumn({ column_comment: 'hm' }), { severity: 'info' }],
    [
      'the worst of several counts',
      withColumn({ column_comment: 'hm', column_type: 'text' }),
      { severity: 'critical' },
    ],
    [
      'the engine is a warning',
      { ...SHOP, tables: [table('orders', { engine: 'MyISAM' })] },
      {
        object: 'table',
        name: 'orders',
        kind: 'changed',
        severity: 'warning',
        source: 'engine InnoDB',
        replica: 'engine MyISAM',
      },
    ],
    [
      'the row format is info',
      { ...SHOP, tables: [table('orders', { row_format: 'Compact' })] },
      { severity: 'info' },
    ],
    [
      'the order of columns is a warning',
      { ...SHOP, columns: SHOP.columns.toReversed() },
      {
        object: 'table',
        severity: 'warning',
        source: 'columns in the order id, note',
        replica: 'columns in the order note, id',
      },
    ],
    [
      'the collation of a schema is a warning',
      { ...SHOP, schemas: [schema('shop', 'latin1_bin')] },
      { object: 'schema', severity: 'warning' },
    ],
  ])('%s', async ([, replica, expected]) => {
    const found = await differences(SHOP, replica)
    expect(found).toHaveLength(1)
    expect(found[0]).toMatchObject({ schema: 'shop', ...expected })
  })

  test('is listed by schema and table, then as the source orders columns', async () => {
    const two = {
      schemas: [schema('shop'), schema('app')],
      tables: [table('b'), table('a'), table('z', { table_schema: 'app' })],
      columns: [
        column('y', { table_name: 'a' }),
        column('x', { table_name: 'a' }),
        column('w', { table_name: 'b' }),
      ],
    }
    const found = await differences(two, { ...two, tables: [table('b'), table('a')], columns: [] })
    expect(found.map(({ schema: own, name }) => `${own} ${name}`)).toEqual([
      'app z',
      'shop a.y',
      'shop a.x',
      'shop b.w',
    ])
  })
})

describe('what does not differ', () => {
  const only = (change: Row): Given => ({ ...SHOP, columns: [column('note', change)] })

  test.for<[string, Row, Row, [Vendor, Vendor]]>([
    ['display widths', { column_type: 'int(11)' }, { column_type: 'int' }, ['mysql', 'mysql']],
    [
      'utf8 and utf8mb3',
      { charset_name: 'utf8', collation_name: 'utf8_bin' },
      { charset_name: 'utf8mb3', collation_name: 'utf8mb3_bin' },
      ['mysql', 'mysql'],
    ],
    ['the case of a name', { column_name: 'note' }, { column_name: 'Note' }, ['mysql', 'mysql']],
    ['literals', { column_default: "it's" }, { column_default: "'it''s'" }, ['mysql', 'mariadb']],
    ['numbers', { column_default: '5' }, { column_default: '5' }, ['mysql', 'mariadb']],
    [
      'no default of a nullable column',
      { is_nullable: 'YES' },
      { is_nullable: 'YES', column_default: 'NULL' },
      ['mysql', 'mariadb'],
    ],
    [
      'the current time',
      {
        column_default: 'CURRENT_TIMESTAMP',
        extra: 'DEFAULT_GENERATED on update CURRENT_TIMESTAMP',
      },
      { column_default: 'current_timestamp()', extra: 'on update current_timestamp()' },
      ['mysql', 'mariadb'],
    ],
    [
      'expressions of two flavors',
      { extra: 'VIRTUAL GENERATED', generation_expression: '(`a` + 1)' },
      { extra: 'VIRTUAL GENERATED', generation_expression: '`a` + 1' },
      ['mysql', 'mariadb'],
    ],
    [
      'JSON',
      { column_type: 'json', charset_name: null, collation_name: null },
      { column_type: 'longtext', charset_name: 'utf8mb4', collation_name: 'utf8mb4_bin' },
      ['mysql', 'mariadb'],
    ],
  ])('%s', async ([, source, replica, vendors]) => {
    expect(await differences(only(source), only(replica), vendors)).toEqual([])
  })
})

test('is read in three statements, also for a few tables only', async () => {
  const { session, statements } = makeSession({
    ...SHOP,
    tables: [table(), table('orders', { table_schema: 'app' })],
    schemas: [schema(), schema('app')],
  })
  const structure = await readStructure(session, {
    only: [
      { schema: 'shop', table: "or'ders" },
      { schema: 'shop', table: 'orders' },
      { schema: 'app', table: 'other' },
    ],
  })
  expect(statements).toHaveLength(3)
  expect(statements[1]).toContain("TABLE_NAME IN ('or''ders', 'orders', 'other')")
  expect([...structure.schemas].map(([name, { tables }]) => [name, [...tables.keys()]])).toEqual([
    ['shop', ['orders']],
    ['app', []],
  ])
})
