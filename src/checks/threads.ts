import { ServerError } from '../errors.ts'
import { lagBeyondDelay } from '../lag.ts'
import type { ChannelStatus } from '../mysql/dialect.ts'
import { dialectOf } from '../mysql/dialects.ts'
import { type Flavor, formatVersion, isKnownVersion } from '../mysql/flavor.ts'
import type { ServerFacts, SetContext } from '../scan/context.ts'
import { newestHeartbeat } from '../scan/heartbeat.ts'
import { noteIdentity } from '../scan/identity.ts'
import type { Check } from './check.ts'

/** Who each server is, and whether its replication threads run. Everything else rests on what this finds. */
export const threads: Check = {
  name: 'threads',
  appliesTo: (_role, channels) => channels > 0,
  lookAtServer: look,
}

async function look(context: SetContext, facts: ServerFacts): Promise<void> {
  await context.runs.attempt('threads', facts.server.config.name, async () => {
    try {
      await lookAtStatus(context, facts)
      facts.heartbeat = await newestHeartbeat(context, facts)
    } catch (error) {
      // An old one would look like a source that has stopped writing them.
      facts.heartbeat = null
      throw error
    }
  })
}

async function lookAtStatus(context: SetContext, facts: ServerFacts): Promise<void> {
  const { control, config } = facts.server
  try {
    const flavor = await control.flavor()
    const dialect = dialectOf(flavor)
    noteFlavor(context, facts, flavor)
    const identity = await dialect.identity(control)
    const membership = await dialect.membership(control)
    // A member that has lost the others may not know any more whose it was.
    const group = membership?.group ?? facts.sight.membership?.group ?? null
    noteIdentity(context, facts, identity)
    facts.sight = { ...facts.sight, membership: membership && { ...membership, group } }
    facts.lastAnswer = { at: context.world.now(), steady: context.world.steady() }
    if (facts.outFailure !== null) facts.changedAt = context.world.now()
    facts.outReason = null
    facts.outFailure = null
    facts.server.setUsable(true)
    const { epoch } = control
    if (facts.log?.epoch !== epoch) {
      facts.log = { epoch, rules: await dialect.logRules(control, flavor) }
    }
    const channels = await dialect.channels(control, flavor)
    facts.sight = {
      ...facts.sight,
      channels,
      wasReplica: facts.sight.wasReplica || channels.length > 0,
    }
    facts.isStatusKnown = true
    // It took over for good: should it be made read-only, nothing is missing that replicated to it.
    if (context.topology().roles.get(config.name) === 'source') {
      facts.sight = { ...facts.sight, wasReplica: false }
    }
    facts.lags = lagsOf(channels, facts.lags)
    facts.seenReplicas = await dialect.seenReplicas(control, flavor)
  } catch (error) {
    facts.isStatusKnown = false
    if (error instanceof ServerError && error.reason !== 'privilege') {
      facts.outFailure = error.reason
      facts.outReason = error.message.replace(`${config.name}: `, '')
      facts.server.setUsable(false)
    }
    throw error
  }
}

const nameOf = ({ vendor, version }: Flavor) => `${vendor} ${formatVersion(version)}`

/** Another version may answer after a restart, or another kind of server at the same address. */
function noteFlavor({ config, log }: SetContext, facts: ServerFacts, flavor: Flavor): void {
  const before = facts.flavor
  facts.flavor = flavor
  const is = nameOf(flavor)
  if (before !== null && nameOf(before) === is) return
  const fields = { set: config.name, server: facts.server.config.name, version: is }
  if (before !== null) log.info('version_changed', { ...fields, from: nameOf(before) })
  // What was said of the GTIDs of one kind means nothing of the other.
  if (before?.vendor !== flavor.vendor) facts.gtid = null
  if (!isKnownVersion(flavor)) {
    log.warn('version_unknown', { ...fields, what: 'not tried yet, taken for the newest that was' })
  }
}

/** Lag that is not known now is what it was last: a receiver that reconnects makes no applier faster. */
function lagsOf(
  channels: readonly ChannelStatus[],
  known: ServerFacts['lags'],
): ServerFacts['lags'] {
  return new Map(
    channels.flatMap((channel) => {
      const lag = lagBeyondDelay(channel) ?? known.get(channel.name)
      return lag === undefined ? [] : [[channel.name, lag] as const]
    }),
  )
}
