/** How errant transactions are found in binary logs, and how little of these is read for it. */
import { describe, expect, test } from 'vitest'
import type { Errant } from '../../src/mysql/dialect.ts'
import { type ErrantSearch, errantSearch } from '../../src/mysql/errant-search.ts'
import { mariadbGtids } from '../../src/mysql/mariadb-gtids.ts'
import { mysqlGtids } from '../../src/mysql/mysql-gtids.ts'
import type { Session } from '../../src/mysql/query.ts'
import { type FakeBinlog, fakeBinlog, rowsOf } from '../support/fake-binlog.ts'
import { makeGtids } from '../support/fake-sights.ts'

const SOURCE = '00000000-0000-0000-0000-000000000001'
const OWN = '00000000-0000-0000-0000-000000000002'

const errantOf = (replica: string, source: string): Errant =>
  mysqlGtids.errant(makeGtids('mysql', replica), [makeGtids('mysql', source)])
const errantOfMariadb = (replica: string, source: string): Errant =>
  mariadbGtids.errant(makeGtids('mariadb', replica), [makeGtids('mariadb', source)])

function on(binlog: FakeBinlog) {
  const asked: string[] = []
  const session: Session = {
    server: 'db2',
    epoch: 1,
    flavor: () => Promise.reject(new Error('nobody asks')),
    async query(sql) {
      asked.push(sql)
      return binlog.answer(sql)
    },
  }
  return {
    asked,
    async all(search: ErrantSearch, errant: Errant) {
      do await search.step(session, errant)
      while (search.state === 'going on')
      return search
    },
    step: (search: ErrantSearch, errant: Errant) => search.step(session, errant),
  }
}

/** Of the source, one after another. */
function replicate(binlog: FakeBinlog, from: number, to: number): void {
  for (let number = from; number <= to; number += 1) {
    binlog.write(`${SOURCE}:${number}`, ...rowsOf('shop.orders'))
  }
}

describe('errant transactions', () => {
  test('are found with their tables and kinds of statements, and nobody else’s', async () => {
    const binlog = fakeBinlog('mysql')
    replicate(binlog, 1, 3)
    const { file, offset } = binlog.end()
    binlog.write(`${OWN}:1`, ...rowsOf('shop.t'), ...rowsOf('shop.u'), ...rowsOf('shop.t'))
    replicate(binlog, 4, 5)
    binlog.write(`${OWN}:2`, ['Query', 'DROP TABLE `shop`.`secret`'])

    const search = await on(binlog).all(errantSearch(null), errantOf(`${OWN}:1-2`, `${SOURCE}:1-5`))

    expect(search).toMatchObject({ count: 2n, state: 'done', isWhole: true })
    expect(search.found).toEqual([
      { gtid: `${OWN}:1`, place: { file, offset }, tables: ['shop.t', 'shop.u'], statements: [] },
      expect.objectContaining({ gtid: `${OWN}:2`, tables: [], statements: ['DROP TABLE'] }),
    ])
  })

  test('of MariaDB are counted one by one, wherever others write the same domain', async () => {
    const binlog = fakeBinlog('mariadb')
    for (const gtid of ['0-1-1', '0-2-2', '0-1-3', '0-2-4', '0-2-5', '0-1-6']) {
      binlog.write(gtid, ...rowsOf('shop.t'))
    }
    const errant = errantOfMariadb('0-1-6,0-2-5', '0-1-6,0-2-2')

    const search = await on(binlog).all(errantSearch(null), errant)

    expect(search).toMatchObject({ count: 2n, isWhole: true })
    expect(errant.setOf(search.found.map(({ gtid }) => gtid))).toBe('0-2-4..5')
  })

  test('of which some are in logs that are gone are a part', async () => {
    const binlog = fakeBinlog('mysql')
    binlog.write(`${OWN}:1`, ...rowsOf('shop.t'))
    binlog.rotate(`${OWN}:1`)
    binlog.write(`${OWN}:2`, ...rowsOf('shop.t'))
    binlog.purge(1)

    const search = await on(binlog).all(errantSearch(null), errantOf(`${OWN}:1-2`, ''))

    expect(search).toMatchObject({ count: 1n, state: 'done', isWhole: false })
  })

  test('are counted all and described in part when there are very many', async () => {
    const binlog = fakeBinlog('mysql')
    for (let n = 1; n <= 300; n += 1) binlog.write(`${OWN}:${n}`, ...rowsOf(`shop.t${n}`))

    const search = await on(binlog).all(errantSearch(null), errantOf(`${OWN}:1-300`, ''))

    expect(search).toMatchObject({ count: 300n, isWhole: true })
    expect(search.found).toHaveLength(20)
  })

  test('that touch very many tables name the first ones', async () => {
    const binlog = fakeBinlog('mysql')
    const tables = Array.from({ length: 100 }, (_, n) => rowsOf(`shop.t${n}`)).flat()
    binlog.write(`${OWN}:1`, ...tables)

    const search = await on(binlog).all(errantSearch(null), errantOf(`${OWN}:1`, ''))

    expect(search.found[0]?.tables).toHaveLength(20)
  })
})

