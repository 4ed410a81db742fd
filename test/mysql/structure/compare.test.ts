import { describe, expect, test } from 'vitest'
import type { Flavor } from '../../../src/mysql/flavor.ts'
import { compareSubject, incomparableObjects } from '../../../src/mysql/structure/compare.ts'
import type { Fact, Facts } from '../../../src/mysql/structure/facts.ts'
import {
  differencesBetween,
  FLAVORS,
  makeColumn,
  makeFacts,
  makeIndex,
  makeSubject,
  makeTable,
  makeTableFact,
} from '../../support/make-facts.ts'

const withColumn = (change: Fact): Facts =>
  makeTable({ column: [makeColumn('id', { position: '1' }), makeColumn('note', change)] })

const withIndex = (...index: Fact[]) => makeTable({ index })

describe('what differs', () => {
  test('is nothing between equals', () => {
    expect(differencesBetween(makeTable(), makeTable())).toEqual([])
  })

  test.for<[string, Facts | null, Facts | null, object]>([
    [
      'a schema that holds something and is missing is critical',
      makeFacts({ schema: [{ collation: 'latin1_bin', holds: 'relations' }] }, { whole: 'schema' }),
      null,
      {
        object: 'schema',
        name: 'shop',
        table: null,
        kind: 'missing',
        severity: 'critical',
        source: 'latin1_bin',
        replica: null,
      },
    ],
    [
      'an empty one is not',
      makeFacts({ schema: [{ collation: 'latin1_bin', holds: null }] }, { whole: 'schema' }),
      null,
      { object: 'schema', kind: 'missing', severity: 'warning' },
    ],
    [
      'one that is more is a warning, whatever it holds',
      null,
      makeFacts({ schema: [{ collation: 'latin1_bin', holds: 'relations' }] }, { whole: 'schema' }),
      { object: 'schema', kind: 'extra', severity: 'warning' },
    ],
    [
      'the collation of a schema is a warning',
      makeFacts({ schema: [{ collation: 'latin1_bin', holds: null }] }, { whole: 'schema' }),
      makeFacts({ schema: [{ collation: 'utf8mb4_bin', holds: null }] }, { whole: 'schema' }),
      { object: 'schema', kind: 'changed', severity: 'warning', source: 'collate latin1_bin' },
    ],
    [
      'a table that is missing is critical, and does not list its parts',
      makeTable(),
      null,
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
      'a table that is more is a warning',
      null,
      makeTable({ table: [makeTableFact({ engine: 'MyISAM' })] }),
      { object: 'table', kind: 'extra', severity: 'warning', source: null, replica: 'MyISAM' },
    ],
    [
      'a column that is missing is critical',
      makeTable(),
      makeTable({ column: [makeColumn('id', { position: '1' })] }),
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
      makeTable({ column: [makeColumn('id', { position: '1' })] }),
      makeTable({
        column: [makeColumn('id', { position: '1' }), makeColumn('n', { type: 'int' })],
      }),
      { object: 'column', name: 'orders.n', kind: 'extra', severity: 'warning', replica: 'int' },
    ],
    [
      'a type is critical',
      makeTable(),
      withColumn({ type: 'varchar(30)' }),
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
      makeTable(),
      withColumn({ collation: 'utf8mb4_bin' }),
      {
        severity: 'critical',
        source: 'varchar(20) collate utf8mb4_general_ci',
        replica: 'varchar(20) collate utf8mb4_bin',
      },
    ],
    [
      'a charset is critical',
      makeTable(),
      withColumn({ charset: 'latin1', collation: 'latin1_bin' }),
      { severity: 'critical', replica: 'varchar(20) character set latin1 collate latin1_bin' },
    ],
    [
      'nullability is a warning',
      makeTable(),
      withColumn({ nullable: 'YES' }),
      { severity: 'warning' },
    ],
    [
      'a default is a warning',
      makeTable(),
      withColumn({ default: 'x' }),
      { severity: 'warning', source: 'varchar(20) no default', replica: "varchar(20) default 'x'" },
    ],
    [
      'AUTO_INCREMENT is a warning',
      makeTable(),
      withColumn({ extra: 'auto_increment' }),
      { severity: 'warning', replica: 'varchar(20) auto_increment' },
    ],
    [
      'what a column is generated from is a warning',
      withColumn({ extra: 'VIRTUAL GENERATED', generation: '(`id` + 1)' }),
      withColumn({ extra: 'VIRTUAL GENERATED', generation: '(`id` + 2)' }),
      { severity: 'warning', source: 'varchar(20) as ((`id` + 1))' },
    ],
    [
      'an invisible column is a warning',
      makeTable(),
      withColumn({ extra: 'INVISIBLE' }),
      { severity: 'warning', replica: 'varchar(20) invisible' },
    ],
    [
      'the place on earth that a geometry is meant for is a warning',
      withColumn({ srs: '4326' }),
      withColumn({ srs: null }),
      { severity: 'warning', source: 'varchar(20) srid 4326', replica: 'varchar(20)' },
    ],
    [
      'the comment of a column is info',
      makeTable(),
      withColumn({ comment: 'hm' }),
      { severity: 'info' },
    ],
    [
      'the worst of several counts',
      makeTable(),
      withColumn({ comment: 'hm', type: 'text' }),
      { severity: 'critical' },
    ],
    [
      'the engine is a warning',
      makeTable(),
      makeTable({ table: [makeTableFact({ engine: 'MyISAM' })] }),
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
      makeTable(),
      makeTable({ table: [makeTableFact({ row_format: 'Compact' })] }),
      { object: 'table', severity: 'info' },
    ],
    [
      'the comment of a table is info',
      makeTable(),
      makeTable({ table: [makeTableFact({ comment: 'hm' })] }),
      { object: 'table', severity: 'info' },
    ],
    [
      'system versioning is a warning',
      makeTable(),
      makeTable({ table: [makeTableFact({ type: 'SYSTEM VERSIONED' })] }),
      { object: 'table', severity: 'warning', replica: 'with system versioning' },
    ],
    [
      'the order of columns is a warning',
      makeTable(),
      makeTable({
        column: [makeColumn('note', { position: '1' }), makeColumn('id', { position: '2' })],
      }),
      {
        object: 'table',
        severity: 'warning',
        source: 'columns in the order id, note',
        replica: 'columns in the order note, id',
      },
    ],
    [
      'a lost primary key is critical',
      withIndex(makeIndex('PRIMARY', 'id', { not_unique: '0' })),
      makeTable(),
      {
        object: 'index',
        name: 'orders.PRIMARY',
        table: 'orders',
        kind: 'missing',
        severity: 'critical',
        source: 'primary key (id)',
      },
    ],
    [
      'a lost unique key is critical',
      withIndex(makeIndex('u', 'note', { not_unique: '0' })),
      makeTable(),
      { object: 'index', kind: 'missing', severity: 'critical', source: 'unique (note)' },
    ],
    [
      'a lost index is a warning',
      withIndex(makeIndex('i', 'note')),
      makeTable(),
      { object: 'index', kind: 'missing', severity: 'warning', source: 'not unique (note)' },
    ],
    [
      'an index that only the replica has is info',
      makeTable(),
      withIndex(makeIndex('i', 'note')),
      { object: 'index', kind: 'extra', severity: 'info', replica: 'not unique (note)' },
    ],
    [
      'a unique key that only the replica has is a warning',
      makeTable(),
      withIndex(makeIndex('u', 'note', { not_unique: '0' })),
      { object: 'index', kind: 'extra', severity: 'warning' },
    ],
    [
      'a key over other columns is critical',
      withIndex(makeIndex('PRIMARY', 'id', { not_unique: '0' })),
      withIndex(makeIndex('PRIMARY', 'note', { not_unique: '0' })),
      {
        object: 'index',
        kind: 'changed',
        severity: 'critical',
        source: '(id)',
        replica: '(note)',
      },
    ],
    [
      'a key that is unique no more is critical',
      withIndex(makeIndex('u', 'note', { not_unique: '0' })),
      withIndex(makeIndex('u', 'note')),
      { severity: 'critical', source: 'unique', replica: 'not unique' },
    ],
    [
      'an index over other columns is a warning',
      withIndex(makeIndex('i', 'note')),
      withIndex(makeIndex('i', 'note'), makeIndex('i', 'id', { position: '2' })),
      { kind: 'changed', severity: 'warning', source: '(note)', replica: '(note, id)' },
    ],
    [
      'an index over a part of a column is a warning',
      withIndex(makeIndex('i', 'note')),
      withIndex(makeIndex('i', 'note', { length: '5' })),
      { kind: 'changed', severity: 'warning', replica: '(note(5))' },
    ],
    [
      'an index that runs the other way is a warning',
      withIndex(makeIndex('i', 'note')),
      withIndex(makeIndex('i', 'note', { direction: 'D' })),
      { severity: 'warning', replica: '(note desc)' },
    ],
    [
      'an index over another expression is a warning',
      withIndex(makeIndex('i', '', { column: null, expression: 'lower(`note`)' })),
      withIndex(makeIndex('i', '', { column: null, expression: 'upper(`note`)' })),
      { severity: 'warning', source: '((lower(`note`)))' },
    ],
    [
      'an index of another type is a warning',
      withIndex(makeIndex('i', 'note')),
      withIndex(makeIndex('i', 'note', { type: 'FULLTEXT' })),
      { severity: 'warning', replica: 'using fulltext' },
    ],
    [
      'an index that the optimizer may not see is a warning',
      withIndex(makeIndex('i', 'note')),
      withIndex(makeIndex('i', 'note', { hidden: 'YES' })),
      { severity: 'warning', replica: 'invisible' },
    ],
    [
      'the comment of an index is info',
      withIndex(makeIndex('i', 'note')),
      withIndex(makeIndex('i', 'note', { comment: 'hm' })),
      { severity: 'info' },
    ],
  ])('%s', ([, source, replica, expected]) => {
    const found = differencesBetween(source, replica)
    expect(found).toHaveLength(1)
    expect(found[0]).toMatchObject({ schema: 'shop', ...expected })
  })

  test('a view in the place of a table is a table missing and a view more', () => {
    const view = makeFacts({ view: [{ body: 'select 1' }] }, { whole: 'view' })
    expect(differencesBetween(makeTable(), view)).toMatchObject([
      { object: 'table', kind: 'missing', severity: 'critical' },
      { object: 'view', name: 'orders', table: null, kind: 'extra', severity: 'warning' },
    ])
  })

  test('is listed by kind, and within one as the source declares it', () => {
    const source = makeTable({
      column: [makeColumn('y', { position: '1' }), makeColumn('x', { position: '2' })],
      index: [makeIndex('i', 'x')],
    })
    const replica = makeTable({
      table: [makeTableFact({ comment: 'c' })],
      column: [makeColumn('z', { position: '1' })],
    })
    expect(differencesBetween(source, replica).map(({ name }) => name)).toEqual([
      'orders',
      'orders.y',
      'orders.x',
      'orders.z',
      'orders.i',
    ])
  })

  test('objects that are not compared are not there', () => {
    const { differences } = compareSubject(
      makeSubject(),
      { source: withIndex(makeIndex('i', 'note')), replica: makeTable() },
      (object) => object !== 'index',
    )
    expect(differences).toEqual([])
  })
})

