# Asks a gateway's OpenClaw about its logins. It installs nothing on the gateway and writes nothing.
#
# gateway/script.rs puts before this text: the quoted values of nonce, limit (s), want, agent and profile, the
# configured openclaw command as positional parameters, and the parts that it calls. Every line of the answer
# begins with the nonce, so no output of a banner, a login shell or OpenClaw can imitate it; gateway/framing.rs
# reads it. Everything is inside functions and the call is the last line: a truncated script does nothing.
# shellcheck shell=sh disable=SC2034,SC2154 # the parts in front of it

main() {
  child='' watcher='' code=127 prober='' configured=$#
  exec 3</dev/null
  input=3
  trap on_signal TERM HUP
  emit begin 1
  collect_places
  with_openclaw ask_status "$@"
  if [ -z "$found" ]; then
    emit missing
    # A configured OpenClaw is the only one: another one's stores are not its own.
    [ "$configured" -gt 0 ] || tell_rest
  fi
  emit clock "$(date +%s)"
  emit end
}

# ask_status COMMAND...: prints OpenClaw's answer and sets $code to its exit code
ask_status() {
  case $want in
    *version*) emit version "$(bounded "$limit" "$@" --version 2>/dev/null)" ;;
  esac
  set -- "$@" models status
  [ -z "$agent" ] || set -- "$@" --agent "$agent"
  emit openclaw "$found"
  # Beside OpenClaw, which takes longer; its line may stand within OpenClaw's output.
  if [ "$configured" -le 1 ] && find_node && [ -n "$node" ]; then
    look_at_process &
    prober=$!
  fi
  emit stdout
  export_keys
  bounded "$limit" "$@" --json --check
  code=$?
  # Only within that output its line is told from what it interrupts.
  [ -z "$prober" ] || wait "$prober"
  emit exit "$code"
  tell_rest
}

# look_at_process: prints how OpenClaw's gateway process is: running, starting, down, or "failing" and the ids of its
# parts that do not work, such as channels; nothing if that is not certain. The pages are for watchers and need no
# login; before 2026.8.1 there was only healthz.
look_at_process() {
  is=$(nice "$node" -e '
    const { env } = process, [folder, service] = process.argv.slice(1);
    const dev = folder.endsWith("-dev");
    const told = (word) => { console.log(word); process.exit(); };
    setTimeout(told, 2000, "");
    (async () => {
      const path = env.OPENCLAW_CONFIG_PATH || (env.OPENCLAW_STATE_DIR || folder) + "/openclaw.json";
      const config = JSON.parse(require("fs").readFileSync(path, "utf8"));
      const { mode, bind = "auto", port = dev ? 19001 : 18789 } = Object(config.gateway);
      const at = { host: "127.0.0.1", port: env.OPENCLAW_GATEWAY_PORT || port };
      const ask = (page) => new Promise((done, fail) => {
        const read = (reply) => {
          let text = "";
          reply.on("data", (part) => (text += text.length < 65536 ? part : ""));
          reply.on("end", () => { try { done(Object(JSON.parse(text))); } catch { done({}); } });
        };
        require("http").get({ ...at, path: "/" + page }, read).on("error", fail);
      });
      try {
        let start = await ask("startupz");
        if (start.status === undefined) start = await ask("healthz");
        if (["starting", "draining"].includes(start.status)) told("starting");
        if (start.ok !== true) told("");
        if (start.status === "live") told("running");
        const { ready, failing } = await ask("readyz");
        const isId = (id) => /^[\w.:@-]{1,40}$/.test(id);
        const ids = ready === false && Array.isArray(failing) ? failing.filter(isId).slice(0, 8) : [];
        if (ready === true) told("running");
        told(ids.length > 0 ? "failing " + ids.join(" ") : "");
      } catch (error) {
        // One that listens elsewhere, or is not meant to run here, is not down.
        const isHere = (mode === "local" || service !== "") && ["auto", "loopback", "lan"].includes(bind);
        told(isHere && error.code === "ECONNREFUSED" ? "down" : "");
      }
    })().catch(() => told(""));' "$HOME/.openclaw${profile:+-$profile}" "$service_node" 2>/dev/null <&3)
  [ -z "$is" ] || emit process "$is"
}

# tell_rest: prints the logins in OpenClaw's stores, if $code may be a failure, and Claude Code's login
tell_rest() {
  # OpenClaw exits with 0, 1 or 2. A 1 may also mean that it could not start, which is only known after its
  # output has been parsed, on the device: the stores are printed then too.
  case $code in
    0 | 2) ;;
    # A command of several words runs it elsewhere, such as in a container, with stores of its own.
    *) [ "$configured" -gt 1 ] || read_stores ;;
  esac
  probe_claude
}

