/** Binary logs as SHOW BINARY LOGS and SHOW BINLOG EVENTS tell them, in the form of either vendor. */
import { ServerError } from '../../src/errors.ts'
import type { Row } from '../../src/mysql/query.ts'
import { quoteText } from '../../src/mysql/sql.ts'

export interface FakeBinlog {
  /** Oldest first. */
  readonly files: { readonly name: string; readonly events: Row[] }[]
  /** A transaction with these events behind its GTID. */
  write(gtid: string, ...events: readonly (readonly [type: string, info: string])[]): void
  /** @param logged of all files so far, in the notation of the vendor. */
  rotate(logged: string): void
  purge(files: number): void
  /** Where the next event will be. */
  end(): { file: string; offset: bigint }
  answer(sql: string): Row[]
}

export const rowsOf = (table: string) =>
  [
    ['Table_map', `table_id: 109 (${table})`],
    ['Write_rows', 'table_id: 109 flags: STMT_END_F'],
  ] as const

/** Each event is 100 bytes long. */
export function fakeBinlog(vendor: 'mysql' | 'mariadb'): FakeBinlog {
  const files: FakeBinlog['files'] = []
  let number = 0

  function append(type: string, info: string): void {
    const { events, name } = files.at(-1) ?? { events: [], name: '' }
    const at = 4 + 100 * events.length
    const place = { Log_name: name, Pos: String(at), End_log_pos: String(at + 100) }
    events.push({ ...place, Event_type: type, Server_id: '1', Info: info })
  }

  function rotate(logged: string): void {
    number += 1
    files.push({ name: `binlog.${String(number).padStart(6, '0')}`, events: [] })
    append('Format_desc', 'Server ver, Binlog ver: 4')
    if (vendor === 'mysql') append('Previous_gtids', logged)
    else append('Gtid_list', `[${logged}]`)
  }
  rotate('')

  function eventsIn(sql: string): Row[] {
    const [, name = files[0]?.name, from = '4', limit] =
      /^SHOW BINLOG EVENTS(?: IN '([^']+)')?(?: FROM (\d+))? LIMIT (\d+)$/.exec(sql) ?? []
    const file = files.find((each) => each.name === name)
    if (file === undefined) throw new ServerError('query', 'Could not find target log', 1220)
    return file.events.filter(({ Pos }) => Number(Pos) >= Number(from)).slice(0, Number(limit))
  }

  return {
    files,
    rotate,
    write(gtid, ...events) {
      const info =
        vendor === 'mysql' ? `SET @@SESSION.GTID_NEXT= ${quoteText(gtid)}` : `GTID ${gtid}`
      append('Gtid', info)
      for (const [type, text] of events) append(type, text)
    },
    purge: (count) => void files.splice(0, count),
    end() {
      const { name = '', events = [] } = files.at(-1) ?? {}
      return { file: name, offset: BigInt(4 + 100 * events.length) }
    },
    answer(sql) {
      if (sql === 'SHOW BINARY LOGS') return files.map(({ name }) => ({ Log_name: name }))
      return eventsIn(sql)
    },
  }
}
