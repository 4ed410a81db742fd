/** Settings of real servers: those that are dangerous, those that the ends of a link have otherwise, and no others. */
import { appendFileSync } from 'node:fs'
import { beforeAll, expect, test } from 'vitest'
import { describeFlavors, startCluster, until, useCluster } from '../support/cluster.ts'
import {
  configOf,
  configText,
  type Run,
  runCheck,
  serversOf,
  setOf,
  startExporter,
} from '../support/exporter.ts'
import { untilMetrics } from '../support/exporter-waits.ts'
import { setIn } from '../support/report.ts'

const settingsIn = ({ json }: Run) =>
  setIn(json).variables.map(({ server, name, value, source }) =>
    source === null ? `${server} ${name} ${value}` : `${server} ${name} ${source} -> ${value}`,
  )

describeFlavors((flavor) => {
  const word = flavor === 'mysql' ? 'replica' : 'slave'
  const STATIC = [
    `db2 log_${word}_updates ON -> OFF`,
    `db2 log_${word}_updates OFF`,
    `db2 ${word}_skip_errors 1062`,
    `db3 log_${word}_updates OFF -> ON`,
  ]
  const cluster = useCluster(flavor, [
    { name: 'db1' },
    { name: 'db2', source: 'db1' },
    { name: 'db3', source: 'db2' },
  ])

  /** Nothing reaches db3 any more. */
  beforeAll(async () => {
    const db2 = cluster().server('db2')
    appendFileSync(db2.paths.settings, `log-${word}-updates = OFF\n${word}-skip-errors = 1062\n`)
    await db2.stop()
    await db2.start()
    // Its replica tries again in a while.
    await until(async () => {
      const db3 = setIn((await check()).json).servers.find(({ name }) => name === 'db3')
      return db3?.channels.every(({ io }) => io === 'running')
    }, 'db3 replicates again')
  })

  const check = (args: readonly string[] = []) =>
    runCheck(cluster(), ['--checks=threads,variables', ...args])
  const set = (server: string, ...settings: readonly string[]) =>
    cluster()
      .server(server)
      .exec(...settings.map((setting) => `SET GLOBAL ${setting}`))

  test('of a chain that ends in the middle are told as what they are', async () => {
    const run = await check()
    expect(settingsIn(run).sort(), run.explain).toEqual([...STATIC].sort())
    expect(run.code, run.explain).toBe(1)
  })

  test('that are changed while the servers run are told, with what they were and what the source has', async () => {
    const charset = flavor === 'mysql' ? 'latin1' : 'utf8mb4'
    const collation = flavor === 'mysql' ? 'latin1_bin' : 'utf8mb4_bin'
    await set(
      'db3',
      'sync_binlog = 0',
      'innodb_flush_log_at_trx_commit = 2',
      `${word}_exec_mode = 'IDEMPOTENT'`,
      "sql_mode = 'ANSI_QUOTES'",
      "time_zone = '+05:30'",
      `character_set_server = '${charset}'`,
      `collation_server = '${collation}'`,
      "binlog_row_image = 'MINIMAL'",
      "binlog_row_metadata = 'FULL'",
      'binlog_expire_logs_seconds = 7200',
      'explicit_defaults_for_timestamp = OFF',
      ...(flavor === 'mysql' ? [] : ['gtid_strict_mode = OFF']),
    )
    const db3 = cluster().server('db3')
    const { start, stop } = db3.engine.sql
    // MySQL changes it only while nothing is applied.
    await db3.exec(stop('', 'sql'), "SET GLOBAL binlog_format = 'MIXED'", start('', 'sql'))
    const run = await check()
    const [was, names] =
      flavor === 'mysql' ? ['utf8mb4', 'utf8mb4_0900_ai_ci'] : ['latin1', 'latin1_swedish_ci']
    const about = settingsIn(run).filter((line) => line.startsWith('db3 '))
    expect(about.filter((line) => !line.includes('sql_mode')).sort(), run.explain).toEqual(
      [
        `db3 log_${word}_updates OFF -> ON`,
        'db3 sync_binlog 0',
        'db3 innodb_flush_log_at_trx_commit 2',
        `db3 ${word}_exec_mode IDEMPOTENT`,
        'db3 time_zone SYSTEM (UTC, UTC+00:00) -> +05:30 (UTC+05:30)',
        `db3 character_set_server ${was} -> ${charset}`,
        `db3 collation_server ${names} -> ${collation}`,
        'db3 binlog_row_image FULL -> MINIMAL',
        `db3 binlog_row_metadata ${flavor === 'mysql' ? 'MINIMAL' : 'NO_LOG'} -> FULL`,
        'db3 binlog_format MIXED',
        `db3 binlog_expire_logs_seconds ${flavor === 'mysql' ? '2592000' : '0'} -> 7200`,
        'db3 explicit_defaults_for_timestamp ON -> OFF',
        ...(flavor === 'mysql'
          ? []
          : ['db3 gtid_strict_mode OFF', 'db3 gtid_strict_mode ON -> OFF']),
      ].sort(),
    )
    expect(about.filter((line) => line.includes('sql_mode'))).toEqual([
      expect.stringMatching(/^db3 sql_mode .*STRICT_TRANS_TABLES.* -> ANSI_QUOTES$/),
    ])
    const text = await check(['--output=text'])
    expect(text.text).toMatch(/warning: \d+ settings on db3: dangerous \(.*sync_binlog 0.*\)/)
    expect(text.text).toMatch(/warning: \d+ settings on db3: not as on db2 \(.*\)/)
  })

  test('are dangerous together where a filter goes by schema and statements are logged', async () => {
    const [db2, db3] = [cluster().server('db2'), cluster().server('db3')]
    const { start, stop } = db3.engine.sql
    const ignoring = (schemas: string) =>
      flavor === 'mysql'
        ? `CHANGE REPLICATION FILTER REPLICATE_IGNORE_DB = (${schemas})`
        : `SET GLOBAL replicate_ignore_db = '${schemas}'`
    const format = (name: string) => [
      stop('', 'sql'),
      `SET GLOBAL binlog_format = '${name}'`,
      start('', 'sql'),
    ]
    await db3.exec(stop(''), ignoring('tmp'), start(''))
    const filters = async () =>
      settingsIn(await check()).filter((line) => line.includes('replication_filters'))
    expect(await filters()).toEqual([])
    await db2.exec(...format('MIXED'))
    expect(await filters()).toEqual(['db3 replication_filters replicate_ignore_db=tmp'])
    await db2.exec(...format('ROW'))
    await db3.exec(stop(''), ignoring(''), start(''))
  })

  test('are series that say 0 for what is in order, and follow a repair', async () => {
    const lab = cluster()
    await using exporter = await startExporter(lab, configOf(lab))
    await untilMetrics(exporter, [
      ['dangerous_variables', { server: 'db3', variable: 'sync_binlog' }, 1],
      ['dangerous_variables', { server: 'db2', variable: 'sync_binlog' }, 0],
      ['variable_differences', { server: 'db3', variable: 'sql_mode' }, 1],
      ['variable_differences', { server: 'db3', variable: 'lower_case_table_names' }, 0],
      ['check_success', { server: 'db1', check: 'variables' }, 1],
    ])
    await set('db3', 'sync_binlog = 1', `${word}_exec_mode = 'STRICT'`)
    await untilMetrics(exporter, [
      ['dangerous_variables', { server: 'db3', variable: 'sync_binlog' }, 0],
      ['dangerous_variables', { server: 'db3', variable: 'replica_exec_mode' }, 0],
    ])
    expect(await exporter.text('/')).toContain('<h3>Settings</h3>')
    await lab.server('db3').kill()
    await untilMetrics(exporter, [
      ['up', { server: 'db3' }, 0],
      ['dangerous_variables', { server: 'db3', variable: 'sync_binlog' }, null],
      ['variable_differences', { server: 'db3', variable: 'sql_mode' }, 1],
    ])
    await lab.server('db3').start()
    await untilMetrics(exporter, [
      ['dangerous_variables', { server: 'db3', variable: 'sync_binlog' }, 0],
      ['variable_differences', { server: 'db3', variable: 'sql_mode' }, 0],
    ])
  })
})

test('of MySQL and MariaDB are compared in what means the same', async () => {
  await using mysql = await startCluster('mysql', [{ name: 'db1' }])
  await using mariadb = await startCluster('mariadb', [{ name: 'db2' }])
  const servers = [mysql, mariadb].flatMap(serversOf)
  const links = [{ source: 'db1', replica: 'db2', kind: 'none' }]
  const config = configText([setOf(servers, { links })])
  const run = await runCheck(mysql, ['--checks=threads,variables'], { config })
  const found = settingsIn(run).map((line) => line.split(' ').slice(0, 2).join(' '))
  expect(found, run.explain).toEqual([
    'db2 binlog_expire_logs_seconds',
    'db2 sql_mode',
    'db2 character_set_server',
  ])
})
