# npm packages, by package-lock.json alone. Among them is the Node.js that everything else runs on.

install_npm_packages() {
  local stamp=node_modules/.setup-stamp lock
  lock=$(sha256sum package-lock.json)
  if [[ -f $stamp && $(<"$stamp") == "$lock" ]]; then return; fi
  echo 'setup: npm packages (npm ci)'
  # With the system's Node.js: `npm ci` removes the one in node_modules, on which it must not run itself.
  # The log level is ours because `npm --silent test` passes its own on.
  if ! PATH=$(path_without_node_modules) npm ci --no-audit --no-fund --loglevel=error 9>&-; then
    echo 'setup: npm ci failed, see above' >&2
    exit 1
  fi
  printf '%s' "$lock" >"$stamp"
}

path_without_node_modules() {
  tr ':' '\n' <<<"$PATH" | grep -v '/node_modules/' | paste -sd:
}
