/** pt-table-checksum of the Percona Toolkit. */
import { outputOf } from '../src/lab/program.ts'
import { benchFlavor } from './flavors.ts'
import type { Rig } from './rig.ts'
import { SCHEMA, TABLE, WRITER } from './table.ts'

export async function checksumToolVersion({ flavor, cache }: Rig): Promise<string> {
  const text = await outputOf([...benchFlavor(flavor).checksumTool(cache), '--version'])
  return text.trim().split(' ').at(-1) ?? 'unknown'
}

/** One run over the table, with its own defaults. @throws unless it went through all rows and found no difference. */
export async function runChecksumTool({ flavor, cache, size, source }: Rig): Promise<void> {
  const text = await outputOf([
    ...benchFlavor(flavor).checksumTool(cache),
    // It would ask a server of its makers.
    '--no-version-check',
    // Replicas with binlog_format=ROW stop it otherwise.
    '--no-check-binlog-format',
    // The process list shows no ports, and all servers have one address here.
    '--recursion-method=hosts',
    `--databases=${SCHEMA}`,
    `h=${source.host},P=${source.port},u=${WRITER}`,
  ])
  const line = text.split('\n').find((each) => each.endsWith(` ${SCHEMA}.${TABLE}`)) ?? ''
  // TS ERRORS DIFFS ROWS DIFF_ROWS CHUNKS SKIPPED TIME TABLE
  const [, errors, diffs, rows, , , skipped] = line.trim().split(/\s+/)
  const isWhole = errors === '0' && diffs === '0' && skipped === '0' && rows === String(size)
  if (!isWhole || /no (slaves|replicas) were found/.test(text)) {
    throw new Error(`pt-table-checksum did not do all of its work: ${text}`)
  }
}
