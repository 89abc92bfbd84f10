# The probe: what clawtap runs on a gateway. POSIX sh; it installs nothing and writes nothing there.
#
# gateway/request.rs puts a preamble of quoted assignments before this text: nonce, limit (s), want, agent,
# profile and, as positional parameters, the configured openclaw command. Every line of the answer begins
# with the nonce, so nothing a banner, a login shell or OpenClaw prints can pass for it; gateway/answer.rs
# reads it. Everything is inside functions and the call is the last line: a program cut short does nothing.
# shellcheck shell=sh disable=SC2154 # the preamble assigns them

say() { printf '\n%s %s' "$nonce" "$*"; }

main() {
  child='' watcher=''
  trap give_up TERM HUP
  say begin 1
  collect_places
  if find_openclaw "$@"; then
    [ $# -gt 0 ] || set -- "$found"
    [ "${1#"~/"}" = "$1" ] || { tail=${1#"~/"}; shift; set -- "$HOME/$tail" "$@"; }
    [ -z "$profile" ] || set -- "$@" --profile "$profile"
    say openclaw "$found"
    case $want in
      *version*) say version "$(bounded "$limit" "$@" --version 2>/dev/null)" ;;
    esac
    set -- "$@" models status
    [ -z "$agent" ] || set -- "$@" --agent "$agent"
    say stdout
    echo
    bounded "$limit" "$@" --json --check
    code=$?
    say exit "$code"
  else
    say missing
    code=127
  fi
  # OpenClaw answers with 0, 1 or 2. A 1 may also mean that it could not start, which only the reader of
  # its output can tell: the stores are offered then too.
  case $code in
    0 | 2) ;;
    *) read_stores ;;
  esac
  read_claude
  say end
  echo
}

# --- where OpenClaw and its node may be -----------------------------------------------------------------

