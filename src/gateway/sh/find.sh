# Finds OpenClaw, its node and Claude Code on a gateway: a part of each script that runs there.
#
# Call collect_places before with_openclaw and find_claude, which set $found to the path, empty if there is none.
# A non-interactive login has a bare PATH, and version managers are set up for interactive shells only.
# shellcheck shell=sh disable=SC2034,SC2154 # the parts around it set profile and use what is found

# collect_places: sets $managers and $others to the folders that an interactive shell would have on PATH. Version
# managers come first, as in that PATH.
collect_places() {
  managers='' others='' newest=-1
  for dir in "$HOME"/.nvm/versions/node/v*/bin "$HOME"/.config/nvm/versions/node/v*/bin; do
    [ -d "$dir" ] || continue
    version=${dir%/bin} version=${version##*/v}
    rank "$version"
    if [ "$ranked" -gt "$newest" ]; then
      newest=$ranked managers=$dir${managers:+:$managers}
    else
      managers=$managers:$dir
    fi
  done
  fnm=fnm/aliases/default/bin
  for dir in .nvm/current/bin .local/share/$fnm .$fnm "Library/Application Support/$fnm" .volta/bin .asdf/shims \
    .local/share/mise/shims .nodenv/shims n/bin; do
    [ -d "$HOME/$dir" ] && managers=${managers:+$managers:}$HOME/$dir
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
  for dir in "${prefix:+$prefix/bin}" .npm-global/bin "${PNPM_HOME:-}" "${PNPM_HOME:+$PNPM_HOME/bin}" \
    .local/share/pnpm .local/share/pnpm/bin "$HOME"/.local/share/pnpm/nodejs/*/bin Library/pnpm Library/pnpm/bin \
    .yarn/bin .bun/bin .local/bin bin .openclaw/bin .nix-profile/bin /opt/homebrew/bin /opt/homebrew/opt/node@*/bin \
    /usr/local/opt/node@*/bin /home/linuxbrew/.linuxbrew/bin /home/linuxbrew/.linuxbrew/opt/node@*/bin .linuxbrew/bin \
    /usr/local/bin /run/current-system/sw/bin /snap/bin; do
    case $dir in
      '') continue ;;
      /*) ;;
      *) dir=$HOME/$dir ;;
    esac
    [ -d "$dir" ] && others=${others:+$others:}$dir
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
  [ $# -gt 0 ] || set -- ${service_node:+"$service_node"} "$found"
  [ "${1#"~/"}" = "$1" ] || { tail=${1#"~/"}; shift; set -- "$HOME/$tail" "$@"; }
  [ -z "$profile" ] || set -- "$@" --profile "$profile"
  "$task" "$@"
}

# read_service: finds the node and entry point of OpenClaw's own service, in $service_node and $found, and takes its
# folders from there: the process that it runs is the one that must have the logins. $service_keys gets the names of the
# keys in its environment. The definition is a systemd unit, a LaunchAgent or runit's script.
read_service() {
  unit=openclaw-gateway${profile:+-$profile}.service
  for unit in "$HOME/.config/systemd/user/$unit" "/etc/systemd/system/$unit" \
    "$HOME/Library/LaunchAgents/ai.openclaw.${profile:-gateway}.plist" "${PREFIX:-}"/var/service/openclaw/run \
    /etc/service/openclaw/run; do
    { [ -f "$unit" ] && [ -r "$unit" ]; } || continue
    found='' service_node='' service_keys='' settings='' saved=$IFS
    IFS='
'
    set -f
    words=$(service_words "$unit")
    for word in $words; do
      case $word in
        # A pipe or a folder of that name would never end.
        file=*) [ ! -f "${word#*=}" ] || words=$words$IFS$(service_words "${word#*=}" environment) ;;
      esac
    done
    for word in $words; do
      case $word in
        set=*) settings=$settings${word#*=}$IFS ;;
        node=*) service_node=${word#*=} ;;
        entry=*) found=${word#*=} ;;
        key=*) service_keys="$service_keys ${word#*=}" ;;
      esac
    done
    case $found in
      *js) : "${service_node:=$(seek node "$PATH:$managers:$others" && echo "$found")}" ;;
      *) service_node='' ;;
    esac
    if [ -f "$found" ] && [ -x "${service_node:-$found}" ]; then
      for word in $settings; do
        export "${word?}"
      done
      set +f
      IFS=$saved
      return
    fi
    set +f
    IFS=$saved
  done
  found='' service_node='' service_keys=''
  return 1
}

# service_words FILE [environment]: prints what a service's definition says, a line each: its node, OpenClaw's entry
# point, the settings to take over, the files of its environment, and the names of its keys. No key leaves this
# function, and nothing in the file is run. What needs a shell to be understood is left out.
service_words() {
  awk -v environment="${2-}" '
    # The words of a line, as systemd and a shell quote them.
    function read(line, starts, c, i, quote, word) {
      gsub(/%h|[$]HOME|[$][{]HOME[}]/, ENVIRON["HOME"], line)
      gsub(/%%/, "%", line)
      for (i = 1; i <= length(line); i++) {
        c = substr(line, i, 1)
        if (c == "\\") word = word substr(line, ++i, 1)
        else if (c == quote) quote = ""
        else if (quote == "" && (c == "\"" || c == "\047")) quote = c
        else if (quote == "" && c ~ /[ \t;]/) { tell(word, starts); word = "" }
        else word = word c
      }
      tell(word, starts)
    }
    # One word; the program that starts is the last one before its arguments.
    function tell(word, starts) {
      if (word ~ /^OPENCLAW_(STATE_DIR|CONFIG_PATH)=\/[^$`%]*$/) print "set=" word
      else if (word ~ /^OPENCLAW_PROFILE=[A-Za-z0-9._-]+$/) print "set=" word
      else if (word ~ /^OPENCLAW_GATEWAY_PORT=[0-9]+$/) print "set=" word
      else if (word ~ /^OPENCLAW_/) return
      else if (word ~ /^[A-Z][A-Z0-9_]*(KEY|TOKEN|SECRET)=./) print "key=" substr(word, 1, index(word, "=") - 1)
      else if (starts && port && word ~ /^[0-9]+$/) print "set=OPENCLAW_GATEWAY_PORT=" word
      else if (starts && sub(/^--port=/, "", word)) print "set=OPENCLAW_GATEWAY_PORT=" word
      else if (starts && word == "gateway") begun = 1
      else if (starts && word ~ /^\/.*\.env$/) print "file=" word
      else if (starts && !begun && word ~ /^\/.*\/node$/) print "node=" word
      else if (starts && !begun && word ~ /^\/.*(\/openclaw|\.m?js)$/) print "entry=" word
      port = word == "--port"
    }
    /^[ \t]*[#;]/ { next }
    environment { read($0); next }
    /<key>/ { name = $0; sub(/<.key>.*/, "", name); gsub(/<[^>]*>|[ \t]/, "", name) }
    sub(/.*<string>/, "") {
      sub(/<.*/, "")
      gsub(/&amp;/, "\\&")
      if (name == "ProgramArguments") tell($0, 1)
      else tell(name "=" $0)
      next
    }
    sub(/^EnvironmentFile=-?/, "") || sub(/^[.] +/, "") { gsub(/%h/, ENVIRON["HOME"]); print "file=" $0; next }
    sub(/^Environment=/, "") || /^[ \t]*export / { read($0); next }
    sub(/^ExecStart=[-@:+!]*/, "") || /^[ \t]*exec / { read($0, 1) }' "$1"
}

# find_openclaw [COMMAND...]: sets $found to its path, and PATH so that it finds its node
find_openclaw() {
  service_node='' service_keys=''
  if [ $# -gt 0 ]; then
    PATH=$PATH:$managers:$others
    # shellcheck disable=SC2088 # a tilde that came quoted from the settings
    case $1 in
      "~/"*) found=$HOME/${1#"~/"} ;;
      */*) found=$1 ;;
      *) seek "$1" "$PATH" || return 1 ;;
    esac
    [ -x "$found" ] || { found='' && return 1; }
  elif read_service; then
    PATH=${service_node:+${service_node%/*}:}$PATH:$managers:$others
    return 0
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

# export_keys: has OpenClaw count the keys that its service has. Their values are not needed for that.
export_keys() {
  for key in $service_keys; do
    export "$key=a-key-of-the-service"
  done
}

# find_claude: sets $found to its path, and PATH so that it finds its node. Its own installer puts it in
# ~/.local/bin, older ones in ~/.claude/local.
find_claude() {
  seek claude "$PATH:$managers:$others:$HOME/.claude/local" || return 1
  PATH=${found%/*}:$PATH:$managers:$others
}
