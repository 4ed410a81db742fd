import { describe, expect, it, test } from 'vitest'
import type { Flavor, Vendor } from '../../src/mysql/flavor.ts'
import { parseGrants } from '../../src/mysql/grants.ts'
import { judgePrivileges, type PrivilegeNeeds } from '../../src/mysql/privileges.ts'
import type { PrivilegeReport } from '../../src/report.ts'

const HASH = '*B69027D44F6E5EDC07F1AEAD1477967B16F28227'

function flavor(vendor: Vendor, version: string): Flavor {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number)
  return { vendor, version: [major, minor, patch] }
}

const NEEDS: PrivilegeNeeds = {
  channels: true,
  hasHiddenMembers: false,
  isSource: true,
  objects: false,
}
const CLEAN: PrivilegeReport = { excess: [], refused: [], missing: [] }

function accountOf(lines: readonly string[], name = 'drift@%') {
  return { name, grants: parseGrants(lines), dormant: [] }
}

function judge(of: Flavor, lines: readonly string[], needs: Partial<PrivilegeNeeds> = {}) {
  return judgePrivileges(accountOf(lines), of, { ...NEEDS, ...needs })
}

describe('the account that the README asks for is neither too strong nor too weak', () => {
  it.for<[of: Flavor, lines: string[]]>([
    [
      flavor('mysql', '5.7.44'),
      [
        "GRANT SELECT, PROCESS, SHOW DATABASES, REPLICATION SLAVE, REPLICATION CLIENT, SHOW VIEW, EVENT, TRIGGER ON *.* TO 'drift'@'%'",
      ],
    ],
    [
      flavor('mysql', '8.0.36'),
      [
        'GRANT SELECT, PROCESS, SHOW DATABASES, REPLICATION SLAVE, REPLICATION CLIENT, SHOW VIEW, EVENT, TRIGGER ON *.* TO `drift`@`%`',
        'GRANT SHOW_ROUTINE ON *.* TO `drift`@`%`',
        'REVOKE SELECT ON `mysql`.* FROM `drift`@`%`',
      ],
    ],
    [
      flavor('mysql', '26.7.0'),
      [
        'GRANT PROCESS, REPLICATION CLIENT ON *.* TO `drift`@`%`',
        'GRANT SHOW_ROUTINE ON *.* TO `drift`@`%`',
        'GRANT SELECT ON `performance_schema`.* TO `drift`@`%`',
        'GRANT SELECT, SHOW VIEW, TRIGGER, EVENT ON `shop`.* TO `drift`@`%`',
      ],
    ],
    [
      flavor('mysql', '9.7.4'),
      [
        'GRANT PROCESS, REPLICATION CLIENT ON *.* TO `drift`@`%`',
        'GRANT SHOW_ROUTINE ON *.* TO `drift`@`%`',
        'GRANT SELECT ON `performance\\_schema`.* TO `drift`@`%`',
        'GRANT EVENT ON `shop`.* TO `drift`@`%`',
        'GRANT SELECT, SHOW VIEW, TRIGGER ON `shop`.`orders` TO `drift`@`%`',
      ],
    ],
    [
      flavor('mariadb', '10.4.34'),
      [
        `GRANT SELECT, PROCESS, SHOW DATABASES, REPLICATION SLAVE, REPLICATION CLIENT, SHOW VIEW, EVENT, TRIGGER ON *.* TO \`drift\`@\`%\` IDENTIFIED BY PASSWORD '${HASH}'`,
      ],
    ],
    [
      flavor('mariadb', '10.11.19'),
      [
        `GRANT SELECT, PROCESS, SHOW DATABASES, REPLICATION SLAVE, BINLOG MONITOR, SHOW VIEW, EVENT, TRIGGER, SLAVE MONITOR ON *.* TO \`drift\`@\`%\` IDENTIFIED BY PASSWORD '${HASH}'`,
      ],
    ],
    [
      flavor('mariadb', '12.0.2'),
      [
        'GRANT PROCESS, BINLOG MONITOR, REPLICA MONITOR ON *.* TO `drift`@`%`',
        'GRANT SELECT, SHOW VIEW, TRIGGER, EVENT, SHOW CREATE ROUTINE ON `shop`.* TO `drift`@`%`',
      ],
    ],
  ])('$0.vendor $0.version', ([of, lines]) => {
    expect(judge(of, lines, { objects: true })).toEqual(CLEAN)
  })
})

