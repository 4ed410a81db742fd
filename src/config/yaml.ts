import type { ErrorCode, ParsedNode } from 'yaml'
import { isAlias, isMap, isScalar, LineCounter, parseDocument } from 'yaml'
import type { SourceFile } from './problems.ts'

/** YAML as the rest sees it: no aliases, every key and item with its line. */
export type YamlNode = YamlScalar | YamlMap | YamlList

interface YamlScalar {
  readonly kind: 'scalar'
  readonly value: string | number | boolean | null
  /** Written without quotes, so that a comma may have ended it. */
  readonly plain: boolean
}

export interface YamlMap {
  readonly kind: 'map'
  /** Written as `{ ... }`. */
  readonly flow: boolean
  /** In the order of writing; a key that is written twice is here twice. */
  readonly entries: readonly {
    readonly key: string
    readonly line: number
    readonly node: YamlNode
  }[]
}

interface YamlList {
  readonly kind: 'list'
  readonly items: readonly { readonly line: number; readonly node: YamlNode }[]
}

/** 2,000 servers take some 300 kB and 20,000 nodes; beyond these it is an accident or an attack. */
const MAX_CHARACTERS = 4 * 1024 * 1024
const MAX_NODES = 500_000
const MAX_DEPTH = 50

/**
 * The tree of one file, or undefined after complaining to `file`.
 *
 * Messages never quote the text: what is broken may be a password that should have been in quotes.
 */
export function readYaml(text: string, file: SourceFile): YamlNode | undefined {
  if (text.length > MAX_CHARACTERS) {
    return file.rejectLine(
      1,
      `expected at most ${MAX_CHARACTERS} characters of YAML, got ${text.length}`,
    )
  }
  const lines = new LineCounter()
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    stringKeys: true,
    uniqueKeys: false,
  })
  const broken = [...document.errors, ...document.warnings]
  if (broken.length > 0) {
    // What follows the first error on a line is mostly its echo.
    const firsts = new Map<number, string>()
    for (const { code, pos } of broken) {
      const { line } = lines.linePos(pos[0])
      if (!firsts.has(line)) firsts.set(line, SYNTAX[code])
    }
    for (const [line, message] of firsts) file.rejectLine(line, message)
    return
  }
  if (document.contents === null || isNull(document.contents)) {
    return file.rejectLine(1, 'expected a configuration, got an empty file')
  }
  try {
    return new TreeBuilder(lines).build(document.contents, 0).node
  } catch (error) {
    if (!(error instanceof Unbuildable)) throw error
    return file.rejectLine(error.line, error.message)
  }
}

class Unbuildable extends Error {
  readonly line: number

  constructor(line: number, message: string) {
    super(message)
    this.line = line
  }
}

/** `size` counts every node that a walk over `node` visits, with aliases as often as they are used. */
interface Built {
  readonly node: YamlNode
  readonly size: number
}

/**
 * Puts the anchored node itself where the alias stands: nine lines of aliases of aliases then cost nine nodes
 * here, and their expanded size is known before anyone walks it.
 */
class TreeBuilder {
  readonly #lines: LineCounter
  readonly #anchors = new Map<string, Built | 'open'>()

  constructor(lines: LineCounter) {
    this.#lines = lines
  }

  build(node: ParsedNode, depth: number): Built {
    const line = this.#lineOf(node)
    if (isAlias(node)) return this.#target(node.source, line)
    if (depth > MAX_DEPTH) throw new Unbuildable(line, `nested more than ${MAX_DEPTH} deep`)
    if (node.anchor) this.#anchors.set(node.anchor, 'open')
    const built = this.#content(node, depth)
    if (built.size > MAX_NODES) {
      throw new Unbuildable(
        line,
        `expected at most ${MAX_NODES} values with all aliases filled in, got ${built.size}`,
      )
    }
    if (node.anchor) this.#anchors.set(node.anchor, built)
    return built
  }

