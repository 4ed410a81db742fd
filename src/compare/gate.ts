import type { Server } from '../server-pool.ts'

/** Whether tables may be read on a server at the moment, so that no harm is done there. */
export interface Gate {
  isHeld(server: Server): Promise<boolean>
  /**
   * Waits until the server is free: on a source for as long as it takes, if this run goes on for ever.
   * @returns false when it is held for longer than can be waited for.
   */
  untilFree(server: Server, end: 'source' | 'replica'): Promise<boolean>
}
