# Programs under a time limit, and the lines of an answer: a part of each program that runs on a gateway.
#
# The program around it sets child and watcher to nothing, and input to a file descriptor.
# shellcheck shell=sh disable=SC2154 # the parts around it set input

# Each line is one write: side by side, none gets into another.
emit() { printf '\n%s %s\n' "$nonce" "$*"; }

# bounded SECONDS COMMAND...: runs it, its standard input being $input, and ends it, with its children, after
# SECONDS; it returns 124 then
bounded() {
  seconds=$1
  shift
  watcher=''
  # On a terminal its group would be in the background, where nothing can be read.
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
on_signal() {
  if [ -n "$child" ]; then
    kill_tree "$child"
    resume_to_end
  fi
  [ -z "$watcher" ] || kill "$watcher" 2>/dev/null
  exit 143
}

# watch SECONDS PID: ends PID and its descendants after SECONDS and exits with 124; told to end before, with 0
watch() {
  trap 'kill "$nap"; exit' TERM
  left=$1
  while [ "$left" -gt 0 ]; do
    step=$left
    [ "$step" -le 5 ] || step=5
    sleep "$step" &
    nap=$!
    wait "$nap"
    # A signal that comes while a shell is only just forked is lost: then it shows here that nobody is left.
    kill -s 0 "$2" 2>/dev/null || exit 0
    left=$((left - step))
  done
  # From here on all of them are to end, also if the first does so at once.
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

# kill_tree PID...: stops them and their descendants until no further ones appear, so that none is born
# unseen while its parents are ended. They are in $family.
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
