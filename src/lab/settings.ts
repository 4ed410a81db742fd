import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Engine, Installation, Member, Settings } from './engine.ts'
import { type LabRecord, programFolder, type ServerRecord, serverPaths } from './record.ts'

export interface SettingsContext {
  readonly lab: LabRecord
  readonly labFolder: string
  readonly engine: Engine
  readonly installation: Installation
}

/** Folder and my.cnf of a server, which reads it when it starts. */
export function writeSettings(record: ServerRecord, context: SettingsContext): void {
  const { lab, engine, installation } = context
  const paths = serverPaths(context.labFolder, record.name)
  const isSource = record.sources.length === 0 && record.retired !== true
  const temporary = `${paths.folder}/tmp`
  mkdirSync(temporary, { recursive: true, mode: 0o700 })
  const settings = {
    datadir: paths.data,
    // Never a shared one: MariaDB removes every temporary table that it finds there when it starts, those of
    // the other servers too, which then crash (10.11.19, signal 11 in ha_maria::drop_table).
    tmpdir: temporary,
    socket: paths.socket,
    'pid-file': `${paths.folder}/mysqld.pid`,
    port: String(record.port),
    'bind-address': '127.0.0.1',
    // Without a lookup 127.0.0.1 is not "localhost": root gets in by the socket alone, which is private.
    'skip-name-resolve': 'ON',
    'server-id': String(record.serverId),
    'report-host': '127.0.0.1',
    'report-port': String(record.port),
    'log-bin': 'binlog',
    'relay-log': 'relay',
    'relay-log-recovery': 'ON',
    'read-only': isSource ? 'OFF' : 'ON',
    'innodb-buffer-pool-size': '32M',
    'max-connections': '200',
    // As a server should be: what a lab is asked for must be healthy. Each engine spares what it can of the syncs.
    'innodb-flush-log-at-trx-commit': '1',
    'sync-binlog': '1',
    ...engine.settings,
    ...installation.settings,
    ...clusterSettings(record, context),
    ...(lab.semiSync ? { [engine.semiSync.variable]: isSource ? 'ON' : 'OFF' } : {}),
    ...record.settings,
  }
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}`)
  writeFileSync(paths.settings, `[mysqld]\n${lines.join('\n')}\n`)
}

function clusterSettings(
  record: ServerRecord,
  { lab, engine, installation }: SettingsContext,
): Settings {
  const [self] = memberOf(record)
  if (self === undefined) return {}
  return engine.cluster.settings(self, {
    name: lab.id,
    members: lab.servers.flatMap(memberOf),
    isFormed: lab.ready,
    installation,
  })
}

function memberOf({ name, port, clusterPorts }: ServerRecord): Member[] {
  return clusterPorts === undefined ? [] : [{ name, port, clusterPorts }]
}

/** What the servers of a cluster call. */
export function writePrograms(labFolder: string, { cluster }: Engine): void {
  mkdirSync(programFolder(labFolder), { recursive: true, mode: 0o700 })
  for (const [name, text] of Object.entries(cluster.programs)) {
    writeFileSync(join(programFolder(labFolder), name), text, { mode: 0o700 })
  }
}