describe('what is refused', () => {
  const privileges = [
    'SUPER, INSERT, UPDATE, DELETE, DROP, ALTER, CREATE, INDEX, CREATE VIEW, CREATE ROUTINE, ALTER ROUTINE',
    'CREATE TABLESPACE, CREATE USER, CREATE ROLE, DROP ROLE, FILE, SHUTDOWN, RELOAD, DELETE HISTORY, EXECUTE',
    'DELETE VERSIONING ROWS, SET USER, SET_USER_ID, SET_ANY_DEFINER, BACKUP_ADMIN, XA_RECOVER_ADMIN',
    'BINLOG ADMIN, READ_ONLY ADMIN, REPLICATION SLAVE ADMIN, CONNECTION ADMIN, ALL PRIVILEGES',
  ].flatMap((names) => names.split(', '))

  it.for(privileges)('%s', (privilege) => {
    const { refused, excess } = judge(flavor('mysql', '8.4.3'), [
      `GRANT SELECT, ${privilege} ON *.* TO \`u\`@\`%\``,
    ])
    expect({ refused, excess }).toEqual({ refused: [privilege], excess: [privilege] })
  })

  it.for<[where: string, line: string, refused: string]>([
    ['in a schema', 'GRANT SELECT, INSERT ON `a b`.* TO `u`@`%`', 'INSERT'],
    ['in a table', 'GRANT SELECT, DELETE ON `s`.`t` TO `u`@`%`', 'DELETE'],
    ['in a column', 'GRANT SELECT (`a`), UPDATE (`b`) ON `s`.`t` TO `u`@`%`', 'UPDATE'],
    ['for a routine', 'GRANT EXECUTE ON PROCEDURE `s`.`p` TO `u`@`%`', 'EXECUTE'],
    ['as ALL of a schema', 'GRANT ALL PRIVILEGES ON `s`.* TO `u`@`%`', 'ALL PRIVILEGES'],
    ['to grant onwards', 'GRANT USAGE ON *.* TO `u`@`%` WITH GRANT OPTION', 'GRANT OPTION'],
    ['to everybody', 'GRANT ALL PRIVILEGES ON *.* TO PUBLIC', 'ALL PRIVILEGES'],
    ['by a role', 'GRANT UPDATE ON *.* TO `writers`', 'UPDATE'],
  ])('%s', ([, line, refused]) => {
    expect(judge(flavor('mariadb', '10.11.19'), [line]).refused).toEqual([refused])
  })

  test('even where it was revoked in some schemas', () => {
    const lines = ['GRANT SELECT, INSERT ON *.* TO `u`@`%`', 'REVOKE INSERT ON `s`.* FROM `u`@`%`']
    expect(judge(flavor('mysql', '8.0.36'), lines).refused).toEqual(['INSERT'])
  })

  test('root of MariaDB', () => {
    const lines = ['GRANT ALL PRIVILEGES ON *.* TO `root`@`localhost` WITH GRANT OPTION']
    expect(judge(flavor('mariadb', '11.8.3'), lines)).toEqual({
      excess: ['ALL PRIVILEGES', 'GRANT OPTION'],
      refused: ['ALL PRIVILEGES', 'GRANT OPTION'],
      missing: [],
    })
  })
})

