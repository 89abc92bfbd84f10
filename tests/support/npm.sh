# shellcheck shell=sh
# Installing a real program from npm for the tests; the install scripts read this.
# Nothing outside target/ is touched; a second run finds it complete and does nothing.
set -eu

# install_once NAME VERSION VERSIONS: ends the script if all of it is there; otherwise goes into an empty folder
# for it, which counts for nothing before `finish`.
install_once() {
  folder=$(pwd)/target/$1-$2
  versions=$3
  if [ -f "$folder/complete" ] && [ "$(cat "$folder/complete")" = "$versions" ]; then
    echo "$1 $2 is installed in $folder"
    exit
  fi
  command -v npm >/dev/null || fail 'npm is missing; install it first (Debian: apt-get install npm)'
  rm -rf "$folder"
  mkdir -p "$folder"
  cd "$folder"
  echo '{"private":true}' >package.json
  echo "Installing $versions from npm into $folder"
}

add() {
  npm install --no-audit --no-fund --loglevel=error "$@"
}

finish() {
  echo "$versions" >"$folder/complete"
}

fail() {
  echo "${0##*/}: $1" >&2
  exit 1
}
