# Inspects OpenClaw's environment on a gateway, for `doctor` and before a sign-in. It changes nothing.
#
# gateway/script.rs puts before this text: the quoted values of nonce, limit (s), profile and want (of versions, agents,
# statuses and process; the last three ask OpenClaw), the configured openclaw command as positional parameters, and the parts that
# it calls. Each fact is a framed line, which gateway/inspect.rs reads; an unknown fact is left out.
# shellcheck shell=sh disable=SC2034,SC2154 # the parts in front of it

main() {
  child='' watcher='' input=3
  exec 3</dev/null
  trap on_signal TERM HUP
  emit begin 1
  fact clock "$(date +%s)"
  fact home "$HOME"
  fact shell "${SHELL##*/}"
  collect_places
  configured=$#
  with_openclaw look_around "$@" || aside look_at_claude_code
  # An OpenClaw in a container has its own home folder. Its service may name the folder, which with_openclaw reads.
  if [ "$configured" -le 1 ]; then
    look_at_disk
    look_at_profiles
  fi
  emit end
}

# fact NAME VALUE: prints a fact; the first line of several, nothing for an empty value
fact() {
  case ${2-} in
    '') ;;
    *"
"*) emit fact "$1" "${2%%"
"*}" ;;
    *) emit fact "$1" "$2" ;;
  esac
}

# look_around COMMAND...
look_around() {
  openclaw=$found
  # A container has its own node, too.
  case $configured,$want in
    [01],*versions*) seek node "$PATH" && fact node "$(bounded 5 "$found" --version 2>/dev/null) $found" ;;
  esac
  aside ask_openclaw "$@"
}

# aside COMMAND...: runs it in the background, so that on_signal can end it, and waits for it
aside() {
  "$@" &
  child=$!
  wait "$child"
  child=''
}

# ask_openclaw COMMAND...: runs the queries in parallel, because each waits for a node process to start
ask_openclaw() {
  look_at_claude_code &
  look_for_another "$@" &
  case $want in *process*) look_at_process "$@" & ;; esac
  case $want in *agents*) look_at_agents "$@" & ;; esac
  wait
}

# Whether OpenClaw's gateway process answers: `gateway status` exits with 0 either way.
look_at_process() {
  text=$(bounded "$limit" "$@" gateway status --json 2>/dev/null | head -c 65536 | tr -d ' \t\r\n')
  rpc=${text#*'"rpc":{'}
  [ "$rpc" != "$text" ] || return 0
  case ${rpc#*'"ok":'} in
    true*) fact process running ;;
    false*) fact process silent ;;
  esac
}

look_at_agents() {
  export_keys
  agents=$(bounded "$limit" "$@" agents list --json 2>/dev/null | head -c 65536 | awk '
    # The keys of an agent are indented by four spaces, nested ones by more.
    /^    "id": "[A-Za-z0-9._-]+",?$/ {
      gsub(/^    "id": "|",?$/, "")
      if (++count <= 20) list = list (count > 1 ? " " : "") $0
    }
    END { print list }')
  fact agents "$agents"
  case $want in *statuses*) ;; *) return 0 ;; esac
  case $agents in
    *' '*)
      # Not all of many: each is a node process of some hundred megabytes.
      left=3
      for id in $agents; do
        [ "$left" -gt 0 ] || break
        left=$((left - 1))
        look_at_agent "$id" "$@" &
      done
      wait
      ;;
  esac
}

# look_at_agent ID COMMAND...: the exit code of its status; each agent has models, and may have logins, of its own
look_at_agent() {
  id=$1
  shift
  bounded "$limit" "$@" models status --agent "$id" --json --check >/dev/null 2>&1
  fact agent-status "$id $?"
}

# look_for_another COMMAND...: an OpenClaw of another version, which a person who types its name may get
look_for_another() {
  case $configured,$want in 0,*statuses*) ;; *) return 0 ;; esac
  saved=$IFS
  IFS=:
  set -f
  for dir in $PATH:$managers:$others; do
    found=$dir/openclaw
    # shellcheck disable=SC3013 # known to dash, bash, mksh, zsh and busybox
    [ ! -f "$found" ] || [ ! -x "$found" ] || [ "$found" -ef "$openclaw" ] || break
    found=
  done
  set +f
  IFS=$saved
  [ -n "$found" ] || return 0
  theirs=$(bounded "$limit" "$found" --version 2>/dev/null)
  ours=$(bounded "$limit" "$@" --version 2>/dev/null)
  [ -z "$ours" ] || [ -z "$theirs" ] || [ "$ours" = "$theirs" ] || fact another "$theirs $found"
}

look_at_claude_code() {
  case $want in *versions*) ;; *) return 0 ;; esac
  find_claude || return 0
  fact claude "$(bounded 10 "$found" --version 2>/dev/null) $found"
}

look_at_disk() {
  fact free "$(bounded 5 df -Pk "$HOME" 2>/dev/null | awk '
    # The name of the file system, in front, may have spaces.
    NR > 1 { for (i = 2; i <= NF; i++) if ($i ~ /^[0-9]+%$/) free = $(i - 1) }
    END { print free }')"
  for dir in "$HOME" "${OPENCLAW_STATE_DIR:-$HOME/.openclaw${profile:+-$profile}}"; do
    [ ! -d "$dir" ] || [ -w "$dir" ] || fact read-only "$dir"
  done
}

look_at_profiles() {
  for dir in "$HOME"/.openclaw-*; do
    { [ -f "$dir/openclaw.json" ] || [ -d "$dir/agents" ]; } && fact profile "${dir##*/.openclaw-}"
  done
}

main "$@"
