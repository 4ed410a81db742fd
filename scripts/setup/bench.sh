# pt-table-checksum 3.7.1: Debian stable has 3.2.1, which does not speak to MySQL 9, and 3.7.1 does not speak to
# MariaDB 10.11. It is Perl, and runs on stable's Perl and drivers, which 3.2.1 brings. apt itself fetches and
# verifies it, with lists of its own, so that the system does not know sid.

install_newer_percona_toolkit() {
  local tree=$cache/percona-toolkit
  if [[ -x $tree/usr/bin/pt-table-checksum ]]; then return; fi
  local mirror
  if ! command -v apt-get >/dev/null; then
    missing+=("percona-toolkit of Debian sid in $tree: there is no apt-get to get it with")
    return
  fi
  mirror=$(debian_mirror)
  if [[ -z $mirror ]]; then
    missing+=("percona-toolkit of Debian sid: apt's sources name no Debian mirror to get it from")
    return
  fi
  echo 'setup: percona-toolkit from Debian sid (20 MB), beside the system'
  rm -rf "$tree" "$tree.partial"
  if ! unpack_from_sid "$mirror" percona-toolkit "$tree.partial" >"$cache/percona-toolkit.log" 2>&1 9>&-; then
    tail -n 5 "$cache/percona-toolkit.log" >&2
    rm -rf "$tree.partial"
    missing+=("percona-toolkit of Debian sid: see $cache/percona-toolkit.log")
    return
  fi
  mv "$tree.partial" "$tree"
}

# unpack_from_sid MIRROR PACKAGE FOLDER
unpack_from_sid() {
  local mirror=$1 package=$2 folder=$3
  local apt=$folder/apt
  mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial" || return
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror sid main" >"$apt/sources.list"
  local options=(-qq -o "Dir::Etc::SourceList=$apt/sources.list" -o Dir::Etc::SourceParts=/dev/null
    -o "Dir::State::Lists=$apt/lists" -o "Dir::Cache=$apt/cache" -o Acquire::Languages=none
    # _apt, to which it would change, may not enter the cache folder.
    -o APT::Sandbox::User="$(id -un)")
  apt-get "${options[@]}" update || return
  (cd "$apt" && apt-get "${options[@]}" download "$package") || return
  dpkg-deb --extract "$apt/$package"_*.deb "$folder" || return
  rm -rf "$apt"
}
