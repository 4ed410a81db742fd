/** Run by test/integration/lab.test.ts as a process of its own, to be killed there. */
import { cacheFolder } from '../../src/lab/folder.ts'
import { startLab } from '../../src/lab/start.ts'
import type { Vendor } from '../../src/mysql/flavor.ts'

const lab = await startLab({
  cache: cacheFolder(process.env),
  flavor: process.argv[2] as Vendor,
  servers: [{ name: 'db1' }, { name: 'db2', source: 'db1' }],
})
await lab.server('db2').freeze()
console.log(lab.id)
setInterval(() => {}, 1_000)
