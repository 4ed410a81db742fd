import { expect, test } from 'vitest'
import { guardEnds } from '../../src/compare/end-guard.ts'
import { Undecided } from '../../src/compare/undecided.ts'
import { ServerError } from '../../src/errors.ts'
import { fakeReplication, rowsOf } from '../support/fake-replication.ts'
import { fakeLink, fakeServer } from '../support/fake-server.ts'
import { fakeWorld } from '../support/fake-world.ts'

const { signal } = new AbortController()

function links() {
  const replication = fakeReplication(fakeWorld(), rowsOf(1))
  const source = fakeServer('db1')
  const toDb2 = fakeLink(replication, { source, replica: fakeServer('db2') })
  const toDb3 = fakeLink(replication, { source, replica: fakeServer('db3') })
  return { toDb2, toDb3, all: [toDb2, toDb3] }
}

test('a link whose replica is another server by now is not vouched for, and the one beside it is', async () => {
  const { toDb2, all } = links()
  const guard = async ({ server }: { readonly server: string }) => {
    if (server === 'db2') throw new Undecided('identity_changed', 'another server')
  }

  expect(await guardEnds(all, { guard, signal })).toEqual(new Map([[toDb2, 'identity_changed']]))
})

test('no link is vouched for when the source cannot be asked', async () => {
  const { toDb2, toDb3, all } = links()
  const guard = async ({ server }: { readonly server: string }) => {
    if (server === 'db1') throw new ServerError('connect', 'db1: gone')
  }

  expect(await guardEnds(all, { guard, signal })).toEqual(
    new Map([
      [toDb2, 'unreachable'],
      [toDb3, 'unreachable'],
    ]),
  )
})

test('a bug of ours in the guard is loud', async () => {
  const guard = () => Promise.reject(new RangeError('ours'))

  await expect(guardEnds(links().all, { guard, signal })).rejects.toThrow('ours')
})
