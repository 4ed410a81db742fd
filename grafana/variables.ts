/** What is chosen at the top of a page, and where a click on a name leads. */
import { type VariableSpec, variable } from './frame.ts'
import type { QueryVariable } from './model.ts'

export const JOB = variable({
  name: 'job',
  label: 'Job',
  query: 'label_values(mysql_drift_up, job)',
  all: true,
})

/** Of one or of several sets. */
export function setVariable({ all }: Pick<VariableSpec, 'all'>): QueryVariable {
  return variable({
    name: 'set',
    label: 'Replication set',
    query: 'label_values(mysql_drift_up{job=~"$job"}, replication_set)',
    all,
  })
}

export const OF_SET = 'job=~"$job",replication_set="$set"'
export const OF_SETS = 'job=~"$job",replication_set=~"$set"'
export const OF_SERVERS = `${OF_SET},server=~"$server"`

/**
 * To another dashboard, with the time range, the data source and the job that were chosen here.
 *
 * @param chosen variable -> heading of the column that has its value; null = as chosen here.
 */
export function linkTo(uid: string, chosen: Readonly<Record<string, string | null>>) {
  const variables = Object.entries(chosen).map(([name, heading]) =>
    heading === null
      ? `\${${name}:queryparam}`
      : `var-${name}=\${__data.fields.${heading}:percentencode}`,
  )
  // biome-ignore-start lint/suspicious/noTemplateCurlyInString: Grafana's own syntax
  const url = [
    '${datasource:queryparam}',
    '${job:queryparam}',
    ...variables,
    '${__url_time_range}',
  ].join('&')
  // biome-ignore-end lint/suspicious/noTemplateCurlyInString: Grafana's own syntax
  return { title: 'Look closer', url: `/d/${uid}?${url}` }
}