# --- the stores, read on the gateway when OpenClaw cannot answer ----------------------------------------

# OpenClaw calls these layouts private, so they are only the last resort, opened read-only. Only the id, provider,
# type and expiry of a login leave this host, and whether it renews itself.
read_stores() {
  find_node
  [ -n "$node" ] || return 0
  for home in "${OPENCLAW_STATE_DIR:-}" "$HOME/.openclaw${profile:+-$profile}" "$HOME/.clawdbot"; do
    [ -d "$home" ] || continue
    here=$home/agents/${agent:-main}/agent
    report_store "$home/state/openclaw.sqlite" \
      "select value_json from config_machine_state where state_key = 'authProfiles.store'" && return
    report_store "$here/openclaw-agent.sqlite" \
      "select store_json from auth_profile_store where store_key = 'primary'" && return
    report_store "$here/auth-profiles.json" && return
  done
}

# report_store FILE [QUERY]
report_store() {
  [ -r "$1" ] || return 1
  logins=$(read_text "$@" 2>/dev/null | read_logins "$node" 2>/dev/null)
  [ -n "$logins" ] || return 1
  emit store "$1"
  printf '%s' "$logins"
}

read_text() {
  if [ $# -eq 1 ]; then
    head -c 1048576 "$1"
  elif command -v sqlite3 >/dev/null 2>&1; then
    bounded 5 sqlite3 -batch -init /dev/null -readonly "$1" "$2"
  elif command -v python3 >/dev/null 2>&1; then
    bounded 5 python3 -I -c 'import sqlite3, sys, urllib.parse
db = sqlite3.connect("file:" + urllib.parse.quote(sys.argv[1]) + "?mode=ro", uri=True)
for row in db.execute(sys.argv[2]): print(row[0])' "$1" "$2"
  elif command -v node >/dev/null 2>&1; then
    bounded 5 node --no-warnings -e 'const { DatabaseSync } = require("node:sqlite");
const db = new DatabaseSync(process.argv[1], { readOnly: true });
for (const row of db.prepare(process.argv[2]).all()) console.log(Object.values(row)[0]);' "$1" "$2"
  fi
}

# read_logins NODE: reads a store from standard input and prints one framed line per login: id, provider, type and
# expiry, each only in the form that it must have, and whether it renews itself. What is no JSON prints nothing: in a
# damaged store a token may stand where a name was.
read_logins() {
  "$1" -e '
    let store;
    try { store = JSON.parse(require("fs").readFileSync(0, "utf8")); } catch { process.exit(); }
    const isToken = (text) => /[\w-]{48}|sk-/.test(text);
    const isName = (text) => /^[\w.:@+/ -]{1,128}$/.test(text) && isToken(text) === false;
    for (const [id, value] of Object.entries(Object(Object(store).profiles))) {
      const { provider, type, expires, refresh } = Object(value);
      const isShort = typeof provider === "string" && provider.length < 41;
      const isKnown = ["token", "oauth", "api_key"].includes(type);
      if (isShort && isKnown && isName(id) && isName(provider)) {
        const shown = { id, provider, type };
        if (Number.isFinite(expires)) shown.expires = expires;
        if (refresh) shown.renews = true;
        console.log();
        console.log(process.argv[1], "login", JSON.stringify(shown));
      }
    }' "$nonce"
}

main "$@"
