/** Redirect, promote, and what a lab can be asked for at its start. */
import { expect, test } from 'vitest'
import { labCommand } from '../../src/commands/lab.ts'
import { breakServer } from '../../src/lab/breakage.ts'
import { startFeed } from '../../src/lab/feed.ts'
import { cacheFolder } from '../../src/lab/folder.ts'
import { type Lab, openLab } from '../../src/lab/lab.ts'
import { promote } from '../../src/lab/promote.ts'
import { redirect } from '../../src/lab/redirect.ts'
import { createShop } from '../../src/lab/shop.ts'
import type { LabOptions } from '../../src/lab/start.ts'
import { labStatus } from '../../src/lab/status.ts'
import {
  describeFlavors,
  ONE_SOURCE_TWO_REPLICAS,
  startCluster,
  until,
} from '../support/cluster.ts'

/** `db1 source`, `db2 replica of db1` */
async function roles(lab: Lab): Promise<string[]> {
  const sources = (name: string) => lab.server(name).sources.map((source) => source.name)
  return (await labStatus(lab)).map(({ name, role }) =>
    [name, role, ...sources(name).map((source) => `of ${source}`)].join(' '),
  )
}

/** A row of the table `probe`, written as an application does. */
async function write(lab: Lab, server: string, id: number): Promise<void> {
  await lab.server(server).appSession(async (session) => {
    await session.query('CREATE DATABASE IF NOT EXISTS shop')
    await session.query('CREATE TABLE IF NOT EXISTS shop.probe (id INT PRIMARY KEY)')
    await session.query(`INSERT INTO shop.probe VALUES (${id})`)
  })
}

/** The ids in `probe` of each server, once all replicas have caught up. */
async function written(lab: Lab): Promise<string[]> {
  await lab.caughtUp()
  const ids = lab.servers.map((server) =>
    server.value('SELECT GROUP_CONCAT(id ORDER BY id) FROM shop.probe'),
  )
  return (await Promise.all(ids)).map((value) => value ?? '')
}

async function checksums(lab: Lab): Promise<(string | null | undefined)[]> {
  const orders = lab.servers.map((server) => server.query('CHECKSUM TABLE shop.orders'))
  return (await Promise.all(orders)).map(([row]) => row?.Checksum)
}

