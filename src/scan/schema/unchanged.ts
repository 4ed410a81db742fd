/** Spares the reading of definitions where nobody can have changed any since they were compared. */
import type { Link } from '../../compare/link.ts'
import { identityText } from '../../mysql/dialect.ts'
import { EVERYWHERE, holds } from '../../mysql/grant-scope.ts'
import { definitionStamp } from '../../mysql/structure/stamp.ts'
import type { Server } from '../../server-pool.ts'
import { type Compared, factsOf, type SetContext } from '../context.ts'

/** All is read so often nevertheless: against changes without a statement, such as files that were put there. */
const MOST_MS = 86_400_000

/** The stamp of a link before it is read; null = what is read now says nothing of later. */
export type StampOf = (link: Link) => Promise<string | null>

/** Each server is asked once, however many links it has. */
export function stamps(context: SetContext): StampOf {
  const known = new Map<Server, Promise<string | null>>()
  const ofServer = (server: Server) => {
    const stamp = known.get(server) ?? stampOf(context, server)
    known.set(server, stamp)
    return stamp
  }
  return async ({ source, replica, rules }) => {
    // What it brings hangs on what others have.
    if (isHub(context, replica)) return null
    const [there, here] = await Promise.all([ofServer(source), ofServer(replica)])
    return there === null || here === null ? null : JSON.stringify([there, here, rules])
  }
}

function isHub({ topology }: SetContext, { config }: Server): boolean {
  return topology().channels.filter(({ replica }) => replica === config.name).length > 1
}

async function stampOf(context: SetContext, server: Server): Promise<string | null> {
  const { grants, sight } = factsOf(context, server.config.name)
  if (grants === null || sight.identity === null || !holds(grants, 'PROCESS', EVERYWHERE))
    return null
  const stamp = await definitionStamp(server.control)
  // What it may not see it would not compare.
  return stamp === null ? null : JSON.stringify([stamp, identityText(sight.identity), grants])
}

export function isUnchanged(
  context: SetContext,
  compared: Compared | null,
  stamp: string | null,
): boolean {
  if (compared === null || stamp === null || compared.stamp !== stamp) return false
  return context.world.steady().getTime() - compared.atMs < MOST_MS
}
