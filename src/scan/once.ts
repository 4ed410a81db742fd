/** One full look at a set: what `check` does. */
import type { Check } from '../checks/check.ts'
import { CHECKS } from '../checks/index.ts'
import { threads } from '../checks/threads.ts'
import { type CheckName, TABLE_CHECKS } from '../domain.ts'
import type { SetContext } from './context.ts'
import { runCheck } from './run-check.ts'

/** What a replica still lacks after so long counts as missing: the look at GTIDs is taken twice. */
const SECOND_LOOK_MS = 1_000

const MOST_ROUNDS = 3

function isAnyOpen(context: SetContext): boolean {
  return context.tables
    .all()
    .some(({ standings }) => TABLE_CHECKS.some((check) => standings[check]?.reason === 'not_yet'))
}

/** Ends early when the context's signal comes; then what was not decided is `not_reached`. */
export async function lookOnce(context: SetContext): Promise<void> {
  try {
    await look(context)
  } catch (error) {
    if (!context.signal.aborted) throw error
  }
  for (const state of context.tables.all()) {
    for (const check of TABLE_CHECKS) {
      if (state.standings[check]?.reason === 'not_yet') {
        context.tables.turn(state, check, 'unknown', 'not_reached')
      }
    }
  }
}

async function look(context: SetContext): Promise<void> {
  const wanted = (names: readonly CheckName[]): readonly Check[] =>
    CHECKS.filter(({ name }) => names.includes(name) && context.mode.checks.includes(name))
  const runAll = (names: readonly CheckName[]) =>
    Promise.all(wanted(names).map((check) => runCheck(context, check)))

  async function secondLook() {
    await context.world.sleep(SECOND_LOOK_MS, context.signal)
    await runCheck(context, threads)
    await runAll(['gtid'])
  }

  // Asked for or not: everything else rests on who replicates from whom.
  await runCheck(context, threads)
  await runAll(['grants', 'gtid'])
  await Promise.all([
    runAll(['schema', 'variables', 'row_count', 'checksum']),
    wanted(['gtid']).length > 0 ? secondLook() : undefined,
  ])
  // Tables that were on one end alone when they were listed, on their way through replication.
  for (let rounds = 0; rounds < MOST_ROUNDS && isAnyOpen(context); rounds += 1) {
    await Promise.all(
      wanted(['row_count', 'checksum']).map((check) => runCheck(context, check, 'findings')),
    )
  }
}
