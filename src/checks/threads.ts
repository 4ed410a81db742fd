import { ServerError } from '../errors.ts'
import { lagBeyondDelay } from '../lag.ts'
import type { ChannelStatus } from '../mysql/dialect.ts'
import { dialectOf } from '../mysql/dialects.ts'
import type { ServerFacts, SetContext } from '../scan/context.ts'
import type { Check } from './check.ts'

/** Who each server is, and whether its replication threads run. Everything else rests on what this finds. */
export const threads: Check = {
  name: 'threads',
  appliesTo: (_role, channels) => channels > 0,
  lookAtServer: look,
}

async function look(context: SetContext, facts: ServerFacts): Promise<void> {
  const { control, config } = facts.server
  await context.runs.attempt('threads', config.name, async () => {
    try {
      const flavor = await control.flavor()
      const dialect = dialectOf(flavor)
      facts.flavor = flavor
      const identity = await dialect.identity(control)
      const membership = await dialect.membership(control)
      // A member that has lost the others may not know any more whose it was.
      const group = membership?.group ?? facts.sight.membership?.group ?? null
      facts.sight = { ...facts.sight, identity, membership: membership && { ...membership, group } }
      facts.lastAnswer = context.world.now()
      facts.outReason = null
      facts.outFailure = null
      facts.server.setUsable(true)
      const channels = await dialect.channels(control, flavor)
      facts.sight = {
        ...facts.sight,
        channels,
        wasReplica: facts.sight.wasReplica || channels.length > 0,
      }
      facts.lags = lagsOf(channels, facts.lags)
    } catch (error) {
      if (error instanceof ServerError && error.reason !== 'privilege') {
        facts.outFailure = error.reason
        facts.outReason = error.message.replace(`${config.name}: `, '')
        facts.server.setUsable(false)
      }
      throw error
    }
  })
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
