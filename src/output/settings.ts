/** Settings that are wrong, as people are told of them. Pure. */

import { VARIABLE_FINDING_KINDS } from '../domain.ts'
import type { SetReport, VariableFinding } from '../report.ts'
import { listed, plural } from './format.ts'

const NAMES_LISTED = 5

/** One sentence per server and kind; of differences, per source. */
export function settingSentences({ variableFindings }: SetReport): string[] {
  const groups = Map.groupBy(variableFindings, ({ server, source }) =>
    source === null ? `on ${server}: dangerous` : `on ${server}: not as on ${source.server}`,
  )
  return [...groups].map(([where, findings]) => {
    const names = findings.map(({ name, value, source }) =>
      source === null ? `${name} ${value}` : name,
    )
    return `${plural(findings.length, 'setting')} ${where} (${listed(names, NAMES_LISTED)})`
  })
}

/** By kind, in the order of the report: server, kind, what it is called there, and what is wrong with it. */
export function settingRows({ variableFindings }: SetReport): readonly (readonly string[])[] {
  return VARIABLE_FINDING_KINDS.flatMap((kind) =>
    variableFindings
      .filter((finding) => finding.kind === kind)
      .map((finding) => [finding.server, kind, finding.name, shownValue(finding), finding.why]),
  )
}

function shownValue({ value, source }: VariableFinding): string {
  const shown = (text: string) => (text === '' ? "''" : text)
  return source === null
    ? shown(value)
    : `${shown(value)}, on ${source.server} ${shown(source.value)}`
}
