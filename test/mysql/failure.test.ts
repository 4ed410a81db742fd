import { describe, expect, it, test } from 'vitest'
import type { FailureReason } from '../../src/domain.ts'
import { failureReason } from '../../src/mysql/failure.ts'

/** As mysql2 makes them of an error packet. */
function ofServer(errno: number, code: string, sqlState = 'HY000') {
  return Object.assign(new Error(code), { errno, code, sqlState, sqlMessage: code })
}

/** As Node makes them of a system call. */
function ofSystem(code: string, syscall: string | undefined = 'connect', errno = -111) {
  return Object.assign(new Error(code), { errno, code, ...(syscall && { syscall }) })
}

/** As mysql2 makes them of itself. */
function ofDriver(message: string, code?: string) {
  return Object.assign(new Error(message), { fatal: true, ...(code && { code }) })
}

describe('an error of the server', () => {
  it.for<[number, string, FailureReason]>([
    [1045, 'ER_ACCESS_DENIED_ERROR', 'auth'],
    [1698, 'ER_ACCESS_DENIED_NO_PASSWORD_ERROR', 'auth'],
    [3118, 'ER_ACCOUNT_HAS_BEEN_LOCKED', 'auth'],
    [4151, 'ER_ACCOUNT_HAS_BEEN_LOCKED', 'auth'],
    [1820, 'ER_MUST_CHANGE_PASSWORD', 'auth'],
    [1862, 'ER_MUST_CHANGE_PASSWORD_LOGIN', 'auth'],
    [1142, 'ER_TABLEACCESS_DENIED_ERROR', 'privilege'],
    [1143, 'ER_COLUMNACCESS_DENIED_ERROR', 'privilege'],
    [1227, 'ER_SPECIFIC_ACCESS_DENIED_ERROR', 'privilege'],
    [3024, 'ER_QUERY_TIMEOUT', 'timeout'],
    [1969, 'ER_STATEMENT_TIMEOUT', 'timeout'],
    [1317, 'ER_QUERY_INTERRUPTED', 'timeout'],
    [1205, 'ER_LOCK_WAIT_TIMEOUT', 'timeout'],
    [1040, 'ER_CON_COUNT_ERROR', 'connect'],
    [1203, 'ER_TOO_MANY_USER_CONNECTIONS', 'connect'],
    [1226, 'ER_USER_LIMIT_REACHED', 'connect'],
    [1053, 'ER_SERVER_SHUTDOWN', 'connect'],
    [1129, 'ER_HOST_IS_BLOCKED', 'connect'],
    [1130, 'ER_HOST_NOT_PRIVILEGED', 'connect'],
    [1146, 'ER_NO_SUCH_TABLE', 'query'],
    [1054, 'ER_BAD_FIELD_ERROR', 'query'],
    [1064, 'ER_PARSE_ERROR', 'query'],
    [1213, 'ER_LOCK_DEADLOCK', 'query'],
    [1030, 'ER_GET_ERRNO', 'query'],
  ])('%i %s is %s', ([errno, code, reason]) => {
    expect(failureReason(ofServer(errno, code))).toEqual({ reason, errno })
  })

  test('before the handshake has no SQL state, and is one all the same', () => {
    expect(failureReason(ofServer(1040, 'ER_CON_COUNT_ERROR', ''))).toEqual({
      reason: 'connect',
      errno: 1040,
    })
  })
})

describe('an error of the network', () => {
  it.for<[string, Error, FailureReason]>([
    ['nobody listens', ofSystem('ECONNREFUSED'), 'connect'],
    ['nobody listens on any address', ofSystem('ECONNREFUSED', ''), 'connect'],
    ['the connection was reset', ofSystem('ECONNRESET', 'read'), 'connect'],
    ['the pipe is broken', ofSystem('EPIPE', 'write'), 'connect'],
    ['no route', ofSystem('EHOSTUNREACH'), 'connect'],
    ['no such name', ofSystem('ENOTFOUND', 'getaddrinfo'), 'connect'],
    ['no answer to the name', ofSystem('EAI_AGAIN', 'getaddrinfo'), 'connect'],
    ['no such socket', ofSystem('ENOENT', 'connect'), 'connect'],
    ['no answer', ofSystem('ETIMEDOUT'), 'timeout'],
    [
      'no handshake in time, says the driver',
      ofDriver('connect ETIMEDOUT', 'ETIMEDOUT'),
      'timeout',
    ],
    ['the server hung up', ofDriver('closed', 'PROTOCOL_CONNECTION_LOST'), 'connect'],
    ['packets out of order', ofDriver('order', 'PROTOCOL_PACKETS_OUT_OF_ORDER'), 'connect'],
    ['no TLS on the server', ofDriver('no TLS', 'HANDSHAKE_NO_SSL_SUPPORT'), 'connect'],
    ['a certificate that nobody signed', ofDriver('', 'SELF_SIGNED_CERT_IN_CHAIN'), 'connect'],
    ['a self-signed certificate', ofDriver('', 'DEPTH_ZERO_SELF_SIGNED_CERT'), 'connect'],
    ['a certificate of another name', ofDriver('', 'ERR_TLS_CERT_ALTNAME_INVALID'), 'connect'],
    ['an old certificate', ofDriver('', 'CERT_HAS_EXPIRED'), 'connect'],
    ['an unknown authority', ofDriver('', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY'), 'connect'],
    ['no TLS version in common', ofDriver('', 'ERR_SSL_UNSUPPORTED_PROTOCOL'), 'connect'],
    [
      'a statement on a connection that was just lost',
      ofDriver("Can't add new command when connection is in closed state"),
      'connect',
    ],
    [
      'an authentication plugin that the driver does not know',
      ofDriver('Server requests authentication using unknown plugin', 'AUTH_SWITCH_PLUGIN_ERROR'),
      'auth',
    ],
  ])('%s', ([, error, reason]) => {
    expect(failureReason(error)).toEqual({ reason, errno: null })
  })
})

describe('our own bug, and an end that we asked for, are none of the server’s', () => {
  it.for<[string, unknown]>([
    ['a TypeError', new TypeError('x is not a function')],
    ['an error without anything', new Error('no value in column n')],
    ['no error at all', 'aborted'],
    ['an abort', new DOMException('This operation was aborted', 'AbortError')],
    ['a time limit of our own on the whole run', new DOMException('timed out', 'TimeoutError')],
    ['a wrong argument', Object.assign(new TypeError('arg'), { code: 'ERR_INVALID_ARG_TYPE' })],
  ])('%s', ([, error]) => {
    expect(failureReason(error)).toEqual({ reason: null, errno: null })
  })
})
