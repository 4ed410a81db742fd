import { expect, test } from 'vitest'
import { notesOf } from '../../src/output/notes.ts'
import { renderPage } from '../../src/output/page.ts'
import { renderText } from '../../src/output/text.ts'
import { makeReport, makeSet } from '../support/make-report.ts'

const circle = makeSet({ loops: [['db1', 'db2']] })
const watched = makeSet({ replicasUnwatched: ['server_id 7 on <b>:3306'] })

test('nothing is noted of a plain set', () => {
  expect(notesOf(makeSet())).toEqual([])
  expect(notesOf(makeSet({ replicasUnwatched: null }))).toEqual([])
})

test('servers that replicate in a circle are named, and where it is compared from', () => {
  expect(notesOf(circle)).toEqual([
    'db1, db2 replicate in a circle and are compared once, from db1 on',
  ])
})

test('replicas that nobody configured are named', () => {
  expect(notesOf(watched)).toEqual(['1 replica seen and not configured: server_id 7 on <b>:3306'])
})

test('the text and the page tell it, and it is no finding', () => {
  const text = renderText(makeReport(circle))

  expect(text).toContain('db1, db2 replicate in a circle')
  expect(text).toContain('exit code 0')
  const page = renderPage(makeReport(watched), { version: '1', telemetryPath: '/metrics' })
  expect(page).toContain('server_id 7 on &lt;b&gt;:3306')
})