describe('of many logs', () => {
  const many = (vendor: 'mysql' | 'mariadb') => {
    const binlog = fakeBinlog(vendor)
    for (let file = 1; file <= 64; file += 1) {
      const [first, last] = [file * 10 - 9, file * 10]
      if (vendor === 'mysql') replicate(binlog, first, last)
      else for (let n = first; n <= last; n += 1) binlog.write(`0-1-${n}`, ...rowsOf('shop.t'))
      if (file === 40) binlog.write(vendor === 'mysql' ? `${OWN}:1` : '7-2-1', ...rowsOf('shop.x'))
      const own = vendor === 'mysql' ? `,${OWN}:1` : ',7-2-1'
      const logged = vendor === 'mysql' ? `${SOURCE}:1-${last}` : `0-1-${last}`
      binlog.rotate(file >= 40 ? logged + own : logged)
    }
    return binlog
  }

  test.for(['mysql', 'mariadb'] as const)(
    'those before it are not read, only their heads, by halves: %s',
    async (vendor) => {
      const binlog = many(vendor)
      const { asked, all } = on(binlog)
      const errant =
        vendor === 'mysql'
          ? errantOf(`${SOURCE}:1-640,${OWN}:1`, `${SOURCE}:1-640`)
          : errantOfMariadb('0-1-640,7-2-1', '0-1-640')

      const search = await all(errantSearch(null), errant)

      expect(search.found[0]).toMatchObject({
        tables: ['shop.x'],
        place: { file: 'binlog.000040' },
      })
      const read = new Set(asked.flatMap((sql) => /IN '(\S+)' FROM/.exec(sql)?.[1] ?? []))
      expect(read.has('binlog.000039')).toBe(false)
      expect(asked.filter((sql) => sql.endsWith('LIMIT 3')).length).toBeLessThan(8)
    },
  )

  test('none is left out while the log goes on and is rotated under the search', async () => {
    const binlog = fakeBinlog('mysql')
    replicate(binlog, 1, 200)
    const { step } = on(binlog)
    const errant = errantOf(`${OWN}:1-2`, '')
    const search = errantSearch({ file: 'binlog.000001', offset: 4n })
    await step(search, errant)
    await step(search, errant)
    await step(search, errant)
    expect(search.state).toBe('done')

    binlog.write(`${OWN}:1`, ...rowsOf('shop.t'))
    await step(search, errant)
    binlog.write(`${OWN}:2`, ...rowsOf('shop.t'))
    binlog.rotate(`${SOURCE}:1-200,${OWN}:1-2`)
    do await step(search, errant)
    while (search.state === 'going on')

    expect(search.count).toBe(2n)
  })

  test('the one that is being read may be purged, which is the server’s word', async () => {
    const binlog = fakeBinlog('mysql')
    replicate(binlog, 1, 200)
    const { step } = on(binlog)
    const search = errantSearch({ file: 'binlog.000001', offset: 4n })
    await step(search, errantOf(`${OWN}:1`, ''))
    binlog.rotate('')
    binlog.purge(1)

    await expect(step(search, errantOf(`${OWN}:1`, ''))).rejects.toThrow(
      'Could not find target log',
    )
  })
})

describe('a look', () => {
  test('reads a few events at a time', async () => {
    const binlog = fakeBinlog('mysql')
    replicate(binlog, 1, 1000)
    const { asked, step } = on(binlog)
    const search = errantSearch({ file: 'binlog.000001', offset: 4n })

    await step(search, errantOf(`${OWN}:1`, ''))

    expect(asked).toEqual(["SHOW BINLOG EVENTS IN 'binlog.000001' FROM 4 LIMIT 250"])
    expect(search.state).toBe('going on')
  })

  test('skips what is known to hold nothing new', async () => {
    const binlog = fakeBinlog('mysql')
    binlog.write(`${OWN}:1`, ...rowsOf('shop.t'))
    const { asked, all } = on(binlog)
    const search = await all(errantSearch(null), errantOf(`${OWN}:1`, ''))
    replicate(binlog, 1, 1000)
    search.skipTo(binlog.end())
    binlog.write(`${OWN}:2`, ...rowsOf('shop.t'))
    asked.length = 0

    await all(search, errantOf(`${OWN}:1-2`, ''))

    expect(search.found.map(({ gtid }) => gtid)).toEqual([`${OWN}:1`, `${OWN}:2`])
    expect(asked).toHaveLength(2)
  })

  test('gives up after two million events', async () => {
    const rows = Array.from({ length: 250 }, (_, n) => ({
      Event_type: 'Xid',
      Info: '',
      Pos: String(n),
      End_log_pos: String(n + 1),
    }))
    const binlog = { ...fakeBinlog('mysql'), answer: () => rows }
    const { asked, all } = on(binlog)

    const search = await all(
      errantSearch({ file: 'binlog.000001', offset: 4n }),
      errantOf(`${OWN}:1`, ''),
    )

    expect(search).toMatchObject({ state: 'given up', isWhole: false })
    expect(asked).toHaveLength(8000)
  })
})
