import { type ConfirmOptions, fencedLook, type Probe, pauseMs } from './fenced-look.ts'
import type { Link } from './link.ts'
import type { Look } from './series.ts'

/**
 * As many looks as it takes to confirm. Their fences are taken one after the other, and all waited for at once: on a
 * replica that is delayed on purpose three confirmations take one delay.
 *
 * @throws as `fencedLook`; then nothing is known of any of them.
 */
export async function pendingLooks(
  link: Link,
  probes: readonly Probe[],
  options: ConfirmOptions,
): Promise<Look[][]> {
  const looks: Promise<Look[]>[] = []
  for (let taken = 0; taken < options.confirmations; taken += 1) {
    if (taken > 0) await options.world.sleep(pauseMs(options), options.signal)
    const look = fencedLook(link, probes, options)
    // Whoever waits for all of them is told.
    look.catch(() => undefined)
    looks.push(look)
  }
  return await Promise.all(looks)
}
