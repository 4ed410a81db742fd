import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

// There is no Docker engine on the machines that run this: what a build would stumble over is checked by reading.
const ROOT = new URL('../../', import.meta.url)

function read(file: string): string {
  return readFileSync(new URL(file, ROOT), 'utf8')
}

interface Instruction {
  readonly name: string
  readonly text: string
}

const instructions: Instruction[] = read('Dockerfile')
  .replace(/^#.*\n/gm, '')
  .replace(/\\\n/g, ' ')
  .split('\n')
  .filter((line) => line.trim() !== '')
  .map((line) => ({ name: line.split(' ')[0] ?? '', text: line.slice(line.indexOf(' ') + 1) }))

function all(name: string): string[] {
  return instructions.filter((it) => it.name === name).map(({ text }) => text)
}

const manifest = JSON.parse(read('package.json')) as {
  readonly version: string
  readonly license: string
  readonly description: string
  readonly scripts: Readonly<Record<string, string>>
  readonly devDependencies: Readonly<Record<string, string>>
  readonly bin?: Readonly<Record<string, string>>
}

const { compilerOptions } = JSON.parse(read('tsconfig.json')) as {
  readonly compilerOptions: { readonly rootDir: string; readonly outDir: string }
}

describe('the Dockerfile', () => {
  it('copies from here only what exists and what .dockerignore lets through', () => {
    const sources = all('COPY')
      .filter((text) => !text.startsWith('--from'))
      .flatMap((text) => text.split(' ').slice(0, -1))
    const [first, ...allowed] = read('.dockerignore')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
    expect(first).toBe('*')
    expect(allowed.toSorted()).toEqual(sources.map((source) => `!${source}`).toSorted())
    for (const source of sources) expect(existsSync(new URL(source, ROOT)), source).toBe(true)
  })

  it('copies from the build only what the build makes', () => {
    const made = all('COPY')
      .filter((text) => text.startsWith('--from=build '))
      .map((text) => text.split(' ')[1])
    expect(made).toEqual([
      '/app/package.json',
      '/app/node_modules',
      `/app/${compilerOptions.outDir}`,
    ])
    expect(all('RUN').join(' ')).toMatch(/npm ci.*npm run build.*npm prune --omit=dev/)
    expect(manifest.scripts.build).toMatch(/^tsc -p (\.|tsconfig\.json)$/)
  })

  it('starts the program that package.json names', () => {
    const [program, script] = JSON.parse(all('ENTRYPOINT').join()) as string[]
    expect(program).toBe('node')
    expect(script).toBe(`/app/${compilerOptions.outDir}/cli.js`)
    expect(existsSync(new URL(`${compilerOptions.rootDir}/cli.ts`, ROOT))).toBe(true)
    expect(
      Object.values(manifest.bin ?? {}).map((path) => `/app/${path.replace(/^\.\//, '')}`),
    ).toEqual([script])
  })

  it('serves by default, with the configuration where users mount it', () => {
    expect(JSON.parse(all('CMD').join())).toEqual([
      'serve',
      '--config.file=/etc/mysql-drift-exporter/config.yml',
    ])
    expect(all('EXPOSE')).toEqual(['19104'])
  })

  it('runs as nobody in particular', () => {
    expect(all('USER')).toEqual(['node'])
  })

  it('builds and runs on the Node version of the project, from no named registry', () => {
    const [major, minor] = manifest.devDependencies.node?.split('.') ?? []
    const images = all('FROM').map((text) => text.split(' ')[0])
    expect(images).toEqual([`node:${major}.${minor}-slim`, `node:${major}.${minor}-slim`])
  })

  it('is labelled with what package.json says', () => {
    const labels = Object.fromEntries(
      [
        ...all('LABEL')
          .join(' ')
          .matchAll(/org\.opencontainers\.image\.(\w+)="([^"]*)"/g),
      ].map(([, name = '', value]) => [name, value]),
    )
    expect(labels).toEqual({
      title: 'mysql-drift-exporter',
      description: manifest.description,
      version: manifest.version,
      licenses: manifest.license,
    })
  })
})

describe('the licence', () => {
  it('is the one that package.json names, in full', () => {
    expect(manifest.license).toBe('Apache-2.0')
    expect(read('LICENSE')).toMatch(
      /Apache License\s+Version 2\.0, January 2004(.|\n)*END OF TERMS/,
    )
  })
})
