import { chosenBy } from '../queries.ts'
import { OF_SERVERS, OF_SET } from '../variables.ts'

/** Of the servers that were chosen. */
export const of = chosenBy(OF_SERVERS)

/** For what belongs to the set as a whole. */
export const ofSet = chosenBy(OF_SET)
