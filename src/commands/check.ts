import { checkOnce } from '../app.ts'
import { DEFAULT_CONFIG_FILE } from '../config/load.ts'
import { CHECK_NAMES, UNKNOWN_REASONS } from '../domain.ts'
import { UserError } from '../errors.ts'
import { exitCode, type JudgeOptions } from '../output/findings.ts'
import { renderJson } from '../output/json.ts'
import { renderNagios } from '../output/nagios.ts'
import { renderText } from '../output/text.ts'
import type { Report } from '../report.ts'
import { listOf, oneOf, parseArguments } from './arguments.ts'
import type { Edge } from './edge.ts'
import { chosenConfig, onlyTables, stderrLog, stopSignal, timeoutOf } from './one-look.ts'
import { realWorld } from './world.ts'

const USAGE = `usage: mysql-drift-exporter check [OPTIONS] [URL...]

One full look at every replication set, then exit. URLs name the servers of one set without a
configuration file: mysql://user@host:port (password from MYSQL_PWD).

  --config.file=FILE        default ${DEFAULT_CONFIG_FILE}
  --output=text|json|nagios default text
  --set=NAME[,NAME]         only these sets
  --checks=NAME[,NAME]      only these of ${CHECK_NAMES.join(', ')}
  --tables=PATTERN[,...]    only these tables, as in "shop.*"
  --timeout=DURATION        end after so long; what was not reached is unknown (not_reached)
  --accept-unknown=REASON[,REASON]  these reasons count as nothing

Exit codes: 0 same; 1 warning (lag, settings, a replica that is not read-only...);
2 drift, missing tables, errant transactions or stopped replication; 3 something could not be told.
`

const OUTPUTS = ['text', 'json', 'nagios'] as const

const RENDER: Readonly<
  Record<(typeof OUTPUTS)[number], (report: Report, judge: JudgeOptions) => string>
> = {
  text: renderText,
  json: (report, { requestedChecks }) => renderJson(report, requestedChecks),
  nagios: renderNagios,
}

export async function checkCommand(argv: readonly string[], edge: Edge): Promise<number> {
  const { values, positionals } = parseArguments('check', {
    args: [...argv],
    allowPositionals: true,
    options: {
      help: { type: 'boolean', short: 'h' },
      'config.file': { type: 'string' },
      output: { type: 'string', default: 'text' },
      set: { type: 'string' },
      checks: { type: 'string' },
      tables: { type: 'string' },
      timeout: { type: 'string' },
      'accept-unknown': { type: 'string' },
      'log.level': { type: 'string', default: 'error' },
    },
  })
  if (values.help) {
    edge.out(USAGE)
    return 3
  }
  const output = oneOf('--output', values.output, OUTPUTS)
  const requestedChecks = listOf('--checks', values.checks, CHECK_NAMES)
  const acceptUnknown = listOf('--accept-unknown', values['accept-unknown'], UNKNOWN_REASONS) ?? []
  const timeoutMs = timeoutOf(values.timeout)
  const patterns = values.tables === undefined ? null : patternsOf(values.tables)
  const loaded = chosenConfig(
    'check',
    { urls: positionals, file: values['config.file'], sets: values.set },
    edge,
  )
  const config = patterns === null ? loaded : onlyTables(loaded, patterns)
  const log = stderrLog(edge, values['log.level'])
  const stop = stopSignal(edge, timeoutMs)
  const report = await checkOnce(config, {
    world: realWorld,
    log,
    checks: requestedChecks ?? [...CHECK_NAMES],
    signal: stop,
  })
  const judge = { acceptUnknown, requestedChecks }
  edge.out(`${RENDER[output](report, judge).trimEnd()}\n`)
  return exitCode(report, judge)
}

function patternsOf(text: string): string[] {
  const patterns = text.split(',')
  for (const pattern of patterns) {
    if (!pattern.includes('.')) {
      throw new UserError(`--tables: expected SCHEMA.TABLE, as in "shop.*", got "${pattern}"`)
    }
  }
  return patterns
}
