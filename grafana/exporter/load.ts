import type { FamilyName } from '../../src/output/metrics/families.ts'
import type { Section } from '../frame.ts'
import { timeseries } from '../panels.ts'
import { of } from './of.ts'

const OF_SERVER = '{{replication_set}} {{server}}'

function perSecond(metric: FamilyName, by = 'replication_set, server'): string {
  return `sum by (${by}) (rate(${of(metric)}[$__rate_interval]))`
}

export const load: Section = {
  title: 'Load on the servers',
  panels: [
    timeseries({
      title: 'Queries',
      description: 'Statements a second that are sent to each server, and those that were killed.',
      size: [8, 8],
      unit: 'reqps',
      queries: [
        { expr: perSecond('queries_total'), legend: OF_SERVER },
        { expr: `${perSecond('queries_killed_total')} > 0`, legend: `${OF_SERVER} killed` },
      ],
    }),
    timeseries({
      title: 'Time that queries take',
      description:
        'Seconds per second that each server works for the exporter, waiting included; 1 = one connection is busy all the time.',
      size: [8, 8],
      unit: 's',
      queries: [{ expr: perSecond('query_seconds_total'), legend: OF_SERVER }],
    }),
    timeseries({
      title: 'Rows read',
      description: 'Rows a second that are read on each server to be compared.',
      size: [8, 8],
      unit: 'rowsps',
      queries: [{ expr: perSecond('rows_checked_total'), legend: OF_SERVER }],
    }),
    timeseries({
      title: 'Chunks',
      description:
        'Chunks a second that are compared, and those whose first, unfenced readings differed: under write load most of these are no drift.',
      size: [12, 8],
      unit: 'cps',
      queries: [
        { expr: perSecond('chunks_checked_total'), legend: OF_SERVER },
        { expr: perSecond('chunk_mismatches_total'), legend: `${OF_SERVER} differed at first` },
      ],
    }),
    timeseries({
      title: 'Looks behind the fence',
      description: 'Fenced readings a second of chunks that differed at first, by how they ended.',
      size: [12, 8],
      unit: 'cps',
      queries: [{ expr: perSecond('chunk_rechecks_total', 'result'), legend: '{{result}}' }],
    }),
  ],
}
