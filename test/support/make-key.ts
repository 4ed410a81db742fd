/** Keys without a server. */
import type { Key, KeyColumn } from '../../src/mysql/definition.ts'

export function makeKeyColumn(name: string, change: Partial<KeyColumn> = {}): KeyColumn {
  return {
    name,
    dataType: 'int',
    columnType: 'int',
    charset: null,
    collation: null,
    nullable: false,
    descending: false,
    ...change,
  }
}

export function makeKey(...columns: KeyColumn[]): Key {
  return { name: 'PRIMARY', columns }
}
