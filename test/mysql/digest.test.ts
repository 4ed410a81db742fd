import { describe, expect, test } from 'vitest'
import type { Column } from '../../src/mysql/definition.ts'
import { countPlan, type DigestRequest, digestPlan } from '../../src/mysql/digest.ts'
import type { Flavor } from '../../src/mysql/flavor.ts'

function makeColumn(name: string, columnType = 'int', change: Partial<Column> = {}): Column {
  const dataType = /^\w+/.exec(columnType)?.[0] ?? ''
  const isText = /char|text|enum|set/.test(dataType)
  const charset = isText ? 'utf8mb4' : null
  const collation = isText ? 'utf8mb4_general_ci' : null
  return { name, dataType, columnType, charset, collation, nullable: false, ...change }
}

const MYSQL: Flavor = { vendor: 'mysql', version: [8, 4, 0] }
const MARIADB: Flavor = { vendor: 'mariadb', version: [10, 11, 19] }

function planOf(columns: readonly Column[], change: Partial<DigestRequest> = {}) {
  return digestPlan({ flavors: [MYSQL, MYSQL], columns, others: [columns], keyed: true, ...change })
}

describe('the expression is chosen for all ends together', () => {
  const columns = [makeColumn('id'), makeColumn('a', 'varchar(20)')]
  const SHA_OF_ROW = "SHA2(CONCAT_WS('#', 0, `id`, CAST(`a` AS BINARY)), 256)"
  test.for<[string, Flavor[], string]>([
    [
      'MySQL 8 and newer',
      [MYSQL, { vendor: 'mysql', version: [9, 7, 0] }],
      `HEX(BIT_XOR(UNHEX(${SHA_OF_ROW})))`,
    ],
    [
      'MariaDB 10.8 and newer',
      [MARIADB, { vendor: 'mariadb', version: [11, 8, 2] }],
      "HEX(BIT_XOR(((CRC32(CRC32(CONCAT_WS('#', 0, `id`)), IFNULL(`a`, '')) + 1) * CRC32C(CRC32C(CONCAT_WS('#', `id`, 0)), HEX(IFNULL(`a`, ''))))))",
    ],
    [
      'both flavors',
      [MYSQL, MARIADB],
      `HEX(BIT_XOR(CAST(CONV(LEFT(${SHA_OF_ROW}, 16), 16, 10) AS UNSIGNED)))`,
    ],
    [
      'an older MySQL',
      [{ vendor: 'mysql', version: [5, 7, 44] }, MYSQL],
      `HEX(BIT_XOR(CAST(CONV(LEFT(${SHA_OF_ROW}, 16), 16, 10) AS UNSIGNED)))`,
    ],
    [
      'an older MariaDB',
      [{ vendor: 'mariadb', version: [10, 6, 20] }, MARIADB],
      `HEX(BIT_XOR(CAST(CONV(LEFT(${SHA_OF_ROW}, 16), 16, 10) AS UNSIGNED)))`,
    ],
  ])('%s', ([, flavors, aggregate]) => {
    expect(planOf(columns, { flavors }).select).toContain(
      `COALESCE(SUM(1), 0) AS n, ${aggregate} AS digest`,
    )
  })

  test('rows that may be equal are summed', () => {
    expect(planOf(columns, { keyed: false }).select).toContain(
      `CAST(IFNULL(SUM(CAST(CONV(LEFT(${SHA_OF_ROW}, 16), 16, 10) AS UNSIGNED)), 0) AS CHAR) AS digest`,
    )
    expect(planOf(columns, { keyed: false, flavors: [MARIADB] }).select).toContain('SUM(((CRC32(')
  })
})

