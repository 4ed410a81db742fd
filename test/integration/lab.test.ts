import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { labCommand } from '../../src/commands/lab.ts'
import { breakagesOf, breakServer, undo } from '../../src/lab/breakage.ts'
import { startFeed } from '../../src/lab/feed.ts'
import { cacheFolder } from '../../src/lab/folder.ts'
import type { Lab } from '../../src/lab/lab.ts'
import { processesWithArgument } from '../../src/lab/process.ts'
import { labPaths, listRecords } from '../../src/lab/record.ts'
import { createShop } from '../../src/lab/shop.ts'
import { startLab } from '../../src/lab/start.ts'
import { labStatus } from '../../src/lab/status.ts'
import { describeFlavors, startCluster, until, useCluster } from '../support/cluster.ts'

const cache = cacheFolder(process.env)

async function threads(lab: Lab, name: string) {
  const status = (await labStatus(lab)).find((server) => server.name === name)
  return status?.channels?.[0]
}

/** Of all labs that are up on this machine. */
function serverNames(): string[] {
  return listRecords(cache).flatMap(({ servers }) => servers.map(({ name }) => name))
}

async function orders(lab: Lab, name: string): Promise<string | null> {
  const [row] = await lab.server(name).query('CHECKSUM TABLE shop.orders')
  return row?.Checksum ?? null
}