describeFlavors((flavor) => {
  const start = (more: Partial<LabOptions> = {}) =>
    startCluster(flavor, ONE_SOURCE_TWO_REPLICAS, more)

  test.for([true, false])(
    'a replica is redirected while the feed writes (GTIDs: %s)',
    async (gtid) => {
      await using lab = await start({ gtid })
      await using feed = await startFeed(lab, { perSecond: 200 })
      await until(() => feed.counters.updates > 20, 'the feed writes')
      await redirect(lab, { replica: 'db3', to: 'db2' })
      expect(await roles(lab)).toEqual([
        'db1 source',
        'db2 intermediate of db1',
        'db3 replica of db2',
      ])
      const { updates } = feed.counters
      await until(() => feed.counters.updates > updates + 20, 'the feed goes on')
      await redirect(lab, { replica: 'db3', to: 'db1' })
      await feed.stop()
      await lab.caughtUp()
      expect(new Set(await checksums(lab)).size).toBe(1)
      expect(await roles(lab)).toEqual(['db1 source', 'db2 replica of db1', 'db3 replica of db1'])
    },
  )

  test.for([true, false])(
    'a living source hands over to the promoted replica and follows it (GTIDs: %s)',
    async (gtid) => {
      await using lab = await start({ gtid })
      await using feed = await startFeed(lab, { perSecond: 200 })
      await write(lab, 'db1', 1)
      await promote(lab, 'db2')
      expect(await roles(lab)).toEqual(['db1 replica of db2', 'db2 source', 'db3 replica of db2'])
      await expect(write(lab, 'db1', 2)).rejects.toThrow(/read.only/)
      await write(lab, 'db2', 3)
      const { inserts } = feed.counters
      await until(() => feed.counters.inserts > inserts + 20, 'the feed has found the new source')
      await feed.stop()
      expect(await written(lab)).toEqual(['1,3', '1,3', '1,3'])
      expect(new Set(await checksums(lab)).size).toBe(1)
      // Whoever opens the lab later sees the same, and so does each server when it starts again.
      expect(await roles(openLab(cacheFolder(process.env), lab.id))).toEqual(await roles(lab))
      for (const server of lab.servers) await server.kill()
      for (const server of lab.servers) await server.start()
      const readOnly = lab.servers.map((server) => server.value('SELECT @@global.read_only'))
      expect(await Promise.all(readOnly)).toEqual(['1', '0', '1'])
    },
  )

  test('a dead source is replaced; when it is back it is retired until it is redirected', async () => {
    await using lab = await start({ semiSync: true })
    const db1 = lab.server('db1')
    await write(lab, 'db1', 1)
    // One replica's acknowledgment is enough for a commit: the other may not have received it yet.
    await lab.caughtUp()
    await db1.kill()
    await promote(lab, 'db3')
    await write(lab, 'db3', 2)
    expect(await roles(lab)).toEqual(['db1 retired', 'db2 replica of db3', 'db3 source'])
    await db1.start()
    await expect(write(lab, 'db1', 3)).rejects.toThrow(/read.only/)
    await redirect(lab, { replica: 'db1', to: 'db3' })
    expect(await roles(lab)).toEqual(['db1 replica of db3', 'db2 replica of db3', 'db3 source'])
    expect(await written(lab)).toEqual(['1,2', '1,2', '1,2'])
  })

  test('a retired source that wrote what nobody received is not taken back', async () => {
    await using lab = await start()
    await write(lab, 'db1', 1)
    await lab.caughtUp()
    for (const server of ['db2', 'db3']) await breakServer(lab, { fault: 'stop-io-thread', server })
    await write(lab, 'db1', 2)
    await lab.server('db1').kill()
    await promote(lab, 'db2')
    await write(lab, 'db2', 3)
    await write(lab, 'db2', 4)
    await lab.server('db1').start()
    const back = redirect(lab, { replica: 'db1', to: 'db2' })
    await expect(back).rejects.toThrow(/^db2 has not all that db1 has/)
    expect(await roles(lab)).toEqual(['db1 retired', 'db2 source', 'db3 replica of db2'])
  })

  test('the replica that received less of a dead source is not promoted', async () => {
    await using lab = await start()
    await breakServer(lab, { fault: 'stop-io-thread', server: 'db2' })
    await write(lab, 'db1', 1)
    await lab.caughtUp({ servers: ['db3'] })
    await lab.server('db1').kill()
    await expect(promote(lab, 'db2')).rejects.toThrow('db3 received more of db1: promote db3')
    expect(await roles(lab)).toEqual(['db1 source', 'db2 replica of db1', 'db3 replica of db1'])
  })

  test('a replica that does not catch up is not promoted, and the source stays writable', async () => {
    await using lab = await start()
    await breakServer(lab, { fault: 'stop-sql-thread', server: 'db2' })
    await write(lab, 'db1', 1)
    await expect(promote(lab, 'db2', { timeoutMs: 500 })).rejects.toThrow(/^db2: waited 0.5 s/)
    await write(lab, 'db1', 2)
    expect(await lab.server('db3').value('SELECT @@global.read_only')).toBe('1')
  })

  test('what cannot be redirected or promoted is told, and nothing changes', async () => {
    await using lab = await start({ gtid: false })
    const before = await roles(lab)
    await expect(redirect(lab, { replica: 'db1', to: 'db2' })).rejects.toThrow('db1 is no replica')
    await expect(redirect(lab, { replica: 'db2', to: 'db2' })).rejects.toThrow(/follow itself/)
    await expect(promote(lab, 'db1')).rejects.toThrow('db1 is no replica')
    await lab.server('db1').freeze()
    await expect(promote(lab, 'db2')).rejects.toThrow('db1 is frozen')
    await lab.server('db1').kill()
    await expect(promote(lab, 'db2')).rejects.toThrow(/^db1 is down: without GTIDs/)
    expect(await roles(lab)).toEqual(before)
  })

  test('the command starts semi-sync with parallel appliers, redirects, promotes and says so', async () => {
    const lines: string[] = []
    const name = `failover-${flavor}-${process.pid}`
    const run = async (...argv: string[]) => {
      lines.length = 0
      const out = { write: (line: string) => lines.push(line) }
      return await labCommand([...argv, '--name', name], out, process.env)
    }
    try {
      expect(await run('up', '--flavor', flavor, '--semi-sync', '--appliers', '3')).toBe(0)
      expect(await run('redirect', 'db3', '--to', 'db2')).toBe(0)
      expect(lines).toEqual(['db3: replicates from db2'])
      expect(await run('redirect', 'db2', '--to', 'db3')).toBe(1)
      expect(lines[0]).toMatch(/^db3 cannot be the source of db2/)
      expect(await run('promote', 'db2')).toBe(0)
      expect(lines).toEqual([
        'db1: read-only',
        'db2: has applied all that db1 has',
        'db1: replicates from db2',
        'db2: the source now, writable',
      ])
      expect(await run('status')).toBe(0)
      expect(lines.map((line) => line.split(/ +/).slice(0, 2).join(' '))).toEqual([
        'db1 replica',
        'db2 source',
        'db3 replica',
      ])
    } finally {
      await run('down')
    }
  })

  test('parallel appliers and semi-sync are at work, on the promoted server too', async () => {
    await using lab = await start({ appliers: 3, semiSync: true })
    const [side, workers] =
      flavor === 'mysql'
        ? ['source', 'performance_schema.replication_applier_status_by_worker']
        : ['master', "information_schema.processlist WHERE command = 'Slave_worker'"]
    const status = async (server: string, name: string) => {
      const variable = `Rpl_semi_sync_${side}_${name}`
      const [row] = await lab.server(server).query(`SHOW GLOBAL STATUS LIKE '${variable}'`)
      return row?.Value
    }
    expect(await lab.server('db3').value(`SELECT COUNT(*) FROM ${workers}`)).toBe('3')
    await createShop(lab.server('db1'))
    await until(async () => (await status('db1', 'clients')) === '2', 'both replicas acknowledge')
    await promote(lab, 'db2')
    await until(async () => (await status('db2', 'clients')) === '2', 'both follow the new source')
    const acknowledged = Number(await status('db2', 'yes_tx'))
    await write(lab, 'db2', 1)
    expect(Number(await status('db2', 'yes_tx'))).toBeGreaterThan(acknowledged)
    expect(await status('db2', 'status')).toBe('ON')
    expect(await status('db1', 'status')).toBe('OFF')
  })

  test('without GTIDs a replica asks for a file and a position', async () => {
    await using lab = await start({ gtid: false })
    const [channel] = await lab.server('db2').query(lab.server('db2').engine.sql.status)
    expect(channel?.Auto_Position ?? channel?.Using_Gtid).toMatch(/^(0|No)$/)
    if (flavor === 'mysql') expect(await lab.server('db1').value('SELECT @@gtid_mode')).toBe('OFF')
  })
})
