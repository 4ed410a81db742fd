import { expect, test } from 'vitest'
import { UserError } from '../../src/errors.ts'
import { startFailure } from '../../src/lab/template.ts'

test.for([
  '[ERROR] mariadbd: Error writing file (Errcode: 28 "No space left on device")',
  '[ERROR] InnoDB: Operating system error number 28 in a file operation.',
  '[ERROR] [MY-012639] [InnoDB] Error number 28 means ‘No space left on device’',
])('a full disk is the user’s to mend: %s', (log) => {
  const error = startFailure('db1 did not start', log)
  expect(error).toBeInstanceOf(UserError)
  expect(error.message).toBe('db1 did not start: the disk is full')
})

test('of a long log the first error is told', () => {
  const log = '[Note] starting\n[ERROR] unknown variable\n[ERROR] Aborting\n[Note] bye\n'
  expect(startFailure('db1 did not start', log).message).toBe(
    'db1 did not start: [ERROR] unknown variable',
  )
})

test('a server that ends without a word is said to have said nothing', () => {
  expect(startFailure('db1 did not start', '').message).toBe('db1 did not start: it said nothing')
})