describe('a column goes in', () => {
  test.for<[string, string]>([
    ['int', '`v`'],
    ['bigint(20) unsigned zerofill', '`v`+0'],
    ['decimal(10,2)', '`v`'],
    ['decimal(10,2) unsigned zerofill', '`v`+0'],
    ['datetime(6)', '`v`'],
    ["enum('a','b')", '`v`+0'],
    ["set('a','b')", 'CAST(`v` AS UNSIGNED)'],
    // Any character that utf8mb3 does not have: information_schema does not say which.
    ["enum('?','b')", 'IF(`v`=0, 0, SHA2(`v`, 256))'],
    ["set('?','b')", 'IF(`v`=0, 0, SHA2(`v`, 256))'],
    ["enum('\uFFFD','b')", 'IF(`v`=0, 0, SHA2(`v`, 256))'],
    ['bit(64)', '`v`+0'],
    ['double', 'POINT(IFNULL(`v`, 0), 0)'],
    ['varchar(20)', 'CAST(`v` AS BINARY)'],
    ['varbinary(20)', '`v`'],
    ['blob', '`v`'],
    ['vector(3)', 'CAST(`v` AS BINARY)'],
    ['json', 'SHA2(CAST(`v` AS BINARY), 256)'],
    ['longtext', 'LENGTH(`v`), IF(LENGTH(`v`) > 65535, SHA2(`v`, 256), CAST(`v` AS BINARY))'],
    ['geometry', 'LENGTH(`v`), IF(LENGTH(`v`) > 65535, SHA2(`v`, 256), CAST(`v` AS BINARY))'],
    ['newtype', 'LENGTH(`v`), IF(LENGTH(`v`) > 65535, SHA2(`v`, 256), CAST(`v` AS BINARY))'],
  ])('%s as %s', ([type, sql]) => {
    expect(planOf([makeColumn('v', type)]).rowHash).toBe(`SHA2(CONCAT_WS('#', 0, ${sql}), 256)`)
  })

  test('with its length, unless it is the last', () => {
    const columns = ['a', 'b', 'c'].map((name) => makeColumn(name, 'varbinary(9)'))
    expect(planOf(columns).rowHash).toContain(
      "CONCAT_WS('#', 0, LENGTH(`a`), `a`, LENGTH(`b`), `b`, `c`)",
    )
  })

  test('with a bit that says whether it is NULL, if it may be so on some end', () => {
    const [a, b] = [makeColumn('a'), makeColumn('b')]
    const other = [a, { ...b, nullable: true }]
    expect(planOf([a, b], { others: [other] }).rowHash).toContain(
      "CONCAT_WS('#', ISNULL(`b`), `a`, `b`)",
    )
    expect(planOf([a, b], { others: [] }).rowHash).toContain(
      "CONCAT_WS('#', ISNULL(`a`)|ISNULL(`b`)<<1, `a`, `b`)",
    )
  })

  test.for<[string, Flavor[], string]>([
    ['is a bit on MySQL', [MYSQL, MYSQL], 'POINT(IFNULL(`v`, 0), 0)'],
    ['is lost by a copying ALTER on MariaDB', [MARIADB], 'POINT(IFNULL(`v`+0e0, 0), 0)'],
    ['is not kept between both flavors', [MYSQL, MARIADB], 'POINT(IFNULL(`v`+0e0, 0), 0)'],
  ])('the sign of a zero %s', ([, flavors, sql]) => {
    const { rowHash, columnHashes } = planOf([makeColumn('v', 'float')], { flavors })
    expect(rowHash).toContain(sql)
    expect(columnHashes[0]?.sql).toContain(flavors.includes(MARIADB) ? '`v`+0e0' : 'POINT(`v`, 0)')
  })

  test('with a further bitmap for every sixty columns', () => {
    const columns = Array.from({ length: 130 }, (_, i) =>
      makeColumn(`c${i}`, 'int', { nullable: true }),
    )
    const { rowHash } = planOf(columns)
    expect(rowHash.match(/<<59/g)).toHaveLength(2)
    expect(rowHash).not.toContain('<<60')
  })

  test('by a name with backticks', () => {
    expect(planOf([makeColumn('a`?%')]).rowHash).toContain('`a``?%`')
  })
})

describe('nested calls', () => {
  test('stay shallow however many columns there are', () => {
    const columns = Array.from({ length: 1_000 }, (_, i) => makeColumn(`c${i}`, 'varchar(3)'))
    const { rowHash } = planOf(columns, { flavors: [MARIADB] })
    let [depth, deepest] = [0, 0]
    for (const character of rowHash) {
      if (character === '(') deepest = Math.max(deepest, ++depth)
      if (character === ')') depth--
    }
    expect(depth).toBe(0)
    expect(deepest).toBeLessThan(45)
  })
})

describe('rows without a hash', () => {
  test('cannot be where everything fits into the smallest packet', () => {
    expect(planOf([makeColumn('id'), makeColumn('a', 'varchar(9)')]).select).toMatch(
      /, 0 AS nulls$/,
    )
  })

  test('are counted where something does not', () => {
    const { select } = planOf([makeColumn('a', 'text')])
    expect(select).toContain(
      "COUNT(*) - COUNT(IF(65675 > @@max_allowed_packet, CONCAT(CONCAT_WS('#', 0, CAST(`a` AS BINARY)), IF(ISNULL(`a`), '', LEFT(CAST(`a` AS BINARY), 0))), 1)) AS nulls",
    )
  })

  test('are counted where MySQL prints JSON as nothing', () => {
    const column = makeColumn('j', 'json')
    expect(planOf([column]).select).toContain('JSON_STORAGE_SIZE(`j`) > @@max_allowed_packet DIV 8')
    const old: Flavor = { vendor: 'mysql', version: [5, 7, 10] }
    expect(planOf([column], { flavors: [old, old] }).select).toContain('LENGTH(`j`) = 0')
  })
})