test('everything else is excess and no more, each once', () => {
  const lines = [
    'GRANT SELECT, PROCESS, REFERENCES, CREATE TEMPORARY TABLES, LOCK TABLES, REPLICATION CLIENT ON *.* TO `u`@`%`',
    'GRANT REFERENCES ON `s`.* TO `u`@`%`',
    'GRANT SYSTEM_USER,AUDIT_ABORT_EXEMPT ON *.* TO `u`@`%`',
    'GRANT PROXY ON `a`@`%` TO `u`@`%`',
    'GRANT `r`@`%` TO `u`@`%` WITH ADMIN OPTION',
  ]
  expect(judge(flavor('mysql', '8.0.36'), lines)).toEqual({
    excess: [
      'ADMIN OPTION',
      'AUDIT_ABORT_EXEMPT',
      'CREATE TEMPORARY TABLES',
      'LOCK TABLES',
      'PROXY',
      'REFERENCES',
      'SYSTEM_USER',
    ],
    refused: [],
    missing: [],
  })
})

describe('what is missing, as the statement that gives it', () => {
  const select = 'GRANT SELECT ON *.* TO `u`@`%`'
  const usage = 'GRANT USAGE ON *.* TO `u`@`%`'
  const names: Readonly<Record<string, string>> = {
    SELECT: 'GRANT SELECT ON *.* TO `drift`@`%`',
    CLIENT: 'GRANT REPLICATION CLIENT ON *.* TO `drift`@`%`',
    SLAVE: 'GRANT SLAVE MONITOR ON *.* TO `drift`@`%`',
    BINLOG: 'GRANT BINLOG MONITOR ON *.* TO `drift`@`%`',
    TABLES: 'GRANT SELECT ON `performance_schema`.* TO `drift`@`%`',
  }
  const replica = { channels: true, isSource: false }
  const source = { channels: false, isSource: true }
  const both = { channels: true, isSource: true }
  const alone = { channels: false, isSource: false }

  it.for<[of: Flavor, where: typeof both, line: string, missing: string[]]>([
    [flavor('mysql', '5.7.44'), both, usage, ['SELECT', 'CLIENT']],
    [flavor('mysql', '9.7.4'), alone, select, ['CLIENT']],
    [
      flavor('mysql', '9.7.4'),
      both,
      'GRANT ALL PRIVILEGES ON `s`.* TO `u`@`%`',
      ['CLIENT', 'TABLES'],
    ],
    [
      flavor('mysql', '9.7.4'),
      both,
      'GRANT SELECT (`a`) ON `s`.`t` TO `u`@`%`',
      ['SELECT', 'CLIENT'],
    ],
    [flavor('mysql', '9.7.4'), both, 'GRANT REPLICATION CLIENT ON *.* TO `u`@`%`', ['SELECT']],
    [flavor('mysql', '9.7.4'), both, 'GRANT SELECT, SUPER ON *.* TO `u`@`%`', []],
    [flavor('mysql', '9.7.4'), both, 'GRANT ALL PRIVILEGES ON *.* TO `u`@`%`', []],
    [flavor('mariadb', '10.4.34'), replica, select, ['CLIENT']],
    [flavor('mariadb', '10.4.34'), source, select, ['CLIENT']],
    [flavor('mariadb', '10.4.34'), alone, select, []],
    [flavor('mariadb', '10.5.23'), replica, select, ['SLAVE']],
    [flavor('mariadb', '10.11.19'), source, select, ['BINLOG']],
    [flavor('mariadb', '10.11.19'), both, usage, ['SELECT', 'SLAVE', 'BINLOG']],
    [flavor('mariadb', '10.11.19'), alone, select, []],
    [
      flavor('mariadb', '10.11.19'),
      both,
      'GRANT SELECT, BINLOG MONITOR ON *.* TO `u`@`%`',
      ['SLAVE'],
    ],
    [
      flavor('mariadb', '10.11.19'),
      both,
      'GRANT SELECT, SLAVE MONITOR ON *.* TO `u`@`%`',
      ['BINLOG'],
    ],
    [flavor('mariadb', '10.11.19'), both, 'GRANT SELECT, SUPER ON *.* TO `u`@`%`', []],
    [
      flavor('mariadb', '11.8.3'),
      both,
      'GRANT SELECT, SUPER ON *.* TO `u`@`%`',
      ['SLAVE', 'BINLOG'],
    ],
  ])('$0.vendor $0.version, $1, $2: $3', ([of, where, line, missing]) => {
    const { missing: found } = judge(of, [line, 'GRANT PROCESS ON *.* TO `u`@`%`'], where)
    expect(found).toEqual(missing.map((name) => names[name]))
  })

  it.for<[string, Partial<PrivilegeNeeds>, string[]]>([
    ['on a source is not needed', source, []],
    ['is needed where channels are', replica, ['TABLES']],
    [
      'is needed where the members of a group are',
      { ...source, hasHiddenMembers: true },
      ['TABLES'],
    ],
  ])('performance_schema of MySQL %s', ([, needs, missing]) => {
    const lines = [
      'GRANT PROCESS, REPLICATION CLIENT ON *.* TO `u`@`%`',
      'GRANT SELECT ON `shop`.* TO `u`@`%`',
    ]
    expect(judge(flavor('mysql', '9.7.4'), lines, needs).missing).toEqual(
      missing.map((name) => names[name]),
    )
  })

  test('for the account as the server knows it', () => {
    const account = accountOf([select], "o'b`x@10.%")
    const { missing } = judgePrivileges(account, flavor('mysql', '9.7.4'), NEEDS)
    expect(missing[0]).toBe("GRANT REPLICATION CLIENT ON *.* TO `o'b``x`@`10.%`")
  })

  it.for([
    [flavor('mysql', '5.7.44'), 'GRANT SELECT, SUPER ON *.* TO `u`@`%`'],
    [flavor('mysql', '9.7.4'), 'GRANT SELECT, REPLICATION CLIENT ON *.* TO `u`@`%`'],
    [
      flavor('mariadb', '10.11.19'),
      'GRANT SELECT, SLAVE MONITOR, BINLOG MONITOR ON *.* TO `u`@`%`',
    ],
  ] as const)(
    'PROCESS on $0.vendor $0.version: nobody else tells who waits behind us',
    ([of, line]) => {
      const missing = ['GRANT PROCESS ON *.* TO `drift`@`%`']
      expect(judge(of, [line], both).missing).toEqual(missing)
    },
  )
})

