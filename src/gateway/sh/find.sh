# Finds OpenClaw, its node and Claude Code on a gateway: a part of each script that runs there.
#
# Call collect_places before with_openclaw and find_claude, which set $found to the path, empty if there is none.
# A non-interactive login has a bare PATH, and version managers are set up for interactive shells only.
# shellcheck shell=sh disable=SC2034,SC2154 # the parts around it set profile and use what is found

# collect_places: sets $managers and $others to the folders that an interactive shell would have on PATH. Version
# managers come first, as in that PATH.
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

# rank VERSION: a number in $ranked that orders versions such as 9.11.2 and 24.16.0, small enough for every shell
rank() {
  ranked=0 rest=$1.0.0
  for _ in 1 2 3; do
    part=${rest%%.*} rest=${rest#*.}
    case $part in
      '' | *[!0-9]*) part=0 ;;
      ????*) part=999 ;;
      0?*) part=${part#0} ;;
    esac
    ranked=$((ranked * 1000 + part))
  done
}

# is_since TEXT: whether the version in it, as in "OpenClaw 2026.9.6 (eb377ac)", is $since or later
is_since() {
  # Not in the shell: mksh counts to 2147483647 only.
  printf '%s\n' "$1" | awk -v since="$since" '
    match($0, /[0-9][0-9.]*/) {
      split(substr($0, RSTART, RLENGTH), theirs, ".")
      split(since, least, ".")
      for (i = 1; i <= 3 && theirs[i] + 0 == least[i] + 0; i++);
      new = (theirs[i] + 0 >= least[i] + 0)
      exit
    }
    END { exit !new }'
}

# with_openclaw DO [COMMAND...]: calls DO with OpenClaw's command line, COMMAND being the configured one
with_openclaw() {
  task=$1
  shift
  find_openclaw "$@" || return 127
  [ $# -gt 0 ] || set -- "$found"
  [ "${1#"~/"}" = "$1" ] || { tail=${1#"~/"}; shift; set -- "$HOME/$tail" "$@"; }
  [ -z "$profile" ] || set -- "$@" --profile "$profile"
  "$task" "$@"
}

# find_openclaw [COMMAND...]: sets $found to its path, and PATH so that it finds its node
find_openclaw() {
  if [ $# -gt 0 ]; then
    PATH=$PATH:$managers:$others
    # shellcheck disable=SC2088 # a tilde that came quoted from the settings
    case $1 in
      "~/"*) found=$HOME/${1#"~/"} ;;
      */*) found=$1 ;;
      *) seek "$1" "$PATH" || return 1 ;;
    esac
    [ -x "$found" ] || { found='' && return 1; }
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

# find_claude: sets $found to its path, and PATH so that it finds its node. Its own installer puts it in
# ~/.local/bin, older ones in ~/.claude/local.
find_claude() {
  seek claude "$PATH:$managers:$others:$HOME/.claude/local" || return 1
  PATH=${found%/*}:$PATH:$managers:$others
}
