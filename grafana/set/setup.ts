/** Whether the servers and the account are set up as they should be. */
import type { Section } from '../frame.ts'
import { from, GREEN, NONE_EXPECTED, ORANGE, RED } from '../looks.ts'
import { stat, timeseries } from '../panels.ts'
import { SERVER, worstBy } from '../queries.ts'
import { of, ofSet } from './of.ts'

const missing = worstBy(SERVER, of('missing_privileges'))
const excess = worstBy(SERVER, of('excess_privileges'))
const SETTING = `${SERVER}, variable`
const differing = worstBy(SETTING, of('variable_differences'))
const dangerous = worstBy(SETTING, of('dangerous_variables'))

export const setup: Section = {
  title: 'Topology, settings and rights',
  panels: [
    stat({
      title: 'Writable sources',
      description:
        'Connected parts of the set that hold a server which can be written: one is right. A chain, a hub or a cluster is one part.',
      size: [4, 4],
      unit: 'short',
      queries: [{ expr: `max(${ofSet('sources')})` }],
      steps: [
        { color: RED, value: null },
        { color: GREEN, value: 1 },
        { color: RED, value: 2 },
      ],
      noValue: 'a server is out',
    }),
    stat({
      title: 'Servers that share an id',
      description:
        'Servers with the server_id or server_uuid of another, or that are one server under several names.',
      size: [4, 4],
      unit: 'short',
      queries: [{ expr: `max(${ofSet('server_identity_duplicates')})` }],
      steps: NONE_EXPECTED,
      noValue: 'not read yet',
    }),
    stat({
      title: 'Replicas nobody watches',
      description: 'Replicas that a server of the set tells of and that are not configured.',
      size: [4, 4],
      unit: 'short',
      queries: [{ expr: `max(${ofSet('replicas_unwatched')})` }],
      steps: from([1, ORANGE]),
      noValue: 'not known',
    }),
    stat({
      title: 'Settings that differ',
      description:
        'Settings that a server has otherwise than a source of it, where that makes them diverge or lose data.',
      size: [4, 4],
      unit: 'short',
      queries: [{ expr: `sum(${differing} > bool 0)` }],
      steps: from([1, ORANGE]),
      noValue: 'not read yet',
    }),
    stat({
      title: 'Dangerous settings',
      description: 'Settings that are dangerous to the data of the set as they are.',
      size: [4, 4],
      unit: 'short',
      queries: [{ expr: `sum(${dangerous} > bool 0)` }],
      steps: from([1, ORANGE]),
      noValue: 'not read yet',
    }),
    stat({
      title: 'Rights',
      description:
        'Privileges that the account of the exporter needs and does not hold, and those that it holds and does not need.',
      size: [4, 4],
      unit: 'short',
      queries: [
        { expr: `sum(${missing})`, legend: 'missing' },
        { expr: `sum(${excess})`, legend: 'in excess' },
      ],
      steps: from([1, ORANGE]),
      noValue: 'not read yet',
    }),
    timeseries({
      title: 'Settings by server',
      description:
        'Settings that differ and settings that are dangerous: how many, and which while there are any. For their values: mysql-drift-exporter check --checks=variables',
      size: [12, 8],
      unit: 'short',
      queries: [
        { expr: `sum by (server) (${differing} > bool 0)`, legend: '{{server}} differ' },
        { expr: `sum by (server) (${dangerous} > bool 0)`, legend: '{{server}} dangerous' },
        { expr: `${differing} > 0`, legend: '{{server}} differs: {{variable}}' },
        { expr: `${dangerous} > 0`, legend: '{{server}} dangerous: {{variable}}' },
      ],
    }),
    timeseries({
      title: 'Rights by server',
      description:
        'Privileges that the account lacks on each server, and those that it has too many. For their names: mysql-drift-exporter check --checks=grants',
      size: [12, 8],
      unit: 'short',
      queries: [
        { expr: missing, legend: '{{server}} missing' },
        { expr: excess, legend: '{{server}} in excess' },
      ],
    }),
  ],
}
