import { describe, expect, test } from 'vitest'
import type { SchemaObject } from '../../src/domain.ts'
import { readDefinition } from '../../src/mysql/definition.ts'
import type { Vendor } from '../../src/mysql/flavor.ts'
import { compareSubject, incomparableObjects } from '../../src/mysql/structure/compare.ts'
import { readDigest } from '../../src/mysql/structure/digest.ts'
import type { Facts } from '../../src/mysql/structure/facts.ts'
import { readFacts } from '../../src/mysql/structure/read.ts'
import { subjectKey } from '../../src/mysql/structure/subject.ts'
import { differencesBetween, makeSubject } from '../support/make-facts.ts'
import { definitionOn, ENDS, type End, fill, sessionOn, withGlobals } from '../support/two-ends.ts'

describe.for<Vendor>(['mysql', 'mariadb'])('definitions on %s', (flavor) => {
  async function keyOfTable(create: string) {
    await fill(flavor, 'source', { create, rows: [] })
    const { key } = await definitionOn(sessionOn(flavor), 'source')
    return key && { name: key.name, columns: key.columns.map(({ name }) => name) }
  }

  test.for<[string, string, string[] | null]>([
    ['the primary key is walked', '(u INT NOT NULL UNIQUE, id INT PRIMARY KEY)', ['id']],
    ['a unique key stands in for a primary key', '(a INT, u INT NOT NULL, UNIQUE (u))', ['u']],
    [
      'a nullable unique key does, as long as there is no other',
      '(a INT, u INT, n INT NOT NULL, UNIQUE (a), UNIQUE (u, n))',
      ['a'],
    ],
    [
      'a key that no NULL can be in goes first',
      '(a INT, u INT NOT NULL, UNIQUE (a), UNIQUE (u))',
      ['u'],
    ],
    ['nor does a prefix of a column', '(a VARCHAR(20) NOT NULL, UNIQUE (a(5)))', null],
    [
      'an ENUM is walked',
      "(e ENUM('a') NOT NULL, u INT NOT NULL, PRIMARY KEY (e), UNIQUE (u))",
      ['e'],
    ],
    [
      'a key with a SET is passed over',
      "(e SET('a') NOT NULL, u INT NOT NULL, PRIMARY KEY (e), UNIQUE (u))",
      ['u'],
    ],
    ['a key with a DOUBLE is passed over', '(e DOUBLE PRIMARY KEY)', null],
    ['a hash cannot be walked', '(id INT, PRIMARY KEY (id) USING HASH) ENGINE=MEMORY', null],
    [
      'a generated column can',
      '(a INT, g INT AS (a + 1) STORED NOT NULL, UNIQUE (g))',
      flavor === 'mysql' ? ['g'] : null,
    ],
    [
      'an index that the optimizer may not see is no key',
      `(e DOUBLE PRIMARY KEY, a INT NOT NULL, b INT NOT NULL, UNIQUE ua (a) ${flavor === 'mysql' ? 'INVISIBLE' : 'IGNORED'}, UNIQUE ub (b), UNIQUE uc (b, a))`,
      ['b'],
    ],
  ])('%s', async ([name, create, columns]) => {
    if (flavor === 'mariadb' && name.startsWith('a generated')) return
    const key = await keyOfTable(create)
    expect(key?.columns ?? null).toEqual(columns)
  })

  test('an expression is no key', async () => {
    if (flavor === 'mariadb') return
    expect(await keyOfTable('(a INT NOT NULL, UNIQUE ((a + 1)))')).toBeNull()
  })

  test('names are taken exactly', async () => {
    const session = sessionOn(flavor)
    await fill(flavor, 'source', { create: '(a INT)', rows: [] }, 'exact')
    expect(await readDefinition(session, ENDS.source, 'EXACT')).toBeNull()
    expect(await readDefinition(session, ENDS.source, 'exäct')).toBeNull()
    expect((await readDefinition(session, ENDS.source, 'exact'))?.columns).toHaveLength(1)
  })

  test('a definition that overruns max_allowed_packet has no digest', async () => {
    const labels = Array.from({ length: 80 }, (_, n) => `'${String(n).padStart(250, 'x')}'`)
    const create = `(id INT PRIMARY KEY, e ENUM(${labels.join(', ')}))`
    await fill(flavor, 'source', { create, rows: [] }, 'long')
    await fill(flavor, 'source', { create: '(id INT PRIMARY KEY)', rows: [] }, 'short')
    const subject = (name: string) => ({ kind: 'relation', schema: ENDS.source, name }) as const
    const both = [subject('short'), subject('long')]
    expect(await readDigest(sessionOn(flavor), both)).not.toBeNull()
    const pair = { source: flavor, replica: flavor }
    await withGlobals(pair, { max_allowed_packet: '16384' }, async () => {
      expect(await readDigest(sessionOn(flavor), [subject('short')])).not.toBeNull()
      expect(await readDigest(sessionOn(flavor), both)).toBeNull()
    })
  })

  test('structures show what was changed on one end', async () => {
    await fill(
      flavor,
      'source',
      {
        create:
          "(id INT PRIMARY KEY, note VARCHAR(20) DEFAULT 'it''s', n INT, at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP) COMMENT 'a'",
        rows: [],
      },
      'shape',
    )
    await fill(
      flavor,
      'replica',
      {
        create:
          "(id BIGINT PRIMARY KEY, note VARCHAR(20) DEFAULT 'is', at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP, m INT) COMMENT 'b'",
        rows: [],
      },
      'shape',
    )
    const source = await factsOn(flavor, 'source', 'shape')
    const replica = await factsOn(flavor, 'replica', 'shape')
    expect(differencesBetween(source, source)).toEqual([])
    const found = differencesBetween(source, replica)
    expect(found.map(({ name, kind, severity }) => `${name} ${kind} ${severity}`)).toEqual([
      'orders changed info',
      'orders.id changed critical',
      'orders.note changed warning',
      'orders.n missing critical',
      'orders.m extra warning',
    ])
    expect(found[2]).toMatchObject({
      source: "varchar(20) default 'it''s'",
      replica: "varchar(20) default 'is'",
    })
  })
})

