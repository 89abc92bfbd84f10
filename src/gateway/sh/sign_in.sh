# Runs a sign-in program on the terminal of this session, until it ends, its time limit is over, or the connection is
# closed (SIGHUP).
#
# gateway/script.rs puts before this text: the quoted values of nonce, limit (s), profile, tool (openclaw or
# claude), rows and columns, the configured openclaw command as positional parameters, with_arguments, and the
# parts that it calls. The output between the lines "begin" and "exit" is what the program draws.
# shellcheck shell=sh disable=SC2034,SC2154 # the parts in front of it

main() {
  child='' watcher='' input=4
  # The standard input of a background command is /dev/null; ours stays available as file descriptor 4.
  exec 4<&0
  trap on_signal TERM HUP INT
  # Otherwise other users of the gateway may write on it (write, wall), and what stands there is believed.
  chmod go-w "$(tty)"
  # Over a shared connection, ssh without a local terminal sends terminal modes that are all off.
  stty sane rows "$rows" cols "$columns" -echo
  # ssh has no TERM to pass on if a widget started it.
  TERM=xterm-256color
  export TERM
  if [ -n "${SSH_CONNECTION:-}" ]; then
    # Opens no browser on the gateway: the page is for the phone.
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
  # Without ssh, standard error is not on the terminal, and programs print there why they failed.
  with_arguments bounded "$limit" "$@" 2>&1
  code=$?
  emit exit "$code"
}

main "$@"
