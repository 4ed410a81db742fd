import { atLeast, type Vendor } from '../flavor.ts'
import { normalCharset, normalType } from '../normal.ts'
import { quoteText } from '../sql.ts'
import { inOrder } from './ask.ts'
import { type Fact, partsOf, said } from './facts.ts'
import { isGeneratedByOne } from './generated-key.ts'
import { critical, info, type ObjectKind, type Property, warning } from './kind.ts'
import { looseText } from './printed.ts'

export const columns: ObjectKind = {
  object: 'column',
  of: 'table',
  isUniversal: true,
  told: (flavor) => ({
    from: 'COLUMNS',
    schema: 'TABLE_SCHEMA',
    name: 'TABLE_NAME',
    fields: {
      name: 'COLUMN_NAME',
      position: 'ORDINAL_POSITION',
      type: 'COLUMN_TYPE',
      charset: 'CHARACTER_SET_NAME',
      collation: 'COLLATION_NAME',
      nullable: 'IS_NULLABLE',
      default: 'COLUMN_DEFAULT',
      extra: 'EXTRA',
      generation: 'GENERATION_EXPRESSION',
      comment: 'COLUMN_COMMENT',
      ...(atLeast(flavor, 'mysql', 8, 0) && { srs: 'SRS_ID' }),
    },
  }),
  declare: (own, other) =>
    inOrder(partsOf(own, 'column'), 'position')
      .filter((fact) => !isGeneratedByOne(fact, own, other))
      .map((fact) => ({
        name: said(fact, 'name'),
        summary: normalType(said(fact, 'type')),
        properties: propertiesOf(fact, own.flavor.vendor),
        severity: { missing: 'critical', extra: 'warning' },
      })),
}

function propertiesOf(fact: Fact, vendor: Vendor) {
  const type = normalType(said(fact, 'type'))
  const [charset, collation] = [fact['charset'], fact['collation']].map((name) =>
    normalCharset(name ?? null),
  )
  // MySQL's JSON is MariaDB's LONGTEXT with a check.
  const asJson = (common: string) => (type === 'json' ? { common } : {})
  const inCharset = (name: string | null | undefined) => (name ? `character set ${name}` : '')
  const byCollation = (name: string | null | undefined) => (name ? `collate ${name}` : '')
  return {
    type: critical(type, { isContext: true, ...asJson('longtext') }),
    charset: critical(inCharset(charset), asJson(inCharset('utf8mb4'))),
    collation: critical(byCollation(collation), asJson(byCollation('utf8mb4_bin'))),
    nullable: warning(said(fact, 'nullable') === 'YES' ? 'null' : 'not null'),
    default: defaultOf(fact, vendor),
    extra: warning(extraOf(fact)),
    generation: generationOf(fact),
    srs: warning(fact['srs'] ? `srid ${fact['srs']}` : ''),
    comment: info(`comment ${quoteText(said(fact, 'comment'))}`),
  }
}

/** AUTO_INCREMENT, ON UPDATE, INVISIBLE, GENERATED: lower case. */
function extraOf(fact: Fact): string {
  return plainTime(said(fact, 'extra').toLowerCase().replace('default_generated', ''))
    .replace(/\s+/g, ' ')
    .replaceAll(',', '')
    .trim()
}

function generationOf(fact: Fact): Property {
  const text = said(fact, 'generation')
  if (text === '') return warning('')
  return warning(`as (${text})`, { alike: looseText(text), isPrinted: true })
}

/**
 * MySQL prints literals bare and marks expressions in EXTRA (5.7 has only CURRENT_TIMESTAMP); MariaDB
 * quotes what is text, and prints NULL where MySQL says nothing.
 */
function defaultOf(fact: Fact, vendor: Vendor): Property {
  const text = fact['default'] ?? null
  const isNullable = said(fact, 'nullable') === 'YES'
  if (text === null) return plainDefault(isNullable && vendor === 'mysql' ? 'NULL' : null)
  if (/^current_timestamp(\(\d*\))?$/i.test(text))
    return plainDefault(plainTime(text.toLowerCase()))
  if (vendor === 'mysql') {
    const isExpression = said(fact, 'extra').toLowerCase().includes('default_generated')
    return isExpression ? expressionOf(text) : plainDefault(literal(text))
  }
  if (text === 'NULL') return plainDefault(text)
  const quoted = /^'(.*)'$/s.exec(text)?.[1]
  if (quoted !== undefined) return plainDefault(literal(quoted.replaceAll("''", "'")))
  return /^-?[0-9.]+(e[-+]?[0-9]+)?$/i.test(text) ? plainDefault(literal(text)) : expressionOf(text)
}

function plainDefault(text: string | null): Property {
  return warning(text === null ? 'no default' : `default ${text}`)
}

function expressionOf(text: string): Property {
  return warning(`default ${text}`, { alike: `default ${looseText(text)}`, isPrinted: true })
}

function literal(text: string): string {
  return /^b'[01]*'$/.test(text) ? text : quoteText(text)
}

function plainTime(text: string): string {
  return text.replaceAll('current_timestamp()', 'current_timestamp')
}
