import { expect, test } from 'vitest'
import { readVariables, SETTING_NAMES } from '../../src/mysql/variables.ts'
import { fakeSession } from '../support/fake-session.ts'

/** As MySQL 9.7.4 answers, shortened. */
const MYSQL_ROWS = [
  { name: 'log_replica_updates', value: 'ON' },
  { name: 'log_slave_updates', value: 'ON' },
  { name: 'time_zone', value: 'SYSTEM' },
  { name: 'utc_offset_january', value: '00:00:00' },
  { name: 'utc_offset_july', value: '00:00:00' },
]

/** As MariaDB 10.11.19 does; it names its variables in capitals. */
const MARIADB_ROWS = [
  { name: 'LOG_SLAVE_UPDATES', value: 'ON' },
  { name: 'SLAVE_SKIP_ERRORS', value: 'OFF' },
  { name: 'TIME_ZONE', value: 'Mars/Olympus' },
  { name: 'utc_offset_january', value: null },
  { name: 'utc_offset_july', value: null },
]

test('MySQL is asked once, in the table that every account may read', async () => {
  const session = fakeSession({ 'SELECT VARIABLE_NAME': MYSQL_ROWS })
  expect(await readVariables(session)).toEqual({
    vendor: 'mysql',
    settings: {
      log_replica_updates: 'ON',
      log_slave_updates: 'ON',
      time_zone: 'SYSTEM',
      utc_offset_january: '00:00:00',
      utc_offset_july: '00:00:00',
    },
  })
  expect(session.asked).toHaveLength(1)
  expect(session.asked[0]).toContain(' FROM performance_schema.global_variables WHERE ')
})

test('MariaDB is asked once, where its performance_schema need not be on', async () => {
  const session = fakeSession(
    { 'SELECT VARIABLE_NAME': MARIADB_ROWS },
    { vendor: 'mariadb', version: [10, 4, 34] },
  )
  expect(await readVariables(session)).toEqual({
    vendor: 'mariadb',
    settings: { log_slave_updates: 'ON', slave_skip_errors: 'OFF', time_zone: 'Mars/Olympus' },
  })
  expect(session.asked).toHaveLength(1)
  expect(session.asked[0]).toContain(' FROM information_schema.GLOBAL_VARIABLES WHERE ')
})

test('nothing outside the closed list is asked for, or kept', async () => {
  const rows = [...MYSQL_ROWS, { name: 'init_connect', value: "SET @secret = 'x'" }]
  const session = fakeSession({ 'SELECT VARIABLE_NAME': rows })
  expect(JSON.stringify(await readVariables(session))).not.toContain('secret')
  const names = session.asked[0]?.match(/(?<=')[a-z_]+(?=')/g) ?? []
  expect(new Set(names)).toEqual(new Set(SETTING_NAMES))
})
