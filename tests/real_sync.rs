//! `clawtap sync` with the real OpenClaw and the real Claude Code behind a real sshd. All tokens are made up.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;
use std::time::{Duration, SystemTime};
use std::{fs, path::Path};

use pretty_assertions::assert_eq;
use serde_json::Value;

use crate::support::{
    Clawtap, Identity, Ran, RealGateway, expect_none_left, files_with, program, run_watched,
};

const REFRESH_TOKEN: &str = "sk-ant-ort01-MADE-UP-that-nobody-may-copy";

/// Claude Code is signed in on the gateway for so many hours.
fn with_claude(hours: u64) -> RealGateway {
    let gateway = RealGateway::start();
    sign_in_to_claude(gateway.home.path(), hours);
    gateway
}

fn sign_in_to_claude(home: &Path, hours: u64) {
    let expires = SystemTime::now() + Duration::from_secs(hours * 3600);
    let expires = expires.duration_since(SystemTime::UNIX_EPOCH).expect("now");
    let login = serde_json::json!({"claudeAiOauth": {
        "accessToken": Identity::token(),
        "refreshToken": REFRESH_TOKEN,
        "expiresAt": u64::try_from(expires.as_millis()).expect("this century"),
        "scopes": ["user:inference"],
        "subscriptionType": "max",
    }});
    let file = home.join(".claude/.credentials.json");
    fs::create_dir_all(file.parent().expect("a folder")).expect("a home");
    fs::write(&file, login.to_string()).expect("a folder");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).expect("our file");
}

fn sync(gateway: &RealGateway, words: &str) -> Ran {
    let clawtap: Clawtap = gateway.sshd.clawtap_with("timeout_s = 300\n");
    let arguments = format!("sync --restart no {words}");
    run_watched(
        clawtap.args(arguments.split_whitespace()),
        &[&Identity::token(), REFRESH_TOKEN],
    )
}

#[test]
fn the_token_goes_into_openclaw_and_leaves_the_gateway_in_nobodys_hands() {
    let gateway = with_claude(6);
    let ran = sync(&gateway, "--json").status(0);
    let synced: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    assert_eq!(synced["result"], "synced", "{synced}");
    assert_eq!(synced["profile"], "anthropic:claude-code");
    let left = synced["valid_for_s"].as_i64().expect("seconds");
    assert!((6 * 3600 - 120..=6 * 3600).contains(&left), "{left}");
    let token = Identity::token();
    let places = files_with(gateway.home.path(), &token);
    let known = |name: &String| {
        name.starts_with(".openclaw/state/openclaw.sqlite") || name == ".claude/.credentials.json"
    };
    assert!(places.len() >= 2 && places.iter().all(known), "{places:?}");
    let places = files_with(gateway.home.path(), REFRESH_TOKEN);
    assert_eq!(places, [".claude/.credentials.json"]);
    assert_eq!(files_with(ran.home(), &token), [""; 0]);
    expect_none_left(gateway.home.path());

    let again = sync(&gateway, "").status(0);
    assert!(
        again
            .stdout
            .starts_with("home: already in sync, valid 5 h 59 m"),
        "{}",
        again.stdout
    );
}

#[test]
fn openclaw_is_told_to_use_claude_code_itself() {
    let gateway = with_claude(6);
    let ran = sync(&gateway, "--as cli").status(0);
    assert_eq!(
        ran.stdout, "home: openclaw now uses Claude Code itself\n",
        "{}",
        ran.stderr
    );
    let places = files_with(gateway.home.path(), &Identity::token());
    assert_eq!(places, [".claude/.credentials.json"], "nothing is copied");
    expect_none_left(gateway.home.path());
    let again = sync(&gateway, "").status(0);
    assert_eq!(again.stdout, "home: openclaw uses Claude Code itself\n");
}

/// The profiles of OpenClaw's store, each as its JSON text, read from a copy.
fn profiles(gateway: &RealGateway) -> BTreeMap<String, String> {
    let copy = tempfile::TempDir::new().expect("a temporary folder");
    let state = gateway.home.path().join(".openclaw/state");
    for entry in fs::read_dir(&state).expect("OpenClaw's state").flatten() {
        let name = entry.file_name();
        if name.to_string_lossy().starts_with("openclaw.sqlite") {
            fs::copy(entry.path(), copy.path().join(name)).expect("a fresh folder");
        }
    }
    let query = "select p.key || char(9) || p.value from config_machine_state, \
                 json_each(value_json, '$.profiles') p where state_key = 'authProfiles.store'";
    let output = Command::new(program("sqlite3"))
        .arg(copy.path().join("openclaw.sqlite"))
        .arg(query)
        .output()
        .expect("sqlite3 starts");
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let rows = text.lines().filter_map(|line| line.split_once('\t'));
    rows.map(|(id, json)| (id.to_owned(), json.to_owned()))
        .collect()
}

fn status(gateway: &RealGateway) -> String {
    let clawtap = gateway.sshd.clawtap_with("timeout_s = 300\n");
    clawtap.args(["status"]).run().stdout
}

#[test]
fn the_store_has_one_more_login_and_every_other_one_byte_for_byte_as_before() {
    let gateway = with_claude(6);
    let paste = "paste-token --provider anthropic --profile-id anthropic:manual --expires-in 5d";
    gateway.openclaw(
        &format!("models auth {paste}"),
        &Identity::token().replace("oat01-", "oat01-x"),
    );
    let key = "paste-api-key --provider openrouter --profile-id openrouter:work";
    gateway.openclaw(
        &format!("models auth {key}"),
        "sk-or-v1-MADE-UP-0123456789abcdef",
    );
    let before = profiles(&gateway);
    let names: Vec<_> = before.keys().map(String::as_str).collect();
    assert_eq!(names, ["anthropic:manual", "openrouter:work"]);
    let shown = status(&gateway);
    assert!(!shown.contains("anthropic:claude-code"), "{shown}");

    let _ = sync(&gateway, "").status(0);

    let mut after = profiles(&gateway);
    let new = after
        .remove("anthropic:claude-code")
        .expect("the new login");
    assert_eq!(after, before);
    let new: Value = serde_json::from_str(&new).expect("JSON");
    assert_eq!(new["token"], *Identity::token());
    assert_eq!(new["type"], "token");
    assert!(new["refresh"].is_null(), "{new}");
    let now = shown.lines().count();
    let shown = status(&gateway);
    assert!(shown.contains("anthropic:claude-code"), "{shown}");
    assert!(shown.lines().count() > now, "{shown}");
    let places = files_with(gateway.home.path(), REFRESH_TOKEN);
    assert_eq!(places, [".claude/.credentials.json"]);
    expect_none_left(gateway.home.path());
}
