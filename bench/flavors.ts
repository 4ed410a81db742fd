/** What a benchmark must know about a kind of server. */
import { join } from 'node:path'
import type { Vendor } from '../src/mysql/flavor.ts'

export interface BenchFlavor {
  readonly title: string
  /** Beyond the lab's own, which are small and quick; durability is the server's own default here. */
  readonly settings: Readonly<Record<string, string>>
  /** 3.2.1 speaks to MariaDB and not to MySQL 9; 3.7.1 the other way round. */
  checksumTool(cache: string): readonly string[]
  /** How many times the cost of the plain CRC32 a digest may have. */
  readonly digestTarget: number
}

const BENCH_FLAVORS: Readonly<Record<Vendor, BenchFlavor>> = {
  mariadb: {
    title: 'MariaDB',
    settings: {
      'innodb-log-file-size': '512M',
      'innodb-flush-log-at-trx-commit': '1',
      'sync-binlog': '0',
    },
    checksumTool: () => ['/usr/bin/pt-table-checksum'],
    digestTarget: 3,
  },
  mysql: {
    title: 'MySQL',
    settings: {
      'innodb-redo-log-capacity': '512M',
      'innodb-flush-log-at-trx-commit': '1',
      'sync-binlog': '1',
    },
    checksumTool: (cache) => ['perl', join(cache, 'percona-toolkit/usr/bin/pt-table-checksum')],
    digestTarget: 2,
  },
}

export function benchFlavor(vendor: Vendor): BenchFlavor {
  return BENCH_FLAVORS[vendor]
}
