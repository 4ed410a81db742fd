/** Which server this is, as a value. Versions compare as tuples: 10.11 is newer than 10.6. */

export type Vendor = 'mysql' | 'mariadb'
export type Version = readonly [major: number, minor: number, patch: number]

export interface Flavor {
  readonly vendor: Vendor
  readonly version: Version
}

/**
 * Servers and proxies that speak the protocol and print a MySQL version, but are neither: what is
 * proved of replication on MySQL and MariaDB says nothing about them. By their own banners.
 */
const IMPOSTORS =
  /tidb|proxysql|vitess|planetscale|dolt|oceanbase|singlestore|memsql|starrocks|\bdoris\b|xpand|clustrix|clickhouse|manticore|greptime|databend|x-cluster/i

/** What MariaDB 10 and 11 put before their version in the handshake (MDEV-4088). */
const HANDSHAKE_PREFIX = /^5\.5\.5-(?=\d)/

/**
 * The flavor of a server that answers `SELECT VERSION(), @@version_comment` so; null = neither MySQL
 * nor MariaDB (TiDB, a ProxySQL...). Builds of MySQL (Percona, RDS, Cloud SQL, Debian) count as MySQL.
 *
 * The name is looked for before the numbers, which overlap: MySQL has been 26.x since 2026. A missing
 * patch level is 0 (Aurora's `8.0.mysql_aurora.3.04.0`).
 */
export function flavorOf(version: string, comment: string): Flavor | null {
  const banner = `${version} ${comment}`
  if (IMPOSTORS.test(banner)) return null
  const vendor = /mariadb/i.test(banner) ? 'mariadb' : 'mysql'
  const digits = vendor === 'mariadb' ? version.replace(HANDSHAKE_PREFIX, '') : version
  const [, major, minor, patch] = /^(\d+)\.(\d+)(?:\.(\d+))?/.exec(digits) ?? []
  if (major === undefined) return null
  return { vendor, version: [Number(major), Number(minor), Number(patch ?? 0)] }
}

/** Whether this is that vendor's server, of that version or newer. */
export function atLeast(
  flavor: Flavor,
  vendor: Vendor,
  major: number,
  minor: number,
  patch = 0,
): boolean {
  if (flavor.vendor !== vendor) return false
  const [ownMajor, ownMinor, ownPatch] = flavor.version
  if (ownMajor !== major) return ownMajor > major
  if (ownMinor !== minor) return ownMinor > minor
  return ownPatch >= patch
}

/** First and last series for which statements were chosen and answers recorded, as 100 * major + minor. */
const KNOWN: Readonly<Record<Vendor, readonly (readonly [first: number, last: number])[]>> = {
  mysql: [
    [507, 507],
    [800, 804],
    [900, 907],
    [2600, 2699],
  ],
  mariadb: [[1004, 1299]],
}

/** One that is unknown is taken for what `atLeast` makes of it: mostly for the newest. */
export function isKnownVersion({ vendor, version: [major, minor] }: Flavor): boolean {
  const series = 100 * major + minor
  return KNOWN[vendor].some(([first, last]) => first <= series && series <= last)
}

/** `10.11.19`: what the metric label and the JSON output show. */
export function formatVersion(version: Version): string {
  return version.join('.')
}
