import { once } from 'node:events'
import { createServer as createTcpServer } from 'node:net'
import { describe, expect, it, onTestFinished, test } from 'vitest'
import { UserError } from '../src/errors.ts'
import { createExposition } from '../src/output/metrics.ts'
import { createServer, type ServerOptions } from '../src/server.ts'
import { makeReport } from './support/make-report.ts'

/** A server on a free port, closed with the test. */
async function start(overrides: Partial<ServerOptions> = {}): Promise<string> {
  const metrics = createExposition(() => ({
    version: '0.1.0',
    nodeVersion: 'v24.21.0',
    lastReloadSuccessful: true,
    setsConfigured: 1,
  }))
  await metrics.publish(makeReport())
  const server = createServer({
    report: () => makeReport(),
    metrics,
    ready: () => true,
    reload: () => {},
    pause: (set) => set === null || set === 'shop',
    configText: () => 'replication_sets: []\n',
    enableLifecycle: true,
    telemetryPath: '/metrics',
    version: '0.1.0',
    ...overrides,
  })
  const { port, close } = await server.listen('127.0.0.1:0')
  onTestFinished(close)
  return `http://127.0.0.1:${port}`
}

describe('routes', () => {
  it.for<[string, string, number, string]>([
    ['GET', '/', 200, 'text/html; charset=utf-8'],
    ['GET', '/metrics', 200, 'text/plain; version=0.0.4; charset=utf-8'],
    ['HEAD', '/metrics', 200, 'text/plain; version=0.0.4; charset=utf-8'],
    ['GET', '/metrics?collect[]=state', 200, 'text/plain; version=0.0.4; charset=utf-8'],
    ['GET', '/metrics?collect%5B%5D=tables', 200, 'text/plain; version=0.0.4; charset=utf-8'],
    [
      'GET',
      '/metrics?collect[]=state&collect[]=tables',
      200,
      'text/plain; version=0.0.4; charset=utf-8',
    ],
    ['GET', '/metrics?collect[]=rows', 400, 'text/plain; charset=utf-8'],
    ['GET', '/metrics?collect[]=state&collect[]=rows', 400, 'text/plain; charset=utf-8'],
    ['GET', '/metrics?collect[]=', 400, 'text/plain; charset=utf-8'],
    ['POST', '/metrics', 405, 'text/plain; charset=utf-8'],
    ['GET', '/-/healthy', 200, 'text/plain; charset=utf-8'],
    ['HEAD', '/-/healthy', 200, 'text/plain; charset=utf-8'],
    ['GET', '/-/ready', 200, 'text/plain; charset=utf-8'],
    ['GET', '/config', 200, 'text/plain; charset=utf-8'],
    ['DELETE', '/config', 405, 'text/plain; charset=utf-8'],
    ['POST', '/-/reload', 200, 'text/plain; charset=utf-8'],
    ['GET', '/-/reload', 405, 'text/plain; charset=utf-8'],
    ['POST', '/-/pause', 200, 'text/plain; charset=utf-8'],
    ['POST', '/-/pause?set=shop&for=2h', 200, 'text/plain; charset=utf-8'],
    ['POST', '/-/pause?set=shop&for=2', 400, 'text/plain; charset=utf-8'],
    ['POST', '/-/pause?for=0', 400, 'text/plain; charset=utf-8'],
    ['POST', '/-/pause?for=999ms', 400, 'text/plain; charset=utf-8'],
    ['POST', '/-/pause?for=24d', 200, 'text/plain; charset=utf-8'],
    ['POST', '/-/pause?for=25d', 400, 'text/plain; charset=utf-8'],
    ['POST', '/-/pause?for=300000y', 400, 'text/plain; charset=utf-8'],
    ['POST', '/-/pause?for=1h&for=2h', 400, 'text/plain; charset=utf-8'],
    ['POST', '/-/pause?set=shop&set=other', 400, 'text/plain; charset=utf-8'],
    ['POST', '/-/pause?set=other', 404, 'text/plain; charset=utf-8'],
    ['POST', '/-/pause?set=', 404, 'text/plain; charset=utf-8'],
    ['GET', '/-/pause', 405, 'text/plain; charset=utf-8'],
    ['POST', '/-/resume', 200, 'text/plain; charset=utf-8'],
    ['POST', '/-/resume?set=shop', 200, 'text/plain; charset=utf-8'],
    ['POST', '/-/resume?set=other', 404, 'text/plain; charset=utf-8'],
    ['GET', '/-/resume', 405, 'text/plain; charset=utf-8'],
    ['GET', '/api/v1/sets', 200, 'application/json; charset=utf-8'],
    ['GET', '/api/v1/sets/shop', 200, 'application/json; charset=utf-8'],
    ['GET', '/api/v1/sets/shop/tables', 200, 'application/json; charset=utf-8'],
    ['GET', '/api/v1/sets/nowhere', 404, 'text/plain; charset=utf-8'],
    ['GET', '/api/v1/sets/nowhere/tables', 404, 'text/plain; charset=utf-8'],
    ['GET', '/api/v1/sets/%ff', 400, 'text/plain; charset=utf-8'],
    ['PUT', '/api/v1/sets', 405, 'text/plain; charset=utf-8'],
    ['GET', '/nowhere', 404, 'text/plain; charset=utf-8'],
    ['GET', '/Metrics', 404, 'text/plain; charset=utf-8'],
  ])('%s %s is %i', async ([method, path, status, contentType]) => {
    const response = await fetch((await start()) + path, { method })
    expect(response.status).toBe(status)
    expect(response.headers.get('content-type')).toBe(contentType)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(response.headers.get('x-powered-by')).toBeNull()
    expect((await response.text()) === '').toBe(method === 'HEAD')
  })
})