async function factsOn(flavor: Vendor, end: End, name: string): Promise<Facts> {
  const subject = { kind: 'relation', schema: ENDS[end], name } as const
  const facts = (await readFacts(sessionOn(flavor), [subject])).get(subjectKey(subject))
  if (facts === undefined || facts instanceof Error) throw new Error(`no ${name} on ${flavor}`)
  return facts
}

test('the same statements make the same structure on both flavors', async () => {
  const create = `(id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT, a VARCHAR(20) CHARSET latin1 NOT NULL DEFAULT 'x''y',
    b INT DEFAULT 5, c DECIMAL(5,2) NOT NULL DEFAULT 1.50, d TIMESTAMP(3) NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
    e DATETIME DEFAULT CURRENT_TIMESTAMP, f BIT(3) DEFAULT b'101', g INT AS (b) VIRTUAL, h INT AS (b) STORED,
    i ENUM('a','b') DEFAULT 'b', j TEXT, k YEAR, l TINYINT(1) NOT NULL DEFAULT 0, m GEOMETRYCOLLECTION NOT NULL, n JSON, o INT INVISIBLE,
    p VARCHAR(9) CHARSET utf8 COLLATE utf8_general_ci, PRIMARY KEY (id), UNIQUE u (a, b), KEY (j(10), k DESC), FULLTEXT f (j),
    SPATIAL s (m)) CHARSET utf8mb4 COLLATE utf8mb4_unicode_ci ROW_FORMAT=DYNAMIC COMMENT '😀'`
  for (const flavor of ['mysql', 'mariadb'] as const) {
    await fill(flavor, 'source', { create, rows: [] }, 'alike')
  }
  const source = await factsOn('mysql', 'source', 'alike')
  const replica = await factsOn('mariadb', 'source', 'alike')
  const isCompared = (object: SchemaObject) =>
    !incomparableObjects(source.flavor, replica.flavor).includes(object)
  expect(compareSubject(makeSubject(), { source, replica }, isCompared)).toEqual({
    differences: [],
    undecidable: [],
  })
})
