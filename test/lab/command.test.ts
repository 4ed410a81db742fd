import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { labCommand } from '../../src/commands/lab.ts'
import { FAULTS } from '../../src/lab/faults.ts'

const empty = mkdtempSync(join(tmpdir(), 'drift-lab-'))
afterAll(() => rmSync(empty, { recursive: true, force: true }))

async function run(...argv: string[]) {
  const lines: string[] = []
  const write = (line: string) => lines.push(line)
  const code = await labCommand(argv, { write }, { MYSQL_DRIFT_CACHE: empty })
  return { code, text: lines.join('\n') }
}

test.for([
  ['no command', []],
  ['an unknown command', ['upp']],
  ['an unknown option', ['up', '--replica', '2']],
  ['a number that is none', ['up', '--replicas', 'two']],
  ['half a fraction of a replica', ['up', '--replicas', '1.5']],
  ['an unknown flavor', ['up', '--flavor', 'postgres']],
  ['a fault without a server', ['break', 'lag']],
  ['a redirect to nowhere', ['redirect', 'db2']],
  ['a promotion of nobody', ['promote']],
  ['a chain that is a cluster', ['up', '--chain', '--cluster']],
  ['half an applier', ['up', '--appliers', '0.5']],
  ['a word too many', ['down', 'everything']],
  ['the name of something in every object', ['constructor']],
] as const)('%s prints the usage and exits 1', async ([, argv]) => {
  const { code, text } = await run(...argv)
  expect(code).toBe(1)
  expect(text).toMatch(/^lab.*\nusage/)
})

test.for([{ argv: ['--help'] }, { argv: ['up', '--help'] }])(
  '$argv is answered by the usage, and is no mistake',
  async ({ argv }) => {
    const { code, text } = await run(...argv)
    expect(code).toBe(0)
    expect(text).toMatch(/^usage/)
  },
)

test('the usage names every fault', async () => {
  const { text } = await run()
  for (const { name } of FAULTS) expect(text).toContain(name)
})

test.for([['status'], ['feed'], ['fix'], ['down'], ['break', 'lag', 'db2'], ['promote', 'db2']])(
  '%s without a lab says so in one line and exits 1',
  async (argv) => {
    const { code, text } = await run(...argv)
    expect(code).toBe(1)
    expect(text).toMatch(/^no lab "lab" is up.*$/)
  },
)