describe('/metrics', () => {
  it.for<[string, boolean, boolean]>([
    ['', true, true],
    ['?collect[]=state', true, false],
    ['?collect[]=tables', false, true],
  ])('%s has the parts that were asked for', async ([query, hasState, hasTables]) => {
    const text = await (await fetch(`${await start()}/metrics${query}`)).text()
    expect(text.includes('mysql_drift_up{')).toBe(hasState)
    expect(text.includes('process_cpu_seconds_total')).toBe(hasState)
    expect(text.includes('mysql_drift_table_rows{')).toBe(hasTables)
  })

  it('is compressed for those who accept it', async () => {
    const url = `${await start()}/metrics`
    const response = await fetch(url, { headers: { 'accept-encoding': 'gzip' } })
    expect(response.headers.get('content-encoding')).toBe('gzip')
    expect(await response.text()).toContain('mysql_drift_up{')
    const bare = await fetch(url, { headers: { 'accept-encoding': 'identity' } })
    expect(bare.headers.get('content-encoding')).toBeNull()
  })

  it('can be elsewhere', async () => {
    const url = await start({ telemetryPath: '/drift/metrics' })
    expect((await fetch(`${url}/drift/metrics`)).status).toBe(200)
    expect((await fetch(`${url}/metrics`)).status).toBe(404)
    expect(await (await fetch(url)).text()).toContain('href="/drift/metrics"')
  })
})

test('it is not ready before every server was tried, and healthy all the same', async () => {
  const url = await start({ ready: () => false })
  expect((await fetch(`${url}/-/ready`)).status).toBe(503)
  expect((await fetch(`${url}/-/healthy`)).status).toBe(200)
})

describe('a reload', () => {
  const post = async (options: Partial<ServerOptions>) => {
    const response = await fetch(`${await start(options)}/-/reload`, { method: 'POST' })
    return { status: response.status, text: await response.text() }
  }

  it('is refused unless the lifecycle is enabled', async () => {
    let isReloaded = false
    const reload = () => {
      isReloaded = true
    }
    expect((await post({ enableLifecycle: false, reload })).status).toBe(403)
    expect(isReloaded).toBe(false)
  })

  it('of a broken configuration says what is wrong', async () => {
    const reload = () => Promise.reject(new UserError('drift.yml:3: unknown key "sevrers"'))
    const { status, text } = await post({ reload })
    expect(status).toBe(500)
    expect(text).toContain('drift.yml:3: unknown key "sevrers"')
  })
})

test('a bug of ours is told to the log, not to the client', async () => {
  const errors: unknown[] = []
  const url = await start({
    configText: () => {
      throw new Error('the secret is swordfish')
    },
    onError: (error) => errors.push(error),
  })
  const response = await fetch(`${url}/config`)
  expect(response.status).toBe(500)
  expect(await response.text()).not.toContain('swordfish')
  expect(errors).toHaveLength(1)
})

test('the API gives one set of several', async () => {
  const url = await start()
  const set = await (await fetch(`${url}/api/v1/sets/shop`)).json()
  expect(set).toMatchObject({ format: 1, replication_sets: [{ name: 'shop', verdict: 'same' }] })
  const tables = await (await fetch(`${url}/api/v1/sets/shop/tables`)).json()
  expect(tables).toMatchObject({ format: 1, tables: [{ table: 'orders', verdict: 'same' }] })
})

describe('a pause', () => {
  test('is handed on with its set and its length', async () => {
    const asked: [string | null, number | null][] = []
    const pause = (set: string | null, forMs: number | null) => asked.push([set, forMs]) > 0
    const url = await start({ pause })
    for (const path of ['pause', 'pause?set=shop&for=2h', 'resume?set=shop', 'resume']) {
      expect((await fetch(`${url}/-/${path}`, { method: 'POST' })).status).toBe(200)
    }
    expect(asked).toEqual([
      [null, 3_600_000],
      ['shop', 7_200_000],
      ['shop', null],
      [null, null],
    ])
  })

  test.for(['pause', 'resume'])('%s is refused unless the lifecycle is enabled', async (path) => {
    const asked: unknown[] = []
    const url = await start({ enableLifecycle: false, pause: (set) => asked.push(set) > 0 })
    const response = await fetch(`${url}/-/${path}`, { method: 'POST' })
    expect({ status: response.status, asked }).toEqual({ status: 403, asked: [] })
  })
})

describe('listening', () => {
  const listen = async (address: string) => {
    const server = createServer({
      report: () => makeReport(),
      metrics: { publish: async () => {}, bytes: async () => [] },
      ready: () => true,
      reload: () => {},
      pause: () => false,
      configText: () => '',
      enableLifecycle: false,
      telemetryPath: '/metrics',
      version: '',
    })
    const { close } = await server.listen(address)
    await close()
  }

  it('on a port that is in use is the user’s mistake, in one line', async () => {
    const other = createTcpServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    onTestFinished(() => void other.close())
    const bound = other.address()
    const port = bound !== null && typeof bound === 'object' ? bound.port : 0
    const failure = listen(`127.0.0.1:${port}`)
    await expect(failure).rejects.toThrow(
      new UserError(`can not listen on 127.0.0.1:${port}: the port is in use`),
    )
  })

  it.for(['19104', 'localhost', ':65536', 'a:b:1', ':x', ''])('refuses "%s"', async (address) => {
    await expect(listen(address)).rejects.toThrow(UserError)
  })

  it.for([':0', '127.0.0.1:0', 'localhost:0'])('takes "%s"', async (address) => {
    await expect(listen(address)).resolves.toBeUndefined()
  })
})

test('a path for metrics that is no path is the user’s mistake', async () => {
  await expect(start({ telemetryPath: 'metrics' })).rejects.toThrow(UserError)
})
