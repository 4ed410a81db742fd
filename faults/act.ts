/** How a fault is done to a cluster, and made good. */
import { breakServer } from '../src/lab/breakage.ts'
import type { TableName } from '../src/lab/table.ts'
import type { Cluster } from './cluster.ts'

export interface Stage {
  readonly cluster: Cluster
  /** The replica that suffers, or the first one. */
  readonly server: string
}

/** @returns what makes it good again. */
export type Act = (stage: Stage) => Promise<() => Promise<void>>

/** One of `src/lab/faults.ts`; on `server` where it is not the replica that suffers. */
export function labFault(
  fault: string,
  where: { readonly table?: TableName; readonly server?: string } = {},
): Act {
  return async ({ cluster, server }) => {
    const { undo } = await breakServer(cluster.lab, { fault, server, ...where })
    return undo
  }
}

/** All of them, and back in reverse order. */
export function together(...acts: readonly Act[]): Act {
  return async (stage) => {
    const undone: (() => Promise<void>)[] = []
    for (const act of acts) undone.unshift(await act(stage))
    return async () => {
      for (const undo of undone) await undo()
    }
  }
}
