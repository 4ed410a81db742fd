/** Run by test/state-file/kill.test.ts as a process of its own, to be killed there: writes, and writes again. */
import { createLogger } from '../../src/log.ts'
import { openStateFile } from '../../src/state-file/file.ts'
import { makeMemory, makeTableMemory } from './make-memory.ts'

const now = () => new Date()
const log = createLogger({ level: 'warn', format: 'logfmt', now, write: console.error })
const file = await openStateFile(process.argv[2] ?? '', { now, log })
const tables = Array.from({ length: 2_000 }, () => makeTableMemory())
for (let number = Number(file.memories[0]?.comparedAs ?? 0) + 1; ; number += 1) {
  await file.write([makeMemory({ comparedAs: String(number), tables })])
  console.log(number)
}
