import type { Section } from '../frame.ts'
import { GREEN, NEUTRAL, NONE_EXPECTED, RED, words } from '../looks.ts'
import { stat } from '../panels.ts'
import { leastBy, zeroIfNone } from '../queries.ts'
import { general, of, own } from './of.ts'

export const overview: Section = {
  title: null,
  panels: [
    stat({
      title: 'Scraped',
      description: 'Whether Prometheus reaches each exporter.',
      size: [4, 4],
      unit: 'none',
      queries: [{ expr: `min(${general('up')})` }],
      words: words([
        ['down', RED],
        ['up', GREEN],
      ]),
      noValue: 'no exporter',
    }),
    stat({
      title: 'Version',
      description: 'Versions of the exporters; more than one during an upgrade.',
      size: [4, 4],
      unit: 'none',
      queries: [
        { expr: `count by (version) (${own('exporter_build_info')})`, legend: '{{version}}' },
      ],
      steps: NEUTRAL,
      nameOnly: true,
      noValue: 'no exporter',
    }),
    stat({
      title: 'Configuration',
      description:
        'Whether the configuration file was good when it was last read. If not, the exporter goes on with the one before.',
      size: [4, 4],
      unit: 'none',
      queries: [{ expr: `min(${own('exporter_config_last_reload_successful')})` }],
      words: words([
        ['refused', RED],
        ['good', GREEN],
      ]),
      noValue: 'no exporter',
    }),
    stat({
      title: 'Replication sets',
      description: 'Replication sets in the configurations of the exporters.',
      size: [4, 4],
      unit: 'short',
      queries: [{ expr: `sum(${own('exporter_replication_sets_configured')})` }],
      steps: NEUTRAL,
      noValue: 'no exporter',
    }),
    stat({
      title: 'Running for',
      description: 'Since the exporter was started; of several, the one that started last.',
      size: [4, 4],
      unit: 's',
      queries: [{ expr: `time() - max(${general('process_start_time_seconds')})` }],
      steps: NEUTRAL,
      noValue: 'no exporter',
    }),
    stat({
      title: 'Checks that fail',
      description:
        'Checks whose last run on a server could not look, whatever it would have found.',
      size: [4, 4],
      unit: 'short',
      queries: [
        {
          expr: zeroIfNone(
            `count(${leastBy('replication_set, server, check', of('check_success'))} == 0)`,
            of('check_success'),
          ),
        },
      ],
      steps: NONE_EXPECTED,
      noValue: 'none ran',
    }),
  ],
}
