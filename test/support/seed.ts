/** How much chance a property test gets, from the environment: to repeat a failure, or to look for longer. */

/**
 * `PROPERTY_SEED`, `random` for another one each time; by default always the same, so that a change is judged by
 * what it changed. Goes into the test's name, and so into its report.
 */
export const SEED =
  process.env['PROPERTY_SEED'] === 'random'
    ? Math.floor(Math.random() * 2 ** 31)
    : (numberOf(process.env['PROPERTY_SEED']) ?? 1_345_383_575)

/** `PROPERTY_RUNS` times as many as usual. */
export function runs(usual: number): number {
  return usual * (numberOf(process.env['PROPERTY_RUNS']) ?? 1)
}

function numberOf(text: string | undefined): number | null {
  if (text === undefined || text === '') return null
  if (!/^\d{1,10}$/.test(text)) throw new Error(`not a number: ${text}`)
  return Number(text)
}
