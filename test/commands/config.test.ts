import { describe, expect, it } from 'vitest'
import { configCommand } from '../../src/commands/config.ts'
import { shopWith, world } from '../config/given.ts'

async function run(code: number, command: string, files: Readonly<Record<string, string>> = {}) {
  let out = ''
  let err = ''
  const returned = await configCommand(command.split(' ').filter(Boolean), {
    ...world(files, { worldReadable: Object.keys(files) }),
    env: {},
    out: (text) => {
      out += text
    },
    err: (text) => {
      err += text
    },
  })
  expect(returned).toBe(code)
  return { out, err }
}

describe('config validate', () => {
  it('says what a valid file holds', async () => {
    const files = { 'drift.yml': shopWith('') }
    expect(await run(0, 'validate drift.yml', files)).toEqual({
      out: 'drift.yml: valid, 1 replication set, 2 servers\n',
      err: '',
    })
  })

  it('looks at the default file when none is named', async () => {
    const files = { 'mysql-drift-exporter.yml': shopWith('') }
    expect((await run(0, 'validate', files)).out).toMatch(/^mysql-drift-exporter\.yml: valid/)
  })

  it('shows the warnings of a valid file', async () => {
    const files = { 'drift.yml': shopWith('').replace('password: ""', 'password: hunter2') }
    const { err } = await run(0, 'validate drift.yml', files)
    expect(err).toMatch(
      /^warning: drift\.yml:5: replication_sets\[0\]\.password: a literal password/,
    )
    expect(err).not.toContain('hunter2')
  })

  it('shows every mistake on a line of its own', async () => {
    const files = { 'drift.yml': shopWith('colour: blue\nflavour: sour') }
    const { out, err } = await run(1, 'validate drift.yml', files)
    expect(out).toBe('')
    expect(err.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/^drift\.yml:7: replication_sets\[0\]\.colour: /),
      expect.stringMatching(/^drift\.yml:8: replication_sets\[0\]\.flavour: /),
    ])
  })

  it('names a file that cannot be read', async () => {
    expect((await run(1, 'validate missing.yml')).err).toBe(
      'missing.yml: expected a readable file, got ENOENT\n',
    )
  })
})

describe('config print', () => {
  it('prints what validate then accepts', async () => {
    const { out } = await run(0, 'print drift.yml', { 'drift.yml': shopWith('') })
    expect((await run(0, 'validate printed.yml', { 'printed.yml': out })).out).toContain('valid')
  })
})

describe('config', () => {
  it('explains itself on request', async () => {
    expect((await run(0, '--help')).out).toMatch(
      /^usage: mysql-drift-exporter config validate\|print/,
    )
  })

  it.for(['', 'vaildate', 'print a.yml b.yml', 'validate --strict'])(
    'does not understand "config %s"',
    async (command) => {
      expect((await run(1, command)).err).toMatch(/usage:|Unknown option/)
    },
  )
})
