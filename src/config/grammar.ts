/** Every key of `design.md` section 5, and what each may hold. */
import { DIFFERENCE_KINDS, SCHEMA_OBJECTS, VARIABLE_NAMES } from '../domain.ts'
import { matchesTable } from '../table-pattern.ts'
import { parseTimeWindow, TIME_WINDOW_FORM, type TimeWindow } from '../time-window.ts'
import { isZone } from '../wall-clock.ts'
import {
  address,
  type Decode,
  type Decoded,
  duration,
  flag,
  label,
  list,
  map,
  mapOf,
  notYet,
  oneOf,
  secret,
  text,
} from './decode.ts'
import { LONGEST_MS } from './durations.ts'
import { integer, number } from './numbers.ts'

const interval = duration(1000)
const check = map({ enabled: flag, interval })

const checks = map({
  threads: check,
  gtid: check,
  row_count: check,
  checksum: map({
    enabled: flag,
    interval,
    chunk_time: duration(10, 10_000),
    confirmations: integer(1, 10),
    confirm_delay: duration(100, 3_600_000),
    fence_timeout: duration(100, 3_600_000),
    max_unkeyed_rows: integer(0, 1_000_000_000),
    priority_interval: interval,
  }),
  schema: map({ enabled: flag, interval, ignore: list(text(schemaRuleForm(), isSchemaRule)) }),
  variables: map({ enabled: flag, interval, ignore: list(oneOf(...VARIABLE_NAMES)) }),
  grants: check,
  cdc: notYet,
  conflicts: notYet,
})

const timeWindow: Decode<TimeWindow> = (field, file) => {
  const written = text(TIME_WINDOW_FORM, (value) => parseTimeWindow(value) !== undefined)
  return parseTimeWindow(written(field, file) ?? '')
}

const throttle = map({
  max_lag: duration(0, LONGEST_MS),
  max_threads_running: integer(1, 1_000_000),
  max_history_list: integer(1, 1_000_000_000),
  query_timeout: duration(10, 3_600_000),
  max_queries: integer(1, 2),
  max_duty: number(0.01, 1),
  windows: list(timeWindow),
})

const metrics = map({
  table_detail: oneOf('all', 'drifted', 'none'),
  max_tables_per_set: integer(0, 1_000_000),
  max_table_series: notYet,
})

/** What stands under `defaults`, and in any set, where it wins. */
const settings = { checks, throttle, metrics }

const account = { username: text(), password: secret, password_file: text('a path') }

const isWithoutWildcard = (name: string) => isTablePattern(name) && !/[*?]/.test(name)
const patterns = list(text('a SCHEMA.TABLE pattern', isTablePattern))

const server = map({ name: label, address, role: oneOf('source', 'replica') }, 'name', 'address')

const kind: Decode<'none'> = (field, file) => {
  const value = oneOf('none', 'sync')(field, file)
  return value === 'sync' ? notYet(field, file) : value
}

const set = map(
  {
    name: label,
    auth: text('the name of an entry under auth'),
    ...account,
    tls: map({
      mode: oneOf('off', 'required', 'verify_ca', 'verify_identity'),
      ca_file: text('a path'),
    }),
    allow_write_privileges: flag,
    servers: list(server, 'server'),
    links: list(map({ source: text(), replica: text(), kind }, 'source', 'replica', 'kind')),
    tables: map({
      include: patterns,
      exclude: patterns,
      priority: patterns,
      ignore_columns: mapOf(
        list(text('the name of a column'), 'column'),
        'SCHEMA.TABLE without wildcards',
        isWithoutWildcard,
      ),
      where: mapOf(
        text('a condition in SQL on the columns of the table, without comments', isCondition),
        'SCHEMA.TABLE without wildcards',
        isWithoutWildcard,
      ),
    }),
    heartbeat: map(
      {
        table: text('SCHEMA.TABLE without wildcards', isWithoutWildcard),
        time_zone: text('a time zone such as Europe/Madrid', isZone),
      },
      'table',
    ),
    cdc_consumers: notYet,
    conflicts: notYet,
    ...settings,
  },
  'name',
  'servers',
)

const shared = {
  auth: mapOf(map(account, 'username'), 'a name', (name) => name.trim() !== ''),
  replication_sets: list(set),
}

const onlyInMainFile: Decode<never> = ({ key }, file) =>
  file.reject(key, 'expected only in the main file, got it in an included one')

export const mainFile = map({
  defaults: map(settings),
  include: list(text('a path or glob')),
  ...shared,
})

export const includedFile = map({
  defaults: onlyInMainFile,
  include: onlyInMainFile,
  ...shared,
})

export type Settings = Pick<SetFields, keyof typeof settings>
export type Account = Decoded<typeof account>
export type FileFields = NonNullable<ReturnType<typeof mainFile>>
export type SetFields = NonNullable<ReturnType<typeof set>>

/** It stands in a statement of ours, with parentheses around it. */
function isCondition(value: string): boolean {
  return !/;|--|#|\/\*|\*\//.test(value)
}

/** What the matcher itself takes, so that no pattern fails when the first table is seen. */
function isTablePattern(value: string): boolean {
  try {
    matchesTable([value], '', '')
    return value === value.trim()
  } catch {
    return false
  }
}

function schemaRuleForm(): string {
  return `"NAME-PATTERN: OBJECT KIND" (${SCHEMA_OBJECTS.join(', ')}; ${DIFFERENCE_KINDS.join(', ')})`
}

/** `shop.*: index extra`. */
function isSchemaRule(rule: string): boolean {
  const parts = /^\S.*: (\w+) (\w+)$/.exec(rule)
  return (
    SCHEMA_OBJECTS.some((object) => object === parts?.[1]) &&
    DIFFERENCE_KINDS.some((kind) => kind === parts?.[2])
  )
}
