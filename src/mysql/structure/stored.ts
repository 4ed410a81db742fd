/** What views and stored programs have in common: whose they are, and under which settings they were made. Pure. */
import { normalCharset } from '../normal.ts'
import { type Fact, said } from './facts.ts'
import { type Properties, warning } from './kind.ts'
import { modesText } from './printed.ts'

/**
 * The definer counts: it is with the rights of this account that the thing runs, on a replica no sooner than it is
 * promoted. Where the invoker's rights count, the definer does not.
 */
export function definerOf(fact: Fact): Properties {
  const security = said(fact, 'security').toLowerCase() || 'definer'
  return {
    security: warning(`sql security ${security}`),
    definer: warning(security === 'invoker' ? '' : `definer ${said(fact, 'definer')}`),
  }
}

/** Literals in it are read as these settings say. */
export function contextOf(fact: Fact): Properties {
  const setting = (name: string, value: string | null | undefined) =>
    warning(value ? `${name} ${normalCharset(value)}` : '')
  return {
    client: setting('character_set_client', fact['client']),
    connection: setting('collation_connection', fact['connection']),
    database: setting('database collation', fact['database']),
    mode: warning(fact['mode'] == null ? '' : modesText(fact['mode'])),
  }
}

/** Columns by which TRIGGERS, ROUTINES and EVENTS tell of it. */
export const STORED_FIELDS = {
  definer: 'DEFINER',
  client: 'CHARACTER_SET_CLIENT',
  connection: 'COLLATION_CONNECTION',
  database: 'DATABASE_COLLATION',
  mode: 'SQL_MODE',
} as const
