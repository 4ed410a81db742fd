/** The statements in the runbooks, on the servers that they are for. */
import { describe, expect, test } from 'vitest'
import type { LabServer } from '../../src/lab/server.ts'
import { createShop } from '../../src/lab/shop.ts'
import type { Vendor } from '../../src/mysql/flavor.ts'
import { describeFlavors, useCluster } from '../support/cluster.ts'
import { blocksOf, RUNBOOKS, type Runbook } from '../support/runbooks.ts'

interface Statements {
  readonly server: 'db1' | 'db2'
  readonly statements: readonly string[]
}

const NAMES = { mariadb: 'MariaDB', mysql: 'MySQL' } as const satisfies Record<Vendor, string>

/** Of one section, for this flavor: its first line says for whom each block is, and where. */
function statementsIn(section: string, flavor: Vendor): Statements[] {
  return blocksOf({ name: '', text: section })
    .filter(({ language }) => language === 'sql')
    .flatMap(({ text }) => {
      const [, vendors = '', where = ''] =
        /^-- (MySQL|MariaDB|MySQL and MariaDB), (.*)\n/.exec(text) ?? []
      expect(where, text).not.toBe('')
      if (!vendors.includes(NAMES[flavor])) return []
      const statements = text.replace(/^--.*\n/, '').split(/;\n/)
      return [
        { server: /^on db1\b/.test(where) ? 'db1' : 'db2', statements: statements.filter(Boolean) },
      ]
    })
}

function sectionsOf({ text }: Runbook): { diagnosis: string; mitigation: string } {
  const [, diagnosis = '', mitigation = ''] = text.split(/^## (?:Diagnosis|Mitigation)\n/m)
  return { diagnosis, mitigation }
}

/** @returns what the server said to each statement that it did not take. */
async function refusals(server: LabServer, statements: readonly string[]): Promise<string[]> {
  const refused: string[] = []
  await server.session(async (session) => {
    for (const statement of statements) {
      await session.query(statement).catch((error: Error) => {
        refused.push(`${statement}: ${error.message}`)
      })
    }
  })
  return refused
}

async function detach(replica: LabServer): Promise<void> {
  const { sql } = replica.engine
  await replica.exec(sql.stop(''), sql.forget(''))
}

describeFlavors((flavor) => {
  const lab = useCluster(flavor, [{ name: 'db1' }, { name: 'db2', source: 'db1' }])
  const runbooks = RUNBOOKS.map((runbook) => [runbook.name, sectionsOf(runbook)] as const)

  test('there is a shop with a heartbeat, as in the runbooks', async () => {
    await createShop(lab().server('db1'))
    await lab().server('db1').query('CREATE DATABASE meta')
    await lab()
      .server('db1')
      .query('CREATE TABLE meta.heartbeat (ts VARCHAR(26), server_id INT PRIMARY KEY)')
    await lab().caughtUp()
  })

  describe('a diagnosis works:', () => {
    test.for(runbooks)('%s', async ([, { diagnosis }]) => {
      for (const { server, statements } of statementsIn(diagnosis, flavor)) {
        expect(await refusals(lab().server(server), statements)).toEqual([])
      }
    })
  })

  // Whether it helps depends on what is wrong; nothing is, so a server may refuse it, but not as nonsense.
  describe('a mitigation is understood:', () => {
    test.for(runbooks)('%s', async ([name, { mitigation }]) => {
      if (name === 'MySQLDriftReplicationMissing') await detach(lab().server('db2'))
      for (const { server, statements } of statementsIn(mitigation, flavor)) {
        const refused = await refusals(lab().server(server), statements)
        expect(refused.filter((each) => NONSENSE.test(each))).toEqual([])
      }
    })
  })

  test('a replica that was closed by one runbook, and opened as the source by another, stays open', async () => {
    const mitigation = new Map(runbooks.map(([name, sections]) => [name, sections.mitigation]))
    for (const name of ['MySQLDriftReplicaWritable', 'MySQLDriftNoSource']) {
      for (const { statements } of statementsIn(mitigation.get(name) ?? '', flavor)) {
        expect(await refusals(lab().server('db2'), statements)).toEqual([])
      }
    }
    const db2 = lab().server('db2')
    expect(await db2.value('SELECT @@global.read_only')).toBe('0')
    if (flavor === 'mariadb') return
    const kept =
      "SELECT COUNT(*) FROM performance_schema.persisted_variables WHERE variable_name LIKE '%read_only'"
    expect(await db2.value(kept)).toBe('0')
  })
})

/** The last one is of a statement before which another has to be run. */
const NONSENSE =
  /error in your SQL syntax|Unknown system variable|Unknown column|Unknown command|This operation cannot be performed/
