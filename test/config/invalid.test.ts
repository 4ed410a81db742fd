import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { UserError } from '../../src/errors.ts'
import { load } from './given.ts'

/** Each file says in its first line what is wrong with it, and in `#! LINE: MESSAGE` what is said about it. */
const directory = new URL('../fixtures/config/', import.meta.url)
const fixtures = readdirSync(directory)
  .filter((name) => /^invalid-.*\.yml$/.test(name))
  .map((name) => {
    const text = readFileSync(new URL(name, directory), 'utf8')
    const [sentence = ''] = text.split('\n')
    const expected = [...text.matchAll(/^#! (.*)$/gm)].map(([, message = '']) => message)
    return { name, text, sentence: sentence.replace('# ', ''), expected }
  })

describe('a configuration', () => {
  it.for(fixtures)('$sentence ($name)', ({ name, text, expected }) => {
    const path = `/etc/drift/${name}`
    const files = { '/run/secrets/empty': '\n', '/run/secrets/mysql': 'x', '/etc/ca.pem': 'x' }
    const env = { SECRET: 'hunter2@db' }

    expect(expected).not.toEqual([])
    expect(mistakesOf(() => load(text, { path, files, env }))).toEqual(
      expected.map((message) => `${path}:${message}`.replaceAll('FILE:', `${path}:`)).sort(byLine),
    )
  })

  it('never shows a password in what it says', () => {
    for (const { name, text } of fixtures) {
      const said = mistakesOf(() => load(text, { path: `/etc/drift/${name}` })).join('\n')
      expect(said, name).not.toMatch(/hunter2|12345|horse/)
    }
  })
})

function mistakesOf(act: () => unknown): string[] {
  try {
    act()
  } catch (error) {
    if (error instanceof UserError) return error.message.split('\n')
    throw error
  }
  return []
}

/** Stable, as the messages of one line are in the order of the fixture. */
const byLine = (a: string, b: string) => Number(a.split(':')[1]) - Number(b.split(':')[1])
