import { describe, expect, it } from 'vitest'
import { DEFAULTS } from '../../src/config/defaults.ts'
import { configFromUrls } from '../../src/config/urls.ts'

const from = (...urls: string[]) => configFromUrls(urls, { password: 'from-env' })

describe('servers named as URLs', () => {
  it('are the set default with every setting at its default', () => {
    const { sets, warnings } = from('mysql://drift@db1', 'mariadb://drift@[::1]:3307/')
    expect(sets).toEqual([
      {
        ...DEFAULTS,
        name: 'default',
        credentials: { username: 'drift', password: 'from-env' },
        servers: [
          {
            name: 'db1:3306',
            address: 'db1:3306',
            endpoint: { host: 'db1', port: 3306 },
            role: null,
          },
          {
            name: '[::1]:3307',
            address: '[::1]:3307',
            endpoint: { host: '::1', port: 3307 },
            role: null,
          },
        ],
      },
    ])
    expect(warnings).toEqual([])
  })

  it('have an empty password when none is known', () => {
    const { sets } = configFromUrls(['mysql://drift@db1'], { password: null })
    expect(sets[0]?.credentials.password).toBe('')
  })

  it('use a password of a URL for all of them, with a warning that does not show it', () => {
    const { sets, warnings } = from('mysql://drift@db1', 'mysql://drift:p%40ss@db2')
    expect(sets[0]?.credentials.password).toBe('p@ss')
    expect(warnings).toEqual([
      'URL 2 (db2:3306): a password in a URL is visible to every user of this machine in the list of processes; use MYSQL_PWD',
    ])
  })

  const FORM = 'mysql://user@host:port or mariadb://user@host:port'
  it.for<[string, string[], string]>([
    ['need at least one', [], `expected at least one ${FORM}, got none`],
    ['have no other scheme', ['postgres://u@db1'], `URL 1: expected ${FORM}, got postgres://`],
    ['have a scheme', ['db1:3306'], `URL 1: expected ${FORM}, got no scheme`],
    ['name a user', ['mysql://db1'], `URL 1: expected a user (${FORM}), got none`],
    [
      'name a host',
      ['mysql://u@/'],
      `URL 1: expected ${FORM}, got something else (special characters in a password are written as %XX)`,
    ],
    [
      'take no parameters',
      ['mysql://u@db1?ssl=hunter2'],
      `URL 1: expected ${FORM}, got parameters behind it`,
    ],
    ['take no path', ['mysql://u:12/hunter2@db1'], `URL 1: expected ${FORM}, got a path behind it`],
    [
      'take no fragment',
      ['mysql://u:12#hunter2@db1'],
      `URL 1: expected ${FORM}, got parameters behind it`,
    ],
    [
      'need special characters encoded',
      ['mysql://u:a/hunter2@db1'],
      `URL 1: expected ${FORM}, got something else (special characters in a password are written as %XX)`,
    ],
    [
      'need percent signs encoded',
      ['mysql://u:hunter2%zz@db1'],
      'URL 1: expected %XX with two hexadecimal digits, got another %',
    ],
    [
      'have a valid port',
      ['mysql://u@db1:0'],
      `URL 1: expected ${FORM}, got no such host and port`,
    ],
    [
      'are each another server',
      ['mysql://u@db1', 'mariadb://u@DB1:3306'],
      'URL 2: expected each server once, got DB1:3306 again (first in URL 1)',
    ],
    [
      'have one user',
      ['mysql://u@db1', 'mysql://v@db2'],
      'URL 2: expected the same user as in URL 1, got another',
    ],
    [
      'have one password',
      ['mysql://u:a@db1', 'mysql://u:hunter2@db2'],
      'URL 2: expected the same password in every URL, got another',
    ],
    [
      'are all judged in one go',
      ['x', 'y'],
      `URL 1: expected ${FORM}, got no scheme\nURL 2: expected ${FORM}, got no scheme`,
    ],
  ])('%s', ([, urls, message]) => {
    expect(() => from(...urls)).toThrow(expect.objectContaining({ name: 'UserError', message }))
  })
})
