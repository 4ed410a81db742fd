import { describe, expect, it, test } from 'vitest'
import type { Flavor, Vendor } from '../../src/mysql/flavor.ts'
import { parseGrants } from '../../src/mysql/grants.ts'
import { hiddenObjects } from '../../src/mysql/hidden-objects.ts'

function flavor(vendor: Vendor, version: string): Flavor {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number)
  return { vendor, version: [major, minor, patch] }
}

const MYSQL = flavor('mysql', '9.7.4')
const MARIADB = flavor('mariadb', '10.11.19')

function hidden(of: Flavor, lines: readonly string[], schema = 'my_shop'): string {
  const grants = parseGrants(lines.map((line) => `GRANT ${line} TO \`u\`@\`%\``))
  return [...hiddenObjects(grants, of, schema)].join(' ')
}

/** As tried on both servers, privilege by privilege. */
describe('what a privilege shows in a schema', () => {
  const bodies = 'view trigger event'
  const routines = 'procedure function'

  it.for<[lines: string[], onMysql: string, onMariadb: string]>([
    [['SELECT ON *.*'], bodies, `${bodies} foreign_key`],
    [['SELECT ON `my_shop`.*'], `${bodies} ${routines}`, `${bodies} ${routines} foreign_key`],
    [
      ['SELECT, SHOW VIEW ON `my\\_shop`.*'],
      `trigger event ${routines}`,
      `trigger event ${routines}`,
    ],
    [['SELECT, TRIGGER ON `m_\\_%`.*'], `view event ${routines}`, `view event ${routines}`],
    [
      ['SELECT, EVENT ON `my_shop`.*'],
      `view trigger ${routines}`,
      `view trigger ${routines} foreign_key`,
    ],
    [['SELECT, SHOW VIEW, TRIGGER, EVENT ON *.*'], '', ''],
    [['SELECT ON *.*', 'SHOW VIEW, TRIGGER ON `my_shop`.*', 'EVENT ON `my_shop`.*'], '', ''],
    [['ALL PRIVILEGES ON *.*'], '', ''],
    [['ALL PRIVILEGES ON `my_shop`.*'], routines, ''],
    [
      ['SELECT, SHOW VIEW ON `my_shop`.`orders`', 'SELECT ON `my_shop`.`items`'],
      `${bodies} ${routines}`,
      `${bodies} ${routines} foreign_key`,
    ],
    [
      ['SELECT, SHOW VIEW, TRIGGER ON `my_shop`.`orders`', 'EVENT ON `my_shop`.*'],
      routines,
      routines,
    ],
    [[], `${bodies} ${routines}`, `${bodies} ${routines} foreign_key`],
  ])('%s', ([lines, onMysql, onMariadb]) => {
    expect(hidden(MYSQL, lines)).toBe(onMysql)
    expect(hidden(MARIADB, lines)).toBe(onMariadb)
  })

  test('on MariaDB a pattern may cover the table of routines as well', () => {
    expect(hidden(MARIADB, ['SELECT ON `my%`.*'])).toBe(`${bodies} foreign_key`)
  })

  it.for<[of: Flavor, line: string, shown: boolean]>([
    [MYSQL, 'SHOW_ROUTINE ON *.*', true],
    [flavor('mysql', '5.7.44'), 'SELECT ON `mysql`.`proc`', true],
    [MARIADB, 'SELECT ON `mysql`.`proc`', true],
    [MARIADB, 'SELECT ON `mysql`.*', true],
    [flavor('mariadb', '11.8.3'), 'SHOW CREATE ROUTINE ON `my_shop`.*', true],
    [flavor('mariadb', '11.8.3'), 'SHOW CREATE ROUTINE ON `other`.*', false],
    [MYSQL, 'SELECT ON `mysql`.*', false],
  ])('routines on %o by %s: %s', ([of, line, shown]) => {
    const lines = ['SELECT ON `my_shop`.*', line]
    expect(hidden(of, lines).includes('procedure')).toBe(!shown)
  })
})

test('a pattern covers the schemas that it matches and no others', () => {
  const lines = ['SELECT ON *.*', 'SHOW VIEW, TRIGGER, EVENT ON `my\\_%`.*']
  expect(hidden(MYSQL, lines, 'my_shop')).toBe('')
  expect(hidden(MYSQL, lines, 'my*[.shop')).toBe('view trigger event')
  expect(
    hidden(MYSQL, ['SELECT ON *.*', 'SHOW VIEW, TRIGGER, EVENT ON `a.*?\\\\b`.*'], 'a.*?\\b'),
  ).toBe('')
})

test('what was revoked in one schema is hidden there alone', () => {
  const grants = parseGrants([
    'GRANT SELECT, SHOW VIEW, TRIGGER, EVENT ON *.* TO `u`@`%`',
    'REVOKE TRIGGER ON `my_shop`.* FROM `u`@`%`',
  ])
  expect([...hiddenObjects(grants, MYSQL, 'my_shop')]).toEqual(['trigger'])
  expect([...hiddenObjects(grants, MYSQL, 'other')]).toEqual([])
})
