/** What this machine is, and how busy others keep it. */
import { readFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import { median } from './statistics.ts'

export interface Machine {
  /** ISO 8601, when the measurement began. */
  readonly at: string
  readonly cores: number
  readonly processor: string
  readonly memoryGb: number
  readonly system: string
  readonly node: string
  /** Of the last 1, 5 and 15 minutes, when the measurement began. */
  readonly loadAverage: readonly number[]
}

/** Cores that somebody else used in the moments before each round, in which nothing of ours ran. */
export interface OthersLoad {
  readonly median: number
  readonly most: number
}

/** Of all cores together. Above it figures are to be taken with care. */
export const QUIET_SHARE = 0.1

const SAMPLE_MS = 500

export function machineNow(): Machine {
  const system = /^PRETTY_NAME="?(.*?)"?$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1]
  return {
    at: new Date().toISOString(),
    cores: availableParallelism(),
    processor: cpus()[0]?.model ?? 'unknown',
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: system ?? 'unknown',
    node: process.versions.node,
    loadAverage: loadavg().map((each) => Number(each.toFixed(2))),
  }
}

export function othersLoad(samples: readonly number[]): OthersLoad {
  return { median: median(samples), most: Math.max(...samples) }
}

export function isQuiet(busyCores: number, cores = availableParallelism()): boolean {
  return busyCores <= QUIET_SHARE * cores
}

/** Waits for a moment in which the machine is quiet. @returns cores in use at the last look. */
export async function quietMoment(patienceSeconds: number): Promise<number> {
  const deadline = performance.now() + patienceSeconds * 1000
  for (;;) {
    const before = ticks()
    await delay(SAMPLE_MS)
    const now = ticks()
    const share = (now.busy - before.busy) / Math.max(1, now.all - before.all)
    const cores = share * availableParallelism()
    if (isQuiet(cores) || performance.now() > deadline) return cores
  }
}

/** CPU seconds that a process has used, all its threads together, to 10 ms. */
export function cpuSecondsOf(pid: number): number {
  const { own } = cpuTicks(pid)
  return own / TICKS_PER_SECOND
}

/** The same of all programs that this process has started and that have ended since. */
export function cpuSecondsOfChildren(): number {
  const { children } = cpuTicks(process.pid)
  return children / TICKS_PER_SECOND
}

function cpuTicks(pid: number): { readonly own: number; readonly children: number } {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // utime, stime, cutime and cstime (proc_pid_stat(5)), counted from behind the name, which may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [utime = 0, stime = 0, cutime = 0, cstime = 0] = fields.slice(11, 15).map(Number)
  return { own: utime + stime, children: cutime + cstime }
}

/** USER_HZ, the same on every Linux that Debian builds. */
const TICKS_PER_SECOND = 100

/** The first line of /proc/stat (proc_stat(5)): user, nice, system, idle, iowait, irq, softirq, steal. */
function ticks(): { readonly all: number; readonly busy: number } {
  const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n')
  const values = line.trim().split(/\s+/).slice(1, 9).map(Number)
  const all = values.reduce((sum, each) => sum + each, 0)
  const [, , , idle = 0, iowait = 0] = values
  return { all, busy: all - idle - iowait }
}
