import { describe, expect, it, test } from 'vitest'
import {
  atLeast,
  type Flavor,
  flavorOf,
  formatVersion,
  isKnownVersion,
} from '../../src/mysql/flavor.ts'

function nameOf(flavor: Flavor | null): string | null {
  return flavor && `${flavor.vendor} ${formatVersion(flavor.version)}`
}

describe('the flavor of a server that answers', () => {
  it.for<[version: string, comment: string, flavor: string | null]>([
    // Seen on the servers of the lab.
    ['10.11.19-MariaDB-0+deb12u1-log', 'Debian 12', 'mariadb 10.11.19'],
    ['9.7.4-2', '(Debian)', 'mysql 9.7.4'],
    // As documented and reported by others.
    ['9.7.4', 'MySQL Community Server - GPL', 'mysql 9.7.4'],
    ['26.7.0', 'MySQL Community Server - GPL', 'mysql 26.7.0'],
    ['26.10.1-cloud', 'MySQL Enterprise - Cloud', 'mysql 26.10.1'],
    ['5.7.44-log', 'MySQL Community Server (GPL)', 'mysql 5.7.44'],
    ['8.0.36', 'MySQL Community Server - GPL', 'mysql 8.0.36'],
    ['8.0.36-0ubuntu0.22.04.1', '(Ubuntu)', 'mysql 8.0.36'],
    [
      '8.0.36-28',
      'Percona Server (GPL), Release 28, Revision 47601f19, WSREP version 26.1.4.3',
      'mysql 8.0.36',
    ],
    ['5.7.44-48-log', 'Percona Server (GPL), Release 48, Revision 497f936a373', 'mysql 5.7.44'],
    ['8.0.35-cluster', 'MySQL Cluster Community Server - GPL', 'mysql 8.0.35'],
    ['8.4.3', 'Source distribution', 'mysql 8.4.3'],
    ['8.0.31-google', '(Google)', 'mysql 8.0.31'],
    ['8.0.42-azure', 'MySQL Community Server - GPL', 'mysql 8.0.42'],
    ['8.0.mysql_aurora.3.04.0', 'MySQL Community Server (GPL)', 'mysql 8.0.0'],
    ['8.0.28', 'Source distribution', 'mysql 8.0.28'],
    ['11.8.3-MariaDB-0+deb13u1 from Debian', '-- Please help get to 10k stars', 'mariadb 11.8.3'],
    ['12.0.2-MariaDB-ubu2404-log', 'mariadb.org binary distribution', 'mariadb 12.0.2'],
    ['5.5.5-10.6.14-MariaDB-log', 'MariaDB Server', 'mariadb 10.6.14'],
    ['10.6.14-MariaDB-log', 'managed by https://aws.amazon.com/rds/', 'mariadb 10.6.14'],
    ['10.6.11-6-MariaDB-enterprise-log', 'MariaDB Enterprise Server', 'mariadb 10.6.11'],
    ['11.4.2', 'mariadb.org binary distribution', 'mariadb 11.4.2'],
    ['8.0.11-TiDB-v7.5.0', 'TiDB Server (Apache License 2.0) Community Edition', null],
    ['8.0.11', 'TiDB Server (Apache License 2.0) Community Edition', null],
    ['8.0.11', '(ProxySQL)', null],
    ['8.0.30-Vitess', 'Version: 19.0.4', null],
    ['5.7.25-OceanBase-v4.2.1.0', 'OceanBase_CE 4.2.1.0', null],
    ['5.7.32', 'SingleStoreDB source distribution (compatible; MySQL Enterprise)', null],
    ['8.0.33', 'Dolt', null],
    ['5.7.99', 'Doris version doris-2.0.3-rc06', null],
    ['null', 'null', null],
    ['', '', null],
  ])('%s (%s) is %s', ([version, comment, flavor]) => {
    expect(nameOf(flavorOf(version, comment))).toBe(flavor)
  })
})

describe('at least', () => {
  const mysql: Flavor = { vendor: 'mysql', version: [8, 0, 22] }
  const mariadb: Flavor = { vendor: 'mariadb', version: [10, 11, 0] }

  test('the same version counts', () => {
    expect(atLeast(mysql, 'mysql', 8, 0, 22)).toBe(true)
  })

  test('a missing patch level is 0', () => {
    expect(atLeast(mysql, 'mysql', 8, 0)).toBe(true)
  })

  test('one patch more does not', () => {
    expect(atLeast(mysql, 'mysql', 8, 0, 23)).toBe(false)
  })

  test('numbers are no text: 10.11 is newer than 10.6, and than 9.99', () => {
    expect(atLeast(mariadb, 'mariadb', 10, 6, 99)).toBe(true)
    expect(atLeast(mariadb, 'mariadb', 9, 99)).toBe(true)
    expect(atLeast(mariadb, 'mariadb', 11, 0)).toBe(false)
  })

  test('the other vendor never is, whatever its number', () => {
    expect(atLeast(mariadb, 'mysql', 8, 0)).toBe(false)
  })
})

describe('a version for which statements were chosen', () => {
  it.for<[banner: string, known: boolean]>([
    ['5.6.51', false],
    ['5.7.44', true],
    ['8.0.11', true],
    ['8.4.6', true],
    ['9.7.4', true],
    ['9.8.0', false],
    ['26.1.0', true],
    ['26.10.2', true],
    ['27.1.0', false],
    ['10.3.39-MariaDB', false],
    ['10.4.34-MariaDB', true],
    ['10.11.19-MariaDB', true],
    ['11.8.2-MariaDB', true],
    ['12.3.1-MariaDB', true],
    ['13.0.1-MariaDB', false],
  ])('is %s: %s', ([banner, known]) => {
    const flavor = flavorOf(banner, '')

    expect(flavor && isKnownVersion(flavor)).toBe(known)
  })
})
