import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { cacheFolder } from '../../src/lab/folder.ts'
import { processesWithArgument } from '../../src/lab/process.ts'
import { describeFlavors, until } from '../support/cluster.ts'

const CLI = new URL('../../src/cli.ts', import.meta.url).pathname
const PATIENCE_MS = 300_000

class Demo {
  readonly #child: ChildProcess
  output = ''
  readonly exitCode: Promise<number | null>

  constructor(...options: readonly string[]) {
    this.#child = spawn(process.execPath, [CLI, 'demo', ...options])
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output += text
      })
    }
    this.exitCode = new Promise((resolve) => this.#child.once('exit', resolve))
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  says(text: string): Promise<unknown> {
    return until(() => this.output.includes(text), `the demo says "${text}"`, PATIENCE_MS)
  }

  /** Folders and processes of its own that are still there. */
  remains(): readonly string[] {
    const demos = join(cacheFolder(process.env), 'monitoring')
    const folders = existsSync(demos) ? readdirSync(demos) : []
    const own = folders.filter((name) => name.startsWith(`${this.pid}_`))
    const processes = processesWithArgument(`--config.file=${join(demos, `${this.pid}_`)}`)
    return [...own, ...processes.map(({ pid }) => String(pid))]
  }
}

const started: Demo[] = []
afterEach(() => {
  for (const demo of started.splice(0)) demo.kill('SIGKILL')
})

function start(...options: readonly string[]): Demo {
  const demo = new Demo(...options)
  started.push(demo)
  return demo
}

const STORY = [
  'db3     OUT',
  'mysql_drift_up{server="db3"} 1 -> 0 after',
  'MySQLDriftServerDown firing in Prometheus after',
  'MySQLDriftServerDown resolved after',
  'varchar(40) on db1, no such column on db2',
  'MySQLDriftSchemaDiffers firing in Prometheus after',
  'MySQLDriftSchemaDiffers resolved after',
  '125.00 on db1, 126.00 on db2',
  'DRIFT CRITICAL - 1 table drifted on db2 (shop.orders)',
  'exit code 2',
  'MySQLDriftTablesDrifted firing in Prometheus after',
  'MySQLDriftTablesDrifted resolved after',
]

describeFlavors((flavor) => {
  test(
    'the demo sees every fault in the metrics, in Prometheus and in Alertmanager, and its end',
    async () => {
      const demo = start('--once', `--flavor=${flavor}`)
      expect(await demo.exitCode, demo.output).toBe(0)
      const said = demo.output.replaceAll(/\s+/g, ' ')
      for (const line of STORY) expect(said).toContain(line.replaceAll(/\s+/g, ' '))
      expect(demo.remains()).toEqual([])
    },
    PATIENCE_MS,
  )
})

describe('a demo that is interrupted', () => {
  test(
    'ends with everything that it started',
    async () => {
      const demo = start()
      await demo.says('1. A replica dies')
      demo.kill('SIGINT')
      expect(await demo.exitCode, demo.output).toBe(130)
      expect(demo.remains()).toEqual([])
    },
    PATIENCE_MS,
  )

  test(
    'by force leaves no process, and the next one removes its files',
    async () => {
      const killed = start()
      await killed.says('1. A replica dies')
      killed.kill('SIGKILL')
      await killed.exitCode
      const processes = () => killed.remains().filter((one) => /^\d+$/.test(one))
      await until(() => processes().length === 0, 'its processes have ended')
      const next = start()
      await next.says('Starting ...')
      expect(killed.remains()).toEqual([])
      next.kill('SIGINT')
      expect(await next.exitCode, next.output).toBe(130)
    },
    PATIENCE_MS,
  )
})
