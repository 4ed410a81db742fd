import type { TableDiff } from '../answers.ts'
import { diffOnce } from '../app.ts'
import { DEFAULT_CONFIG_FILE } from '../config/load.ts'
import { UserError } from '../errors.ts'
import { renderDiffJson, renderDiffText } from '../output/diff.ts'
import { oneOf, parseArguments } from './arguments.ts'
import type { Edge } from './edge.ts'
import { chosenConfig, stderrLog, stopSignal, timeoutOf } from './one-look.ts'
import { realWorld } from './world.ts'

const USAGE = `usage: mysql-drift-exporter diff [OPTIONS] SCHEMA.TABLE [URL...]

The rows of one table that differ between a replica and its source, each confirmed like any drift.
A dot in the name of the schema is written with a backslash before it.

  --config.file=FILE    default ${DEFAULT_CONFIG_FILE}
  --set=NAME            the replication set, where there are several
  --server=NAME         the replica, where there are several
  --output=text|json    default text
  --reveal              show what the rows hold; without it keys and names of columns alone
  --timeout=DURATION    end after so long

Exit codes: 0 the same; 2 rows differ, or one end has no such table; 3 could not tell.
`

const OUTPUTS = ['text', 'json'] as const

const RENDER = { text: renderDiffText, json: renderDiffJson } as const

const EXIT_CODES: Readonly<Record<TableDiff['verdict'], number>> = {
  same: 0,
  drifted: 2,
  missing: 2,
  unknown: 3,
}

export async function diffCommand(argv: readonly string[], edge: Edge): Promise<number> {
  const { values, positionals } = parseArguments('diff', {
    args: [...argv],
    allowPositionals: true,
    options: {
      help: { type: 'boolean', short: 'h' },
      'config.file': { type: 'string' },
      output: { type: 'string', default: 'text' },
      set: { type: 'string' },
      server: { type: 'string' },
      reveal: { type: 'boolean', default: false },
      timeout: { type: 'string' },
      'log.level': { type: 'string', default: 'error' },
    },
  })
  if (values.help) {
    edge.out(USAGE)
    return 3
  }
  const [name, ...urls] = positionals
  const { schema, table } = tableNamed(name)
  const output = oneOf('--output', values.output, OUTPUTS)
  const timeoutMs = timeoutOf(values.timeout)
  const config = chosenConfig('diff', { urls, file: values['config.file'], sets: values.set }, edge)
  const [set, ...others] = config.sets
  if (set === undefined || others.length > 0) {
    const known = config.sets.map((each) => each.name).join(', ')
    throw new UserError(`diff: expected --set=NAME, one of ${known}`)
  }
  const log = stderrLog(edge, values['log.level'])
  const server = values.server ?? null
  if (server !== null && !set.servers.some((each) => each.name === server)) {
    const known = set.servers.map((each) => each.name).join(', ')
    throw new UserError(`--server: expected one of ${known}, got "${server}"`)
  }
  const diff = await diffOnce(set, {
    world: realWorld,
    log,
    request: { schema, table, server, withValues: values.reveal },
    signal: stopSignal(edge, timeoutMs),
  })
  edge.out(`${RENDER[output](diff)}\n`)
  return EXIT_CODES[diff.verdict]
}

/** Split at its first dot; a name of a schema with a dot in it is written with a backslash before it. */
function tableNamed(name: string | undefined): { readonly schema: string; readonly table: string } {
  const [, schema, table] = /^((?:[^\\.]|\\.)+)\.(.+)$/su.exec(name ?? '') ?? []
  if (schema === undefined || table === undefined) {
    throw new UserError(`diff: expected SCHEMA.TABLE, got "${name ?? ''}"\n\n${USAGE}`)
  }
  return { schema: schema.replaceAll(/\\(.)/gsu, '$1'), table }
}
