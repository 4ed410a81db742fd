/** Every object of a schema, missing, more and changed on a replica behind the binary log's back. */
import { beforeAll, describe, expect, test } from 'vitest'
import { ServerError } from '../../src/errors.ts'
import type { Session } from '../../src/mysql/query.ts'
import { readDigest } from '../../src/mysql/structure/digest.ts'
import { textOfFacts } from '../../src/mysql/structure/facts.ts'
import { listSubjects } from '../../src/mysql/structure/list.ts'
import { readFacts } from '../../src/mysql/structure/read.ts'
import { subjectKey } from '../../src/mysql/structure/subject.ts'
import { asExporter } from '../support/as-exporter.ts'
import { describeFlavors, useCluster } from '../support/cluster.ts'
import { configOf, type Run, runCheck } from '../support/exporter.ts'
import { type DifferenceObject, setIn } from '../support/report.ts'
import { GROUNDS, schemaCases } from '../support/schema-objects.ts'

const told = ({ object, schema, name, kind, severity }: DifferenceObject) =>
  [object, object === 'schema' ? name : `${schema}.${name}`, kind, severity].join(' ')

describeFlavors((flavor) => {
  const cluster = useCluster(flavor, [{ name: 'db1' }, { name: 'db2', source: 'db1' }])
  const cases = schemaCases(flavor)
  const check = (args: readonly string[] = [], config = configOf(cluster())) =>
    runCheck(cluster(), ['--checks=schema', ...args], { config })

  beforeAll(async () => {
    const lab = cluster()
    const given = cases.flatMap((each) => each.given)
    await lab.server('db1').exec('SET SESSION sql_mode = DEFAULT', ...GROUNDS, ...given)
    await lab.caughtUp({ timeoutMs: 120_000 })
  }, 240_000)

  test('what replication brought is the same', async () => {
    const run = await check()
    expect(setIn(run.json).schema_differences, run.explain).toEqual([])
    expect(setIn(run.json).schema_unknown, run.explain).toEqual([])
    expect(run.code, run.explain).toBe(0)
  })

  describe('when the replica has everything otherwise', () => {
    let run: Run
    beforeAll(async () => {
      const db2 = cluster().server('db2')
      await db2.unlogged(...cases.flatMap(({ change }) => change))
      run = await check()
    }, 240_000)

    test('each difference is told with its kind and severity, and nothing else', () => {
      const { schema_differences: differences, schema_unknown: unknown } = setIn(run.json)
      const found = cases.flatMap((each) => each.found)
      expect(differences.map(told).sort(), run.explain).toEqual([...found].sort())
      expect(unknown, run.explain).toEqual([])
      expect(run.code, run.explain).toBe(2)
    })

    test.for(cases.filter(({ found }) => found.length > 0).map(({ found }) => found))(
      '%s',
      (found) => {
        const { schema_differences: differences } = setIn(run.json)
        expect(differences.map(told)).toEqual(expect.arrayContaining([...found]))
      },
    )

    test('digests tell the subjects of which both ends say the same, and no others', async () => {
      const [db1, db2] = ['db1', 'db2'].map((name) => cluster().server(name))
      if (db1 === undefined || db2 === undefined) throw new Error('there are two servers')
      await asExporter(db1, async (source) => {
        await asExporter(db2, async (replica) => {
          const subjects = await listSubjects(source)
          const textsOf = async (session: Session) => {
            const readings = await readFacts(session, subjects)
            return subjects.map((subject) => {
              const facts = readings.get(subjectKey(subject))
              if (facts instanceof ServerError) throw facts
              return facts === undefined ? 'not there' : textOfFacts(facts)
            })
          }
          const [there, here] = [await textsOf(source), await textsOf(replica)]
          for (const [index, subject] of subjects.entries()) {
            const digest = await readDigest(source, [subject])
            const isAlike = digest !== null && digest === (await readDigest(replica, [subject]))
            expect([subject, isAlike]).toEqual([subject, there[index] === here[index]])
          }
          const isSame = subjects.filter((_, index) => there[index] === here[index])
          expect(isSame.length).toBeGreaterThan(1)
          expect(isSame.length).toBeLessThan(subjects.length)
          const relations = isSame.filter(({ kind }) => kind === 'relation')
          expect(await readDigest(source, relations)).toBe(await readDigest(replica, relations))
        })
      })
    })

    test('both ends are shown, without the bodies of what is stored', () => {
      const { schema_differences: differences } = setIn(run.json)
      const shown = (name: string) => {
        const found = differences.find((each) => each.name === name)
        return [found?.source, found?.replica]
      }
      expect(shown('c_type.b')).toEqual(['int', 'bigint'])
      expect(shown('k_clause.k_clause_c').join()).toMatch(/check \(.*> 0.*\).*check \(.*> 1.*\)/)
      expect(shown('r_body').join()).toMatch(/^body \w{8} .*,body \w{8} /)
    })

    test('a rule of schema.ignore accepts what it names', async () => {
      const ignore = ['shop.*: index extra', 'shop.t_*: table changed', 'lost.*: schema missing']
      const defaults = { checks: { schema: { ignore }, checksum: { confirm_delay: '100ms' } } }
      const ignored = await check([], configOf(cluster(), {}, defaults))
      const { schema_differences: differences } = setIn(ignored.json)
      const left = cases
        .flatMap(({ found }) => found)
        .filter((each) => !/^index .* extra|^table shop\.t_.* changed|^schema lost /.test(each))
      expect(differences.map(told).sort(), ignored.explain).toEqual([...left].sort())
    })
  })
})
