/** What is shown of the servers, read from them at that moment, and what is done to them. */
import { execFile } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import { labStatus } from '../lab/status.ts'
import { CLI } from '../monitoring/monitoring.ts'
import type { Stage } from './act.ts'
import { countLines, countRows } from './counts.ts'
import { NotSeen } from './waiting.ts'

/** Statements on one connection of root, shown as they are run. */
export async function run(
  { lab, screen }: Stage,
  name: string,
  ...statements: readonly string[]
): Promise<void> {
  for (const statement of statements) screen.command(`${name}>`, statement)
  await lab.server(name).exec(...statements)
}

export async function showCounts({ lab, tables, screen }: Stage): Promise<void> {
  const lines = countLines(await countRows(lab, tables))
  screen.gap()
  screen.block(lines)
  screen.gap()
}

/** What everybody looks at first. */
export async function showReplication({ lab, screen }: Stage, name: string): Promise<void> {
  const status = (await labStatus(lab)).find((server) => server.name === name)
  for (const { io, sql, lag } of status?.channels ?? []) {
    screen.fact(
      `replication on ${name}: receiving ${io}, applying ${sql}, ${lag ?? 'unknown'} s behind`,
    )
  }
}

/** One expression on the source and on the replica. */
export async function showBoth(
  { lab, screen }: Stage,
  what: string,
  { sql, ifNone }: { readonly sql: string; readonly ifNone: string },
): Promise<void> {
  const [source, replica] = await Promise.all(
    ['db1', 'db2'].map(async (name) => (await lab.server(name).value(sql)) ?? ifNone),
  )
  screen.fact(`${what}: ${source} on db1, ${replica} on db2`)
}

/** The real command. @throws {NotSeen} when it ends with another exit code. */
export async function showCheck(
  stage: Stage,
  exitCode: number,
  ...options: readonly string[]
): Promise<void> {
  const { screen, monitoring } = stage
  screen.gap()
  screen.command('$', ['mysql-drift-exporter check', ...options].join(' '))
  const argv = [CLI, 'check', `--config.file=${monitoring.exporter.configFile}`, ...options]
  const { code, output } = await new Promise<{ code: unknown; output: string }>((resolve) => {
    const child = execFile(process.execPath, argv, { env: {} }, (_, stdout, stderr) =>
      resolve({ code: child.exitCode, output: stdout + stderr }),
    )
  })
  for (const line of output.trimEnd().split('\n')) screen.fact(line)
  screen.fact(`exit code ${code}`)
  screen.gap()
  if (code !== exitCode) throw new NotSeen(`not seen: exit code ${exitCode} of check`)
}

/** Draws the counts and `note` twice a second until `signal`, where somebody sees it. */
export async function watchCounts(
  { lab, tables, screen }: Stage,
  note: () => string,
  signal: AbortSignal,
): Promise<void> {
  if (!screen.isLive) return await untilAborted(signal)
  while (!signal.aborted) {
    const counts = await countRows(lab, tables)
    if (signal.aborted) break
    screen.live([...countLines(counts), '', note()])
    await delay(500, undefined, { signal }).catch(() => {})
  }
  screen.live([])
}

async function untilAborted(signal: AbortSignal): Promise<void> {
  // A timer, so that the process has a reason to stay.
  while (!signal.aborted) await delay(60_000, undefined, { signal }).catch(() => {})
}
