import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { escapeLabel, labels } from '../../src/output/metrics/encode.ts'
import { FAMILIES, FAMILY_NAMES, type Family, partOf } from '../../src/output/metrics/families.ts'
import {
  createExposition,
  type Exposition,
  type Part,
  renderMetrics,
} from '../../src/output/metrics.ts'
import {
  makeChannel,
  makeDifference,
  makeReport,
  makeServer,
  makeSet,
  makeSource,
  makeTable,
} from '../support/make-report.ts'

const SELF = {
  version: '0.1.0',
  nodeVersion: 'v24.21.0',
  lastReloadSuccessful: true,
  setsConfigured: 1,
}

async function textOf(exposition: Exposition, part: Part): Promise<string> {
  return Buffer.concat(await exposition.bytes(part, 'identity')).toString()
}

/** Something of everything. */
const FULL = makeSet({
  servers: [
    makeSource({ serverUuid: 'u-1' }),
    makeServer({
      heartbeat: new Date(1_700_000_000_250),
      channels: [makeChannel({ lagSeconds: null }), makeChannel({ name: 'b"\\\n' })],
    }),
    makeServer({ name: 'db3', up: false, channels: [] }),
  ],
  tables: [
    makeTable({
      checksum: {
        verdict: 'drifted',
        chunksDrifted: 1,
        rowsDrifted: { missing: 1n, extra: 0n, changed: 3n },
      },
    }),
    makeTable({ table: 'log', checksum: { verdict: 'unknown', reason: 'no_key' } }),
    makeTable({ table: 'gone', checksum: { verdict: 'missing', reason: 'missing_on_replica' } }),
    makeTable({ table: 'v', checksum: { verdict: 'skipped', reason: 'view' } }),
  ],
  schemaDifferences: [makeDifference()],
})

describe('the exposition', () => {
  it('is good in the eyes of promtool, and every declared family is in it', async () => {
    const exposition = createExposition(() => SELF)
    await exposition.publish(makeReport(FULL))
    const text = await textOf(exposition, 'all')

    const promtool = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' })
    expect(promtool.error, 'promtool must be installed').toBeUndefined()
    expect(promtool.stdout + promtool.stderr).toBe('')
    expect(promtool.status).toBe(0)
    const names = text.match(/(?<=^# TYPE mysql_drift_)\w+/gm)
    expect(names?.toSorted()).toEqual([...FAMILY_NAMES].toSorted())
  })

  it('carries exactly the labels that are declared', async () => {
    const exposition = createExposition(() => SELF)
    await exposition.publish(makeReport(FULL))
    const text = await textOf(exposition, 'all')
    for (const [, name = '', pairs = ''] of text.matchAll(/^mysql_drift_(\w+)(?:\{(.*)\})? /gm)) {
      const written = [...pairs.matchAll(/(\w+)="(?:[^"\\]|\\.)*"/g)].map(([, label]) => label)
      const family: Family = FAMILIES[name as keyof typeof FAMILIES]
      expect(written, name).toEqual(family.labels)
    }
  })

  it('has no label that collides in Prometheus or Thanos', () => {
    const names: readonly string[] = FAMILY_NAMES.flatMap((name) => [...FAMILIES[name].labels])
    for (const taken of ['cluster', 'replica', 'instance', 'job', 'type']) {
      expect(names).not.toContain(taken)
    }
  })

  it('has of the process what is asked for and nothing that promtool rejects', async () => {
    const text = await textOf(
      createExposition(() => SELF),
      'state',
    )
    expect(text).toContain('process_cpu_seconds_total')
    expect(text).toContain('nodejs_eventloop_lag_p99_seconds')
    expect(text).not.toMatch(/nodejs_(active|gc|heap_space)/)
  })

  it('is split by the label `table`, and the parts are the whole', async () => {
    const state = renderMetrics(makeReport(FULL), 'state')
    const tables = renderMetrics(makeReport(FULL), 'tables')
    expect(state).not.toContain(',table="')
    for (const line of tables.split('\n').filter((line) => !/^(#|$)/.test(line))) {
      expect(line).toContain(',table="')
    }
    expect((state + tables).length).toBe(renderMetrics(makeReport(FULL)).length)
    expect(partOf('tables_omitted')).toBe('state')
  })

  it('joins sets under one HELP and TYPE', () => {
    const text = renderMetrics(makeReport(makeSet(), makeSet({ name: 'crm' })))
    expect(text.match(/# TYPE mysql_drift_up gauge/g)).toHaveLength(1)
    expect(text).toContain('mysql_drift_up{replication_set="crm",server="db2"} 1')
  })

  it('stays within the budget: 1 source, 2 replicas, 1000 tables that are the same', async () => {
    const tables = ['db2', 'db3'].flatMap((server) =>
      Array.from({ length: 1000 }, (_, index) => makeTable({ server, table: `t${index}` })),
    )
    const set = makeSet({
      servers: [makeSource(), makeServer(), makeServer({ name: 'db3' })],
      tables,
      schemaRead: ['db2', 'db3'],
    })
    const exposition = createExposition(() => SELF)
    await exposition.publish(makeReport(set))
    const text = await textOf(exposition, 'all')
    expect(text.match(/^[a-z].*$/gm)?.length).toBeLessThanOrEqual(10_000)
  })
})

describe('publishing', () => {
  it('changes nothing before it is complete, and leaves nothing behind', async () => {
    const exposition = createExposition(() => SELF)
    await exposition.publish(makeReport())
    const publishing = exposition.publish(makeReport(makeSet({ name: 'crm', tables: [] })))
    expect(await textOf(exposition, 'tables')).toContain('replication_set="shop"')
    await publishing
    expect(await textOf(exposition, 'all')).not.toContain('shop')
  })

  it('lets the later report win', async () => {
    const exposition = createExposition(() => SELF)
    const many = Array.from({ length: 3000 }, (_, index) => makeTable({ table: `t${index}` }))
    await Promise.all([
      exposition.publish(makeReport(makeSet({ tables: many }))),
      exposition.publish(makeReport()),
    ])
    expect(await textOf(exposition, 'tables')).not.toContain('t2999')
  })

  it('notices a change around tables that are the same as before', async () => {
    const exposition = createExposition(() => SELF)
    const set = makeSet()
    await exposition.publish(makeReport(set))
    await exposition.publish(makeReport({ ...set, tableDetail: 'none' }))
    expect(await textOf(exposition, 'tables')).toBe('')
  })
})

describe('escaping', () => {
  it('can be undone by a reader of the format, whatever the name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        const [, written = ''] =
          /^table="((?:[^"\\\n]|\\[\\"n])*)"$/.exec(labels({ table: name })) ?? []
        const read = written.replace(/\\([\\"n])/g, (_, escaped) =>
          escaped === 'n' ? '\n' : escaped,
        )
        expect(read).toBe(name)
      }),
    )
  })

  it('touches backslash, quote and line feed', () => {
    expect(escapeLabel('a\\b"c\nd{e}\t')).toBe('a\\\\b\\"c\\nd{e}\t')
  })
})
