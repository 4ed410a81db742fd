/** Series that several alerts are about. */
import { type Role, type TableCheck, VERDICTS, type Verdict } from '../src/domain.ts'
import { type Series, series, TARGET } from './scenario.ts'

/** `up` of Prometheus itself: whether it could scrape the exporter. */
export function scraped(values: string, target: Series['labels'] = {}): Series {
  return { metric: 'up', labels: { ...TARGET, ...target }, values }
}

/** What a server is. */
export function info(
  server: string,
  role: Role,
  values: string,
  more: { readonly flavor?: string; readonly version?: string } = {},
): Series {
  const isRead = role !== 'unknown'
  const { flavor = isRead ? 'mysql' : '', version = isRead ? '8.4.6' : '' } = more
  const uuid = `00000000-0000-0000-0000-${server.padStart(12, '0')}`
  return series('server_info', values, {
    server,
    role,
    flavor,
    version,
    server_uuid: isRead ? uuid : '',
  })
}

/** Tables of a check by verdict: none of a verdict where nothing is said. */
export function tables(
  check: TableCheck,
  values: Readonly<Partial<Record<Verdict, string>>>,
  server = 'db2',
): Series[] {
  return VERDICTS.map((state) =>
    series('tables', values[state] ?? '0x400', { server, check, state }),
  )
}
