/** How busy a server is, as far as this account may know. */
import { ServerError } from '../errors.ts'
import { dialectOf } from './dialects.ts'
import { MARK, type Session, statusNumber, unlessRefused } from './query.ts'

/** null = this account, or this server, does not tell. */
export interface LoadReading {
  /** Statements that run at this moment, this one included. */
  readonly threadsRunning: number | null
  /** Of InnoDB: transactions that are not purged yet. */
  readonly historyList: number | null
  /** Sessions of others that wait for a metadata lock. */
  readonly waitingLocks: number | null
}

/** @throws {ServerError} when it cannot be read, unless this is for want of a privilege. */
export async function readLoad(session: Session): Promise<LoadReading> {
  const dialect = dialectOf(await session.flavor())
  return {
    threadsRunning: await unlessRefused(statusNumber(session, 'Threads_running')),
    historyList: await unlessRefused(dialect.historyList(session)),
    waitingLocks: await unlessRefused(waitingLocks(session)),
  }
}

/**
 * The state has this name in 5.7 to 9.x and in MariaDB alike, and also where a stored routine, a schema or a
 * trigger is waited for. Without PROCESS only our own sessions are listed, and those do not count: what we
 * wait for ourselves is in nobody's way.
 */
export function waitingLocks(session: Session): Promise<number> {
  return countProcesses(
    session,
    `STATE LIKE 'Waiting for % metadata lock' AND (INFO IS NULL OR ${IS_NOT_OURS})`,
  )
}

/** Of a process that runs a statement. */
export const IS_NOT_OURS = `INFO NOT LIKE '${MARK.trimEnd()}%'`

/** MySQL has announced that it will drop the one of information_schema; 9.7.4 has both. */
const NO_SUCH_VIEW = 1109

/** Those of others are listed only to an account with PROCESS. @param condition on the columns of PROCESSLIST. */
export async function countProcesses(session: Session, condition: string): Promise<number> {
  const countIn = (list: string) => `SELECT COUNT(*) AS n FROM ${list} WHERE ${condition}`
  const [row] = await session
    .query(countIn('information_schema.PROCESSLIST'))
    .catch((error: unknown) => {
      if (!(error instanceof ServerError && error.errno === NO_SUCH_VIEW)) throw error
      return session.query(countIn('performance_schema.processlist'))
    })
  return Number(row?.['n'] ?? 0)
}
