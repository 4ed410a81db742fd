/** Lag as it matters: a replica that stays behind on purpose is late only beyond that. Pure. */

/** Seconds, never negative; null when the lag is not known. */
export function lagBeyondDelay({
  lagSeconds,
  delaySeconds,
}: {
  readonly lagSeconds: number | null
  readonly delaySeconds: number
}): number | null {
  return lagSeconds === null ? null : Math.max(0, lagSeconds - delaySeconds)
}
