import { describe, expect, it } from 'vitest'
import { endpointKey, parseAddress } from '../../src/config/addresses.ts'

describe('an address', () => {
  it.for([
    ['db1', { host: 'db1', port: 3306 }],
    ['db1:3307', { host: 'db1', port: 3307 }],
    ['mysql_db-1.shop.example.:1', { host: 'mysql_db-1.shop.example.', port: 1 }],
    ['10.0.0.1:65535', { host: '10.0.0.1', port: 65535 }],
    ['[::1]', { host: '::1', port: 3306 }],
    ['[2001:db8::7]:3307', { host: '2001:db8::7', port: 3307 }],
    ['/run/mysqld/mysqld.sock', { socketPath: '/run/mysqld/mysqld.sock' }],
  ] as const)('%s is understood', ([text, endpoint]) => {
    expect(parseAddress(text)).toEqual(endpoint)
  })

  it.for([
    '',
    '/',
    'db1:',
    ':3306',
    'db1:0',
    'db1:65536',
    'db1:3306:3306',
    '::1',
    '[::1',
    '[db1]',
    '[::1]3306',
    'db 1',
    '-db1',
    'db..1',
    '10.0.0.256',
    'u@db1',
    'mysql://db1',
    'db1:3306\n',
  ])('"%s" is not understood', (text) => {
    expect(parseAddress(text)).toBeUndefined()
  })

  it('means the same server in any case and with the default port', () => {
    const keys = ['db1', 'DB1:3306'].map((text) => {
      const endpoint = parseAddress(text)
      return endpoint && endpointKey(endpoint)
    })
    expect(keys).toEqual(['db1:3306', 'db1:3306'])
  })
})