describe('a role that is granted and not active', () => {
  const account = {
    ...accountOf(['GRANT USAGE ON *.* TO `drift`@`%`', 'GRANT `r`@`%` TO `drift`@`%`']),
    dormant: parseGrants(['GRANT SELECT, INSERT, REPLICATION CLIENT ON *.* TO `drift`@`%`']),
  }
  const report = judgePrivileges(account, flavor('mysql', '8.4.3'), NEEDS)

  test('is refused for what it could do', () => {
    expect(report.refused).toEqual(['INSERT'])
  })

  test('gives nothing that is missing', () => {
    expect(report.missing).toEqual([
      'GRANT SELECT ON *.* TO `drift`@`%`',
      'GRANT REPLICATION CLIENT ON *.* TO `drift`@`%`',
      'GRANT PROCESS ON *.* TO `drift`@`%`',
    ])
  })
})

describe('an account that may read only some schemas', () => {
  const rest =
    'GRANT PROCESS, REPLICATION CLIENT, SLAVE MONITOR, BINLOG MONITOR ON *.* TO `drift`@`%`'
  const missing = (of: Flavor, lines: readonly string[], needs: Partial<PrivilegeNeeds> = {}) =>
    judge(of, [rest, ...lines], needs).missing.map((line) =>
      line.replace(/^GRANT (.*) TO `drift`@`%`$/, '$1'),
    )

  test('on MySQL does not see what a channel received', () => {
    const lines = ['GRANT SELECT ON `shop`.* TO `drift`@`%`']
    const where = 'SELECT ON `performance_schema`.*'
    expect(missing(flavor('mysql', '9.7.4'), lines)).toEqual([where])
    expect(missing(flavor('mysql', '9.7.4'), lines, { channels: false })).toEqual([])
    expect(missing(flavor('mariadb', '10.11.19'), lines)).toEqual([])
  })

  test('lacks nothing on tables of the system', () => {
    const lines = ['GRANT SELECT ON `mysql`.* TO `drift`@`%`']
    expect(missing(flavor('mariadb', '10.11.19'), lines, { objects: true })).toEqual([
      'SELECT ON *.*',
    ])
  })

  it.for<[what: string, of: Flavor, lines: string[], missing: string[]]>([
    [
      'each schema by its own pattern',
      flavor('mariadb', '11.8.3'),
      [
        'GRANT SELECT, SHOW VIEW, TRIGGER, EVENT ON `shop\\_%`.* TO u',
        'GRANT SELECT ON `a``b`.* TO u',
      ],
      [
        'SHOW VIEW ON `a``b`.*',
        'TRIGGER ON `a``b`.*',
        'EVENT ON `a``b`.*',
        'SHOW CREATE ROUTINE ON `shop\\_%`.*',
        'SHOW CREATE ROUTINE ON `a``b`.*',
      ],
    ],
    [
      'a table, but events in its schema',
      flavor('mariadb', '10.11.19'),
      ['GRANT SELECT ON `my_shop`.`orders` TO u', 'GRANT SELECT ON `my_shop`.`items` TO u'],
      [
        'SHOW VIEW ON `my_shop`.`orders`',
        'SHOW VIEW ON `my_shop`.`items`',
        'TRIGGER ON `my_shop`.`orders`',
        'TRIGGER ON `my_shop`.`items`',
        'EVENT ON `my\\_shop`.*',
        'SELECT ON `mysql`.`proc`',
      ],
    ],
    [
      'nothing twice where a schema covers a table',
      flavor('mariadb', '10.11.19'),
      [
        'GRANT SELECT, SHOW VIEW, TRIGGER ON `my_shop`.* TO u',
        'GRANT SELECT ON `my_shop`.`orders` TO u',
        'GRANT SELECT ON `mysql`.`proc` TO u',
      ],
      ['EVENT ON `my_shop`.*'],
    ],
    [
      'all routines or none',
      flavor('mysql', '8.0.20'),
      [
        'GRANT SELECT ON `performance_schema`.* TO u',
        'GRANT SELECT, SHOW VIEW, TRIGGER, EVENT ON `a`.* TO u',
        'GRANT SELECT, SHOW VIEW, TRIGGER, EVENT ON `b`.* TO u',
      ],
      ['SHOW_ROUTINE ON *.*'],
    ],
    [
      'no routines at the price of everything',
      flavor('mysql', '8.0.19'),
      [
        'GRANT SELECT ON `performance_schema`.* TO u',
        'GRANT SELECT, SHOW VIEW, TRIGGER, EVENT ON `a`.* TO u',
      ],
      [],
    ],
    [
      'what was revoked in a schema that it reads',
      flavor('mysql', '8.4.3'),
      [
        'GRANT SELECT, SHOW VIEW, TRIGGER, EVENT ON *.* TO u',
        'REVOKE SELECT, TRIGGER ON `hr`.* FROM u',
        'REVOKE TRIGGER ON `my_shop`.* FROM u',
      ],
      ['TRIGGER ON `my\\_shop`.*'],
    ],
    [
      'what was revoked from everything',
      flavor('mysql', '8.4.3'),
      ['GRANT SELECT, SHOW VIEW, EVENT ON *.* TO u'],
      ['TRIGGER ON *.*'],
    ],
  ])('is to be granted, if definitions are compared: %s', ([, of, lines, expected]) => {
    expect(missing(of, lines, { objects: true })).toEqual(expected)
  })
})
