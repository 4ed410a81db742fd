import { partsOf, said } from './facts.ts'
import { type ObjectKind, WARNING, warning } from './kind.ts'
import { bodyText, looseText } from './printed.ts'
import { contextOf, definerOf } from './stored.ts'

export const views: ObjectKind = {
  object: 'view',
  of: 'view',
  told: (flavor) => ({
    from: 'VIEWS',
    schema: 'TABLE_SCHEMA',
    name: 'TABLE_NAME',
    fields: {
      body: 'VIEW_DEFINITION',
      check_option: 'CHECK_OPTION',
      security: 'SECURITY_TYPE',
      definer: 'DEFINER',
      client: 'CHARACTER_SET_CLIENT',
      connection: 'COLLATION_CONNECTION',
      ...(flavor.vendor === 'mariadb' && { algorithm: 'ALGORITHM' }),
    },
  }),
  declare: (own) =>
    partsOf(own, 'view').map((fact) => {
      const body = said(fact, 'body')
      return {
        name: '',
        summary: 'view',
        properties: {
          body: warning(bodyText(body), {
            alike: looseText(body),
            isPrinted: true,
            isHidden: body === '',
          }),
          checkOption: warning(`check option ${said(fact, 'check_option').toLowerCase()}`),
          algorithm: warning(
            fact['algorithm'] ? `algorithm ${fact['algorithm'].toLowerCase()}` : '',
          ),
          ...definerOf(fact),
          ...contextOf(fact),
        },
        severity: WARNING,
      }
    }),
}
