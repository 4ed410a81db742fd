import type { Section } from '../frame.ts'
import { timeseries } from '../panels.ts'
import { general } from './of.ts'

export const process: Section = {
  title: 'Process',
  panels: [
    timeseries({
      title: 'Scrape duration',
      description: 'How long Prometheus waits for each exporter that answers.',
      size: [12, 7],
      unit: 's',
      queries: [
        {
          expr: `${general('scrape_duration_seconds')} and ${general('up')} == 1`,
          legend: '{{instance}}',
        },
      ],
    }),
    timeseries({
      title: 'Series',
      description: 'Series in each scrape: metrics.table_detail and max_tables_per_set bound them.',
      size: [12, 7],
      unit: 'short',
      queries: [{ expr: general('scrape_samples_scraped'), legend: '{{instance}}' }],
    }),
    timeseries({
      title: 'Event loop lag',
      description:
        'How late the process comes to what is due, in the mean and at the 99th percentile.',
      size: [8, 8],
      unit: 's',
      queries: [
        { expr: general('nodejs_eventloop_lag_mean_seconds'), legend: '{{instance}} mean' },
        { expr: general('nodejs_eventloop_lag_p99_seconds'), legend: '{{instance}} p99' },
      ],
    }),
    timeseries({
      title: 'Memory',
      description: 'Memory of each process, and how much of it is in use on the JavaScript heap.',
      size: [8, 8],
      unit: 'bytes',
      queries: [
        { expr: general('process_resident_memory_bytes'), legend: '{{instance}} resident' },
        { expr: general('nodejs_heap_size_used_bytes'), legend: '{{instance}} heap in use' },
      ],
    }),
    timeseries({
      title: 'CPU',
      description: 'Processors that each exporter keeps busy.',
      size: [8, 8],
      unit: 'none',
      queries: [
        {
          expr: `rate(${general('process_cpu_seconds_total')}[$__rate_interval])`,
          legend: '{{instance}}',
        },
      ],
    }),
  ],
}
