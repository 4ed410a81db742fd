import { quoteText } from '../sql.ts'
import { type Fact, type Facts, partsOf, said } from './facts.ts'
import { info, type ObjectKind, WARNING, warning } from './kind.ts'
import { bodyText } from './printed.ts'
import { contextOf, definerOf, STORED_FIELDS } from './stored.ts'

export const events: ObjectKind = {
  object: 'event',
  of: 'event',
  told: () => ({
    from: 'EVENTS',
    schema: 'EVENT_SCHEMA',
    name: 'EVENT_NAME',
    fields: {
      body: 'EVENT_DEFINITION',
      // Its times are told in this zone.
      zone: "IF(TIME_ZONE = 'SYSTEM', CONCAT('SYSTEM ', @@system_time_zone), TIME_ZONE)",
      type: 'EVENT_TYPE',
      at: 'EXECUTE_AT',
      every: 'INTERVAL_VALUE',
      unit: 'INTERVAL_FIELD',
      starts: 'STARTS',
      ends: 'ENDS',
      status: 'STATUS',
      completion: 'ON_COMPLETION',
      comment: 'EVENT_COMMENT',
      ...STORED_FIELDS,
    },
  }),
  declare: (own, other, end) =>
    partsOf(own, 'event').map((fact) => ({
      name: '',
      summary: scheduleOf(fact),
      properties: {
        schedule: warning(scheduleOf(fact)),
        times: warning(inOneZone(own, other) ? timesOf(fact) : ''),
        zone: warning(
          said(fact, 'zone').startsWith('SYSTEM ') ? 'zone SYSTEM' : `zone ${said(fact, 'zone')}`,
        ),
        status: warning(statusOf(fact), {
          alike: end === 'source' ? statusOf(fact) : onSource(fact, other),
        }),
        completion: warning(`on completion ${said(fact, 'completion').toLowerCase()}`),
        body: warning(bodyText(said(fact, 'body')), {
          alike: said(fact, 'body'),
          isHidden: fact['body'] === null,
        }),
        ...definerOf(fact),
        ...contextOf(fact),
        comment: info(`comment ${quoteText(said(fact, 'comment'))}`),
      },
      severity: WARNING,
    })),
}

const SIDE_DISABLED = 'disabled on replicas'

function scheduleOf(fact: Fact): string {
  if (said(fact, 'type') !== 'RECURRING') return 'once'
  return `every ${said(fact, 'every')} ${said(fact, 'unit').toLowerCase()}`
}

function timesOf(fact: Fact): string {
  return (['at', 'starts', 'ends'] as const)
    .filter((name) => fact[name])
    .map((name) => `${name} ${fact[name]}`)
    .join(' ')
}

/** In the zone of the system the same event has other times on another machine. */
function inOneZone(own: Facts, other: Facts): boolean {
  const [mine, theirs] = [own, other].map((facts) => said(partsOf(facts, 'event')[0] ?? {}, 'zone'))
  return mine === theirs || !(mine?.startsWith('SYSTEM ') && theirs?.startsWith('SYSTEM '))
}

/** `SLAVESIDE_DISABLED`, since MySQL 8.2 `REPLICA_SIDE_DISABLED`. */
function statusOf(fact: Fact): string {
  return /SIDE_DISABLED$/.test(said(fact, 'status'))
    ? SIDE_DISABLED
    : said(fact, 'status').toLowerCase()
}

/** What is enabled on the source is made disabled on a replica, as expected; the other way round it is not. */
function onSource(fact: Fact, source: Facts): string {
  const [there = {}] = partsOf(source, 'event')
  const isExpected = statusOf(fact) === SIDE_DISABLED && statusOf(there) === 'enabled'
  return isExpected ? 'enabled' : statusOf(fact)
}
