/** Dashboard "MySQL drift: exporter": does it work, and what does it cost? */

import { checks } from './exporter/checks.ts'
import { load } from './exporter/load.ts'
import { overview } from './exporter/overview.ts'
import { process } from './exporter/process.ts'
import { dashboard, variable } from './frame.ts'
import { setVariable } from './variables.ts'

export const exporter = dashboard({
  uid: 'mysql-drift-exporter',
  title: 'MySQL drift: exporter',
  description: 'Whether the exporters work, what keeps them from it, and the load that they cause.',
  variables: [
    variable({
      name: 'job',
      label: 'Job',
      query: 'label_values(mysql_drift_exporter_build_info, job)',
      all: true,
    }),
    variable({
      name: 'instance',
      label: 'Exporter',
      query: 'label_values(mysql_drift_exporter_build_info{job=~"$job"}, instance)',
      all: true,
    }),
    setVariable({ all: true }),
  ],
  sections: [overview, checks, load, process],
})
