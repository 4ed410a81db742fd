import { UserError } from '../errors.ts'

/** All mistakes of a configuration, told in one go. */
export class Problems {
  readonly #found: { readonly file: string; readonly line: number; readonly text: string }[] = []

  add(file: string, line: number, text: string): void {
    this.#found.push({ file, line, text })
  }

  /** @throws {UserError} one line each: by file in the order of reading, then by line. */
  throwIfAny(): void {
    if (this.#found.length === 0) return
    const files = [...new Set(this.#found.map(({ file }) => file))]
    const lines = files.flatMap((file) =>
      this.#found
        .filter((problem) => problem.file === file)
        .sort((a, b) => a.line - b.line)
        .map(({ line, text }) => `${file}:${line}: ${text}`),
    )
    // A default that is wrong is found once per set.
    throw new UserError([...new Set(lines)].join('\n'))
  }
}

/** One file of the configuration: it knows on which line each key stands, and takes complaints about them. */
export class SourceFile {
  readonly path: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly #problems: Problems
  readonly #lines = new Map<string, number>()

  constructor(path: string, env: Readonly<Record<string, string | undefined>>, problems: Problems) {
    this.path = path
    this.env = env
    this.#problems = problems
  }

  noteLine(key: string, line: number): void {
    this.#lines.set(key, line)
  }

  /** Whether the key is in the file, valid or not. */
  has(key: string): boolean {
    return this.#lines.has(key)
  }

  /** `FILE:LINE` of a key. */
  placeOf(key: string): string {
    return `${this.path}:${this.#lineOf(key)}`
  }

  reject(key: string, message: string): undefined {
    this.rejectLine(this.#lineOf(key), key === '' ? message : `${key}: ${message}`)
  }

  rejectLine(line: number, message: string): undefined {
    this.#problems.add(this.path, line, message)
  }

  /** Of the key itself, or of the nearest one around it when it is not written. */
  #lineOf(key: string): number {
    const line = this.#lines.get(key)
    if (line !== undefined || key === '') return line ?? 1
    return this.#lineOf(key.replace(LAST_PART, ''))
  }
}

const LAST_PART = /(?:\[\d+\]|(?:^|\.)(?:[\w-]+|"(?:\\.|[^"\\])*"))$/

/** `a.b`, and `a."b.c"` where the key itself would be mistaken for a path. */
export function keyPath(parent: string, key: string): string {
  const part = /^[\w-]+$/.test(key) ? key : JSON.stringify(key)
  return parent === '' ? part : `${parent}.${part}`
}
