import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Stage } from '../../src/demo/act.ts'
import { urls } from '../../src/demo/frame.ts'
import { createScreen } from '../../src/demo/screen.ts'

test('the demo says where everything is, and what to do for Grafana', () => {
  let text = ''
  const screen = createScreen({
    out: (more) => {
      text += more
    },
    isLive: false,
    hasColors: false,
    columns: () => 80,
  })
  urls({
    screen,
    lab: { id: 'lab-7' },
    monitoring: {
      exporter: { url: 'http://127.0.0.1:1' },
      prometheus: { url: 'http://127.0.0.1:2' },
      alertmanager: { url: 'http://127.0.0.1:3' },
    },
  } as unknown as Stage)
  for (const url of ['http://127.0.0.1:1/', 'http://127.0.0.1:2/alerts', 'http://127.0.0.1:3/#/']) {
    expect(text).toContain(url)
  }
  expect(text.replace(/\s+/g, ' ')).toContain('take http://127.0.0.1:2 as a Prometheus data source')
  const named = [...text.matchAll(/grafana\/(\S+\.json)/g)].map(([, file]) => file)
  const shipped = readdirSync(new URL('../../grafana/', import.meta.url))
  expect(named.toSorted()).toEqual(shipped.filter((file) => file.endsWith('.json')).toSorted())
  expect(text).toContain('--name lab-7')
})
