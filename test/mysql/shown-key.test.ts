import { expect, it } from 'vitest'
import { shownKey } from '../../src/mysql/shown-key.ts'
import { makeKey, makeKeyColumn } from '../support/make-key.ts'

const column = (charset: string | null) =>
  makeKeyColumn('k', { dataType: 'varchar', charset, collation: charset && `${charset}_bin` })

it.for<[string, string | null, string, string]>([
  ['a number as it is', null, '-17', '-17'],
  ['a date without its quotes', null, "'2026-11-21 04:00:00.5'", '2026-11-21 04:00:00.5'],
  ['bytes as bytes', null, "x'00FF'", '0x00FF'],
  ['no bytes at all', null, "x''", '0x'],
  ['text', 'utf8mb4', "_utf8mb4 x'F09F9982' COLLATE utf8mb4_bin", '🙂'],
  ['text in another charset', 'latin1', "_latin1 x'E9' COLLATE latin1_bin", 'é'],
  ['text in two bytes each', 'ucs2', "_ucs2 x'004100E9' COLLATE ucs2_bin", 'Aé'],
  ['what is no text in its charset as bytes', 'utf8mb4', "_utf8mb4 x'FF' COLLATE c", '0xFF'],
  [
    'text in a charset that cannot be read here as bytes',
    'geostd8',
    "_geostd8 x'41' COLLATE c",
    '0x41',
  ],
])('a key for people shows %s', ([, charset, literal, shown]) => {
  expect(shownKey(makeKey(column(charset)), [literal])).toEqual({ k: shown })
})
