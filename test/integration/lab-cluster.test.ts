/** The lab's clusters: Galera, and a MySQL group. */
import { expect, test } from 'vitest'
import type { Lab } from '../../src/lab/lab.ts'
import { processesWithArgument } from '../../src/lab/process.ts'
import { createShop } from '../../src/lab/shop.ts'
import { labStatus } from '../../src/lab/status.ts'
import { describeFlavors, THREE_MEMBERS, useCluster } from '../support/cluster.ts'

describeFlavors((flavor) => {
  const cluster = useCluster(flavor, THREE_MEMBERS, { cluster: true })

  const onEach = (lab: Lab, sql: string) =>
    Promise.all(lab.servers.map((server) => server.value(sql)))

  test('what is written to any member of a cluster is on all of them', async () => {
    const lab = cluster()
    await createShop(lab.server('db1'))
    await lab.caughtUp()
    await lab.server('db2').exec('DELETE FROM shop.orders WHERE id = 1')
    await lab.server('db3').exec('DELETE FROM shop.orders WHERE id = 2')
    await lab.caughtUp()
    expect(await onEach(lab, 'SELECT COUNT(*) FROM shop.orders')).toEqual(['198', '198', '198'])
    expect((await labStatus(lab)).map(({ role }) => role)).toEqual(['member', 'member', 'member'])
  })

  test('what is changed behind its back stays on one member', async () => {
    const lab = cluster()
    await lab.server('db2').unlogged('DELETE FROM shop.orders WHERE id = 3')
    await lab.caughtUp()
    const counts = await onEach(lab, 'SELECT COUNT(*) FROM shop.orders WHERE id = 3')
    expect(counts).toEqual(['1', '0', '1'])
  })

  test('a member that was killed comes back by itself, with what it missed', async () => {
    const lab = cluster()
    await lab.server('db1').kill()
    await lab.server('db3').exec('DELETE FROM shop.orders WHERE id = 4')
    await lab.server('db1').start()
    await lab.caughtUp()
    const counts = await onEach(lab, 'SELECT COUNT(*) FROM shop.orders WHERE id = 4')
    expect(counts).toEqual(['0', '0', '0'])
  })

  test('a cluster that goes down leaves no process', async () => {
    const lab = cluster()
    await lab.down()
    expect(processesWithArgument(lab.folder)).toEqual([])
    expect(processesWithArgument(`--defaults-file=${lab.folder}`)).toEqual([])
  })
})
