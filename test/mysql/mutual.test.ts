import { describe, expect, test } from 'vitest'
import type { Fencing } from '../../src/mysql/dialect.ts'
import { mutual } from '../../src/mysql/mutual.ts'
import { fakeSession } from '../support/fake-session.ts'

/** Of a source that shows all of its own, and has what the replica wrote up to `has`. */
function pair(has: { upTo: number }) {
  const forward: Fencing = {
    notation: 'text',
    position: async () => 'F',
    hasReached: async () => true,
    ceiling: async () => ({ target: 'T', received: 'R' }),
    readPast: async (_source, { target }, read) => {
      expect(target).toBe('T')
      return { value: await read(fakeSession({})) }
    },
  }
  const asked: string[] = []
  const back: Fencing = {
    ...forward,
    position: async () => '7',
    async hasReached(_replica, position, channel) {
      asked.push(`${position} over ${channel}`)
      return has.upTo >= Number(position)
    },
  }
  const session = fakeSession({})
  const fence = mutual(forward, { fencing: back, channel: 'from_db2' })
  const readPast = async () => {
    const ceiling = await fence.ceiling({ source: session, replica: session }, '', '')
    return await fence.readPast({ control: session, reader: session }, ceiling, async () => 'read')
  }
  return { asked, readPast }
}

describe('between two servers that replicate from each other the source is read', () => {
  test('not before it has what was written on the replica', async () => {
    expect(await pair({ upTo: 6 }).readPast()).toBeNull()
  })

  test('when it has', async () => {
    const { asked, readPast } = pair({ upTo: 7 })

    expect(await readPast()).toEqual({ value: 'read' })
    expect(asked).toEqual(['7 over from_db2'])
  })
})
