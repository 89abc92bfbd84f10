# Snapshots: good answers of OpenClaw, kept on a gateway for a while, and whose turn it is to start it. A part of each
# program that asks it, or changes what it would say.
#
# They are in a folder that goes as a whole when a login changes: what was begun before finds no place in it any more.
# Whatever is odd about a snapshot means that there is none. In its first line are the format, when OpenClaw was started
# (s) and the mark of the lines that were told then; in its second what it is an answer to; then come those lines.
# shellcheck shell=sh disable=SC2034,SC2154 # the parts around it

# find_snapshots: their folder in $snapshots; fails where it is not ours
find_snapshots() {
  snapshots=${XDG_CACHE_HOME:-}
  [ "${snapshots#/}" != "$snapshots" ] || snapshots=${HOME:-}/.cache
  snapshots=$snapshots/clawtap/snapshots
  [ ! -e "$snapshots" ] || is_ours "$snapshots"
}

is_ours() {
  # shellcheck disable=SC3067 # known to dash, bash, mksh, zsh and busybox
  [ ! -h "$1" ] && [ -O "$1" ]
}

# Before and after a login changes.
drop_snapshots() {
  find_snapshots && [ -d "$snapshots" ] || return 0
  if mv "$snapshots" "$snapshots-$nonce"; then
    # Somebody else may have been ended here.
    rm -rf "$snapshots"-*
  else
    rm -rf "$snapshots"
  fi 2>/dev/null
}

# find_snapshot COMMAND...: where the answer to a command is kept; fails where none can be
find_snapshot() {
  find_snapshots || return
  name=${profile:-default}+${agent:-default}
  snapshot=$snapshots/$name turn=$snapshots/.$name own=$snapshots/.$nonce
  # What else decides what OpenClaw says.
  question="$HOME|${OPENCLAW_HOME:-}|${OPENCLAW_STATE_DIR:-}|${OPENCLAW_CONFIG_PATH:-}|${OPENCLAW_AGENT_DIR:-}|$found|$*"
  look_at_clock
}

# The time (s) in $now.
look_at_clock() {
  now=$(date +%s 2>/dev/null)
  is_number "$now"
}

# Whether it is one that every shell can count with.
is_number() {
  case $1 in
    '' | *[!0-9]* | 0?* | ???????????*) return 1 ;;
  esac
}

is_mark() {
  case $1 in
    '' | *[!0-9a-f]*) return 1 ;;
  esac
}

# tell_snapshot EARLIEST: tells what is kept, if it was begun then (s) or later and is whole
tell_snapshot() {
  [ -f "$snapshot" ] && is_ours "$snapshot" || return
  {
    IFS=' ' read -r format begun mark rest && IFS= read -r asked && text=$(exec cat)
  } 2>/dev/null <"$snapshot" || return
  [ "$format" = clawtap-snapshot-1 ] && [ -z "$rest" ] && [ "$asked" = "$question" ] || return
  is_number "$begun" && [ "$begun" -ge "$1" ] && [ "$begun" -le "$now" ] || return
  is_mark "$mark" || return
  case $text in
    *"
$mark whole") ;;
    *) return 1 ;;
  esac
  emit snapshot $((now - begun)) "$mark"
  printf '%s' "$text"
}

# wait_for_turn: returns 0 when it is our turn to start OpenClaw, with what is left of the time for it in $limit;
# 1 when there will be none; 2 when the answer of who was before us has been told
wait_for_turn() {
  earliest=$((now - max_age)) waited=0 nameless=0
  # Who wants to know it now takes what was begun just before, as when two ask at once.
  [ "$max_age" -gt 0 ] || earliest=$((now - 2))
  while :; do
    take_turn
    case $? in
      0) break ;;
      2) return 1 ;;
    esac
    if ! look_at_turn; then
      # It was given back just now, or its owner's name is still to come.
      nameless=$((nameless + 1))
      if [ "$nameless" -ge 10 ]; then
        [ "$nameless" -eq 10 ] && rm -f "$turn" 2>/dev/null && continue
        return 1
      fi
    elif is_abandoned || [ "$since" -lt "$earliest" ]; then
      rm -f "$turn" "$snapshots/.$owner".* 2>/dev/null || return 1
      continue
    fi
    [ "$waited" -lt $((limit * 5)) ] || { limit=0 && return 1; }
    if sleep 0.2 2>/dev/null; then
      waited=$((waited + 1))
    else
      sleep 1
      waited=$((waited + 5))
    fi
    look_at_clock && tell_snapshot "$earliest" && return 2
  done
  limit=$((limit - waited / 5))
}

