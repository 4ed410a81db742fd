/** `check` against real servers: each fault gives the verdict, the words and the exit code of design section 6. */
import { beforeAll, describe, expect, test } from 'vitest'
import { breakServer } from '../../src/lab/breakage.ts'
import type { Lab } from '../../src/lab/lab.ts'
import { resyncTable } from '../../src/lab/resync.ts'
import { createShop } from '../../src/lab/shop.ts'
import type { Vendor } from '../../src/mysql/flavor.ts'
import { describeFlavors, useCluster } from '../support/cluster.ts'
import { type Run, runCheck } from '../support/exporter.ts'
import { notTheSame, type SetObject, serverIn, setIn } from '../support/report.ts'

interface Case {
  readonly name: string
  readonly flavors?: readonly Vendor[]
  /** @returns how to make it good again. */
  apply(lab: Lab): Promise<() => Promise<unknown>>
  readonly code: number
  readonly verdict: string
  readonly notTheSame: readonly string[]
  readonly differences?: readonly string[]
  /** Of the first table that is drifted: missing, extra, changed. */
  readonly rowsDrifted?: readonly [string, string, string]
  /** Part of the first line of `--output=nagios`. */
  readonly nagios: RegExp
  /** Part of `--output=text`, where that says more. */
  readonly text?: RegExp
  also?(run: Run, lab: Lab): void
}

const fault =
  (name: string, server: string, table?: string) =>
  async (lab: Lab): Promise<() => Promise<unknown>> => {
    const of = table === undefined ? {} : { table: { schema: 'shop', name: table } }
    const broken = await breakServer(lab, { fault: name, server, ...of })
    return () => broken.undo()
  }

/** Statements on db2 that its source never sees; the table is copied again afterwards. */
const behindTheBinlog =
  (table: string, ...statements: readonly string[]) =>
  async (lab: Lab): Promise<() => Promise<unknown>> => {
    await lab.server('db2').unlogged(...statements)
    return () => resyncTable(lab, lab.server('db2'), { schema: 'shop', name: table })
  }

