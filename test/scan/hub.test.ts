/** A replica with several sources: what comes from one is no business of the other. */
import { describe, expect, test } from 'vitest'
import { ServerError } from '../../src/errors.ts'
import { channelFrom, fakeDatabase, makeTableData } from '../support/fake-database.ts'
import { fakeScan } from '../support/fake-scan.ts'

/** The hub has the orders of `east` and the payments of `west`. */
function hub() {
  const east = fakeDatabase('east')
  const west = fakeDatabase('west')
  const replica = fakeDatabase('hub', [
    channelFrom('east', { Channel_Name: 'e' }),
    channelFrom('west', { Channel_Name: 'w' }),
  ])
  east.tables.set('shop.orders', makeTableData())
  west.tables.set('shop.payments', makeTableData())
  replica.tables.set('shop.orders', makeTableData())
  replica.tables.set('shop.payments', makeTableData())
  return { east, west, replica, databases: [east, west, replica] }
}

describe('a hub', () => {
  test('has one entry for each table, with the source whose channel carries it', async () => {
    const scan = fakeScan(hub().databases)

    await scan.pass('checksum')

    expect(scan.verdicts()).toEqual({ 'hub/e shop.orders': 'same', 'hub/w shop.payments': 'same' })
  })

  test('has nothing missing of one source because the other has it not', async () => {
    const { databases, replica } = hub()
    replica.tables.delete('shop.payments')
    const scan = fakeScan(databases)

    await scan.pass('checksum')

    expect(scan.verdicts()).toEqual({
      'hub/e shop.orders': 'same',
      'hub/w shop.payments': 'missing_on_replica',
    })
  })

  test('cannot tell whose a table is that both sources have', async () => {
    const { databases, east } = hub()
    east.tables.set('shop.payments', makeTableData())
    const scan = fakeScan(databases)

    await scan.pass('checksum')

    expect(scan.verdicts()).toEqual({
      'hub/e shop.orders': 'same',
      'hub/e shop.payments': 'multi_source',
      'hub/w shop.payments': 'multi_source',
    })
  })

  test('still cannot tell whose such a table is while one of them is away', async () => {
    const { databases, east, west, replica } = hub()
    east.tables.set('shop.payments', makeTableData())
    replica.tables.get('shop.payments')?.rows.set(7, 'of west')
    const scan = fakeScan(databases)
    await scan.pass('checksum')
    west.trouble = new ServerError('connect', 'west: gone')

    await scan.pass('checksum')

    expect(scan.verdicts()).toMatchObject({
      'hub/e shop.orders': 'same',
      'hub/e shop.payments': 'multi_source',
    })
  })

  test('cannot tell what differs from what a source brings that nobody has seen', async () => {
    const { east, replica } = hub()
    replica.tables.get('shop.orders')?.rows.set(7, 'of west')
    east.tables.set('shop.logs', makeTableData())
    replica.tables.set('shop.logs', makeTableData())
    const scan = fakeScan([east, replica])

    await scan.pass('checksum')

    expect(scan.verdicts()).toMatchObject({
      'hub/e shop.orders': 'multi_source',
      'hub/e shop.logs': 'same',
    })
  })

  test('can tell whose a table is that only one channel brings, by its rules', async () => {
    const { databases, east, replica } = hub()
    east.tables.set('shop.payments', makeTableData(7))
    replica.channels[0] = channelFrom('east', {
      Channel_Name: 'e',
      Replicate_Ignore_Table: 'shop.payments',
    })
    const scan = fakeScan(databases)

    await scan.pass('checksum')

    expect(scan.verdicts()).toEqual({
      'hub/e shop.orders': 'same',
      'hub/e shop.payments': 'filtered',
      'hub/w shop.payments': 'same',
    })
  })

  test('has the same schema of two sources under two names', async () => {
    const { databases, east, west, replica } = hub()
    for (const source of [east, west]) {
      source.tables.clear()
      source.tables.set('app.users', makeTableData())
    }
    replica.tables.clear()
    replica.tables.set('app_e.users', makeTableData()).set('app_w.users', makeTableData(2))
    const rewritten = (name: string) =>
      channelFrom(name === 'e' ? 'east' : 'west', {
        Channel_Name: name,
        Replicate_Rewrite_DB: `(app,app_${name})`,
      })
    replica.channels.splice(0, 2, rewritten('e'), rewritten('w'))
    const scan = fakeScan(databases)

    await scan.pass('checksum')

    expect(scan.verdicts()).toEqual({ 'hub/e app_e.users': 'same', 'hub/w app_w.users': 'drifted' })
  })

  // Nobody could say whose row it is: the source that is away may have a table of that name, and the channel bring it.
  test('in one full look while a source is away knows what is the same, and not whose a difference is', async () => {
    const { databases, east, west, replica } = hub()
    replica.tables.get('shop.orders')?.rows.set(7, 'of west, for all we know')
    for (const database of [east, replica]) database.tables.set('shop.logs', makeTableData())
    west.trouble = new ServerError('connect', 'west: gone')
    const scan = fakeScan(databases, { once: true })

    await scan.once()

    expect(scan.verdicts()).toEqual({
      'hub/e shop.logs': 'same',
      'hub/e shop.orders': 'multi_source',
      'hub/w shop.payments': 'unreachable',
    })
  })

  test('in one full look while a source is away tells a drift in what the rules of its channel leave out', async () => {
    const { databases, west, replica } = hub()
    replica.tables.get('shop.orders')?.rows.set(7, 'b')
    const rules = { Channel_Name: 'w', Replicate_Wild_Do_Table: 'shop.pay%' }
    replica.channels[1] = channelFrom('west', rules)
    west.trouble = new ServerError('connect', 'west: gone')
    const scan = fakeScan(databases, { once: true })

    await scan.once()

    expect(scan.verdicts()).toMatchObject({ 'hub/e shop.orders': 'drifted' })
  })

  test('that was watched before its source went away knows what that one brings, and tells a drift of the other', async () => {
    const { databases, west, replica } = hub()
    const scan = fakeScan(databases)
    await scan.pass('checksum')
    west.trouble = new ServerError('connect', 'west: gone')
    replica.tables.get('shop.orders')?.rows.set(7, 'b')

    await scan.pass('checksum')

    expect(scan.verdicts()).toMatchObject({ 'hub/e shop.orders': 'drifted' })
  })

  test('invents no extra table when one of its sources goes away', async () => {
    const { databases, west } = hub()
    const scan = fakeScan(databases)
    await scan.pass('checksum')
    west.trouble = new ServerError('connect', 'west: gone')

    await scan.pass('checksum')

    expect(Object.values(scan.verdicts())).not.toContain('extra_on_replica')
    expect(scan.verdicts()).toMatchObject({ 'hub/e shop.orders': 'same' })
  })

  test('invents no extra table when one of its sources was never there', async () => {
    const { databases, west } = hub()
    west.trouble = new ServerError('connect', 'west: gone')
    const scan = fakeScan(databases)

    await scan.pass('checksum')

    expect(Object.values(scan.verdicts())).not.toContain('extra_on_replica')
  })

  test('invents no extra table when one of its sources is not in the set', async () => {
    const { east, replica } = hub()
    const scan = fakeScan([east, replica])

    await scan.pass('checksum')

    expect(Object.values(scan.verdicts())).not.toContain('extra_on_replica')
  })

  test('keeps what was found extra while a source is away', async () => {
    const { databases, west, replica } = hub()
    replica.tables.set('shop.scratch', makeTableData())
    const scan = fakeScan(databases)
    await scan.pass('checksum')
    expect(Object.values(scan.verdicts())).toContain('extra_on_replica')
    west.trouble = new ServerError('connect', 'west: gone')

    await scan.pass('checksum')

    expect(Object.values(scan.verdicts())).toContain('extra_on_replica')
  })

  test('names an extra table once, not once for each source', async () => {
    const { databases, replica } = hub()
    replica.tables.set('shop.scratch', makeTableData())
    const scan = fakeScan(databases)

    await scan.pass('checksum')

    expect(Object.values(scan.verdicts()).filter((why) => why === 'extra_on_replica')).toHaveLength(
      1,
    )
  })
})
