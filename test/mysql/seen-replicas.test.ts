import { describe, expect, it, test } from 'vitest'
import { ServerError } from '../../src/errors.ts'
import type { Flavor } from '../../src/mysql/flavor.ts'
import type { Row } from '../../src/mysql/query.ts'
import { readSeenReplicas } from '../../src/mysql/seen-replicas.ts'
import { fakeSession } from '../support/fake-session.ts'

const MYSQL_8_4: Flavor = { vendor: 'mysql', version: [8, 4, 6] }
const UUID = '2ed35bcf-e8f9-11f1-bd82-02fc00000001'

describe('the replicas of a server are named', () => {
  it.for<[string, Flavor, string, Row, string | null]>([
    [
      'on MySQL since 8.0.22',
      MYSQL_8_4,
      'SHOW REPLICAS',
      { Server_Id: '3', Host: '127.0.0.1', Port: '27334', Source_Id: '1', Replica_UUID: UUID },
      UUID,
    ],
    [
      'before',
      { vendor: 'mysql', version: [5, 7, 44] },
      'SHOW SLAVE HOSTS',
      { Server_id: '3', Host: '127.0.0.1', Port: '27334', Master_id: '1', Slave_UUID: UUID },
      UUID,
    ],
    [
      'on MariaDB',
      { vendor: 'mariadb', version: [10, 11, 19] },
      'SHOW SLAVE HOSTS',
      { Server_id: '3', Host: '127.0.0.1', Port: '27334', Master_id: '1' },
      null,
    ],
  ])('%s', async ([, flavor, statement, row, uuid]) => {
    const session = fakeSession({ [statement]: [row] }, flavor)

    expect(await readSeenReplicas(session, flavor)).toEqual({
      by: 'name',
      replicas: [{ serverId: '3', uuid, host: '127.0.0.1', port: '27334' }],
    })
  })
})

test('an account that may not ask sees connections', async () => {
  const session = fakeSession({
    SHOW: new ServerError('privilege', 'denied', 1227),
    SELECT: [{ account: 'repl', host: '10.0.0.9:50122' }],
  })

  expect(await readSeenReplicas(session, MYSQL_8_4)).toEqual({
    by: 'connection',
    readers: [{ account: 'repl', host: '10.0.0.9' }],
  })
})
