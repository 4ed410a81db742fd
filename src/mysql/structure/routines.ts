import { normalCharset, normalType } from '../normal.ts'
import { quoteText } from '../sql.ts'
import { inOrder } from './ask.ts'
import { type Fact, partsOf, said } from './facts.ts'
import { type Declared, info, type ObjectKind, WARNING, warning } from './kind.ts'
import { bodyText } from './printed.ts'
import { contextOf, definerOf, STORED_FIELDS } from './stored.ts'

export const procedures = routine('procedure')
export const functions = routine('function')

function routine(object: 'procedure' | 'function'): ObjectKind {
  return {
    object,
    of: object,
    told: () => async (ask) => {
      const routines = await ask.view({
        from: 'ROUTINES',
        schema: 'ROUTINE_SCHEMA',
        name: 'ROUTINE_NAME',
        fields: {
          body: 'ROUTINE_DEFINITION',
          deterministic: 'IS_DETERMINISTIC',
          access: 'SQL_DATA_ACCESS',
          security: 'SECURITY_TYPE',
          comment: 'ROUTINE_COMMENT',
          ...STORED_FIELDS,
        },
        where: `ROUTINE_TYPE = '${object.toUpperCase()}'`,
      })
      const parameters = await ask.view({
        from: 'PARAMETERS',
        schema: 'SPECIFIC_SCHEMA',
        name: 'SPECIFIC_NAME',
        fields: {
          parameter: 'PARAMETER_NAME',
          position: 'ORDINAL_POSITION',
          mode: 'PARAMETER_MODE',
          type: 'DTD_IDENTIFIER',
          charset: 'CHARACTER_SET_NAME',
          collation: 'COLLATION_NAME',
        },
        where: `ROUTINE_TYPE = '${object.toUpperCase()}'`,
      })
      return [...routines, ...parameters]
    },
    declare: (own) => routinesOf(partsOf(own, object)),
  }
}

function routinesOf(facts: readonly Fact[]): Declared[] {
  const isParameter = (fact: Fact) => fact['position'] !== undefined
  const parameters = inOrder(facts.filter(isParameter), 'position')
  const list = parameters.filter((fact) => fact['position'] !== '0').map(parameterOf)
  const returned = parameters.filter((fact) => fact['position'] === '0').map(typeOf)
  return facts
    .filter((fact) => !isParameter(fact))
    .map((fact) => ({
      name: '',
      summary: `(${list.join(', ')})`,
      properties: {
        parameters: warning(`(${list.join(', ')})`),
        returns: warning(returned.map((type) => `returns ${type}`).join('')),
        body: warning(bodyText(said(fact, 'body')), {
          alike: said(fact, 'body'),
          isHidden: fact['body'] === null,
        }),
        deterministic: warning(said(fact, 'deterministic') === 'YES' ? 'deterministic' : ''),
        access: warning(said(fact, 'access').toLowerCase()),
        ...definerOf(fact),
        ...contextOf(fact),
        comment: info(`comment ${quoteText(said(fact, 'comment'))}`),
      },
      severity: WARNING,
    }))
}

function parameterOf(fact: Fact): string {
  return `${said(fact, 'mode').toLowerCase()} ${said(fact, 'parameter')} ${typeOf(fact)}`.trim()
}

function typeOf(fact: Fact): string {
  const charset = fact['charset']
  return [
    normalType(said(fact, 'type')),
    ...(charset
      ? [`charset ${normalCharset(charset)} ${normalCharset(fact['collation'] ?? '')}`]
      : []),
  ].join(' ')
}
