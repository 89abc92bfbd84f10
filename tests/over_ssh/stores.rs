//! OpenClaw's stores, read on the gateway with what it has, and nothing of them that is a secret.

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::support::{Clawtap, GatewayHome, Sshd, program};

const ANSWER: &str = "home: anthropic expires in 4 h 59 m\n";
/// Part of every secret here, all of them made up.
const SECRET: &str = "MADE-UP";
/// What the probe needs besides a reader of stores.
const BARE: [&str; 9] = [
    "sh", "tr", "awk", "date", "head", "ls", "od", "printf", "timeout",
];

const SHARED: &str = "state/openclaw.sqlite";
const AGENT: &str = "agents/main/agent/openclaw-agent.sqlite";
const FILE: &str = "agents/main/agent/auth-profiles.json";

/// A store in which one login expires in 4 h 59 m, and everything else is meant to mislead its reader.
fn store() -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let expires = now.expect("after 1970").as_millis() + 5 * 3_600_000 - 30_000;
    let text = r#"{"version":1,"note":"sk-SECRET \" } ] {","profiles":{
      "anthropic:claude-code":{"type":"token","provider":"anthropic","expires":EXPIRES,
        "token":"sk-ant-oat01-SECRET\"},\"token\":{","more":{"provider":"sk-SECRET","expires":1}},
      "openai:me@example.com":{"type":"oauth","provider":"openai","access":"SECRET","refresh":"rt-SECRET",
        "list":["SECRET",{"type":"sk-SECRET"}],"expires":1,"account":{"id":"SECRET"}},
      "openrouter:default":{"key":"sk-or-SECRET\\","provider":"openrouter","type":"api_key"}},
      "order":{"anthropic":["SECRET"]}}"#;
    text.replace("SECRET", SECRET)
        .replace("EXPIRES", &expires.to_string())
}

/// Claude Code's own login, for an hour.
fn claude_login() -> String {
    format!(
        r#"{{"mcpOAuth":{{"x":{{"accessToken":"{SECRET}"}}}},"claudeAiOauth":{{"accessToken":"sk-ant-oat01-{SECRET}",
        "refreshToken":"sk-ant-ort01-{SECRET}","expiresAt":1,"scopes":["{SECRET}"],"subscriptionType":"max"}}}}"#
    )
}

/// A node that has no sqlite, as older ones.
const OLD_NODE: &str = "case $* in *node:sqlite*) exit 1 ;; esac";

/// A gateway without openclaw on which only these programs and an old node are, and everything that leaves it is
/// recorded.
fn gateway(readers: &[&str]) -> GatewayHome {
    if readers.contains(&"node") {
        return without_node(readers);
    }
    let node = program("node");
    let node = format!("#!/bin/sh\n{OLD_NODE}\nexec {} \"$@\"\n", node.display());
    let gateway = without_node(readers).file("tools/node", node);
    let mode = fs::Permissions::from_mode(0o755);
    fs::set_permissions(tools(&gateway).join("node"), mode).expect("it is ours");
    gateway
}

fn without_node(readers: &[&str]) -> GatewayHome {
    let gateway = GatewayHome::new().file("wire/stdout", "");
    BARE.iter().chain(readers).fold(gateway, |gateway, name| {
        gateway.link(&format!("tools/{name}"), program(name))
    })
}

/// Puts a store where and as OpenClaw keeps it.
fn with_store(gateway: GatewayHome, state: &str, place: &str) -> GatewayHome {
    let path = gateway.path().join(state).join(place);
    fs::create_dir_all(path.parent().expect("it is in a folder")).expect("a fresh folder");
    let store = store();
    match place {
        SHARED => make_database(
            &path,
            "create table config_machine_state (state_key text not null primary key, value_json text not null, \
             updated_at_ms integer not null) strict;",
            &format!(
                "insert into config_machine_state values ('auth.sharedStore', '{{\"token\":\"{SECRET}\"}}', 1), \
                 ('authProfiles.store', '{store}', 2);"
            ),
        ),
        AGENT => make_database(
            &path,
            "create table auth_profile_store (store_key text not null primary key, store_json text not null);",
            &format!("insert into auth_profile_store values ('primary', '{store}');"),
        ),
        _ => fs::write(path, store).expect("a fresh folder"),
    }
    gateway
}

/// Makes a database as a running OpenClaw leaves it: what it wrote last is in the log beside it.
fn make_database(path: &Path, table: &str, rows: &str) {
    let mut sqlite = Command::new(program("sqlite3"))
        .args(["-batch", "-bail"])
        .arg(path)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("sqlite3 starts");
    let mut stdin = sqlite.stdin.take().expect("piped");
    write!(
        stdin,
        "pragma journal_mode = wal;\n{table}\n.dbconfig no_ckpt_on_close on\n{rows}\n"
    )
    .expect("sqlite3 reads");
    drop(stdin);
    assert!(sqlite.wait().expect("sqlite3 ends").success());
}

/// Asks the gateway and expects the store's answer, and that no secret crossed the wire.
#[track_caller]
fn expect_answer(gateway: &GatewayHome, lines: &str) {
    let sshd = Sshd::of(gateway).path(&[&tools(gateway)]).start();
    let ask = |arguments: &[&str]| -> Clawtap { sshd.clawtap_with(lines).args(arguments) };
    let ran = ask(&["check"]).run().stdout(ANSWER).status(2);
    let note = "home: Read from OpenClaw's store: openclaw not found there.\n";
    assert!(ran.stderr.starts_with(note), "{}", ran.stderr);
    expect_no_secret(gateway);
    let ran = ask(&["status", "--format", "json"]).run().status(2);
    assert!(!ran.stdout.contains(SECRET), "{}", ran.stdout);
    let document: serde_json::Value = serde_json::from_str(&ran.stdout).expect("JSON");
    let answer = &document["gateways"][0];
    assert_eq!(answer["source"], "stores");
    let logins = answer["logins"].as_array().expect("a list");
    let told: Vec<_> = logins
        .iter()
        .map(|login| {
            ["id", "provider", "type", "state"].map(|key| login[key].as_str().expect("text"))
        })
        .collect();
    pretty_assertions::assert_eq!(
        told,
        [
            ["anthropic:claude-code", "anthropic", "token", "expiring"],
            ["openai:me@example.com", "openai", "oauth", "refreshable"],
            ["openrouter:default", "openrouter", "api_key", "static"],
        ]
    );
}

