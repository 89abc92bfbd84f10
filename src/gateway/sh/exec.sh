# Runs one command of OpenClaw or Claude Code on a gateway, with our standard input as its own.
#
# gateway/script.rs puts before this text: the quoted values of nonce, limit (s), profile, tool (openclaw or claude)
# and since (the first version that has the command, or nothing), the configured openclaw command as positional
# parameters, with_arguments, and the parts that it calls. gateway/framing.rs reads the answer.
# shellcheck shell=sh disable=SC2034,SC2154 # the parts in front of it

main() {
  child='' watcher='' input=4
  # The standard input of a background command is /dev/null; ours stays available as file descriptor 4.
  exec 3</dev/null 4<&0
  trap on_signal TERM HUP
  emit begin 1
  collect_places
  case $tool in
    openclaw) with_openclaw run_errand "$@" ;;
    claude) find_claude && run_errand "$found" ;;
  esac
  [ -n "$found" ] || emit missing
  emit end
}

# run_errand COMMAND...
run_errand() {
  emit found "$found"
  if [ -n "$since" ]; then
    version=$(input=3 && bounded "$limit" "$@" --version 2>/dev/null)
    emit version "$version"
    is_since "$version" || return 0
  fi
  emit stdout
  with_arguments bounded "$limit" "$@" 2>&1
  code=$?
  emit exit "$code"
}

main "$@"
