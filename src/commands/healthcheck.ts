import { parseArguments } from './arguments.ts'
import type { Edge } from './edge.ts'

const USAGE = `usage: mysql-drift-exporter healthcheck [--url=http://localhost:19104]

Exits 0 when the exporter at that address says it is healthy, else 3. For containers.
`
const TIMEOUT_MS = 5_000

export async function healthcheckCommand(argv: readonly string[], edge: Edge): Promise<number> {
  const { values } = parseArguments('healthcheck', {
    args: [...argv],
    options: {
      help: { type: 'boolean', short: 'h' },
      url: { type: 'string', default: 'http://localhost:19104' },
    },
  })
  if (values.help) {
    edge.out(USAGE)
    return 3
  }
  try {
    const response = await fetch(new URL('/-/healthy', values.url), {
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    edge.out(`${values.url}: ${response.status} ${(await response.text()).trim()}\n`)
    return response.ok ? 0 : 3
  } catch (error) {
    const { message, cause } = error as Error
    edge.err(`${values.url}: ${cause instanceof Error ? cause.message : message}\n`)
    return 3
  }
}
