# Claude Code's login on a gateway: a part of each program that looks at it or hands it over.
#
# Whoever uses it has nothing to be read on file descriptor 3. Of the login, what is a secret is only ever on a pipe:
# in no variable, argument, environment or file. sync/claude_file.rs decides as this part does, byte for byte.
# shellcheck shell=sh disable=SC2034,SC2154 # the parts around it

# probe_claude: says how it stands with the place of the login, and the login itself without its tokens. In $source
# is what is wrong, or ok; in $valid_until, until when the login is valid (ms).
probe_claude() {
  find_login
  facts=''
  if [ -z "$file" ] || { [ -f "$file" ] && [ -r "$file" ]; }; then
    facts=$(login_text | read_login facts)
  fi
  # What is wrong with the file says nothing against showing what is in it.
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

# find_login: its file in $file, empty if it is in the keychain; what to call that in $place; and what is wrong with
# it in $source, or ok
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

# On macOS Claude Code keeps its login in the keychain.
find_in_keychain() {
  missing_file=$file file=''
  login_text >/dev/null
  case $? in
    0) source=ok place='the keychain' ;;
    44) file=$missing_file ;;
    *) source=keychain-locked place='the keychain' ;;
  esac
}

# What is at the place of the login: for a pipe only.
login_text() (
  input=3
  if [ -n "$file" ]; then
    head -c 1048577 "$file"
  else
    bounded 5 security find-generic-password -s 'Claude Code-credentials' -w
  fi 2>/dev/null
)

# read_login facts: reads what Claude Code keeps and prints what is wrong with it, or ok; until when the login is
# valid; and the login without its tokens, if there is one.
# read_login token MS: prints the access token and nothing else, if nothing is wrong and it is valid until then.
read_login() {
  # As numbers, bytes mean the same to every awk, whatever they are.
  od -An -v -tu1 | LC_ALL=C awk -v want="$1" -v meant="${2:-}" '
    function step(byte, c) {
      if (expects == "broken") return
      if (expects == "text") {
        if (c == "\"") end_text()
        else if (c == "\\") { plain = 0; expects = "escape" }
        else if (byte < 32) expects = "broken"
        else keep(c)
      } else if (expects == "escape") {
        digits = 4
        expects = (c == "u") ? "digits" : (c ~ /^["\\\/bfnrt]$/) ? "text" : "broken"
      } else if (expects == "digits") {
        if (c !~ /^[0-9A-Fa-f]$/) expects = "broken"
        else if (--digits == 0) expects = "text"
      } else if (expects == "word" && c ~ /^[0-9A-Za-z.+-]$/) keep(c)
      else {
        if (expects == "word") end_word()
        between(byte, c)
      }
    }
    # A byte that is in no text and no word.
    function between(byte, c, takes_value, takes_key) {
      if (expects == "broken" || is_space(byte)) return
      takes_value = (expects == "value" || expects == "value or end")
      takes_key = (expects == "key" || expects == "key or end")
      if (c == "{" && (takes_value || expects == "start")) begin(c)
      else if (c == "[" && takes_value) begin(c)
      else if (c == "}" && (expects == "key or end" || expects == "nothing")) finish("{")
      else if (c == "]" && (expects == "value or end" || expects == "nothing")) finish("[")
      else if (c == "\"" && (takes_value || takes_key)) { is_key = takes_key; begin_text("text") }
      else if (c == ":" && expects == "colon") expects = "value"
      else if (c == "," && expects == "nothing" && depth > 0) expects = (holds[depth] == "{") ? "key" : "value"
      else if (takes_value && c ~ /^[-0-9tfn]$/) { begin_text("word"); keep(c) }
      else expects = "broken"
    }
    function is_space(byte) { return byte == 32 || byte == 9 || byte == 10 || byte == 13 }
    function begin(kind) {
      if (depth == 64) { expects = "broken"; return }
      if (kind == "{" && depth == 1 && key[1] == "claudeAiOauth") found = 1
      holds[++depth] = kind
      key[depth] = ""
      expects = (kind == "{") ? "key or end" : "value or end"
    }
    function finish(kind) {
      if (depth == 0 || holds[depth] != kind) { expects = "broken"; return }
      depth--
      expects = "nothing"
    }
    function begin_text(what) { text = ""; plain = 1; expects = what }
    function keep(c) {
      if (c != "" && length(text) < 512) text = text c
      else plain = 0
    }
    function in_login() { return depth == 2 && holds[2] == "{" && key[1] == "claudeAiOauth" }
    function end_text() {
      if (is_key) { end_key(); return }
      expects = "nothing"
      if (!in_login()) return
      if (key[2] == "accessToken" && plain) token = text
      else if (key[2] == "refreshToken") renews = (text != "" || !plain)
      else if (key[2] == "subscriptionType" && plain && text ~ /^[0-9A-Za-z _.-]+$/ && length(text) <= 40)
        subscription = text
    }
    function end_key() {
      expects = "colon"
      # Another spelling of a key may be meant to hide what it is.
      if (!plain && (depth == 1 || in_login())) { expects = "broken"; return }
      key[depth] = plain ? text : ""
      if (depth == 1 && text == "claudeAiOauth" ||
          in_login() && text ~ /^(accessToken|refreshToken|expiresAt|subscriptionType)$/)
        if (seen[text]++) expects = "broken"
    }
    function end_word() {
      expects = "broken"
      if (!plain) return
      if (text !~ /^(true|false|null|-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?)$/) return
      expects = "nothing"
      if (in_login() && key[2] == "expiresAt") expires = text
    }
    function is_token() {
      return length(token) >= 100 && length(token) <= 216 && token ~ /^sk-ant-oat01-[0-9A-Za-z_-]+$/ &&
        index(substr(token, 2), "sk-ant-") == 0
    }
    function is_time() { return length(expires) == 13 && expires ~ /^[1-9][0-9]*$/ }
    function verdict() {
      if (count == 0) return "unreadable"
      if (count > 1048576) return "too-large"
      if (marks == 3) return "byte-order-mark"
      if (!filled) return "empty"
      if (windows) return "windows-lines"
      if (expects == "broken") return "not-json"
      if (expects != "nothing" || depth > 0) return "half-written"
      if (!found) return "no-login"
      if (!is_token()) return "no-token"
      return is_time() ? "ok" : "no-expiry"
    }
    BEGIN {
      for (byte = 32; byte < 127; byte++) character[byte] = sprintf("%c", byte)
      mark[1] = 239
      mark[2] = 187
      mark[3] = 191
      expects = "start"
      depth = 0
    }
    {
      for (i = 1; i <= NF; i++) {
        byte = $i + 0
        if (++count <= 3 && byte == mark[count]) marks++
        if (byte == 10 && before == 13) windows = 1
        before = byte
        if (!is_space(byte)) filled = 1
        step(byte, (byte in character) ? character[byte] : "")
      }
    }
    END {
      if (want == "token") {
        if (verdict() == "ok" && expires "" == meant "") print token
        exit
      }
      line = "{\"id\":\"claude\""
      if (renews) line = line ",\"renews\":true"
      # A login that says true or null expires at no known time.
      if (expires ~ /[0-9]/) line = line ",\"expires\":" expires
      if (subscription != "") line = line ",\"subscriptionType\":\"" subscription "\""
      line = line "}"
      print verdict(), (expires ~ /[0-9]/ ? expires : "-"), (expects == "nothing" && depth == 0 && found) ? line : ""
    }'
}
