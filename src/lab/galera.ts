/** Galera, as Debian's mariadb-server brings it along. */
import { existsSync } from 'node:fs'
import { UserError } from '../errors.ts'
import type { Cluster, Member } from './engine.ts'

const PROVIDER = '/usr/lib/galera/libgalera_smm.so'
const METHOD = 'lab'

/**
 * State transfer between folders of one machine, called by both servers as Galera's documentation of
 * "scriptable state snapshot transfer" has it. Debian's own would not do: as root the rsync daemon that it
 * starts becomes nobody, who may not enter a lab's folder.
 */
const TRANSFER = `#!/bin/bash
set -euo pipefail
role= address= data= parent= gtid= bypass=
while (($# > 0)); do
  case $1 in
    --role) role=$2 ;;
    --address) address=$2 ;;
    --datadir) data=\${2%/} ;;
    --parent) parent=$2 ;;
    --gtid) gtid=$2 ;;
    --bypass) bypass=yes ;;
  esac
  shift
done
if [[ $role == joiner ]]; then
  rm -f "$data.received"
  echo "ready 127.0.0.1/$data"
  until [[ -e $data.received ]]; do kill -0 "$parent" || exit 3; sleep 0.05; done
  cat "$data.received"
  exit
fi
target=\${address#*/}
if [[ -z $bypass ]]; then
  # Answered by a file, once nothing is written to the data any more.
  echo 'flush tables'
  for ((tries = 0; tries < 600; tries += 1)); do [[ -e $data/tables_flushed ]] && break; sleep 0.05; done
  gtid=$(<"$data/tables_flushed")
  rm "$data/tables_flushed"
  # All but what either of them remembers of the cluster.
  find "$target" -mindepth 1 ! -name grastate.dat ! -name gvwstate.dat ! -name galera.cache -delete
  tar -C "$data" --exclude=./{grastate.dat,gvwstate.dat,galera.cache} -c . | tar -C "$target" -x
  echo continue
fi
echo "$gtid" >"$target.sent"
mv "$target.sent" "$target.received"
echo "done $gtid"
`

const status = (name: string) =>
  `SELECT VARIABLE_VALUE FROM information_schema.GLOBAL_STATUS WHERE VARIABLE_NAME = '${name}'`

/** [group, incremental state transfer] */
function portsOf({ clusterPorts: [group = 0, transfer = 0] }: Member) {
  return { group, transfer }
}

export const galera: Cluster = {
  ports: 2,
  programs: { [`wsrep_sst_${METHOD}`]: TRANSFER },
  settings(self, { name, members, isFormed }) {
    if (!existsSync(PROVIDER)) {
      throw new UserError(
        `${PROVIDER} is missing: apt-get install --no-install-recommends galera-4`,
      )
    }
    const isBeginning = !isFormed && self.name === members[0]?.name
    const others = isBeginning ? [] : members.map((member) => `127.0.0.1:${portsOf(member).group}`)
    const { group, transfer } = portsOf(self)
    return {
      'wsrep-on': 'ON',
      'wsrep-provider': PROVIDER,
      'wsrep-cluster-name': name,
      'wsrep-cluster-address': `gcomm://${others.join(',')}`,
      'wsrep-node-name': self.name,
      'wsrep-node-address': '127.0.0.1',
      'wsrep-node-incoming-address': `127.0.0.1:${self.port}`,
      'wsrep-sst-method': METHOD,
      'wsrep-slave-threads': '4',
      'wsrep-provider-options': `"gmcast.listen_addr=tcp://127.0.0.1:${group}; ist.recv_addr=127.0.0.1:${transfer}; gcache.size=16M"`,
      'innodb-autoinc-lock-mode': '2',
    }
  },
  join: () => null,
  isJoined: `SELECT (${status('wsrep_local_state_comment')}) = 'Synced'`,
  unreplicated: ['SET SESSION wsrep_on = OFF'],
  position: status('wsrep_last_committed'),
  hasApplied: (position) =>
    `SELECT CAST((${status('wsrep_last_committed')}) AS UNSIGNED) >= ${position}`,
}
