/** Holds back what reads tables while a server is busy, behind, outside its hours or paused. */
import type { Gate } from '../compare/gate.ts'
import type { ThrottleReason } from '../domain.ts'
import { ServerError } from '../errors.ts'
import { type LoadReading, readLoad } from '../mysql/load.ts'
import type { ThrottleReport } from '../report.ts'
import type { Server } from '../server-pool.ts'
import { heldBy } from '../throttle/reasons.ts'
import type { ServerFacts, SetContext } from './context.ts'

export interface ServerGate extends Gate {
  report(server: Server): ThrottleReport
}

/** What is known of the load of one server. */
interface Load {
  latest: { readonly reading: LoadReading; readonly readAt: Date } | null
  triedAt: Date | null
  /** The reading that is under way. */
  trying: Promise<void> | null
}

/** The load is read as often, and only while tables are. */
const FRESH_MS = 2_000
const POLL_MS = 1_000
const ALWAYS = { windows: [] } as const

/** @param contextOf of one set, once it is made. */
export function createGate(contextOf: () => SetContext): ServerGate {
  const loads = new Map<string, Load>()

  function loadOf({ server }: ServerFacts): Load {
    const known = loads.get(server.config.name)
    const load = known ?? { latest: null, triedAt: null, trying: null }
    loads.set(server.config.name, load)
    return load
  }

  async function refresh(facts: ServerFacts): Promise<void> {
    const { world, log, config } = contextOf()
    const load = loadOf(facts)
    const { control, usable } = facts.server
    const age = load.triedAt === null ? Infinity : world.steady().getTime() - load.triedAt.getTime()
    // Of a server that does not answer the reading itself says so, sooner.
    if (!usable || (age < FRESH_MS && load.trying === null)) return
    load.trying ??= readLoad(control)
      .then((reading) => {
        load.latest = { reading, readAt: world.steady() }
      })
      .catch((error: unknown) => {
        if (!(error instanceof ServerError)) throw error
        log.debug('load_not_read', {
          set: config.name,
          server: control.server,
          error: error.message,
        })
      })
      .finally(() => {
        load.triedAt = world.steady()
        load.trying = null
      })
    await load.trying
  }

  /** As far as it is known without asking the server. */
  function knownReasons(facts: ServerFacts): ThrottleReason[] {
    const { config, mode, pausedUntil, world } = contextOf()
    const { latest } = loadOf(facts)
    const ageMs = latest === null ? 0 : world.steady().getTime() - latest.readAt.getTime()
    return heldBy(
      {
        load: facts.server.usable && latest !== null ? { reading: latest.reading, ageMs } : null,
        // In one full look a fence decides what lag means.
        lagSeconds: mode.once ? null : lagSecondsOf(facts),
        pausedUntil: mode.once ? null : pausedUntil,
      },
      mode.once ? { ...config.throttle, ...ALWAYS } : config.throttle,
      world.now(),
    )
  }

  async function reasonsOf(server: Server): Promise<readonly ThrottleReason[]> {
    const { facts, world, log, config } = contextOf()
    const of = facts.get(server.config.name)
    if (of === undefined) throw new Error(`no server ${server.config.name} in ${config.name}`)
    await refresh(of)
    const reasons = knownReasons(of)
    const wasHeld = server.holds.heldSince(world.steady()) !== null
    server.holds.note(reasons, world.steady())
    if (wasHeld !== reasons.length > 0) {
      const event = wasHeld ? 'readings_go_on' : 'readings_held'
      log.debug(event, { set: config.name, server: server.config.name, reason: reasons.join(' ') })
    }
    return reasons
  }

  return {
    isHeld: async (server) => (await reasonsOf(server)).length > 0,
    async untilFree(server, end) {
      const { config, mode, world, signal } = contextOf()
      const isPatient = end === 'source' && !mode.once
      while ((await reasonsOf(server)).length > 0) {
        const now = world.steady()
        const since = server.holds.heldSince(now) ?? now
        const heldMs = now.getTime() - since.getTime()
        if (!isPatient && heldMs >= config.checksum.fenceTimeoutMs) return false
        await world.sleep(POLL_MS, signal)
      }
      return true
    },
    report(server) {
      const { facts, world } = contextOf()
      const of = facts.get(server.config.name)
      const noted = server.holds.report(world.steady())
      const known = of === undefined ? [] : knownReasons(of)
      const ifKnown = (reason: 'window' | 'paused' | 'lag') => ({
        ...noted[reason],
        held: known.includes(reason),
      })
      // These hold whether or not somebody wants to read at the moment.
      return {
        ...noted,
        window: ifKnown('window'),
        paused: ifKnown('paused'),
        // What a server that is down was last seen to lag says nothing of now.
        lag: server.usable ? ifKnown('lag') : noted.lag,
      }
    },
  }
}

/** Of the channel that is furthest behind; null while it was never known of any. */
function lagSecondsOf({ lags }: ServerFacts): number | null {
  return lags.size === 0 ? null : Math.max(...lags.values())
}
