import { chosenBy } from '../queries.ts'

export const OF_EXPORTERS = 'job=~"$job",instance=~"$instance"'

/** Of the exporter itself. */
export const own = chosenBy(OF_EXPORTERS)

/** Of what it watches. */
export const of = chosenBy(`${OF_EXPORTERS},replication_set=~"$set"`)

/** A metric that the process, or Prometheus, has of every exporter. */
export function general(metric: string): string {
  return `${metric}{${OF_EXPORTERS}}`
}
