/** The HTTP side, and the only door to express. Everything is served from memory: no request reaches a database. */
import { createServer as createHttpServer, type Server } from 'node:http'
import express, {
  type ErrorRequestHandler,
  type Express,
  type Request,
  type RequestHandler,
  type Response,
} from 'express'
import { LONGEST_MS, parseDuration } from './config/durations.ts'
import { UserError } from './errors.ts'
import { checkObject, tablesObject } from './output/json.ts'
import { CONTENT_TYPE, type Exposition, type Part } from './output/metrics.ts'
import { renderPage } from './output/page.ts'
import type { Report, SetReport } from './report.ts'

export interface ServerOptions {
  /** The latest report. */
  readonly report: () => Report
  readonly metrics: Exposition
  /** The configuration is loaded and every server was tried once. */
  readonly ready: () => boolean
  /** Read the configuration again. Throws a `UserError` and changes nothing when it is broken. */
  readonly reload: () => Promise<void> | void
  /** The configuration as it is in force, without secrets. */
  readonly configText: () => string
  /**
   * Read no table of a set (null = of any) for so long; null = go on at once.
   * @returns false when no set has this name.
   */
  readonly pause: (set: string | null, forMs: number | null) => boolean
  readonly enableLifecycle: boolean
  readonly telemetryPath: string
  readonly version: string
  /** Told of our own bugs; the client only learns that there was one. */
  readonly onError?: (error: unknown) => void
}

export interface HttpServer {
  /**
   * @param address `HOST:PORT`, `[IPv6]:PORT` or `:PORT` for all interfaces; port 0 = any free one.
   * @throws {UserError} when it is no address or can not be listened on.
   */
  listen(address: string): Promise<Listener>
}

interface Listener {
  readonly port: number
  /** Answers what is under way for a moment, then hangs up. */
  close(): Promise<void>
}

export function createServer(options: ServerOptions): HttpServer {
  const onError = options.onError ?? (() => {})
  const server = createHttpServer(application(options, onError))
  return {
    async listen(address) {
      const { host, port } = parseAddress(address)
      await new Promise<void>((resolve, reject) => {
        const refuse = (error: Error) => reject(listenError(address, error))
        server.once('error', refuse)
        server.listen(port, host, () => {
          server.off('error', refuse).on('error', onError)
          resolve()
        })
      })
      return { port: portOf(server), close: () => close(server) }
    },
  }
}