describeFlavors((flavor) => {
  const cluster = useCluster(flavor)

  test('what is written to the source reaches every replica', async () => {
    const lab = cluster()
    await createShop(lab.server('db1'))
    await lab.caughtUp()
    const counts = lab.servers.map((server) => server.value('SELECT COUNT(*) FROM shop.orders'))
    expect(await Promise.all(counts)).toEqual(['200', '200', '200'])
  })

  test('every server has its own id, and replicas refuse writes', async () => {
    const { servers } = cluster()
    const ids = servers.map((server) => server.value('SELECT @@global.server_id'))
    const readOnly = servers.map((server) => server.value('SELECT @@global.read_only'))
    expect(await Promise.all(ids)).toEqual(['1', '2', '3'])
    expect(await Promise.all(readOnly)).toEqual(['0', '1', '1'])
  })

  test('the exporter’s account is on every server and cannot write', async () => {
    for (const server of cluster().servers) {
      const grants = await server.query("SHOW GRANTS FOR drift@'%'")
      const text = grants.flatMap((row) => Object.values(row)).join('\n')
      expect(text).toMatch(/SELECT/)
      expect(text).not.toMatch(/INSERT|UPDATE|DELETE|ALL PRIVILEGES|SUPER/)
    }
  })

  test('the feed inserts, updates and deletes, and goes on after the source was restarted', async () => {
    const lab = cluster()
    await using feed = await startFeed(lab, { perSecond: 300 })
    await until(
      () => feed.counters.deletes > 5 && feed.counters.updates > 5,
      'the feed changes rows',
    )
    await lab.server('db1').kill()
    await until(() => feed.counters.errors > 0, 'the feed notices')
    await lab.server('db1').start()
    const { inserts } = feed.counters
    await until(() => feed.counters.inserts > inserts, 'the feed writes again')
    await feed.stop()
    await lab.caughtUp()
    expect(await orders(lab, 'db2')).toBe(await orders(lab, 'db1'))
  })

  test('the feed leaves the old rows alone', async () => {
    const lab = cluster()
    const old = () =>
      lab.server('db1').query('SELECT SUM(total) AS t FROM shop.orders WHERE id <= 200')
    const first = await old()
    await using feed = await startFeed(lab, { perSecond: 500, seed: 7 })
    await until(() => feed.counters.deletes > 20, 'the feed deletes')
    expect(await old()).toEqual(first)
  })

  describe('faults', () => {
    // One test that fails halfway must not fail the others.
    afterEach(async () => {
      for (const breakage of breakagesOf(cluster()).toReversed()) await undo(cluster(), breakage)
    })

    test('stop-io-thread and stop-sql-thread stop one thread each', async () => {
      const lab = cluster()
      const io = await breakServer(lab, { fault: 'stop-io-thread', server: 'db2' })
      expect(await threads(lab, 'db2')).toMatchObject({ io: 'No', sql: 'Yes' })
      await io.undo()
      await until(async () => (await threads(lab, 'db2'))?.io === 'Yes', 'it is connected again')
      const sql = await breakServer(lab, { fault: 'stop-sql-thread', server: 'db2' })
      expect(await threads(lab, 'db2')).toMatchObject({ io: 'Yes', sql: 'No' })
      await sql.undo()
      await lab.caughtUp()
    })

    test('kill-server leaves a server that comes back on its port and catches up', async () => {
      const lab = cluster()
      const killed = await breakServer(lab, { fault: 'kill-server', server: 'db3' })
      expect(lab.server('db3').state).toBe('down')
      expect(breakagesOf(lab)).toHaveLength(1)
      await killed.undo()
      expect(breakagesOf(lab)).toHaveLength(0)
      await lab.caughtUp()
    })

    test('freeze-server leaves a server that runs and does not answer', async () => {
      const lab = cluster()
      const frozen = await breakServer(lab, { fault: 'freeze-server', server: 'db3' })
      expect(lab.server('db3').state).toBe('frozen')
      await frozen.undo()
      expect(await lab.server('db3').value('SELECT 1')).toBe('1')
    })

    test.for(['delete-row', 'change-row', 'add-row', 'drop-column'])(
      '%s makes a table differ on that replica alone, and its undo equal again',
      async (fault) => {
        const lab = cluster()
        await lab.caughtUp()
        const broken = await breakServer(lab, { fault, server: 'db2' })
        expect(broken.table).toEqual({ schema: 'shop', name: 'orders' })
        expect(await orders(lab, 'db2')).not.toBe(await orders(lab, 'db1'))
        expect(await orders(lab, 'db3')).toBe(await orders(lab, 'db1'))
        await broken.undo()
        expect(await orders(lab, 'db2')).toBe(await orders(lab, 'db1'))
        expect(await threads(lab, 'db2')).toMatchObject({ sql: 'Yes' })
      },
    )

    test.for(['customers', 'order_items', 'payments', 'products'])(
      'add-row works on the keys of %s',
      async (name) => {
        const lab = cluster()
        const table = { schema: 'shop', name }
        const count = () => lab.server('db2').value(`SELECT COUNT(*) FROM shop.${name}`)
        const rows = Number(await count())
        const broken = await breakServer(lab, { fault: 'add-row', server: 'db2', table })
        expect(Number(await count())).toBe(rows + 1)
        await broken.undo()
        expect(Number(await count())).toBe(rows)
      },
    )

    test('a deleted row that the source touches again stops the replica, and undo still repairs it', async () => {
      const lab = cluster()
      const broken = await breakServer(lab, { fault: 'delete-row', server: 'db2' })
      await lab.server('db1').exec('UPDATE shop.orders SET total = total + 1 WHERE id = 1')
      await until(async () => (await threads(lab, 'db2'))?.sql === 'No', 'the applier stops')
      await broken.undo()
      expect(await orders(lab, 'db2')).toBe(await orders(lab, 'db1'))
    })

    test('errant-transaction gives the replica a GTID of its own and lets it go on replicating', async () => {
      const lab = cluster()
      const [db1, db2] = [lab.server('db1'), lab.server('db2')]
      const { position } = db1.engine.sql
      const broken = await breakServer(lab, { fault: 'errant-transaction', server: 'db2' })
      expect(await db2.value(position)).not.toBe(await db1.value(position))
      await db1.exec('UPDATE shop.orders SET total = total + 1 WHERE id = 1')
      await until(
        async () => (await orders(lab, 'db2')) === (await orders(lab, 'db1')),
        'it applies',
      )
      await broken.undo()
      await lab.caughtUp()
      expect(await db2.value(position)).toBe(await db1.value(position))
    })

    if (flavor === 'mariadb') {
      test('errant-in-source-domain stops the replica at the next transaction of the source', async () => {
        const lab = cluster()
        const broken = await breakServer(lab, { fault: 'errant-in-source-domain', server: 'db3' })
        await lab.server('db1').exec('UPDATE shop.orders SET total = total + 1 WHERE id = 1')
        await until(async () => (await threads(lab, 'db3'))?.sql === 'No', 'the applier stops')
        await broken.undo()
        await lab.caughtUp()
      })
    }

    test.for(['lag', 'delay-replica'])('%s grows with both threads running', async (fault) => {
      const lab = cluster()
      const broken = await breakServer(lab, { fault, server: 'db2' })
      await lab.server('db1').exec('UPDATE shop.orders SET total = total + 1 WHERE id = 2')
      const seen = await until(async () => {
        const channel = await threads(lab, 'db2')
        return (channel?.lag ?? 0) >= 2 && channel
      }, 'the lag grows')
      expect(seen).toMatchObject({ io: 'Yes', sql: 'Yes' })
      await broken.undo()
      await lab.caughtUp()
    })

    test('a fault of replicas cannot happen to the source', async () => {
      await expect(breakServer(cluster(), { fault: 'lag', server: 'db1' })).rejects.toThrow(/none/)
    })
  })

  test('a lab of another process goes when that process is killed, even with a frozen server', async () => {
    const owner = startOwner(flavor)
    const id = await owner.line()
    const { folder } = labPaths(cache, id)
    expect(processesWithArgument(`--defaults-file=${folder}/`)).toHaveLength(2)
    owner.kill()
    await until(
      () => processesWithArgument(`--defaults-file=${folder}/`).length === 0,
      'the servers follow their owner',
    )
    expect(existsSync(folder)).toBe(true)
    await using _next = await startCluster(flavor, [{ name: 'db1' }])
    expect(existsSync(folder)).toBe(false)
    expect(listRecords(cache).map((record) => record.id)).not.toContain(id)
  })

  test('the command starts a chain that outlives it, and ends it from another call', async () => {
    const lines: string[] = []
    const run = (...argv: string[]) =>
      labCommand(argv, { write: (line) => lines.push(line) }, process.env)
    const name = ['--name', `command-${flavor}-${process.pid}`]
    try {
      expect(await run('up', '--flavor', flavor, '--replicas', '2', '--chain', ...name)).toBe(0)
      expect(lines[1]).toMatch(/^db2 {2}intermediate {2}127\.0\.0\.1:\d+ {2}up {2}io Yes, sql Yes/)
      expect(await run('up', ...name)).toBe(1)
      expect(await run('break', 'freeze-server', 'db3', ...name)).toBe(0)
      lines.length = 0
      expect(await run('status', ...name)).toBe(0)
      expect(lines).toContainEqual(expect.stringMatching(/^db3 .* frozen +- +OUT$/))
      expect(lines).toContain('broken: freeze-server on db3')
    } finally {
      expect(await run('down', ...name)).toBe(0)
    }
    expect(
      processesWithArgument(`--defaults-file=${labPaths(cache, name[1] ?? '').folder}/`),
    ).toEqual([])
    expect(existsSync(labPaths(cache, name[1] ?? '').folder)).toBe(false)
  })

  test('a server whose port was taken while it was down says so in one line', async () => {
    await using lab = await startCluster(flavor, [{ name: 'db1' }])
    const server = lab.server('db1')
    await server.stop()
    const thief = createServer().listen(server.port, '127.0.0.1')
    await expect(server.start()).rejects.toThrow(`db1: port ${server.port} is taken`)
    thief.close()
  })

  test('a port that is always taken ends the start after a few attempts, and nothing is left', async () => {
    const thief = createServer().listen(0, '127.0.0.1')
    await once(thief, 'listening')
    const { port } = thief.address() as AddressInfo
    const unlucky = startCluster(flavor, [{ name: 'odd2', settings: { port: String(port) } }])
    await expect(unlucky).rejects.toThrow('other programs took 3 ports in a row')
    thief.close()
    expect(serverNames()).not.toContain('odd2')
  })

  test('a setting that the server does not know is one clear line, and nothing is left', async () => {
    const broken = startCluster(flavor, [{ name: 'odd1', settings: { 'no-such-setting': '1' } }])
    await expect(broken).rejects.toThrow(/^odd1 did not start: .*unknown variable 'no-such-setting/)
    expect(serverNames()).not.toContain('odd1')
  })

  test('two sources can feed one replica, each through its own channel', async () => {
    await using lab = await startCluster(
      flavor,
      [
        { name: 'a', settings: { 'gtid-domain-id': '1' } },
        { name: 'b', settings: { 'gtid-domain-id': '2' } },
        { name: 'hub', source: ['a', 'b'] },
      ].map((spec) => (flavor === 'mysql' ? { ...spec, settings: {} } : spec)),
    )
    await lab.server('a').exec('CREATE DATABASE of_a')
    await lab.server('b').exec('CREATE DATABASE of_b')
    await lab.caughtUp()
    expect(await lab.server('hub').query("SHOW DATABASES LIKE 'of%'")).toHaveLength(2)
  })
})

describe('a machine without MySQL', () => {
  const empty = mkdtempSync(join(tmpdir(), 'drift-lab-'))
  afterAll(() => rmSync(empty, { recursive: true, force: true }))

  test('is told what to run', async () => {
    const lab = startLab({ cache: empty, flavor: 'mysql', servers: [{ name: 'db1' }] })
    await expect(lab).rejects.toThrow(/scripts\/setup\.sh/)
    expect(readdirSync(empty)).toEqual([])
  })
})

/** Another Node process that starts a lab, freezes a server, prints the lab's name and waits to be killed. */
function startOwner(flavor: string) {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, '../support/lab-owner.ts'), flavor],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const line = () =>
    new Promise<string>((resolve, reject) => {
      child.stdout.once('data', (data: Buffer) => resolve(data.toString().trim()))
      child.once('exit', () => reject(new Error('the owner ended too early')))
    })
  return { line, kill: () => child.kill('SIGKILL') }
}
