import { UserError } from '../errors.ts'
import { endpointKey, parseAddress } from './addresses.ts'
import type { Config, ServerConfig } from './config.ts'
import { DEFAULTS } from './defaults.ts'

const FORM = 'mysql://user@host:port or mariadb://user@host:port'

/**
 * The set `default` of servers named on the command line: `mysql://user@host:port`.
 *
 * A set has one account, so all URLs name the same user. A password in a URL goes before `password` and is
 * warned about; null = none known, which leaves it empty.
 *
 * @throws {UserError} one line per mistake; never with a password, even if the URL is broken in the middle of it.
 */
export function configFromUrls(
  urls: readonly string[],
  { password }: { readonly password: string | null },
): Config {
  if (urls.length === 0) throw new UserError(`expected at least one ${FORM}, got none`)
  const read = urls.map((url, i) => readUrl(url, `URL ${i + 1}`))
  const servers = read.flatMap((outcome) => ('server' in outcome ? [outcome] : []))
  const mistakes = read.flatMap((outcome) => ('mistake' in outcome ? [outcome.mistake] : []))

  const first = servers[0]
  const known = servers.find((server) => server.password !== null)?.password ?? null
  const seen = new Map<string, string>()
  for (const { where, server, username, password } of servers) {
    const key = endpointKey(server.endpoint)
    const earlier = seen.get(key)
    if (earlier !== undefined) {
      mistakes.push(
        `${where}: expected each server once, got ${server.name} again (first in ${earlier})`,
      )
    }
    seen.set(key, earlier ?? where)
    if (username !== first?.username) {
      mistakes.push(`${where}: expected the same user as in ${first?.where}, got another`)
    }
    if (password !== null && password !== known) {
      mistakes.push(`${where}: expected the same password in every URL, got another`)
    }
  }
  if (mistakes.length > 0 || first === undefined) throw new UserError(mistakes.join('\n'))

  const credentials = { username: first.username, password: known ?? password ?? '' }
  const set = { ...DEFAULTS, name: 'default', credentials, servers: servers.map((s) => s.server) }
  const warnings = servers
    .filter((server) => server.password !== null)
    .map(
      ({ where, server }) =>
        `${where} (${server.name}): a password in a URL is visible to every user of this machine in the list of processes; use MYSQL_PWD`,
    )
  return { sets: [set], warnings }
}

interface ReadUrl {
  readonly where: string
  readonly username: string
  readonly password: string | null
  readonly server: ServerConfig
}

function readUrl(written: string, where: string): ReadUrl | { readonly mistake: string } {
  const expected = (what: string, got: string) => ({
    mistake: `${where}: expected ${what}, got ${got}`,
  })
  const scheme = /^([a-z][a-z\d+.-]*):\/\//i.exec(written)?.[1]?.toLowerCase()
  if (scheme !== 'mysql' && scheme !== 'mariadb') {
    return expected(FORM, scheme === undefined ? 'no scheme' : `${scheme}://`)
  }
  const url = URL.parse(written)
  if (!url)
    return expected(FORM, 'something else (special characters in a password are written as %XX)')
  if (url.search !== '' || url.hash !== '') return expected(FORM, 'parameters behind it')
  if (url.pathname !== '' && url.pathname !== '/') return expected(FORM, 'a path behind it')
  const endpoint = parseAddress(url.host)
  if (endpoint === undefined || 'socketPath' in endpoint)
    return expected(FORM, 'no such host and port')
  const username = decoded(url.username)
  const password = decoded(url.password)
  if (username === undefined || password === undefined) {
    return expected('%XX with two hexadecimal digits', 'another %')
  }
  if (username === '') return expected(`a user (${FORM})`, 'none')
  const { host, port } = endpoint
  const name = `${host.includes(':') ? `[${host}]` : host}:${port}`
  return {
    where,
    username,
    password: url.password === '' ? null : password,
    server: { name, endpoint, address: name, role: null },
  }
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
