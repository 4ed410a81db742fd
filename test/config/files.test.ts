import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { disk } from '../../src/config/files.ts'

describe('the disk', () => {
  let directory = ''
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'drift-config-'))
  })
  afterEach(() => rmSync(directory, { recursive: true }))

  const write = (name: string, mode: number) => {
    const path = join(directory, name)
    writeFileSync(path, name)
    chmodSync(path, mode)
    return path
  }

  it('says whether everyone may read a file', () => {
    expect(disk.readFile(write('open', 0o644))).toEqual({ text: 'open', worldReadable: true })
    expect(disk.readFile(write('closed', 0o640))).toEqual({ text: 'closed', worldReadable: false })
  })

  it('finds the files of a pattern, and none where there are none', () => {
    const path = write('a.yml', 0o600)
    write('b.txt', 0o600)
    expect(disk.listFiles(join(directory, '*.yml'))).toEqual([path])
    expect(disk.listFiles(path)).toEqual([path])
    expect(disk.listFiles(join(directory, 'conf.d/*.yml'))).toEqual([])
  })
})
