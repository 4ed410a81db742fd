import { type Group, serversOf } from '../../compare/link.ts'
import { ServerError } from '../../errors.ts'
import { listSubjects } from '../../mysql/structure/list.ts'
import { subjectKey } from '../../mysql/structure/subject.ts'
import { PRIORITY, type Server } from '../../server-pool.ts'
import { toldBy } from '../told-by.ts'
import type { Lists } from './pairs.ts'

/** Each server once, however many links it has; all at the same time. */
export async function listsOf(groups: readonly Group[], signal: AbortSignal): Promise<Lists> {
  const found = await Promise.all(
    serversOf(groups).map(
      async (server) => [server.config.name, await listOf(server, signal)] as const,
    ),
  )
  return new Map(found)
}

async function listOf(server: Server, signal: AbortSignal) {
  const subjects = await toldBy(server, (session) => listSubjects(session, { signal }), {
    priority: PRIORITY.status,
    signal,
  })
  if (subjects instanceof ServerError) return subjects
  return new Map(subjects.map((subject) => [subjectKey(subject), subject]))
}
