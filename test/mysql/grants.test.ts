import { describe, expect, it, test } from 'vitest'
import { type Grant, parseGrants, quoteAccount } from '../../src/mysql/grants.ts'

const HASH = '*B69027D44F6E5EDC07F1AEAD1477967B16F28227'

describe('a line of SHOW GRANTS', () => {
  // All but the last two groups as MySQL 9.7.4 and MariaDB 10.11.19 print them.
  it.for<[line: string, grants: Grant[]]>([
    ['GRANT USAGE ON *.* TO `drift`@`%`', [{ privilege: 'USAGE', level: 'global' }]],
    [
      'GRANT SELECT, REPLICATION CLIENT ON *.* TO `drift`@`%`',
      [
        { privilege: 'SELECT', level: 'global' },
        { privilege: 'REPLICATION CLIENT', level: 'global' },
      ],
    ],
    [
      'GRANT BACKUP_ADMIN,SHOW_ROUTINE ON *.* TO `drift`@`%`',
      [
        { privilege: 'BACKUP_ADMIN', level: 'global' },
        { privilege: 'SHOW_ROUTINE', level: 'global' },
      ],
    ],
    [
      'GRANT ALL PRIVILEGES ON `x``y ON z`.* TO `u``1`@`%`',
      [{ privilege: 'ALL PRIVILEGES', level: 'schema', schema: 'x`y ON z' }],
    ],
    [
      'GRANT SELECT (`a`, `b)c`), UPDATE (`a`) ON `x``y ON z`.`t, SELECT``.q` TO `u``1`@`%` WITH GRANT OPTION',
      ['SELECT', 'UPDATE', 'GRANT OPTION'].map((privilege) => ({
        privilege,
        level: privilege === 'GRANT OPTION' ? 'table' : 'column',
        schema: 'x`y ON z',
        table: 't, SELECT`.q',
        ...(privilege === 'SELECT' && { columns: ['a', 'b)c'] }),
        ...(privilege === 'UPDATE' && { columns: ['a'] }),
      })),
    ],
    [
      'GRANT EXECUTE, ALTER ROUTINE ON FUNCTION `t`.`f` TO `u``1`@`%`',
      [
        { privilege: 'EXECUTE', level: 'routine', schema: 't', table: 'f' },
        { privilege: 'ALTER ROUTINE', level: 'routine', schema: 't', table: 'f' },
      ],
    ],
    [
      'GRANT EXECUTE ON PACKAGE BODY `t`.`p` TO `drift`@`%`',
      [{ privilege: 'EXECUTE', level: 'routine', schema: 't', table: 'p' }],
    ],
    [
      'GRANT PROXY ON ``@`%` TO `root`@`localhost` WITH GRANT OPTION',
      [
        { privilege: 'PROXY', level: 'proxy' },
        { privilege: 'GRANT OPTION', level: 'proxy' },
      ],
    ],
    [
      'GRANT `rr`@`%`,`un, set`@`%` TO `lu`@`localhost`',
      [
        { privilege: 'ROLE', level: 'role', role: '`rr`@`%`' },
        { privilege: 'ROLE', level: 'role', role: '`un, set`@`%`' },
      ],
    ],
    [
      'GRANT `r1` TO `root`@`localhost` WITH ADMIN OPTION',
      [
        { privilege: 'ROLE', level: 'role', role: '`r1`' },
        { privilege: 'ADMIN OPTION', level: 'role', role: '`r1`' },
      ],
    ],
    [
      'REVOKE SELECT, INSERT ON `mysql`.* FROM `drift`@`%`',
      [
        { privilege: 'SELECT', level: 'schema', schema: 'mysql', revoked: true },
        { privilege: 'INSERT', level: 'schema', schema: 'mysql', revoked: true },
      ],
    ],
    ['SET DEFAULT ROLE `r1` FOR `u``1`@`%`', []],
    ['GRANT SELECT ON `t`.* TO PUBLIC', [{ privilege: 'SELECT', level: 'schema', schema: 't' }]],
    [
      `GRANT SELECT, BINLOG MONITOR ON *.* TO \`u\`\`1\`@\`%\` IDENTIFIED BY PASSWORD '${HASH}' REQUIRE SSL WITH GRANT OPTION MAX_USER_CONNECTIONS 3`,
      [
        { privilege: 'SELECT', level: 'global' },
        { privilege: 'BINLOG MONITOR', level: 'global' },
        { privilege: 'GRANT OPTION', level: 'global' },
      ],
    ],
    [
      `GRANT USAGE ON *.* TO "xx"@"localhost" IDENTIFIED VIA unix_socket OR mysql_native_password USING '${HASH}' WITH MAX_USER_CONNECTIONS 3`,
      [{ privilege: 'USAGE', level: 'global' }],
    ],
    // sql_mode=ANSI_QUOTES; sql_quote_show_create=0.
    [
      'GRANT SELECT ("a", "b)c") ON "x`y ON z"."t" TO "u`1"@"%"',
      [
        {
          privilege: 'SELECT',
          level: 'column',
          schema: 'x`y ON z',
          table: 't',
          columns: ['a', 'b)c'],
        },
      ],
    ],
    [
      'GRANT EXECUTE ON PROCEDURE t.p TO root@localhost WITH GRANT OPTION',
      [
        { privilege: 'EXECUTE', level: 'routine', schema: 't', table: 'p' },
        { privilege: 'GRANT OPTION', level: 'routine', schema: 't', table: 'p' },
      ],
    ],
    ['GRANT r1@"%" TO "u`1"@"%"', [{ privilege: 'ROLE', level: 'role', role: '`r1`@`%`' }]],
    // MySQL 5.7: accounts in single quotes, and those inside not escaped.
    [
      "GRANT SELECT ON `shop\\_%`.* TO 'it's'@'%' WITH GRANT OPTION",
      [
        { privilege: 'SELECT', level: 'schema', schema: 'shop\\_%' },
        { privilege: 'GRANT OPTION', level: 'schema', schema: 'shop\\_%' },
      ],
    ],
    [
      "GRANT SELECT ON `x`.* TO ' WITH GRANT OPTION TO INSERT ON '@'%'",
      [{ privilege: 'SELECT', level: 'schema', schema: 'x' }],
    ],
    ["GRANT 'r'@'%' TO 'u'@'%'", [{ privilege: 'ROLE', level: 'role', role: '`r`@`%`' }]],
  ])('%s', ([line, grants]) => {
    expect(parseGrants([line])).toEqual(grants)
  })

  it.for([
    '',
    'GRANT',
    'ALTER USER x',
    'GRANT SELECT ON shop TO x',
    'GRANT SELECT ON *.* FOR x',
    'REVOKE `r` FROM x',
  ])('that is unknown must not be overlooked: "%s"', (line) => {
    expect(() => parseGrants([line])).toThrow(TypeError)
  })

  test('that is unknown does not give away its password hash', () => {
    const line = `GRANT SELECT ON shop TO u IDENTIFIED BY PASSWORD '${HASH}'`
    expect(() => parseGrants([line])).toThrow('SHOW GRANTS: unknown line "GRANT SELECT ON shop..."')
  })
})

test.for([
  ['drift@10.%', '`drift`@`10.%`'],
  ['u`1@%', '`u``1`@`%`'],
  ['me@home@localhost', '`me@home`@`localhost`'],
  ['@localhost', '``@`localhost`'],
  ['role', '`role`'],
] as const)('the account %s is written %s', ([currentUser, quoted]) => {
  expect(quoteAccount(currentUser)).toBe(quoted)
})
