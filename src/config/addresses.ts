import { isIPv4, isIPv6 } from 'node:net'
import type { ServerConfig } from './config.ts'

export type Endpoint = ServerConfig['endpoint']

export const ADDRESS_FORMS = 'host:port, host, [IPv6]:port or an absolute socket path'
const DEFAULT_PORT = 3306

/** Undefined if `text` is none of `ADDRESS_FORMS`. */
export function parseAddress(text: string): Endpoint | undefined {
  if (text.startsWith('/')) return text.length > 1 ? { socketPath: text } : undefined
  const parts = /^(?:\[([^[\]]+)\]|([\w.-]+))(?::(\d{1,5}))?$/.exec(text)
  if (!parts) return undefined
  const [, bracketed, name, digits] = parts
  const host = bracketed ?? name ?? ''
  const port = digits === undefined ? DEFAULT_PORT : Number(digits)
  if (port < 1 || port > 65535) return undefined
  if (bracketed !== undefined ? !isIPv6(host) : !isHostName(host)) return undefined
  return { host, port }
}

/** One spelling for each endpoint, to find the same server under two names. */
export function endpointKey(endpoint: Endpoint): string {
  if ('socketPath' in endpoint) return endpoint.socketPath
  const host = endpoint.host.toLowerCase()
  return `${host.includes(':') ? `[${host}]` : host}:${endpoint.port}`
}

/** Underscores are no host name by the book, but container networks are full of them. */
function isHostName(host: string): boolean {
  if (/^[\d.]+$/.test(host)) return isIPv4(host)
  return (
    host.length <= 253 &&
    host
      .replace(/\.$/, '')
      .split('.')
      .every((label) => /^\w([\w-]*\w)?$/.test(label))
  )
}
