/** What `/metrics` says, as values by series; and promtool's opinion of it. */
import { spawnSync } from 'node:child_process'

const PREFIX = 'mysql_drift_'

export interface Samples {
  /** The value of the one series that has these labels (and maybe others); null when there is none. */
  value(name: string, labels?: Labels): number | null
  /** Every series of a family that has these labels. */
  all(name: string, labels?: Labels): readonly Sample[]
  readonly text: string
}

export type Labels = Readonly<Record<string, string>>

export interface Sample {
  readonly name: string
  readonly labels: Labels
  readonly value: number
}

/** `name` without the prefix of our own families. */
export function parseSamples(text: string): Samples {
  const samples = text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map(parseLine)
  const byName = Map.groupBy(samples, ({ name }) => name)
  const all = (name: string, labels: Labels = {}) =>
    (byName.get(PREFIX + name) ?? []).filter((sample) =>
      Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
    )
  return {
    text,
    all,
    value(name, labels) {
      const [sample, second] = all(name, labels)
      if (second !== undefined) {
        throw new Error(`${name}: more than one series has ${JSON.stringify(labels)}`)
      }
      return sample?.value ?? null
    },
  }
}

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/s
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)",?/gs
const UNESCAPED: Labels = { n: '\n', '\\': '\\', '"': '"' }

function parseLine(line: string): Sample {
  const parts = LINE.exec(line)
  if (parts === null) throw new Error(`no sample: ${line}`)
  const [, name = '', pairs = '', value = ''] = parts
  const labels = [...pairs.matchAll(LABEL)].map(([, label = '', escaped = '']) => [
    label,
    escaped.replace(/\\(.)/gs, (whole, character: string) => UNESCAPED[character] ?? whole),
  ])
  return { name, labels: Object.fromEntries(labels) as Labels, value: Number(value) }
}

/** Complaints of `promtool check metrics`; '' when there are none. */
export function promtoolComplaints(text: string): string {
  const { status, stdout, stderr, error } = spawnSync('promtool', ['check', 'metrics'], {
    input: text,
    encoding: 'utf8',
  })
  if (error) return String(error)
  return status === 0 && stdout + stderr === '' ? '' : `exit code ${status}: ${stdout}${stderr}`
}
