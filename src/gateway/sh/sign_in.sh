# A sign-in: runs a program on the terminal of this session, until it ends, its time is over, or nobody is at the
# other end any more.
#
# gateway/script.rs puts before this text: the quoted values of nonce, limit (s), profile, tool (openclaw or
# claude), rows and columns, the configured openclaw command as positional parameters, with_arguments, and the
# parts that it calls. What stands between the lines "begin" and "exit" is what the program draws.
# shellcheck shell=sh disable=SC2034,SC2154 # the parts in front of it

main() {
  child='' watcher='' input=4
  # What runs in the background has no standard input of its own.
  exec 4<&0
  trap on_signal TERM HUP INT
  # A shared connection hands on the modes of a terminal that there is none of: all of them off.
  stty sane rows "$rows" cols "$columns" -echo
  # A widget has no terminal whose name could have come along.
  TERM=xterm-256color
  export TERM
  if [ -n "${SSH_CONNECTION:-}" ]; then
    # The page is for the phone, not for a screen that nobody sits at.
    BROWSER=true
    export BROWSER
  fi
  collect_places
  case $tool in
    openclaw) with_openclaw sign_in "$@" ;;
    claude) find_claude && sign_in "$found" ;;
  esac
  [ -n "$found" ] || emit missing "$tool"
}

# sign_in COMMAND...
sign_in() {
  emit begin 1
  # On this machine standard error is no part of the terminal, and programs tell there why they failed.
  with_arguments bounded "$limit" "$@" 2>&1
  code=$?
  emit exit "$code"
}

main "$@"
