import { describe, expect, it } from 'vitest'
import { DASHBOARDS } from '../../grafana/generate.ts'
import type { Panel } from '../../grafana/model.ts'
import { type Answers, previewPage } from '../../grafana/preview/page.ts'
import { withUnit } from '../../grafana/preview/units.ts'
import { linesOf, spansOf, statsOf, tableOf } from '../../grafana/preview/view.ts'
import { isPanel, panels } from '../support/dashboards.ts'

function panelOf(file: string, title: string): Panel {
  const found = DASHBOARDS[file]?.panels.filter(isPanel).find((panel) => panel.title === title)
  if (found === undefined) throw new Error(`${file} has no panel ${title}`)
  return found
}

describe('the preview reads a panel as Grafana does:', () => {
  it('a mapped value is a word in its colour', () => {
    const [seen] = statsOf(panelOf('mysql-drift-set.json', 'Verdict'), [[{ labels: {}, value: 4 }]])
    expect(seen).toMatchObject({ text: 'drifted', color: 'red' })
  })

  it('a number has the colour of the last limit that it reached', () => {
    const panel = panelOf('mysql-drift-fleet.json', 'Oldest verification')
    const colors = [0.5, 1, 2.9, 3].map(
      (value) => statsOf(panel, [[{ labels: {}, value }]])[0]?.color,
    )
    expect(colors).toEqual(['green', 'orange', 'orange', 'red'])
  })

  it('the answers of a table are one line where their labels are the same', () => {
    const panel = panelOf('mysql-drift-fleet.json', 'Servers')
    const at = (server: string) => ({ replication_set: 'shop', server })
    const answers = panel.targets.map(({ expr }) => {
      if (expr.includes('server_info')) {
        return ['db1', 'db2'].map((server) => ({
          labels: { ...at(server), role: 'replica', flavor: 'mysql', version: '9.7.4' },
          value: 1,
        }))
      }
      return expr.includes('errant') ? [{ labels: at('db2'), value: 3 }] : []
    })
    const { headings, rows } = tableOf(panel, answers)
    expect(headings).toEqual(['Set', 'Server', 'Role', 'Flavor', 'Version', 'Errant transactions'])
    expect(rows.map((row) => row.map(({ text }) => text))).toEqual([
      ['shop', 'db1', 'replica', 'mysql', '9.7.4', '-'],
      ['shop', 'db2', 'replica', 'mysql', '9.7.4', '3'],
    ])
  })

  it('a state ends where its series does', () => {
    const panel = panelOf('mysql-drift-set.json', 'Replication threads')
    const labels = { server: 'db2', channel: '', thread: 'io' }
    const values = [
      [10, 1],
      [20, 1],
      [30, 0],
      [60, 1],
    ] as const
    const [line] = linesOf(panel, [[{ labels, points: values }]])
    expect(line?.name).toBe('db2 io')
    const spans = line && spansOf(panel, line, 10)
    expect(spans?.map(({ from, to, text }) => [from, to, text])).toEqual([
      [10, 30, 'running'],
      [30, 40, 'stopped or connecting'],
      [60, 70, 'running'],
    ])
  })

  it.for(panels)('%s has units that it can write', ([, { fieldConfig, type }]) => {
    const own = fieldConfig.overrides.flatMap(({ properties }) =>
      properties.filter(({ id }) => id === 'unit').map(({ value }) => String(value)),
    )
    const units = type === 'table' ? own : [fieldConfig.defaults.unit]
    for (const unit of units) expect(withUnit(1, unit)).toMatch(/^1/)
  })
})

describe('a preview', () => {
  const dashboard = DASHBOARDS['mysql-drift-set.json']
  if (dashboard === undefined) throw new Error('there is no such dashboard')
  const nothing = new Map(
    dashboard.panels.filter(isPanel).map(({ id, targets }): [number, Answers] => {
      const none = targets.map(() => [])
      return [id, targets.some(({ range }) => range) ? { range: none } : { instant: none }]
    }),
  )
  const time = { start: 0, end: 600, step: 10 }
  const page = (answers: ReadonlyMap<number, Answers>) =>
    previewPage({ dashboard, answers, time, moments: [], chosen: '<all>' })

  it('says that it is one', () => {
    expect(page(nothing)).toContain('Preview: drawn from its JSON and real data, not by Grafana')
  })

  it('shows no data as no data', () => {
    expect(page(nothing)).toContain('>nothing compared<')
    expect(page(nothing)).toContain('>No data<')
  })

  it('takes names of series for text', () => {
    const panel = panelOf('mysql-drift-set.json', 'Replication lag')
    const track = {
      labels: { server: '<b>', channel: '' },
      points: [
        [0, 1],
        [10, 2],
      ] as const,
    }
    const html = page(new Map([...nothing, [panel.id, { range: [[track], []] }]]))
    expect(html).toContain('&lt;b&gt;')
    expect(html).not.toContain('<b>')
    expect(html).toContain('&lt;all&gt;')
  })

  it('is not drawn where a panel was not asked', () => {
    expect(() => page(new Map())).toThrow('nothing was asked for "Verdict"')
  })
})
