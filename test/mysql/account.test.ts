import { describe, expect, test } from 'vitest'
import { readAccount } from '../../src/mysql/account.ts'
import type { Flavor } from '../../src/mysql/flavor.ts'
import type { Row } from '../../src/mysql/query.ts'
import { type Answer, fakeSession } from '../support/fake-session.ts'

const MARIADB: Flavor = { vendor: 'mariadb', version: [10, 11, 19] }

function rows(...lines: readonly string[]): Row[] {
  return lines.map((line) => ({ 'Grants for drift@%': line }))
}

const AS = { 'SELECT CURRENT_USER()': [{ account: 'drift@%' }] }

async function read(
  answers: Readonly<Record<string, Answer | (() => Answer)>>,
  flavor?: Flavor,
): Promise<{ name: string; grants: string[]; dormant: string[]; asked: string[] }> {
  const session = fakeSession({ ...AS, ...answers }, flavor)
  const account = await readAccount(session, (task) => task(session))
  const names = (list: typeof account.grants) => list.map(({ privilege }) => privilege)
  const { grants, dormant } = account
  return {
    name: account.name,
    grants: names(grants),
    dormant: names(dormant),
    asked: session.asked,
  }
}

test('an account without roles is asked for once', async () => {
  const account = await read({ 'SHOW GRANTS': rows('GRANT SELECT ON *.* TO `drift`@`%`') })
  expect(account).toEqual({
    name: 'drift@%',
    grants: ['SELECT'],
    dormant: [],
    asked: ['SELECT CURRENT_USER() AS account', 'SHOW GRANTS'],
  })
})

test('MySQL tells in one statement what all roles hold, active or not', async () => {
  const { dormant, asked } = await read({
    'SHOW GRANTS FOR CURRENT_USER() USING': rows('GRANT INSERT ON `s`.* TO `drift`@`%`'),
    'SHOW GRANTS': rows('GRANT `r``1`@`%`,`r2`@`%` TO `drift`@`%`'),
  })
  expect(dormant).toEqual(['INSERT'])
  expect(asked.at(-1)).toBe('SHOW GRANTS FOR CURRENT_USER() USING `r``1`@`%`, `r2`@`%`')
})

describe('MariaDB', () => {
  const APPLICABLE = 'SELECT ROLE_NAME AS role FROM information_schema.APPLICABLE_ROLES'

  function withRoles(current: string | null, inactive: readonly string[], failure?: Error) {
    let role = current
    const become = (name: string | null) => () => {
      role = name
      return []
    }
    return {
      'SHOW GRANTS': () => {
        const own = 'GRANT `writers` TO `drift`@`%`'
        return role === 'writers' && current !== 'writers'
          ? (failure ?? rows(own, 'GRANT INSERT ON `s`.* TO `writers`'))
          : rows(own)
      },
      [APPLICABLE]: inactive.map((name) => ({ role: name })),
      'SELECT CURRENT_ROLE()': [{ role: current }],
      'SET ROLE `writers`': become('writers'),
      'SET ROLE': become(current),
    }
  }

  test('tells what a role holds only while it is active', async () => {
    const { dormant, asked } = await read(withRoles(null, ['writers']), MARIADB)
    expect(dormant).toContain('INSERT')
    expect(asked.slice(-4)).toEqual([
      'SELECT CURRENT_ROLE() AS role',
      'SET ROLE `writers`',
      'SHOW GRANTS',
      'SET ROLE NONE',
    ])
  })

  test('has the role again that was active before', async () => {
    const { asked } = await read(withRoles('re`aders', ['writers']), MARIADB)
    expect(asked.at(-1)).toBe('SET ROLE `re``aders`')
  })

  test('has it again also when a statement failed', async () => {
    const session = fakeSession(
      { ...AS, ...withRoles('readers', ['writers'], new Error('lost')) },
      MARIADB,
    )
    await expect(readAccount(session, (task) => task(session))).rejects.toThrow('lost')
    expect(session.asked.at(-1)).toBe('SET ROLE `readers`')
  })

  test('is left alone when all roles are active', async () => {
    const { dormant, asked } = await read(withRoles('writers', []), MARIADB)
    expect(dormant).toEqual([])
    expect(asked.filter((sql) => sql.startsWith('SET'))).toEqual([])
  })
})
