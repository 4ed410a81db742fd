import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { locatePrograms } from '../../src/monitoring/programs.ts'

const folder = mkdtempSync(join(tmpdir(), 'demo-programs-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('all that must be installed is said at once, as commands', async () => {
  const located = locatePrograms('mysql', { cache: folder, path: folder })
  await expect(located).rejects.toThrow(
    /^something must be installed first:\n {2}.*mysqld is missing: .*\n {2}prometheus is not in PATH: apt-get install .* prometheus\n {2}prometheus-alertmanager or alertmanager is not in PATH: apt-get install .* prometheus-alertmanager$/,
  )
})

test('Alertmanager is found under its own name and under that of Debian', async () => {
  for (const name of ['prometheus', 'alertmanager']) {
    writeFileSync(join(folder, name), '', { mode: 0o755 })
  }
  const path = `relative:${folder}`
  expect(await locatePrograms('mariadb', { cache: folder, path })).toEqual({
    prometheus: join(folder, 'prometheus'),
    alertmanager: join(folder, 'alertmanager'),
  })
  writeFileSync(join(folder, 'prometheus-alertmanager'), '', { mode: 0o755 })
  const { alertmanager } = await locatePrograms('mariadb', { cache: folder, path })
  expect(alertmanager).toBe(join(folder, 'prometheus-alertmanager'))
})
