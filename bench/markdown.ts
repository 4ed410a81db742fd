/** Measurements as the table of the README. Pure. */
import { QUIET_SHARE } from './machine.ts'
import type { Measure, Measurement, Result } from './row.ts'
import { type FigureKind, figuresOf, median, spreadOf } from './statistics.ts'

const HEADER = ['what', 'on', 'ours', 'against', 'figure', 'target', 'met', 'by CPU time']

const MEASURES = {
  wall: { kind: 'ratio', unit: 's', digits: 2 },
  cpu: { kind: 'ratio', unit: 'CPU s', digits: 2 },
  throughput: { kind: 'loss', unit: 'tx/s', digits: 0 },
} as const satisfies Record<Measure, { kind: FigureKind; unit: string; digits: number }>

/** The table, what was noticed, and the machine. */
export function renderMarkdown(measurements: readonly Measurement[]): string {
  const lines = [HEADER, HEADER.map(() => '---'), ...measurements.map(cellsOf)]
  const table = lines.map((cells) => `| ${cells.join(' | ')} |`)
  const notes = [...measurements.flatMap(notesOf), ...busyNote(measurements)].map(
    (note) => `- ${note}`,
  )
  const machines = [...new Set(measurements.map(machineOf))].map((machine) => `- ${machine}`)
  const explanation =
    'Each figure is the median of its rounds (least to most in brackets); in a round all contenders run one after the other. CPU time is that of all servers and of the program together.'
  return [...table, '', explanation, '', ...notes, '', ...machines, ''].join('\n')
}

/** The median of the rounds. */
export function figureOf(measurement: Measurement): number {
  return median(figures(measurement))
}

function figures({ measure, ours, theirs }: Measurement): number[] {
  return figuresOf(MEASURES[measure].kind, values(measure, ours), values(measure, theirs))
}

function values(measure: Measure, result: Result): readonly number[] {
  return measure === 'cpu' ? result.cpuSeconds : result.samples
}

export function isMet(measurement: Measurement): boolean | null {
  return measurement.target === null ? null : figureOf(measurement) <= measurement.target
}

/** One line for people who wait. */
export function renderLine(measurement: Measurement): string {
  const [what, on, ours, theirs, figure, target, met] = cellsOf(measurement)
  return `${what}, ${on}: ${figure} (target ${target}: ${met}); ours ${ours}, against ${theirs}`
}

function cellsOf(measurement: Measurement): string[] {
  const { what, server, ours, theirs, measure, target } = measurement
  const { kind, unit, digits } = MEASURES[measure]
  const middle = (result: Result) => `${median(values(measure, result)).toFixed(digits)} ${unit}`
  const { least, most } = spreadOf(figures(measurement))
  const met = isMet(measurement)
  return [
    what,
    server,
    middle(ours),
    `${theirs.name}: ${middle(theirs)}`,
    `${figureText(kind, figureOf(measurement))} (${figureText(kind, least)} to ${figureText(kind, most)})`,
    target === null ? '-' : `at most ${figureText(kind, target)}`,
    met === null ? '-' : met ? 'yes' : '**no**',
    measure === 'wall' ? cpuText(ours, theirs) : '-',
  ]
}

/** Of all servers and of the program: what is left of a figure when the machine is busy. */
function cpuText(ours: Result, theirs: Result): string {
  const ratio = median(figuresOf('ratio', ours.cpuSeconds, theirs.cpuSeconds))
  const [a, b] = [ours, theirs].map(({ cpuSeconds }) => median(cpuSeconds).toFixed(2))
  return `${figureText('ratio', ratio)} (${a} s against ${b} s)`
}

function figureText(kind: FigureKind, value: number): string {
  return kind === 'ratio' ? `${value.toFixed(2)}x` : `${(value * 100).toFixed(1)}%`
}

function notesOf({ server, what, notes }: Measurement): string[] {
  return notes.map((note) => `${what}, ${server}: ${note}.`)
}

function busyNote(measurements: readonly Measurement[]): string[] {
  const busy = measurements.filter(
    ({ others, machine }) => others.median > QUIET_SHARE * machine.cores,
  )
  const [first] = busy
  if (first === undefined) return []
  const { least, most } = spreadOf(busy.map(({ others }) => others.median))
  const loads = spreadOf(busy.map(({ machine }) => machine.loadAverage[0] ?? 0))
  return [
    `**The machine was not quiet** in ${busy.length} of ${measurements.length} rows: other programs used ${least.toFixed(1)} to ${most.toFixed(1)} of ${first.machine.cores} cores before the rounds (load average ${loads.least.toFixed(0)} to ${loads.most.toFixed(0)}). Wall times then say little; CPU times hold.`,
  ]
}

function machineOf({ server, machine, size, ours }: Measurement): string {
  const { at, cores, processor, memoryGb, system, node } = machine
  return `${server}, ${at.slice(0, 10)}: ${size.toLocaleString('en')} rows, ${ours.samples.length} rounds; ${cores} cores (${processor}), ${memoryGb} GB, ${system}, Node.js ${node}; all servers, sysbench and both contenders on this one machine.`
}