# Fails with 1 while somebody else has it, with 2 where nobody can.
take_turn() {
  (
    umask 077
    [ -d "$snapshots" ] || mkdir -p "$snapshots" || exit 2
    # The first one makes it; nobody else can then.
    (set -C && : >"$turn") || { [ -e "$turn" ] && exit 1 || exit 2; }
    : >"$own.new" && : >"$own.raw" && mkfifo "$own.pipe" && echo "$$ $nonce $now $limit" >>"$turn" && exit 0
    rm -f "$turn" "$own".*
    exit 2
  ) 2>/dev/null
  taken=$?
  return "$taken"
}

# Whose turn it is: $pid, $owner (their nonce), $since (s) and for how long at most, in $lasting (s).
look_at_turn() {
  [ -f "$turn" ] && IFS=' ' read -r pid owner since lasting <"$turn" &&
    is_number "$pid" && is_mark "$owner" && is_number "$since" && is_number "$lasting"
} 2>/dev/null

is_abandoned() {
  ! kill -s 0 "$pid" 2>/dev/null || [ "$since" -gt "$now" ] || [ $((now - since)) -gt $((lasting + 30)) ]
}

give_back_turn() {
  [ "$taken" = 0 ] || return 0
  taken=''
  # Whoever took it over has it now.
  if look_at_turn && [ "$owner" = "$nonce" ]; then
    rm -f "$turn" "$own".*
  else
    rm -f "$own".*
  fi
}

# collect COMMAND...: has what is to be told go through a file, tells it, and keeps it if all is well; OpenClaw's exit
# code is in $code. It fails, and has told nothing, where the file cannot hold it.
collect() {
  # shellcheck disable=SC2094 # written first, read then
  through_files "$@" 6>"$own.new" 7>"$own.raw" 8<"$own.raw" 9<"$own.raw"
  collected=$?
  give_back_turn
  return "$collected"
}

through_files() {
  # It holds parts of secrets: nobody shall find it.
  rm -f "$own.raw"
  { emit openclaw "$found" && emit stdout; } 2>/dev/null >&7 || return
  copy <"$own.pipe" >&7 2>/dev/null &
  copier=$!
  bounded "$limit" "$@" >"$own.pipe" 6>&- 7>&- 8<&- 9<&-
  code=$?
  # What OpenClaw left behind may hold the pipe for ever.
  watch 1 "$copier" </dev/null >/dev/null 2>&1 6>&- 7>&- 8<&- 9<&- &
  patience=$!
  wait "$copier" 2>/dev/null
  copied=$?
  kill "$patience" 2>/dev/null
  # The ends that the watch and the limit put to it are none of its own.
  case $copied in
    0 | 143 | 153) ;;
    *) return 1 ;;
  esac
  emit exit "$code" 2>/dev/null >&7 || return
  case $code in
    0 | 2)
      probe_claude >&7
      emit whole 2>/dev/null >&7 || return
      keep
      cat <&8
      ;;
    *) cat <&8 && tell_rest ;;
  esac
}

# No more than is refused by who reads it (8 MiB and some, in blocks of 512 bytes).
copy() {
  # shellcheck disable=SC3045 # known to dash, bash, mksh, zsh and busybox
  ulimit -c 0
  ulimit -f 16640
  exec cat
}

# A masked secret still shows its ends.
keep() {
  {
    printf '%s\n' "clawtap-snapshot-1 $now $nonce" "$question" &&
      LC_ALL=C sed 's/\([^\\A-Za-z0-9_-]\)[A-Za-z0-9_-]*\.\.\.[A-Za-z0-9_-]*/\1.../g' <&9
  } >&6 && holds_an_answer "$own.new" && mv -f "$own.new" "$snapshot"
} 2>/dev/null

# Whether a whole JSON object is in there, as far as its first and last bracket tell: nonsense is not kept.
holds_an_answer() {
  grep -q -e '^{.*}$' -e '^}' "$1"
}