# The folders an interactive shell would have put on PATH. Version managers come first, as they do there.
collect_places() {
  managers='' others='' newest=-1
  for dir in "$HOME"/.nvm/versions/node/v*/bin; do
    [ -d "$dir" ] || continue
    version=${dir%/bin} version=${version##*/v}
    rank "$version"
    if [ "$ranked" -gt "$newest" ]; then
      newest=$ranked managers=$dir${managers:+:$managers}
    else
      managers=$managers:$dir
    fi
  done
  for dir in "$HOME/.local/share/fnm/aliases/default/bin" "$HOME/.volta/bin" "$HOME/.asdf/shims" \
    "$HOME/.local/share/mise/shims" "$HOME/.nodenv/shims" "$HOME/n/bin"; do
    [ -d "$dir" ] && managers=${managers:+$managers:}$dir
  done
  prefix=
  if [ -r "$HOME/.npmrc" ]; then
    while IFS= read -r line || [ -n "$line" ]; do
      case $line in
        prefix=*) prefix=${line#prefix=} ;;
        "prefix = "*) prefix=${line#prefix = } ;;
      esac
    done <"$HOME/.npmrc"
    # npm itself expands these two; the text is data here, never evaluated.
    # shellcheck disable=SC2016,SC2088
    case $prefix in
      '${HOME}'/*) prefix=$HOME/${prefix#'${HOME}/'} ;;
      "~/"*) prefix=$HOME/${prefix#"~/"} ;;
    esac
  fi
  for dir in "${prefix:+$prefix/bin}" "$HOME/.npm-global/bin" "${PNPM_HOME:-}" "$HOME/.local/share/pnpm" \
    "$HOME/Library/pnpm" "$HOME/.bun/bin" "$HOME/.local/bin" "$HOME/bin" "$HOME/.openclaw/bin" \
    "$HOME/.nix-profile/bin" /opt/homebrew/bin /home/linuxbrew/.linuxbrew/bin "$HOME/.linuxbrew/bin" \
    /usr/local/bin /run/current-system/sw/bin /snap/bin; do
    [ -n "$dir" ] && [ -d "$dir" ] && others=${others:+$others:}$dir
  done
}

# rank VERSION: a number in $ranked that orders versions such as 9.11.2 and 24.16.0
rank() {
  ranked=0 rest=$1.0.0
  for _ in 1 2 3; do
    part=${rest%%.*} rest=${rest#*.}
    case $part in
      '' | *[!0-9]* | ??????*) part=0 ;;
      0?*) part=${part#0} ;;
    esac
    ranked=$((ranked * 100000 + part))
  done
}

# find_openclaw [COMMAND...]: its place in $found, and a PATH on which it finds its node
find_openclaw() {
  if [ $# -gt 0 ]; then
    PATH=$PATH:$managers:$others
    # shellcheck disable=SC2088 # a tilde that came quoted from the settings
    case $1 in
      "~/"*) found=$HOME/${1#"~/"} ;;
      */*) found=$1 ;;
      *) seek "$1" "$PATH" || return 1 ;;
    esac
    [ -x "$found" ] || return 1
  # Before 2026.2 the program was named clawdbot.
  elif seek openclaw "$PATH" || seek clawdbot "$PATH"; then
    PATH=$PATH:$managers:$others
    return 0
  elif seek openclaw "$managers:$others" || seek clawdbot "$managers:$others"; then
    PATH=$managers:$PATH:$others
  else
    return 1
  fi
  case $found in
    */*) PATH=${found%/*}:$PATH ;;
  esac
}

# seek NAME PATHS: the first executable file of that name among PATHS, in $found
seek() {
  found=
  saved=$IFS
  IFS=:
  set -f
  for dir in $2; do
    if [ -n "$dir" ] && [ -f "$dir/$1" ] && [ -x "$dir/$1" ]; then
      found=$dir/$1
      break
    fi
  done
  set +f
  IFS=$saved
  [ -n "$found" ]
}

# --- programs under a time limit ------------------------------------------------------------------------

# bounded SECONDS COMMAND...: runs it without standard input and ends it, with its children, after SECONDS;
# it returns 124 then
bounded() {
  seconds=$1
  shift
  watcher=''
  if has_timeout; then
    timeout -k 2 "$seconds" "$@" </dev/null &
    child=$!
  else
    "$@" </dev/null &
    child=$!
    watch "$seconds" "$child" </dev/null >/dev/null 2>&1 &
    watcher=$!
  fi
  wait "$child"
  ended=$?
  if [ -n "$watcher" ]; then
    kill "$watcher" 2>/dev/null
    wait "$watcher"
    [ $? -ne 124 ] || ended=124
  elif [ "$ended" -eq 124 ]; then
    # timeout leaves its group alone once the program itself has ended: a child that did not heed it lives on.
    kill -s KILL -- "-$child" 2>/dev/null
  fi
  child=''
  return "$ended"
}

# Whether there is a timeout that ends children too: busybox has one that does not.
has_timeout() {
  place=$(command -v timeout) || return
  for busybox in /bin/busybox /usr/bin/busybox; do
    # shellcheck disable=SC3013 # known to dash, bash, mksh, zsh and busybox
    [ ! "$place" -ef "$busybox" ] || return
  done
}

# What we started must not outlive us: whoever ends the probe ends it too.
give_up() {
  if [ -n "$child" ]; then
    stop_family "$child"
    resume_to_end
  fi
  [ -z "$watcher" ] || kill "$watcher" 2>/dev/null
  exit 143
}

# watch SECONDS PID: ends PID and its descendants after SECONDS and exits with 124; told to end before, with 0
watch() {
  trap 'kill "$nap"; exit' TERM
  sleep "$1" &
  nap=$!
  wait "$nap"
  # From here on all of them are to end, also if the first does so at once.
  trap '' TERM
  stop_family "$2"
  resume_to_end
  sleep 2
  # shellcheck disable=SC2086 # a list of process ids
  stop_family "$2" $family
  # shellcheck disable=SC2086
  kill -s KILL $family
  exit 124
}

# stop_family PID...: stops them and their descendants until no further ones appear, so that none is born
# unseen while its parents are ended. They are in $family.
stop_family() {
  members=-1
  while
    before=$members family=$(family_of "$@")
    # shellcheck disable=SC2086 # lists of process ids
    count $family
    [ "$members" -gt "$before" ]
  do
    # shellcheck disable=SC2086
    kill -s STOP $family
  done
}

resume_to_end() {
  # shellcheck disable=SC2086 # lists of process ids
  kill $family
  # shellcheck disable=SC2086
  kill -s CONT $family
}

count() { members=$#; }

# family_of PID...: they and their descendants, as far as they live; they alone where ps cannot tell
family_of() {
  { ps -A -o pid= -o ppid= 2>/dev/null || ps -o pid,ppid 2>/dev/null || printf '%s 0\n' "$@"; } | awk -v roots="$*" '
    BEGIN {
      split(roots, list, " ")
      for (i in list) root[list[i]]
    }
    { parent[$1] = $2 }
    END {
      for (pid in parent) {
        up = pid
        for (steps = 0; steps < 64 && !(up in root) && up in parent; steps++) up = parent[up]
        if (up in root) print pid
      }
    }'
}

# --- the stores, read on the gateway when OpenClaw cannot answer ----------------------------------------

# OpenClaw calls these layouts private, so they are only the last resort, opened read-only. Of a login its
# id, provider, type and expiry leave this host, and nothing else.
read_stores() {
  for home in "${OPENCLAW_STATE_DIR:-}" "$HOME/.openclaw${profile:+-$profile}" "$HOME/.clawdbot"; do
    [ -d "$home" ] || continue
    here=$home/agents/${agent:-main}/agent
    report_store "$home/state/openclaw.sqlite" \
      "select value_json from config_machine_state where state_key = 'authProfiles.store'" && return
    report_store "$here/openclaw-agent.sqlite" \
      "select store_json from auth_profile_store where store_key = 'primary'" && return
    report_store "$here/auth-profiles.json" && return
  done
}

# report_store FILE [QUERY]
report_store() {
  [ -r "$1" ] || return 1
  logins=$(read_text "$@" 2>/dev/null | extract profiles)
  [ -n "$logins" ] || return 1
  say store "$1"
  say clock "$(date +%s)"
  printf '%s' "$logins"
}

read_text() {
  if [ $# -eq 1 ]; then
    head -c 1048576 "$1"
  elif command -v sqlite3 >/dev/null 2>&1; then
    bounded 5 sqlite3 -batch -init /dev/null -readonly "$1" "$2"
  elif command -v python3 >/dev/null 2>&1; then
    bounded 5 python3 -I -c 'import sqlite3, sys, urllib.parse
db = sqlite3.connect("file:" + urllib.parse.quote(sys.argv[1]) + "?mode=ro", uri=True)
for row in db.execute(sys.argv[2]): print(row[0])' "$1" "$2"
  elif command -v node >/dev/null 2>&1; then
    bounded 5 node --no-warnings -e 'const { DatabaseSync } = require("node:sqlite");
const db = new DatabaseSync(process.argv[1], { readOnly: true });
for (const row of db.prepare(process.argv[2]).all()) console.log(Object.values(row)[0]);' "$1" "$2"
  fi
}

# Claude Code's own login on this host, which OpenClaw does not show.
read_claude() {
  file=${CLAUDE_CONFIG_DIR:-$HOME/.claude}/.credentials.json
  [ -r "$file" ] && [ -f "$file" ] || return 0
  login=$(head -c 1048576 "$file" | extract claudeAiOauth)
  [ -n "$login" ] || return 0
  say clock "$(date +%s)"
  printf '%s' "$login"
}

# extract profiles|claudeAiOauth: reads JSON and prints, a framed line per login, the raw tokens of the few
# keys named here. A JSON string never spans lines, so the text is taken apart line by line.
extract() {
  awk -v nonce="$nonce" -v part="$1" '
    function quoted(key) { return "\"" key "\"" }
    function keep(key, value) {
      if (key == "\"provider\"" || key == "\"type\"" || key == "\"subscriptionType\"") line = line "," key ":" value
      else if (key == "\"expires\"" || key == "\"expiresAt\"") line = line ",\"expires\":" value
      # Whether it can renew itself, not with what.
      else if ((key == "\"refresh\"" || key == "\"refreshToken\"") && value != "\"\"" && value != "null")
        line = line ",\"renews\":true"
    }
    function scalar(value) {
      if (wants_key && value ~ /^"/) { key[depth] = value; wants_key = 0; return }
      if (key[1] != quoted(part)) return
      if (depth == level) keep(key[depth], value)
    }
    function open_brace(kind) {
      depth++
      holds[depth] = kind
      key[depth] = ""
      wants_key = (kind == "{")
      if (kind == "{" && depth == level && key[1] == quoted(part)) {
        id = (part == "profiles") ? key[2] : "\"claude\""
        line = "{\"id\":" id
      }
    }
    function close_brace() {
      if (depth == level && holds[depth] == "{" && key[1] == quoted(part) && line != "")
        printf "\n%s %s %s}", nonce, (part == "profiles" ? "login" : "claude"), line
      if (depth == level) line = ""
      if (depth > 0) depth--
      wants_key = 0
    }
    BEGIN { level = (part == "profiles") ? 3 : 2; depth = 0 }
    {
      text = $0
      while (match(text, /"([^"\\]|\\.)*"|[][{},:]|[^][{},:" \t\r]+/)) {
        token = substr(text, RSTART, RLENGTH)
        text = substr(text, RSTART + RLENGTH)
        if (token == "{" || token == "[") open_brace(token)
        else if (token == "}" || token == "]") close_brace()
        else if (token == ",") wants_key = (holds[depth] == "{")
        else if (token != ":") scalar(token)
      }
    }'
}

main "$@"
