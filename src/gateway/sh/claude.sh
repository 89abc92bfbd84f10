# Claude Code's login on a gateway: a part of each script that reads or syncs it.
#
# The script around it opens /dev/null as file descriptor 3. The login's secrets are only ever on a pipe: never in a
# shell variable, argument, environment or file. sync/claude_file.rs reads this device's login by the same rules.
# shellcheck shell=sh disable=SC2034,SC2154 # the parts around it

# probe_claude: prints whether the login is usable, and the login without its tokens. Sets $source to ok or the fault,
# and $valid_until to the expiry (ms).
probe_claude() {
  find_login
  find_node
  facts=''
  if [ -z "$file" ] || { [ -f "$file" ] && [ -r "$file" ]; }; then
    if [ -n "$node" ]; then
      facts=$(login_text | read_login "$node")
    else
      facts=no-node
    fi
  fi
  # The content is shown even if the file has a fault, such as its permissions.
  [ "$source" != ok ] || source=${facts%% *}
  facts=${facts#* }
  valid_until=${facts%% *}
  emit source "${source:-unreadable}" "$place"
  case $facts in
    *'{'*)
      emit clock "$(date +%s)"
      emit claude "{${facts#*"{"}"
      ;;
  esac
}

# find_login: sets $file to the path of the login (empty if it is in the keychain), $place to the name that is shown
# for it, and $source to ok or the fault
find_login() {
  file=${CLAUDE_CONFIG_DIR:-$HOME/.claude}/.credentials.json
  place=$file source=ok
  # shellcheck disable=SC2088 # for people
  [ "${file#"$HOME/"}" = "$file" ] || place="~/${file#"$HOME/"}"
  if [ -h "$file" ]; then
    source='link'
  elif [ ! -e "$file" ]; then
    source=missing
    if [ -d "${file%/*}" ] && [ ! -x "${file%/*}" ]; then
      source=unreadable
    elif command -v security >/dev/null 2>&1; then
      find_in_keychain
    fi
  elif [ ! -f "$file" ]; then
    source=not-a-file
  elif [ ! -r "$file" ]; then
    source=unreadable
  else
    case $(ls -ldn -- "$file") in
      ????--[-S]--[-T]*) [ -s "$file" ] || source=empty ;;
      *) source=open-to-others ;;
    esac
  fi
}

# On macOS Claude Code stores its login in the keychain.
find_in_keychain() {
  missing_file=$file file=''
  login_text >/dev/null
  case $? in
    0) source=ok place='the keychain' ;;
    44) file=$missing_file ;;
    *) source=keychain-locked place='the keychain' ;;
  esac
}

# login_text: prints the login with its secrets; call it only into a pipe or /dev/null
login_text() (
  input=3
  if [ -n "$file" ]; then
    head -c 1048577 "$file"
  else
    # The item's name has a suffix for another folder, and its account is the user, as in Claude Code 2.1.330.
    item='Claude Code-credentials'
    [ -z "${CLAUDE_CONFIG_DIR:-}" ] || item=$item-$(printf %s "$CLAUDE_CONFIG_DIR" | shasum -a 256 | head -c 8)
    bounded 5 security find-generic-password -a "${USER:-$(id -un)}" -s "$item" -w
  fi 2>/dev/null
)

# read_login NODE: reads the login from standard input; prints ok or the fault, the expiry (ms), and the login without
# its tokens, if there is one.
# read_login NODE MS: prints only the access token, if the login has no fault and its expiry is MS; else nothing.
read_login() {
  "$1" -e '
    const bytes = require("fs").readFileSync(0), meant = process.argv[1];
    const text = bytes.toString().replace(/^[ \t\n\r]+|[ \t\n\r]+$/g, "");
    const isObject = (value) => Object.prototype.toString.call(value) === "[object Object]";
    let word = "ok", file;
    if (!bytes.length) word = "unreadable";
    else if (bytes.length > 1048576) word = "too-large";
    else if (bytes[0] === 0xef && bytes[1] === 0xbb) word = "byte-order-mark";
    else if (!text) word = "empty";
    else try { file = JSON.parse(text); } catch { word = text.endsWith("}") ? "not-json" : "half-written"; }

    const login = isObject(file) && isObject(file.claudeAiOauth) ? file.claudeAiOauth : null;
    const { accessToken: token, refreshToken, expiresAt, subscriptionType } = login || {};
    const expires = typeof expiresAt === "number" && /^[1-9]\d{12}$/.test(expiresAt);
    if (word === "ok") {
      const isToken = typeof token === "string" && /^sk-ant-oat01-[\w-]{87,203}$/.test(token);
      if (!login) word = "no-login";
      else if (!isToken || token.lastIndexOf("sk-ant-") > 0) word = "no-token";
      else if (!expires) word = "no-expiry";
    }
    if (meant) {
      if (word === "ok" && meant === String(expiresAt)) console.log(token);
    } else {
      const shown = { id: "claude" };
      if (refreshToken) shown.renews = true;
      if (typeof expiresAt === "number") shown.expires = expiresAt;
      const isPlain = typeof subscriptionType === "string" && /^[\w .-]{1,40}$/.test(subscriptionType);
      if (isPlain) shown.subscriptionType = subscriptionType;
      console.log(word, expires ? expiresAt : "-", login ? JSON.stringify(shown) : "");
    }' "${2:-}"
}

# find_node: the node that OpenClaw runs on, or any other, in $node
find_node() {
  node=$(seek node "$PATH:$managers:$others" && printf %s "$found")
}