function application(options: ServerOptions, onError: (error: unknown) => void): Express {
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.enable('case sensitive routing')
  app.use((_request, response, next) => {
    response.set({ 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' })
    next()
  })
  for (const { method, path, handler } of routes(options)) {
    app[method](path, handler)
    app.all(path, methodNotAllowed(method))
  }
  app.use((_request, response) => plain(response, 404, 'not found'))
  app.use(failed(onError))
  return app
}

interface Route {
  readonly method: 'get' | 'post'
  readonly path: string
  readonly handler: RequestHandler<{ name: string }>
}

function routes(options: ServerOptions): Route[] {
  const get = (path: string, handler: Route['handler']): Route => ({ method: 'get', path, handler })
  const withSet =
    (object: (report: Report, set: SetReport) => unknown): Route['handler'] =>
    (request, response) => {
      const report = options.report()
      const set = report.sets.find(({ name }) => name === request.params.name)
      if (set === undefined) return plain(response, 404, 'no replication set has this name')
      response.json(object(report, set))
    }
  return [
    get(checkedPath(options.telemetryPath), (request, response) =>
      sendMetrics(options.metrics, request, response),
    ),
    get('/', (_request, response) => {
      const page = renderPage(options.report(), options)
      response.set('Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'")
      response.type('html').send(page)
    }),
    get('/-/healthy', (_request, response) => plain(response, 200, 'healthy')),
    get('/-/ready', (_request, response) =>
      options.ready() ? plain(response, 200, 'ready') : plain(response, 503, 'not ready yet'),
    ),
    get('/config', (_request, response) => plain(response, 200, options.configText().trimEnd())),
    get('/api/v1/sets', (_request, response) => {
      response.json(checkObject(options.report()))
    }),
    get(
      '/api/v1/sets/:name',
      withSet((report, set) => checkObject({ ...report, sets: [set] })),
    ),
    get('/api/v1/sets/:name/tables', withSet(tablesObject)),
    {
      method: 'post',
      path: '/-/reload',
      handler: (_request, response) => reload(options, response),
    },
    {
      method: 'post',
      path: '/-/pause',
      handler: (request, response) => pause(options, request, response, '1h'),
    },
    {
      method: 'post',
      path: '/-/resume',
      handler: (request, response) => pause(options, request, response, null),
    },
  ]
}

async function sendMetrics(metrics: Exposition, request: Request, response: Response) {
  const part = partOf(request.query['collect[]'])
  if (part === null) return plain(response, 400, 'collect[] must be state or tables')
  const isGzip = request.acceptsEncodings('gzip', 'identity') === 'gzip'
  const chunks = await metrics.bytes(part, isGzip ? 'gzip' : 'identity')
  response.set({
    'Content-Type': CONTENT_TYPE,
    'Content-Length': String(chunks.reduce((sum, chunk) => sum + chunk.length, 0)),
    ...(isGzip && { 'Content-Encoding': 'gzip' }),
    Vary: 'Accept-Encoding',
  })
  for (const chunk of chunks) response.write(chunk)
  response.end()
}

/** null when something else than a part was asked for. */
function partOf(collect: unknown): Part | null {
  if (collect === undefined) return 'all'
  const wanted = new Set([collect].flat())
  const parts = (['state', 'tables'] as const).filter((part) => wanted.delete(part))
  const [first] = parts
  if (first === undefined || wanted.size > 0) return null
  return parts.length === 1 ? first : 'all'
}

async function reload(options: ServerOptions, response: Response): Promise<void> {
  if (!options.enableLifecycle) return notEnabled(response)
  try {
    await options.reload()
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return plain(response, 500, `not reloaded, the old configuration stays: ${error.message}`)
  }
  plain(response, 200, 'reloaded')
}

/** @param forDefault how long a pause is when the client does not say; null = the pause ends. */
function pause(
  options: ServerOptions,
  { query }: Request,
  response: Response,
  forDefault: string | null,
) {
  if (!options.enableLifecycle) return notEnabled(response)
  const { set = null, for: duration = forDefault } = query
  if (set !== null && typeof set !== 'string') return plain(response, 400, 'set: expected one name')
  const forMs = typeof duration === 'string' ? parseDuration(duration) : undefined
  const isPause = forMs !== undefined && forMs >= LEAST_PAUSE_MS && forMs <= LONGEST_MS
  if (forDefault !== null && !isPause) {
    return plain(response, 400, 'for: expected a duration from 1s to 24d, such as 30m or 2h')
  }
  const isKnown = options.pause(set, forDefault === null ? null : (forMs ?? null))
  if (!isKnown) return plain(response, 404, 'no replication set has this name')
  plain(response, 200, forDefault === null ? 'resumed' : `paused for ${duration}`)
}

const LEAST_PAUSE_MS = 1_000

function notEnabled(response: Response): void {
  plain(response, 403, 'start the exporter with --web.enable-lifecycle to allow this')
}

function plain(response: Response, status: number, text: string): void {
  response.status(status).type('text/plain').send(`${text}\n`)
}

function methodNotAllowed(method: Route['method']): RequestHandler {
  return (_request, response) => {
    response.set('Allow', method === 'get' ? 'GET, HEAD' : 'POST')
    plain(response, 405, 'method not allowed')
  }
}

/** Express calls what takes four arguments an error handler. A client's mistake is told, ours is not. */
function failed(onError: (error: unknown) => void): ErrorRequestHandler {
  return (error, _request, response, _next) => {
    const status: unknown = error?.status
    if (status === 400) return plain(response, 400, 'bad request')
    onError(error)
    if (response.headersSent) return response.destroy()
    plain(response, 500, 'internal error, see the log')
  }
}

function checkedPath(path: string): string {
  if (/^(\/|(\/[\w.~-]+)+)$/.test(path)) return path
  throw new UserError(`--web.telemetry-path: expected a path like /metrics, got "${path}"`)
}

function parseAddress(address: string): { host: string | undefined; port: number } {
  const [, host = '', port = ''] = /^(\[[\da-f:.]+\]|[^:[\]]*):(\d{1,5})$/i.exec(address) ?? []
  if (port === '' || Number(port) > 65_535) {
    throw new UserError(`--web.listen-address: expected HOST:PORT or :PORT, got "${address}"`)
  }
  return { host: host.replace(/^\[|\]$/g, '') || undefined, port: Number(port) }
}

const LISTEN_ERRORS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the port is in use',
  EACCES: 'permission denied',
  EADDRNOTAVAIL: 'this machine does not have the address',
  ENOTFOUND: 'the host name is not known',
}

function listenError(address: string, error: NodeJS.ErrnoException): UserError {
  const reason = LISTEN_ERRORS[error.code ?? ''] ?? error.message
  return new UserError(`can not listen on ${address}: ${reason}`, { cause: error })
}

function portOf(server: Server): number {
  const address = server.address()
  return address !== null && typeof address === 'object' ? address.port : 0
}

const LAST_ANSWERS_MS = 1000

async function close(server: Server): Promise<void> {
  const patience = setTimeout(() => server.closeAllConnections(), LAST_ANSWERS_MS)
  await new Promise((resolve) => server.close(resolve))
  clearTimeout(patience)
}
