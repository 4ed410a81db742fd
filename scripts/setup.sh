#!/usr/bin/env bash
# Installs what is missing, and nothing else: safe to run twice, and twice at once.
#   setup.sh demo   npm packages, MariaDB with Galera, Prometheus, Alertmanager
#   setup.sh test   the same, and MySQL 9.7 from Debian sid in a folder of its own
#   setup.sh bench  npm packages, MariaDB, MySQL 9.7, sysbench, pt-table-checksum in two versions
# Exit code: 0 all there; 1 nothing will work; 2 the npm packages are there, what else is missing was printed.
set -euo pipefail
cd "$(dirname "$0")/.."

purpose=${1:?usage: setup.sh demo|test|bench}
# The same rule is in src/lab/folder.ts.
cache=${MYSQL_DRIFT_CACHE:-$HOME/.cache/mysql-drift-exporter}
missing=()

source scripts/setup/npm.sh
source scripts/setup/apt.sh
source scripts/setup/mysql.sh
source scripts/setup/bench.sh

mkdir -p "$cache"
# One at a time. What is started below closes 9, so that nothing that stays behind holds the lock.
exec 9>"$cache/setup.lock"
flock 9

install_npm_packages

need mariadb-server /usr/sbin/mariadbd
need galera-4 /usr/lib/galera/libgalera_smm.so
if [[ $purpose == bench ]]; then
  need sysbench /usr/bin/sysbench
  need percona-toolkit /usr/bin/pt-table-checksum
else
  need prometheus /usr/bin/promtool
  need prometheus-alertmanager /usr/bin/amtool
fi
if [[ $purpose != demo && ! -x $cache/sid/usr/sbin/mysqld ]]; then need debootstrap /usr/sbin/debootstrap; fi
install_apt_packages

if [[ $purpose != demo ]]; then install_mysql; fi
if [[ $purpose == bench ]]; then install_newer_percona_toolkit; fi

if ((${#missing[@]} > 0)); then
  printf 'missing: %s\n' "${missing[@]}" >&2
  exit 2
fi
