# Debian packages, without starting or enabling any of their services.

packages=()

# need PACKAGE FILE: the package is wanted unless FILE, which it brings, is there.
need() {
  if [[ ! -e $2 ]]; then packages+=("$1"); fi
}

install_apt_packages() {
  if ((${#packages[@]} == 0)); then return; fi
  local command="apt-get install --no-install-recommends ${packages[*]}"
  if ((EUID != 0)) || ! command -v apt-get >/dev/null; then
    missing+=("${packages[*]}: as root on Debian, run: $command")
    return
  fi
  echo "setup: Debian packages: ${packages[*]}"
  forbid_services
  local failed=
  install_quietly >"$cache/apt.log" 2>&1 || failed=yes
  allow_services
  if [[ -n $failed ]]; then tail -n 5 "$cache/apt.log" >&2; fi
  if [[ -n $failed ]]; then missing+=("${packages[*]}: this failed: $command"); fi
}

install_quietly() {
  export DEBIAN_FRONTEND=noninteractive
  local options=(-qq -o DPkg::Lock::Timeout=600 -o Dpkg::Use-Pty=0)
  apt-get "${options[@]}" update 9>&- || return
  apt-get "${options[@]}" install --yes --no-install-recommends "${packages[@]}" 9>&- || return
  # The next boot would start them.
  if [[ -d /run/systemd/system ]]; then
    local package
    for package in "${packages[@]}"; do
      systemctl disable --quiet "${package/mariadb-server/mariadb}" 2>/dev/null || true
    done
  fi
}

# invoke-rc.d(8) asks this program before it starts anything; 101 means no.
policy=/usr/sbin/policy-rc.d
mark='# made by mysql-drift-exporter/scripts/setup.sh and removed by it'

forbid_services() {
  if [[ -e $policy ]]; then return; fi
  printf '#!/bin/sh\n%s\nexit 101\n' "$mark" >"$policy"
  chmod 755 "$policy"
  trap allow_services EXIT
}

# Another one's policy stays; ours goes, also one that a killed run left.
allow_services() {
  if [[ -f $policy ]] && grep -qxF "$mark" "$policy"; then rm -f "$policy"; fi
}
