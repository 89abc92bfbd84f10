# Passes the access token of Claude Code's login on this gateway to OpenClaw. The token never leaves the gateway, and
# is only ever on a pipe.
#
# gateway/script.rs puts before this text: the quoted values of nonce, limit (s), profile, since (the first version
# that reads a token from a pipe) and expires (the expiry of the login to sync, ms), the configured openclaw command
# as positional parameters, with_arguments, and the parts that it calls. gateway/framing.rs reads the answer.
# shellcheck shell=sh disable=SC2034,SC2154 # the parts in front of it

main() {
  child='' watcher='' input=3
  exec 3</dev/null
  trap on_signal TERM HUP
  emit begin 1
  collect_places
  with_openclaw store_login "$@"
  [ -n "$found" ] || emit missing
  emit end
}

# store_login COMMAND...
store_login() {
  emit openclaw "$found"
  version=$(bounded "$limit" "$@" --version)
  emit version "$version"
  # Older versions print the token and store nothing.
  is_since "$version" || { emit skipped too-old && return; }
  probe_claude
  [ "$source" = ok ] || return 0
  [ "$valid_until" = "$expires" ] || { emit skipped changed && return; }
  left=$(awk -v until="$expires" -v now="$(date +%s)" '
    BEGIN {
      left = until / 1000 - now
      printf "%d", (left < 1e9) ? left : 1e9
    }')
  [ "$left" -gt 0 ] || { emit skipped expired && return; }
  emit stdout
  # In the background, because a shell runs its traps only between foreground commands. If the login has changed by
  # now, OpenClaw reads an empty input.
  {
    login_text | read_login "$node" "$expires" | {
      exec 4<&0
      input=4
      with_arguments bounded "$limit" "$@" models auth paste-token --expires-in "${left}s"
    }
  } 2>&1 &
  child=$!
  wait "$child"
  code=$?
  child=''
  emit exit "$code"
}

main "$@"
