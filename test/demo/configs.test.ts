import { expect, test } from 'vitest'
import { exporterConfig } from '../../src/demo/configs.ts'
import type { Lab } from '../../src/lab/lab.ts'
import { load } from '../config/given.ts'

test('in the demo the exporter gets every server of the lab, and a configuration that is right', () => {
  const servers = [
    { name: 'db1', host: '127.0.0.1', port: 3306 },
    { name: 'db2', host: '127.0.0.1', port: 3307 },
  ]
  const [set] = load(exporterConfig({ servers } as unknown as Lab)).sets
  expect(set?.servers.map(({ name, address }) => [name, address])).toEqual([
    ['db1', '127.0.0.1:3306'],
    ['db2', '127.0.0.1:3307'],
  ])
  expect(set?.intervals.threads).toBe(1000)
})