const CASES: readonly Case[] = [
  {
    name: 'a healthy set is the same',
    apply: async () => async () => undefined,
    code: 0,
    verdict: 'same',
    notTheSame: [],
    nagios: /^DRIFT OK - 10 tables the same \| /,
  },
  {
    name: 'a row that the replica lacks is drift, and a count difference',
    apply: fault('delete-row', 'db2', 'orders'),
    code: 2,
    verdict: 'drifted',
    notTheSame: ['db2 shop.orders: drifted'],
    rowsDrifted: ['1', '0', '0'],
    nagios: /^DRIFT CRITICAL - 1 table drifted on db2 \(shop\.orders\) \| .*'drifted'=1;/,
    text: /row counts that differ\n.*\n +shop\.orders +db1 -> db2 +200 +199 +-1$/m,
    also: ({ json }) =>
      expect(setIn(json).tables).toContainEqual(
        expect.objectContaining({ server: 'db2', rows: { source: '200', replica: '199' } }),
      ),
  },
  {
    name: 'a row that only the replica has is drift',
    apply: fault('add-row', 'db2', 'payments'),
    code: 2,
    verdict: 'drifted',
    notTheSame: ['db2 shop.payments: drifted'],
    rowsDrifted: ['0', '1', '0'],
    nagios: /^DRIFT CRITICAL - 1 table drifted on db2 \(shop\.payments\)/,
  },
  {
    name: 'a changed row is drift though the counts are equal',
    apply: fault('change-row', 'db3', 'customers'),
    code: 2,
    verdict: 'drifted',
    notTheSame: ['db3 shop.customers: drifted'],
    rowsDrifted: ['0', '0', '1'],
    nagios: /^DRIFT CRITICAL - 1 table drifted on db3 \(shop\.customers\)/,
    text: /^ +drifted\n +shop\.customers .*db3/m,
  },
  {
    name: 'two rows with the same change are drift',
    apply: behindTheBinlog(
      'customers',
      'UPDATE shop.customers SET is_vip = 1 WHERE id IN (102, 104)',
    ),
    code: 2,
    verdict: 'drifted',
    notTheSame: ['db2 shop.customers: drifted'],
    rowsDrifted: ['0', '0', '2'],
    nagios: /^DRIFT CRITICAL - 1 table drifted on db2 \(shop\.customers\)/,
  },
  {
    name: 'two rows that exchanged their values are drift',
    apply: behindTheBinlog(
      'customers',
      "UPDATE shop.customers SET name = IF(id = 7, 'Zoë 8', 'Zoë 7') WHERE id IN (7, 8)",
    ),
    code: 2,
    verdict: 'drifted',
    notTheSame: ['db2 shop.customers: drifted'],
    rowsDrifted: ['0', '0', '2'],
    nagios: /^DRIFT CRITICAL - 1 table drifted on db2 \(shop\.customers\)/,
  },
  {
    name: 'a stopped io thread is critical, and the data is still the same',
    apply: fault('stop-io-thread', 'db2'),
    code: 2,
    verdict: 'same',
    notTheSame: [],
    nagios: /^DRIFT CRITICAL - db2: io thread is stopped \| /,
    also: ({ json }) =>
      expect(serverIn(json, 'db2').channels).toMatchObject([{ io: 'stopped', sql: 'running' }]),
  },
  {
    name: 'a stopped sql thread is critical, and the data is still the same',
    apply: fault('stop-sql-thread', 'db2'),
    code: 2,
    verdict: 'same',
    notTheSame: [],
    nagios: /^DRIFT CRITICAL - db2: sql thread is stopped \| /,
    also: ({ json }) =>
      expect(serverIn(json, 'db2').channels).toMatchObject([{ io: 'running', sql: 'stopped' }]),
  },
  {
    name: 'what a stopped sql thread has not applied is unknown and not drift',
    apply: async (lab) => {
      const undo = await fault('stop-sql-thread', 'db2')(lab)
      await lab.server('db1').exec('UPDATE shop.products SET stock = stock + 1')
      return undo
    },
    code: 2,
    verdict: 'unknown',
    notTheSame: ['db2 shop.products: unknown lag'],
    nagios: /^DRIFT CRITICAL - db2: sql thread is stopped, 1 table unknown on db2: lag/,
    text: /^unknown: 1 table unknown on db2: lag \(shop\.products\)$/m,
    also: ({ json }) => expect(Number(serverIn(json, 'db2').gtid.missing)).toBeGreaterThan(0),
  },
  {
    name: 'an errant transaction is critical, and counted',
    apply: fault('errant-transaction', 'db3'),
    code: 2,
    verdict: 'same',
    notTheSame: [],
    nagios: /^DRIFT CRITICAL - db3 has (at least )?1 errant transaction \(/,
    also: ({ json }, lab) => {
      const { gtid } = serverIn(json, 'db3')
      expect(gtid).toMatchObject({ errant: '1', missing: '0', unrecoverable: '0' })
      expect(gtid.errant_set).toMatch(lab.flavor === 'mariadb' ? /^1003-3-1$/ : /^[\da-f-]{36}:1$/)
      expect(serverIn(json, 'db2').gtid.errant).toBe('0')
    },
  },
  {
    name: 'a dead replica is OUT, and the others are compared',
    apply: fault('kill-server', 'db3'),
    code: 3,
    verdict: 'same',
    notTheSame: [],
    nagios: /^DRIFT UNKNOWN - db3 is OUT: .* \| /,
    text: /^ +db3 .* OUT$/m,
    also: ({ json }) => {
      expect(serverIn(json, 'db3')).toMatchObject({ up: false, channels: [] })
      expect(setIn(json).tables.filter(({ server }) => server === 'db2')).toHaveLength(5)
    },
  },
  {
    name: 'with a dead source every table is unknown, and the io threads are no fault of their own',
    apply: fault('kill-server', 'db1'),
    code: 3,
    verdict: 'unknown',
    notTheSame: ['customers', 'order_items', 'orders', 'payments', 'products']
      .flatMap((table) => ['db2', 'db3'].map((db) => `${db} shop.${table}: unknown unreachable`))
      .sort(),
    nagios: /^DRIFT UNKNOWN - .*db1 is OUT/,
    text: /^ +db1 .* OUT$/m,
  },
  {
    name: 'a column that the replica lacks is a critical difference, its table never the same',
    apply: fault('drop-column', 'db2', 'orders'),
    code: 2,
    verdict: 'unknown',
    notTheSame: ['db2 shop.orders: unknown definition_differs'],
    differences: ['db2 column orders.note missing critical'],
    nagios:
      /^DRIFT CRITICAL - 1 critical schema difference on db2 \(column shop\.orders\.note missing/,
    text: /^ +critical +db2 +column +shop\.orders\.note +missing/m,
  },
  {
    name: 'a table that the replica lacks is missing',
    apply: behindTheBinlog('products', 'DROP TABLE shop.products'),
    code: 2,
    verdict: 'missing',
    notTheSame: ['db2 shop.products: missing missing_on_replica'],
    differences: ['db2 table products missing critical'],
    nagios: /^DRIFT CRITICAL - 1 table missing on db2 \(shop\.products\)/,
    text: /^ +shop\.products .*not on db2/m,
  },
  {
    name: 'a table that only the replica has is missing at its source',
    apply: async (lab) => {
      const db2 = lab.server('db2')
      await db2.unlogged('CREATE TABLE shop.extra (id INT PRIMARY KEY)')
      return () => db2.unlogged('DROP TABLE shop.extra')
    },
    code: 2,
    verdict: 'missing',
    notTheSame: ['db2 shop.extra: missing extra_on_replica'],
    differences: ['db2 table extra extra warning'],
    nagios: /^DRIFT CRITICAL - 1 table only on db2 \(shop\.extra\)/,
    text: /^ +shop\.extra .*only on db2/m,
  },
  {
    name: 'a replica that can be written is a warning',
    apply: async (lab) => {
      await lab.server('db2').exec('SET GLOBAL read_only = 0')
      return () => lab.server('db2').exec('SET GLOBAL read_only = 1')
    },
    code: 1,
    verdict: 'same',
    notTheSame: [],
    nagios: /^DRIFT WARNING - db2 is a replica and not read_only/,
  },
]

function rowsDriftedIn({ tables }: SetObject) {
  const drifted = tables.find(({ verdict }) => verdict === 'drifted')
  if (drifted?.counted !== true) return null
  const { missing, extra, changed } = drifted.rows_drifted
  return [missing, extra, changed]
}

function differencesIn({ schema_differences }: SetObject): string[] {
  return schema_differences.map(({ server, object, name, kind, severity }) =>
    [server, object, name, kind, severity].join(' '),
  )
}

describeFlavors((flavor) => {
  const cluster = useCluster(flavor)

  beforeAll(async () => {
    const lab = cluster()
    await createShop(lab.server('db1'))
    await lab.caughtUp()
  })

  describe.for(CASES)('$name', (wanted) => {
    test('in JSON and for Nagios, and nothing of it after the repair', async () => {
      const lab = cluster()
      const undo = await wanted.apply(lab)
      try {
        const [run, nagios, text] = await Promise.all([
          runCheck(lab),
          runCheck(lab, ['--output=nagios']),
          wanted.text && runCheck(lab, ['--output=text']),
        ])
        const set = setIn(run.json)
        expect(notTheSame(run.json), run.explain).toEqual(wanted.notTheSame)
        expect(set.verdict, run.explain).toBe(wanted.verdict)
        expect(differencesIn(set), run.explain).toEqual(wanted.differences ?? [])
        if (wanted.rowsDrifted) expect(rowsDriftedIn(set), run.explain).toEqual(wanted.rowsDrifted)
        wanted.also?.(run, lab)
        expect(nagios.text, nagios.explain).toMatch(wanted.nagios)
        expect(nagios.text.trimEnd().split('\n'), nagios.explain).toHaveLength(1)
        if (text && wanted.text) expect(text.text, text.explain).toMatch(wanted.text)
        expect(run.code, run.explain).toBe(wanted.code)
        expect(nagios.code, nagios.explain).toBe(wanted.code)
      } finally {
        await undo()
      }
      await lab.caughtUp()
      const repaired = await runCheck(lab, ['--output=nagios'])
      expect(repaired.text, repaired.explain).toMatch(/^DRIFT OK - 10 tables the same \| /)
      expect(repaired.code, repaired.explain).toBe(0)
    })
  })
})