describe('columns that are not the same on both ends', () => {
  const text = (collation: string, type = 'varchar(20)') =>
    makeColumn('v', type, { charset: collation.split('_')[0] ?? null, collation })

  test.for<[string, Column, Column, string]>([
    ['integers of two sizes', makeColumn('v', 'int'), makeColumn('v', 'bigint'), '`v`'],
    ['two lengths', text('utf8mb4_bin'), text('utf8mb4_bin', 'text'), 'CAST(`v` AS BINARY)'],
    ['two precisions', makeColumn('v', 'decimal(5,2)'), makeColumn('v', 'decimal(9,2)'), '`v`'],
    [
      'two charsets',
      text('latin1_swedish_ci'),
      text('utf8mb4_bin'),
      'CAST(CONVERT(`v` USING utf8mb4) AS BINARY)',
    ],
    [
      'other ENUM labels',
      makeColumn('v', "enum('a')"),
      makeColumn('v', "enum('a','b')"),
      'IF(`v`=0, 0, SHA2(`v`, 256))',
    ],
    [
      'other ENUM labels of two charsets',
      makeColumn('v', "enum('ж')", { charset: 'koi8r' }),
      makeColumn('v', "enum('ж','b')"),
      'IF(`v`=0, 0, SHA2(CONVERT(`v` USING utf8mb4), 256))',
    ],
    [
      'labels that information_schema cannot show, of two charsets',
      makeColumn('v', "enum('?')", { charset: 'utf16' }),
      makeColumn('v', "enum('?')"),
      'IF(`v`=0, 0, SHA2(CONVERT(`v` USING utf8mb4), 256))',
    ],
  ])('%s are compared', ([, source, replica, sql]) => {
    const plan = planOf([source], { others: [[replica]] })
    expect(plan.notComparable).toEqual([])
    expect(plan.rowHash).toContain(sql)
  })

  test.for<[string, Column, Column | null]>([
    ['that one end lacks', makeColumn('v'), null],
    ['numbers and texts', makeColumn('v'), text('utf8mb4_bin')],
    ['FLOAT and DOUBLE', makeColumn('v', 'float'), makeColumn('v', 'double')],
    ['two scales', makeColumn('v', 'decimal(9,2)'), makeColumn('v', 'decimal(9,3)')],
    ['two fractions', makeColumn('v', 'datetime'), makeColumn('v', 'datetime(3)')],
    ['CHAR and VARCHAR', text('utf8mb4_bin', 'char(5)'), text('utf8mb4_bin')],
    ['a charset that does not turn into UTF-8 and back', text('sjis_bin'), text('utf8mb4_bin')],
    ['other SET labels', makeColumn('v', "set('a')"), makeColumn('v', "set('b')")],
    [
      'labels that information_schema cannot show, of a charset that does not turn into UTF-8 and back',
      makeColumn('v', "enum('?')", { charset: 'gb18030' }),
      makeColumn('v', "enum('?')"),
    ],
  ])('%s are not', ([, source, replica]) => {
    const plan = planOf([makeColumn('id'), source], {
      others: [[makeColumn('id'), ...(replica ? [replica] : [])]],
    })
    expect(plan.notComparable).toEqual([{ name: 'v', reason: 'definition_differs' }])
    expect(plan.rowHash).not.toContain('`v`')
  })

  test.for<[string, Flavor[], number]>([
    ['one major version', [MYSQL, { vendor: 'mysql', version: [8, 0, 1] }], 0],
    ['two major versions', [MYSQL, { vendor: 'mysql', version: [9, 0, 0] }], 1],
    ['both flavors', [MYSQL, MARIADB], 1],
  ])('JSON of %s', ([, flavors, left]) => {
    const plan = planOf([makeColumn('j', 'json')], { flavors })
    expect(plan.notComparable).toEqual(left === 0 ? [] : [{ name: 'j', reason: 'cross_version' }])
  })
})

test('a table of which nothing can be compared still has a digest', () => {
  const plan = planOf([makeColumn('j', 'json')], { flavors: [MYSQL, MARIADB] })
  expect(plan.select).toContain("CONCAT_WS('#', 0)")
})

test('a count is a count', () => {
  expect(countPlan(true).select).toBe('COUNT(*) AS n')
  expect(countPlan(false).select).toBe('COALESCE(SUM(1), 0) AS n')
})