fn tools(gateway: &GatewayHome) -> PathBuf {
    gateway.path().join("tools")
}

#[track_caller]
fn expect_no_secret(gateway: &GatewayHome) {
    let recorded = |name: &str| {
        let bytes = fs::read(gateway.path().join("wire").join(name)).expect("a recording");
        String::from_utf8(bytes).expect("UTF-8")
    };
    let (stdout, stderr) = (recorded("stdout"), recorded("stderr"));
    assert!(
        stdout.contains("anthropic:claude-code"),
        "nothing recorded: {stdout}"
    );
    assert!(!stdout.contains(SECRET), "{stdout}");
    assert_eq!(stderr, "");
}

#[test]
fn every_layout_of_openclaws_stores_is_read_with_sqlite3() {
    for (state, place) in [
        (".openclaw", SHARED),
        (".openclaw", AGENT),
        (".openclaw", FILE),
        (".clawdbot", FILE),
    ] {
        let gateway = with_store(gateway(&["sqlite3"]), state, place);
        expect_answer(&gateway, "");
    }
}

#[test]
fn python_reads_the_databases_where_sqlite3_is_missing() {
    for place in [SHARED, AGENT] {
        let gateway = with_store(gateway(&["python3"]), ".openclaw", place);
        expect_answer(&gateway, "");
    }
}

#[test]
fn a_file_needs_only_node() {
    let gateway = with_store(gateway(&[]), ".openclaw", FILE);
    expect_answer(&gateway, "");
}

#[test]
fn a_database_that_nothing_can_read_leaves_the_older_file() {
    let gateway = with_store(gateway(&[]), ".openclaw", SHARED);
    let gateway = with_store(gateway, ".openclaw", FILE);
    expect_answer(&gateway, "");
}

#[test]
fn the_stores_of_the_configured_profile_and_agent_are_read() {
    let file = "agents/coder/agent/auth-profiles.json";
    let gateway = with_store(gateway(&[]), ".openclaw-work", file);
    expect_answer(&gateway, "profile = \"work\"\nagent = \"coder\"\n");
}

#[test]
fn a_database_that_nothing_can_read_says_why_there_is_no_answer() {
    let gateway = with_store(gateway(&[]), ".openclaw", SHARED);
    let sshd = Sshd::of(&gateway).path(&[&tools(&gateway)]).start();
    let ran = sshd.clawtap().args(["check"]).run();
    let _ = ran.stdout("home: openclaw not found there\n").status(3);
}

#[test]
fn without_nodes_json_no_store_is_read() {
    let gateway = with_store(without_node(&["sqlite3", "python3"]), ".openclaw", SHARED);
    let gateway = with_store(gateway, ".openclaw", FILE);
    let sshd = Sshd::of(&gateway).path(&[&tools(&gateway)]).start();
    let ran = sshd.clawtap().args(["check"]).run();
    let _ = ran.stdout("home: openclaw not found there\n").status(3);
}

#[test]
fn a_damaged_store_lets_no_secret_out() {
    // A comma is missing before the token: what followed it was once taken for the provider's name.
    let gateway = gateway(&[]);
    let path = gateway.path().join(".openclaw").join(FILE);
    fs::create_dir_all(path.parent().expect("it is in a folder")).expect("a fresh folder");
    let damaged = store().replace("\"provider\":\"anthropic\",", "\"provider\":\"anthropic\"");
    fs::write(path, damaged).expect("a fresh folder");
    let sshd = Sshd::of(&gateway).path(&[&tools(&gateway)]).start();
    let ran = sshd.clawtap().args(["check"]).run();
    let _ = ran.stdout("home: openclaw not found there\n").status(3);
    let sent = fs::read_to_string(gateway.path().join("wire/stdout")).expect("a recording");
    assert!(!sent.contains(SECRET), "{sent}");
}

#[test]
fn a_million_damaged_stores_let_no_secret_out() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/stores.js");
    let run = Command::new(program("node"))
        .arg(script)
        .output()
        .expect("node starts");
    assert!(run.status.success(), "{run:?}");
}

#[test]
fn reading_a_database_changes_nothing_in_it() {
    for reader in ["sqlite3", "python3"] {
        let gateway = with_store(gateway(&[reader]), ".openclaw", SHARED);
        let database = gateway.path().join(".openclaw").join(SHARED);
        let read = || {
            let log = database.with_extension("sqlite-wal");
            [&database, &log].map(|file| fs::read(file).expect("a database and its log"))
        };
        let before = read();
        expect_answer(&gateway, "");
        assert!(read() == before, "{reader} changed it");
    }
}

#[test]
fn claude_codes_login_is_told_without_its_tokens() {
    let gateway = with_store(gateway(&["node"]), ".openclaw", FILE)
        .file(".claude/.credentials.json", claude_login());
    expect_answer(&gateway, "");
    let wire = fs::read_to_string(gateway.path().join("wire/stdout")).expect("a recording");
    assert!(
        wire.contains(
            r#" claude {"id":"claude","renews":true,"expires":1,"subscriptionType":"max"}"#
        ),
        "{wire}"
    );
}
