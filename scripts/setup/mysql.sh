# MySQL 9.7: Debian stable has none, sid has. Its files are unpacked beside the system and run from there
# (src/lab/mysql.ts), so nothing of sid is installed.

install_mysql() {
  local tree=$cache/sid
  if [[ -x $tree/usr/sbin/mysqld ]]; then return; fi
  if ((EUID != 0)) || ! command -v debootstrap >/dev/null; then
    missing+=("MySQL 9.7 in $tree: as root on Debian, run: bash scripts/setup.sh test")
    return
  fi
  local mirror
  mirror=$(debian_mirror)
  if [[ -z $mirror ]]; then
    missing+=("MySQL 9.7: apt's sources name no Debian mirror to get it from")
    return
  fi
  echo 'setup: MySQL 9.7 from Debian sid (debootstrap, a minute or two, 600 MB)'
  remove_tree "$tree.partial"
  if ! debootstrap --variant=minbase --include=mysql-server-core sid "$tree.partial" "$mirror" \
    >"$cache/debootstrap.log" 2>&1 9>&-; then
    tail -n 5 "$cache/debootstrap.log" >&2
    remove_tree "$tree.partial"
    missing+=("MySQL 9.7: debootstrap failed, see $cache/debootstrap.log")
    return
  fi
  unmount_below "$tree.partial"
  rm -f "$tree.partial"/var/cache/apt/archives/*.deb
  # Whatever is at that place has no mysqld: half a tree from elsewhere.
  remove_tree "$tree"
  mv "$tree.partial" "$tree"
}

# What apt itself reads from *.list and *.sources.
debian_mirror() {
  apt-get indextargets --format '$(SITE) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
    awk '$1 ~ /^https?:/ && $1 !~ /security/ && $2 !~ /-/ && $3 == "main" { print $1; exit }'
}

# debootstrap mounts /proc and /sys in there and may be killed before it unmounts them.
unmount_below() {
  local path
  awk -v below="$1/" 'index($5, below) == 1 { print $5 }' /proc/self/mountinfo | sort -r |
    while read -r path; do umount "$path" || umount --lazy "$path"; done
}

# Never through a mount: rm would delete what is mounted there.
remove_tree() {
  unmount_below "$1"
  if awk -v below="$1/" 'index($5, below) == 1 { found = 1 } END { exit !found }' /proc/self/mountinfo; then
    echo "setup: something is still mounted in $1" >&2
    exit 1
  fi
  rm -rf --one-file-system "$1"
}
