import { describe, expect, it, test } from 'vitest'
import { Undecided, undecidedReason } from '../../src/compare/undecided.ts'
import { ChannelChanged, ServerError } from '../../src/errors.ts'

describe('what a server does is a reason for not knowing', () => {
  it.for<[string, Error, string]>([
    ['whatever was decided on the way', new Undecided('ahead', ''), 'ahead'],
    ['no connection', new ServerError('connect', ''), 'unreachable'],
    ['a shutdown', new ServerError('connect', '', 1053), 'unreachable'],
    ['a refused password', new ServerError('auth', '', 1045), 'unreachable'],
    ['silence', new ServerError('timeout', ''), 'unreachable'],
    ['the limit on statements', new ServerError('timeout', '', 3024), 'timeout'],
    ['a lock that was not given in time', new ServerError('timeout', '', 1205), 'timeout'],
    ['a missing privilege', new ServerError('privilege', '', 1142), 'no_privilege'],
    ['an account that may write', new ServerError('write_privileges', ''), 'write_privileges'],
    ['a table that is gone', new ServerError('query', '', 1146), 'definition_changed'],
    ['a schema that is gone', new ServerError('query', '', 1049), 'definition_changed'],
    ['a column that is gone', new ServerError('query', '', 1054), 'definition_changed'],
    ['an index that is gone', new ServerError('query', '', 1176), 'definition_changed'],
    [
      'a channel that is no more',
      new ChannelChanged('', 'the channel is no more'),
      'identity_changed',
    ],
    ['any other error of the server', new ServerError('query', '', 1030), 'not_compared'],
  ])('%s', ([, error, reason]) => {
    expect(undecidedReason(error)).toBe(reason)
  })
})

describe('our own bug stays loud', () => {
  it.for<[string, unknown]>([
    ['an error of our code', new TypeError('x is not a function')],
    ['a ServerError that we blame on ourselves', new ServerError('internal', 'observed nothing')],
    ['something that is no error at all', 'aborted'],
  ])('%s', ([, thrown]) => {
    expect(() => undecidedReason(thrown)).toThrow(thrown as Error)
  })

  test('an abort is no reason for not knowing', () => {
    const abort = new DOMException('enough', 'AbortError')

    expect(() => undecidedReason(abort)).toThrow(abort)
  })
})
