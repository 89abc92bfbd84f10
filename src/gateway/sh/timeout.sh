# Time limits for programs, and the framed lines of an answer: a part of each script that runs on a gateway.
#
# The script around it sets child and watcher to the empty string, and input to a file descriptor.
# shellcheck shell=sh disable=SC2154 # the parts around it set input

# emit TEXT...: prints a framed line in one write, so that lines of parallel commands do not mix
emit() { printf '\n%s %s\n' "$nonce" "$*"; }

# bounded SECONDS COMMAND...: runs it with file descriptor $input as its standard input; after SECONDS it ends the
# command and its children and returns 124
bounded() {
  seconds=$1
  shift
  watcher=''
  # timeout makes a background process group of its command, which cannot read from a terminal (SIGTTIN).
  if [ ! -t "$input" ] && has_timeout; then
    timeout -k 2 "$seconds" "$@" <&"$input" &
    child=$!
  else
    "$@" <&"$input" &
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
    # timeout sends no SIGKILL once the program itself has ended: a child that ignored SIGTERM is still running.
    kill -s KILL -- "-$child" 2>/dev/null
  fi
  child=''
  return "$ended"
}

# Whether there is a timeout that ends children too: that of busybox does not.
has_timeout() {
  place=$(command -v timeout) || return
  for busybox in /bin/busybox /usr/bin/busybox; do
    # shellcheck disable=SC3013 # known to dash, bash, mksh, zsh and busybox
    [ ! "$place" -ef "$busybox" ] || return
  done
}

# On a signal, ends the programs that the script has started, and then the script.
on_signal() {
  if [ -n "$child" ]; then
    kill_tree "$child"
    resume_to_end
  fi
  [ -z "$watcher" ] || kill "$watcher" 2>/dev/null
  exit 143
}

# watch SECONDS PID: ends PID and its descendants after SECONDS and exits with 124; on SIGTERM before that, with 0
watch() {
  trap 'kill "$nap"; exit' TERM
  left=$1
  while [ "$left" -gt 0 ]; do
    step=$left
    [ "$step" -le 5 ] || step=5
    sleep "$step" &
    nap=$!
    wait "$nap"
    # A SIGTERM that arrives before the forked shell has set its trap is lost; then the watcher exits here.
    kill -s 0 "$2" 2>/dev/null || exit 0
    left=$((left - step))
  done
  # SIGTERM is ignored from here on, so that the descendants are ended even if PID exits at once.
  trap '' TERM
  kill_tree "$2"
  resume_to_end
  sleep 2
  # shellcheck disable=SC2086 # a list of process ids
  kill_tree "$2" $family
  # shellcheck disable=SC2086
  kill -s KILL $family
  exit 124
}

# kill_tree PID...: sends SIGSTOP to them and their descendants until no new ones appear, so that none can fork
# unnoticed. Sets $family to all of them.
kill_tree() {
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

# family_of PID...: prints them and their descendants, as far as they are running; only them if ps does not work
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