describe('what does not differ', () => {
  const mysql57: Flavor = { vendor: 'mysql', version: [5, 7, 44] }
  const { mysql, mariadb } = FLAVORS
  const column = (flavor: Flavor, change: Fact) =>
    makeTable({ column: [makeColumn('note', change)] }, flavor)

  test.for<[string, Facts, Facts]>([
    ['display widths', column(mysql57, { type: 'int(11)' }), column(mysql, { type: 'int' })],
    [
      'utf8 and utf8mb3',
      column(mysql57, { charset: 'utf8', collation: 'utf8_bin' }),
      column(mysql, { charset: 'utf8mb3', collation: 'utf8mb3_bin' }),
    ],
    ['the case of a name', column(mysql, { name: 'note' }), column(mysql, { name: 'Note' })],
    ['literals', column(mysql, { default: "it's" }), column(mariadb, { default: "'it''s'" })],
    ['numbers', column(mysql, { default: '5' }), column(mariadb, { default: '5' })],
    [
      'no default of a nullable column',
      column(mysql, { nullable: 'YES' }),
      column(mariadb, { nullable: 'YES', default: 'NULL' }),
    ],
    [
      'the current time',
      column(mysql, {
        default: 'CURRENT_TIMESTAMP',
        extra: 'DEFAULT_GENERATED on update CURRENT_TIMESTAMP',
      }),
      column(mariadb, {
        default: 'current_timestamp()',
        extra: 'on update current_timestamp()',
      }),
    ],
    [
      'expressions that two flavors print in their own ways',
      column(mysql, { extra: 'VIRTUAL GENERATED', generation: '(`a` + 1)' }),
      column(mariadb, { extra: 'VIRTUAL GENERATED', generation: '`a` + 1' }),
    ],
    [
      'literals in an expression of another build',
      column(mysql, { extra: 'VIRTUAL GENERATED', generation: "concat(`a`,_utf8mb4\\'x\\')" }),
      column(mysql, { extra: 'VIRTUAL GENERATED', generation: "concat(`a`,'x')" }),
    ],
    [
      'JSON',
      column(mysql, { type: 'json', charset: null, collation: null }),
      column(mariadb, { type: 'longtext', charset: 'utf8mb4', collation: 'utf8mb4_bin' }),
    ],
    [
      'how much of its column a SPATIAL index covers',
      withIndex(makeIndex('s', 'g', { type: 'SPATIAL', length: '32' })),
      withIndex(makeIndex('s', 'g', { type: 'SPATIAL', length: null })),
    ],
    [
      'a primary key that the replica gave to a table without one',
      makeTable(),
      makeTable({
        column: [
          makeColumn('my_row_id', {
            position: '1',
            type: 'bigint unsigned',
            charset: null,
            collation: null,
            extra: 'auto_increment INVISIBLE',
          }),
          makeColumn('id', { position: '2' }),
          makeColumn('note', { position: '3' }),
        ],
        index: [makeIndex('PRIMARY', 'my_row_id', { not_unique: '0' })],
      }),
    ],
  ])('%s', ([, source, replica]) => {
    expect(differencesBetween(source, replica)).toEqual([])
  })

  test('but a column that is only called like that of a generated key does', () => {
    const replica = makeTable({
      column: [
        makeColumn('id', { position: '1' }),
        makeColumn('note'),
        makeColumn('my_row_id', { position: '3', type: 'bigint unsigned' }),
      ],
    })
    expect(differencesBetween(makeTable(), replica)).toMatchObject([
      { name: 'orders.my_row_id', kind: 'extra' },
    ])
  })

  test('is undecided where two versions print an expression in two ways', () => {
    const generation = (flavor: Flavor, text: string) =>
      column(flavor, { extra: 'VIRTUAL GENERATED', generation: text })
    const ends = {
      source: generation(mysql57, '`a` like 1'),
      replica: generation(mysql, 'like(`a`,1)'),
    }
    expect(compareSubject(makeSubject(), ends)).toEqual({
      differences: [],
      undecidable: [
        {
          schema: 'shop',
          object: 'column',
          name: 'orders.note',
          table: 'orders',
          reason: 'cross_version',
        },
      ],
    })
    const oneSided = { source: generation(mysql57, ''), replica: generation(mysql, 'like(`a`,1)') }
    expect(compareSubject(makeSubject(), oneSided).differences).toHaveLength(1)
  })
})

describe('objects that cannot be compared', () => {
  test.for<[string, Flavor, Flavor, string[]]>([
    ['none between servers of one version', FLAVORS.mysql, FLAVORS.mysql, []],
    [
      'all but tables, columns and indexes between flavors',
      FLAVORS.mysql,
      FLAVORS.mariadb,
      [
        'foreign_key',
        'check',
        'partition',
        'trigger',
        'view',
        'sequence',
        'procedure',
        'function',
        'event',
      ],
    ],
    [
      'CHECK constraints where MySQL 5.7 forgot them',
      { vendor: 'mysql', version: [5, 7, 44] },
      FLAVORS.mysql,
      ['check'],
    ],
    [
      'nothing that neither of them has',
      { vendor: 'mysql', version: [5, 7, 44] },
      { vendor: 'mysql', version: [5, 7, 44] },
      [],
    ],
  ])('%s', ([, source, replica, expected]) => {
    expect(incomparableObjects(source, replica)).toEqual(expected)
  })
})
