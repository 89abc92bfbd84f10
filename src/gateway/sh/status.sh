# Asks a gateway's OpenClaw about its logins. It installs nothing on the gateway and writes nothing.
#
# gateway/script.rs puts before this text: the quoted values of nonce, limit (s), want, agent and profile, the
# configured openclaw command as positional parameters, and the parts that it calls. Every line of the answer
# begins with the nonce, so no output of a banner, a login shell or OpenClaw can imitate it; gateway/framing.rs
# reads it. Everything is inside functions and the call is the last line: a truncated script does nothing.
# shellcheck shell=sh disable=SC2034,SC2154 # the parts in front of it

main() {
  child='' watcher='' code=127
  exec 3</dev/null
  input=3
  trap on_signal TERM HUP
  emit begin 1
  collect_places
  with_openclaw ask_status "$@"
  [ -n "$found" ] || { emit missing && tell_rest; }
  emit end
}

# ask_status COMMAND...: prints OpenClaw's answer and sets $code to its exit code
ask_status() {
  case $want in
    *version*) emit version "$(bounded "$limit" "$@" --version 2>/dev/null)" ;;
  esac
  set -- "$@" models status
  [ -z "$agent" ] || set -- "$@" --agent "$agent"
  emit openclaw "$found"
  emit stdout
  bounded "$limit" "$@" --json --check
  code=$?
  emit exit "$code"
  tell_rest
}

# tell_rest: prints the logins in OpenClaw's stores, if $code may be a failure, and Claude Code's login
tell_rest() {
  # OpenClaw exits with 0, 1 or 2. A 1 may also mean that it could not start, which is only known after its
  # output has been parsed, on the device: the stores are printed then too.
  case $code in
    0 | 2) ;;
    *) read_stores ;;
  esac
  probe_claude
}

# --- the stores, read on the gateway when OpenClaw cannot answer ----------------------------------------

# OpenClaw calls these layouts private, so they are only the last resort, opened read-only. Only the id, provider,
# type and expiry of a login leave this host, and whether it renews itself.
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
  logins=$(read_text "$@" 2>/dev/null | extract)
  [ -n "$logins" ] || return 1
  emit store "$1"
  emit clock "$(date +%s)"
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

# extract: reads JSON and prints one framed line per login, with the raw JSON values of the few keys named here. A JSON
# string never spans lines, so the text is parsed line by line.
extract() {
  awk -v nonce="$nonce" '
    function keep(key, value) {
      if (key == "\"provider\"" || key == "\"type\"") line = line "," key ":" value
      else if (key == "\"expires\"") line = line ",\"expires\":" value
      # Only whether there is a refresh token, not the token.
      else if (key == "\"refresh\"" && value != "\"\"" && value != "null") line = line ",\"renews\":true"
    }
    function scalar(value) {
      if (wants_key && value ~ /^"/) { key[depth] = value; wants_key = 0; return }
      if (depth == 3 && key[1] == "\"profiles\"") keep(key[depth], value)
    }
    function open_brace(kind) {
      depth++
      holds[depth] = kind
      key[depth] = ""
      wants_key = (kind == "{")
      if (kind == "{" && depth == 3 && key[1] == "\"profiles\"") line = "{\"id\":" key[2]
    }
    function close_brace() {
      if (depth == 3 && holds[depth] == "{" && key[1] == "\"profiles\"" && line != "")
        printf "\n%s login %s}", nonce, line
      if (depth == 3) line = ""
      if (depth > 0) depth--
      wants_key = 0
    }
    BEGIN { depth = 0 }
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
