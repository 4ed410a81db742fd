import { VENDORS } from '../engines.ts'
import type { Fault } from '../fault.ts'

export const killServer: Fault = {
  name: 'kill-server',
  help: 'the server dies (SIGKILL)',
  flavors: VENDORS,
  happensTo: 'any server',
  apply: ({ server }) => server.kill(),
  undo: ({ server }) => server.start(),
}

export const freezeServer: Fault = {
  name: 'freeze-server',
  help: 'the server hangs: it accepts connections and never answers (SIGSTOP)',
  flavors: VENDORS,
  happensTo: 'any server',
  apply: ({ server }) => server.freeze(),
  undo: async ({ server }) => server.thaw(),
}
