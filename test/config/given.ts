import { loadConfig } from '../../src/config/load.ts'

/** The world around a configuration file; every path is absolute. */
export interface Given {
  readonly path?: string
  readonly env?: Readonly<Record<string, string>>
  readonly files?: Readonly<Record<string, string>>
  readonly worldReadable?: readonly string[]
  /** Listed, but not to be read. */
  readonly unreadable?: readonly string[]
}

export const MAIN = '/etc/drift/main.yml'

export function load(text: string, { path = MAIN, env = {}, files = {}, ...given }: Given = {}) {
  return loadConfig({ path, text, env, ...world({ [path]: text, ...files }, given) })
}

export function world(
  files: Readonly<Record<string, string>>,
  { worldReadable = [], unreadable = [] }: Pick<Given, 'worldReadable' | 'unreadable'> = {},
) {
  return {
    readFile: (path: string) => {
      if (unreadable.includes(path)) throw Object.assign(new Error('denied'), { code: 'EACCES' })
      const text = files[path]
      if (text === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' })
      return { text, worldReadable: worldReadable.includes(path) }
    },
    listFiles: (glob: string) => {
      const pattern = glob.replace(/[.]/g, '\\.').replace(/\*/g, '[^/]*')
      return Object.keys(files).filter((path) => new RegExp(`^${pattern}$`).test(path))
    },
  }
}

/** One set, `shop`, of one server, with `more` inside of it. */
export function shopWith(more: string): string {
  return `
replication_sets:
  - name: shop
    username: drift
    password: ""
    servers: [{ name: db1, address: db1 }, { name: db2, address: db2 }]
${more.replace(/^/gm, '    ')}
`
}
