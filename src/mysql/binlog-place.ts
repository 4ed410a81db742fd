/** Places in a server's binary log: file and offset. Pure. */

export interface BinlogPlace {
  /** `binlog.000017`: the number counts, whatever is before it. */
  readonly file: string
  readonly offset: bigint
}

/** `file:offset`. The name of a file may hold colons, an offset none. */
export function formatPlace({ file, offset }: BinlogPlace): string {
  return `${file}:${offset}`
}

/** @throws {SyntaxError} when there is no number behind the last colon. */
export function parsePlace(text: string): BinlogPlace {
  const colon = text.lastIndexOf(':')
  return { file: text.slice(0, colon), offset: BigInt(text.slice(colon + 1)) }
}

/** Of two places in the log of one server. */
export function isBefore(a: BinlogPlace, b: BinlogPlace): boolean {
  const [fileA, fileB] = [fileNumber(a.file), fileNumber(b.file)]
  return fileA === fileB ? a.offset < b.offset : fileA < fileB
}

function fileNumber(file: string): bigint {
  return BigInt(file.slice(file.lastIndexOf('.') + 1))
}
