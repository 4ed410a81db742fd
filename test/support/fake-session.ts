/** A session that answers each statement from a list, and writes down what it was asked. */
import type { Flavor } from '../../src/mysql/flavor.ts'
import type { Row, Session } from '../../src/mysql/query.ts'

export interface FakeSession extends Session {
  readonly asked: string[]
}

export type Answer = readonly Row[] | Error

/** @param answers by the beginning of the statement; of several that fit, the first. */
export function fakeSession(
  answers: Readonly<Record<string, Answer | (() => Answer)>>,
  flavor: Flavor = { vendor: 'mysql', version: [8, 0, 36] },
): FakeSession {
  const asked: string[] = []
  return {
    server: 'db1',
    epoch: 1,
    asked,
    flavor: async () => flavor,
    async query(sql) {
      asked.push(sql)
      const found = Object.entries(answers).find(([start]) => sql.startsWith(start))
      if (found === undefined) throw new Error(`nobody answers: ${sql}`)
      const answer = typeof found[1] === 'function' ? found[1]() : found[1]
      if (answer instanceof Error) throw answer
      return [...answer]
    },
  }
}
