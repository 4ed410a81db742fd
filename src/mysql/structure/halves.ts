import { ServerError } from '../../errors.ts'

/** 1064, 1054, 1109: the statement itself is wrong, for all of them. */
const NOT_OF_ONE: ReadonlySet<number> = new Set([1064, 1054, 1109])

/**
 * Everything at once, and in ever smaller halves when the server refuses: too much for its time limit, or one among
 * them that is locked (MariaDB waits for a table that an ALTER holds exclusively).
 *
 * @param refused told of what could not even be read on its own.
 * @throws {ServerError} when the server did not answer at all, or not such a statement.
 */
export async function inHalves<T>(
  items: readonly T[],
  read: (items: readonly T[]) => Promise<void>,
  refused: (item: T, error: ServerError) => void,
): Promise<void> {
  try {
    await read(items)
  } catch (error) {
    const errno = error instanceof ServerError ? error.errno : null
    if (!(error instanceof ServerError) || errno === null || NOT_OF_ONE.has(errno)) throw error
    const [item] = items
    if (items.length === 1 && item !== undefined) return void refused(item, error)
    const middle = items.length >> 1
    await inHalves(items.slice(0, middle), read, refused)
    await inHalves(items.slice(middle), read, refused)
  }
}
