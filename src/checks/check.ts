import type { CheckName, Role } from '../domain.ts'
import type { ServerFacts, SetContext } from '../scan/context.ts'

/**
 * One thing that is looked at. A new check is a file beside this one and a line in `index.ts`.
 *
 * What was found goes into the context. Looks throw only our own bugs; what a server does is recorded by
 * `context.runs`.
 */
export type Check = {
  readonly name: CheckName
  /**
   * Whether it is reported for a server of this role; the examined end of a comparison is the replica, or of a
   * cluster each member but the first.
   */
  appliesTo(role: Role, channels: number, isExamined: boolean): boolean
} & (
  | {
      lookAtServer(context: SetContext, facts: ServerFacts): Promise<void>
      /** What it found there, or could not tell, may be put right any moment: it is looked at again soon. */
      isOpen?(context: SetContext, facts: ServerFacts): boolean
    }
  /**
   * `priority`: only at the tables that matter most. `findings`: only at what is known to differ, so that a
   * repair is seen soon. `rest`: only at what the last pass over the contents did not come to, before a restart.
   */
  | {
      lookAtSet(context: SetContext, scope: Scope): Promise<void>
      /** One look at a time: of two at once the one that read first could have the last word. */
      readonly inTurn?: true
    }
)

export type Scope = 'all' | 'rest' | 'priority' | 'findings'
