import { VENDORS } from '../../lab/engines.ts'
import { EXPORTER_ACCOUNT, type ServerSpec, startLab } from '../../lab/start.ts'
import { printStatus } from './status.ts'
import {
  type Call,
  DEFAULT_NAME,
  flag,
  nameOf,
  type Subcommand,
  text,
  UsageError,
  wholeNumberOf,
} from './subcommand.ts'

export const up: Subcommand = {
  usage:
    'up [--flavor mariadb|mysql] [--replicas N] [--chain | --cluster] [--appliers N] [--semi-sync] [--no-gtid]',
  help: 'start a source and its replicas (default: mariadb, 2), or as many members of a Galera or MySQL group',
  options: {
    flavor: text,
    replicas: text,
    chain: flag,
    cluster: flag,
    appliers: text,
    'semi-sync': flag,
    'no-gtid': flag,
  },
  words: [0, 0],
  async run({ cache, out, signal, values }) {
    const flavor = VENDORS.find((vendor) => vendor === (values.flavor ?? 'mariadb'))
    if (flavor === undefined)
      throw new UsageError(`lab up: --flavor is one of ${VENDORS.join(', ')}`)
    const appliers = wholeNumberOf(values, 'appliers', undefined)
    const lab = await startLab({
      cache,
      flavor,
      servers: serversOf(values),
      id: nameOf(values) ?? DEFAULT_NAME,
      ephemeral: false,
      signal,
      ...(appliers === undefined ? {} : { appliers }),
      semiSync: values['semi-sync'] === true,
      gtid: values['no-gtid'] !== true,
      cluster: values.cluster === true,
    })
    await printStatus(lab, out)
    out.write(`account: ${EXPORTER_ACCOUNT.username}, password: ${EXPORTER_ACCOUNT.password}`)
    for (const { name, socketPath } of lab.servers)
      out.write(`root on ${name}: socket ${socketPath}`)
  },
}

function serversOf(values: Call['values']): readonly ServerSpec[] {
  if (values.chain && values.cluster) throw new UsageError('lab up: a cluster is no chain')
  const servers: ServerSpec[] = [{ name: 'db1' }]
  for (let index = 2; index <= wholeNumberOf(values, 'replicas', 2) + 1; index += 1) {
    const source = values.chain ? `db${index - 1}` : 'db1'
    servers.push({ name: `db${index}`, ...(values.cluster ? {} : { source }) })
  }
  return servers
}
