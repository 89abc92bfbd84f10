//! `clawtap sync` with the real OpenClaw and the real Claude Code behind a real sshd. All tokens are made up.

use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, SystemTime};
use std::{fs, path::Path};

use pretty_assertions::assert_eq;
use serde_json::Value;

use crate::support::{
    Clawtap, Identity, Ran, RealGateway, expect_none_left, files_with, run_watched,
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
