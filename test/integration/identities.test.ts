/** Servers that are not what the configuration takes them for, and a server that replicates from nobody. */
import { beforeAll, expect, test } from 'vitest'
import { describeFlavors, useCluster } from '../support/cluster.ts'
import { configText, runCheck, serversOf, setOf, startExporter } from '../support/exporter.ts'
import { untilMetrics } from '../support/exporter-waits.ts'
import { notTheSame, serverIn, setIn } from '../support/report.ts'
import { tableWith } from '../support/writer.ts'

describeFlavors((flavor) => {
  const cluster = useCluster(flavor, [
    { name: 'db1' },
    { name: 'db2', source: 'db1' },
    { name: 'db3', source: 'db1' },
    { name: 'old' },
  ])

  beforeAll(async () => {
    for (const name of ['db1', 'old']) {
      const tables = [...tableWith('shop.orders', 50), ...tableWith('shop.items', 50)]
      await cluster()
        .server(name)
        .exec('CREATE DATABASE shop', ...tables)
    }
    await cluster().caughtUp()
  })

  const entry = (name: string) => {
    const found = serversOf(cluster()).find((server) => server.name === name)
    if (found === undefined) throw new Error(`no server ${name}`)
    return found
  }

  test('one server under two names is compared once, and a replica that nobody configured is told of', async () => {
    const lab = cluster()
    const again = { name: 'db2b', address: `localhost:${lab.server('db2').port}` }
    const config = configText([setOf([entry('db1'), entry('db2'), again])])
    const text = await runCheck(lab, ['--output=text'], { config })
    expect(text.text, text.explain).toMatch(/warning: db2 and db2b are one server/)
    expect(text.text, text.explain).toMatch(/1 replica seen and not configured/)
    expect(text.code, text.explain).toBe(1)
    const run = await runCheck(lab, [], { config })
    expect(serverIn(run.json, 'db2b'), run.explain).toMatchObject({ up: true, role: 'replica' })
    expect(setIn(run.json).tables.map(({ server }) => server)).toEqual(['db2', 'db2'])
    await using exporter = await startExporter(lab, config)
    await untilMetrics(exporter, [
      ['server_identity_duplicates', {}, 2],
      ['replicas_unwatched', {}, 1],
      ['sources', {}, 1],
      ['tables', { server: 'db2', check: 'checksum', state: 'same' }, 2],
    ])
  })

  test('a server_id that two replicas share since we are connected is seen', async () => {
    const lab = cluster()
    await using exporter = await startExporter(
      lab,
      configText([setOf(['db1', 'db2', 'db3'].map(entry))]),
    )
    await untilMetrics(exporter, [['server_identity_duplicates', {}, 0]])
    await lab.server('db2').exec(`SET GLOBAL server_id = ${lab.server('db3').serverId}`)
    await untilMetrics(exporter, [['server_identity_duplicates', {}, 2]])
    await lab.server('db2').exec(`SET GLOBAL server_id = ${lab.server('db2').serverId}`)
    await untilMetrics(exporter, [['server_identity_duplicates', {}, 0]])
  })

  test('servers without a channel are compared as they stand', async () => {
    const lab = cluster()
    const links = [{ source: 'db1', replica: 'old', kind: 'none' }]
    const config = configText([setOf([entry('db1'), entry('old')], { links })])
    await lab.server('old').exec('UPDATE shop.orders SET v = v + 1 WHERE id = 7')
    const run = await runCheck(lab, [], { config })
    expect(notTheSame(run.json), run.explain).toEqual(['old shop.orders: drifted'])
    expect(run.code, run.explain).toBe(2)
  })
})