  #content(node: Exclude<ParsedNode, { source: string; type: 'ALIAS' }>, depth: number): Built {
    if (isScalar(node)) {
      const { value } = node
      if (value !== null && !['string', 'number', 'boolean'].includes(typeof value)) {
        throw new Unbuildable(this.#lineOf(node), 'expected text, a number, true or false')
      }
      const plain = node.type === 'PLAIN'
      return { node: { kind: 'scalar', value: value as YamlScalar['value'], plain }, size: 1 }
    }
    if (isMap(node)) {
      const entries = node.items.map(({ key, value }) => ({
        key: String(isScalar(key) ? key.value : key),
        line: this.#lineOf(key as ParsedNode),
        ...(value === null ? NOTHING : this.build(value as ParsedNode, depth + 1)),
      }))
      return {
        node: {
          kind: 'map',
          flow: node.flow === true,
          entries: entries.map(({ key, line, node }) => ({ key, line, node })),
        },
        size: sizeOf(entries),
      }
    }
    if (isAlias(node)) throw new TypeError('an alias has no content of its own')
    const items = node.items.map((item) => ({
      line: this.#lineOf(item as ParsedNode),
      ...this.build(item as ParsedNode, depth + 1),
    }))
    return {
      node: { kind: 'list', items: items.map(({ line, node }) => ({ line, node })) },
      size: sizeOf(items),
    }
  }

  #target(anchor: string, line: number): Built {
    const target = this.#anchors.get(anchor)
    if (target === undefined) {
      throw new Unbuildable(
        line,
        'expected an alias of an anchor that stands above, got an unknown one; text that begins with * needs quotes',
      )
    }
    if (target === 'open') throw new Unbuildable(line, 'expected no alias inside its own anchor')
    return target
  }

  #lineOf(node: ParsedNode): number {
    return this.#lines.linePos(node.range[0]).line
  }
}

const NOTHING: Built = { node: { kind: 'scalar', value: null, plain: true }, size: 1 }

const sizeOf = (parts: readonly Built[]) => parts.reduce((sum, { size }) => sum + size, 1)

const isNull = (node: ParsedNode) => isScalar(node) && node.value === null

const SYNTAX = {
  ALIAS_PROPS: 'an alias takes neither anchor nor tag',
  BAD_ALIAS: 'broken alias; text that begins with * needs quotes',
  BAD_COLLECTION_TYPE: 'this tag does not fit what it stands before',
  BAD_DIRECTIVE: 'broken % directive',
  BAD_DQ_ESCAPE: 'unknown backslash sequence in double quotes; single quotes take text as it is',
  BAD_INDENT: 'broken indentation',
  BAD_PROP_ORDER: 'an anchor or tag stands after what it belongs to',
  BAD_SCALAR_START: 'text that begins with @ or ` needs quotes',
  BLOCK_AS_IMPLICIT_KEY: 'unexpected ": "; text that contains it needs quotes',
  BLOCK_IN_FLOW: 'an indented block inside { } or [ ]',
  DUPLICATE_KEY: 'a key is written twice',
  IMPOSSIBLE: 'broken YAML',
  KEY_OVER_1024_CHARS: 'a key is longer than 1024 characters',
  MISSING_CHAR: 'a quote, bracket, comma, colon or space is missing',
  MULTILINE_IMPLICIT_KEY: 'a key goes over more than one line; is a colon or quote missing?',
  MULTIPLE_ANCHORS: 'more than one anchor',
  MULTIPLE_DOCS: 'expected one YAML document, got a second one after ---',
  MULTIPLE_TAGS: 'more than one tag',
  NON_STRING_KEY: 'expected text as key, got a list, map or alias',
  RESOURCE_EXHAUSTION: 'nested too deep',
  TAB_AS_INDENT: 'a tab in the indentation; YAML takes only spaces',
  TAG_RESOLVE_FAILED: 'unknown tag; text that begins with ! needs quotes',
  // The usual reason: `{ password: ${PASSWORD} }`, where YAML sees a map in a map.
  UNEXPECTED_TOKEN:
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is what the user writes
    'unexpected text; is a quote, bracket or line break misplaced? inside { } a ${NAME} needs quotes',
} as const satisfies Record<ErrorCode, string>
