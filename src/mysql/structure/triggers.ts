import { inOrder } from './ask.ts'
import { type Fact, type Facts, partsOf, said } from './facts.ts'
import { type ObjectKind, WARNING, warning } from './kind.ts'
import { bodyText } from './printed.ts'
import { contextOf, definerOf, STORED_FIELDS } from './stored.ts'

export const triggers: ObjectKind = {
  object: 'trigger',
  of: 'table',
  told: () => ({
    from: 'TRIGGERS',
    schema: 'EVENT_OBJECT_SCHEMA',
    name: 'EVENT_OBJECT_TABLE',
    fields: {
      name: 'TRIGGER_NAME',
      body: 'ACTION_STATEMENT',
      event: 'EVENT_MANIPULATION',
      timing: 'ACTION_TIMING',
      position: 'ACTION_ORDER',
      ...STORED_FIELDS,
    },
  }),
  declare: (own, other) =>
    partsOf(own, 'trigger').map((fact) => ({
      name: said(fact, 'name'),
      summary: momentOf(fact),
      properties: {
        moment: warning(momentOf(fact), { isContext: true }),
        body: warning(bodyText(said(fact, 'body')), {
          alike: said(fact, 'body'),
          isHidden: fact['body'] === null,
        }),
        order: warning(placeOf(fact, own, other)),
        ...definerOf(fact),
        ...contextOf(fact),
      },
      severity: WARNING,
    })),
}

function momentOf(fact: Fact): string {
  return `${said(fact, 'timing')} ${said(fact, 'event')}`.toLowerCase()
}

/** After which of those that both ends have at the same moment. */
function placeOf(fact: Fact, own: Facts, other: Facts): string {
  const theirs = new Set(partsOf(other, 'trigger').map((each) => said(each, 'name')))
  const before = inOrder(partsOf(own, 'trigger'), 'position').filter(
    (each) =>
      momentOf(each) === momentOf(fact) &&
      theirs.has(said(each, 'name')) &&
      Number(each['position']) < Number(fact['position']),
  )
  const last = before.at(-1)
  return last === undefined ? '' : `follows ${said(last, 'name')}`
}
