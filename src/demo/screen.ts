/** What the demo writes: lines that stay, and on a terminal a few below them that are drawn again and again. */
import { styleText } from 'node:util'

export interface Screen {
  /** Whether somebody sees what `live` draws. */
  readonly isLive: boolean
  /** A heading, with space above it. */
  title(text: string): void
  /** A paragraph, wrapped. */
  say(text: string): void
  /** What is typed in somewhere; a continuation is indented under its prompt. */
  command(prompt: string, text: string): void
  /** What was measured: wrapped, and set off from the prose. */
  fact(text: string): void
  /** Lines as they are, indented. */
  block(lines: readonly string[]): void
  /** As it is, at the left. */
  line(text: string): void
  /** Sets off what follows by an empty line. */
  gap(): void
  /** Draw these below all others, in place of those before; nothing where nobody watches. */
  live(lines: readonly string[]): void
}

export interface ScreenOptions {
  readonly out: (text: string) => void
  /** A terminal, which can go back and draw again. */
  readonly isLive: boolean
  readonly hasColors: boolean
  /** Columns of the terminal. */
  readonly columns: () => number
}

const WIDTH = 78
const INDENT = '   '

/** Cursor up `n` lines to the first column, and clear from there to the end of the screen. */
const backUp = (n: number) => (n === 0 ? '' : `\u001b[${n}F\u001b[0J`)

export function createScreen(options: ScreenOptions): Screen {
  const { out, isLive, columns } = options
  let drawn: readonly string[] = []
  let isAfterGap = true

  const style = (name: 'bold' | 'cyan' | 'dim', text: string) =>
    options.hasColors ? styleText(name, text, { validateStream: false }) : text

  /** What stays goes above what is live. */
  function print(lines: readonly string[]): void {
    const live = drawn
    out(`${backUp(live.length)}${[...lines, ...live].map((line) => `${line}\n`).join('')}`)
    isAfterGap = lines.at(-1) === ''
  }

  const screen: Screen = {
    isLive,
    title(text) {
      print([...(isAfterGap ? [] : ['']), style('bold', text), ''])
    },
    say(text) {
      screen.gap()
      print([...wrap(text, WIDTH, INDENT, INDENT), ''])
    },
    command(prompt, text) {
      const first = `${INDENT}${prompt} `
      print(wrap(text, WIDTH, first, ' '.repeat(first.length)).map((line) => style('cyan', line)))
    },
    fact(text) {
      print(wrap(text, WIDTH, INDENT, `${INDENT}  `))
    },
    block(lines) {
      print(lines.map((line) => `${INDENT}${line}`.trimEnd()))
    },
    line(text) {
      print([text])
    },
    gap() {
      if (!isAfterGap) print([''])
    },
    live(lines) {
      if (!isLive) return
      const width = columns() - 1
      const next = [
        ...(isAfterGap || lines.length === 0 ? [] : ['']),
        ...lines.map((line) => style('dim', `${INDENT}${line}`.trimEnd().slice(0, width))),
      ]
      out(`${backUp(drawn.length)}${next.map((line) => `${line}\n`).join('')}`)
      drawn = next
    },
  }
  return screen
}

/** Holds words together: a space at which no line is broken. */
export const NBSP = '\u00a0'

/** Lines of at most `width`, broken at spaces and between labels. A longer word gets a line of its own. */
export function wrap(text: string, width: number, first: string, next: string): string[] {
  const lines: string[] = []
  let line = first
  for (const part of text.split(/(?<= )|(?<=,)(?=\w+=")/)) {
    const isBegun = line.length > (lines.length === 0 ? first : next).length
    if (isBegun && line.length + part.trimEnd().length > width) {
      lines.push(line)
      line = next
    }
    line += part
  }
  return [...lines, line].map((written) => written.trimEnd().replaceAll(NBSP, ' '))
}
