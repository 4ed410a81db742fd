/** The runbooks as they are written. */
import { readdirSync, readFileSync } from 'node:fs'

const FOLDER = new URL('../../docs/runbooks/', import.meta.url)

export interface Runbook {
  /** Of the alert, and of the file. */
  readonly name: string
  readonly text: string
}

export interface Block {
  readonly language: string
  readonly text: string
}

/** README.md is their preface. */
export const RUNBOOKS: readonly Runbook[] = readdirSync(FOLDER)
  .filter((file) => file !== 'README.md')
  .map((file) => ({
    name: file.replace('.md', ''),
    text: readFileSync(new URL(file, FOLDER), 'utf8'),
  }))

/** What is to be pasted, in order; also where it stands within a list. */
export function blocksOf({ text }: Runbook): Block[] {
  const blocks = text.matchAll(/^( *)```(\w+)\n([\s\S]*?)^ *```$/gm)
  return [...blocks].map(([, indent = '', language = '', inside = '']) => ({
    language,
    text: inside.replace(new RegExp(`^${indent}`, 'gm'), ''),
  }))
}

export function linesOf(runbook: Runbook, language: string): string[] {
  return blocksOf(runbook)
    .filter((block) => block.language === language)
    .flatMap((block) => block.text.trimEnd().split('\n'))
}
