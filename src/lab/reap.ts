/** The end of a lab, its own or a stranger's, from nothing but its record on disk. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { ServerError } from '../errors.ts'
import { isRunning } from '../process-identity.ts'
import { removeFolder } from './folder.ts'
import { eventually, processesWithArgument, signal } from './process.ts'
import { hasCode, type LabRecord, labPaths, listRecords, removeRecord } from './record.ts'

/** Kills every server, removes every file, and forgets the lab. Harmless when repeated or done by two at once. */
export async function takeDown(cache: string, id: string): Promise<void> {
  const { folder } = labPaths(cache, id)
  await killServers(folder)
  await removeFolder(folder)
  removeRecord(cache, id)
}

/** Takes down ephemeral and half-made labs whose owner is gone, and what killed makers of templates left. */
export async function reapOrphans(cache: string): Promise<void> {
  for (const record of listRecords(cache)) {
    if (isOrphan(record)) await takeDown(cache, record.id)
  }
  for (const folder of await abandonedTemplates(join(cache, 'templates'))) {
    await removeFolder(folder)
  }
}

function isOrphan(record: LabRecord): boolean {
  return (record.ephemeral || !record.ready) && !isRunning(record.owner)
}

/**
 * The data is thrown away, so nobody is asked to shut down first; SIGKILL ends frozen servers as well.
 *
 * A server is known by the file that its command line names, which lies in the lab's own folder: that finds even
 * one whose starter was killed before it could write down the pid.
 */
async function killServers(labFolder: string): Promise<void> {
  const ours = () => processesWithArgument(`--defaults-file=${labFolder}/`)
  const gone = await eventually(() => {
    const running = ours()
    for (const identity of running) signal(identity, 'SIGKILL')
    return running.length === 0
  }, 60_000)
  if (!gone) throw new ServerError('timeout', `${labFolder}: its servers survive SIGKILL`)
}

async function abandonedTemplates(templates: string): Promise<string[]> {
  const entries = await readdir(templates).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return []
    throw error
  })
  return entries.flatMap((entry) => {
    const maker = /\.(\d+)\.partial$/.exec(entry)?.[1]
    return maker === undefined || isAlive(Number(maker)) ? [] : [join(templates, entry)]
  })
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return hasCode(error, 'EPERM')
  }
}
