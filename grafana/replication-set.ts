/** Dashboard "MySQL drift: replication set": from the verdict down to why it can be believed. */
import { dashboard, variable } from './frame.ts'
import { RED } from './looks.ts'
import { DATASOURCE } from './model.ts'
import { TABLE, worstBy } from './queries.ts'
import { coverage } from './set/coverage.ts'
import { data } from './set/data.ts'
import { of } from './set/of.ts'
import { overview } from './set/overview.ts'
import { replication } from './set/replication.ts'
import { setup } from './set/setup.ts'
import { JOB, OF_SET, setVariable } from './variables.ts'

export const replicationSet = dashboard({
  uid: 'mysql-drift-set',
  title: 'MySQL drift: replication set',
  description:
    'Whether the replicas of one replication set hold the same data as their source, what differs if not, and what was not checked.',
  variables: [
    JOB,
    setVariable({ all: false }),
    variable({
      name: 'server',
      label: 'Server',
      query: `label_values(mysql_drift_up{${OF_SET}}, server)`,
      all: true,
    }),
  ],
  annotations: [
    {
      name: 'Drift confirmed',
      datasource: DATASOURCE,
      enable: true,
      iconColor: RED,
      expr: `1000 * ${worstBy(TABLE, of('table_drifted_since_timestamp_seconds'))}`,
      step: '60s',
      titleFormat: 'Drift of {{schema}}.{{table}}',
      textFormat: 'confirmed on {{server}}',
      tagKeys: 'server',
      useValueForTime: true,
    },
  ],
  sections: [overview, data, replication, setup, coverage],
})
