//! `clawtap sync` with fakes: decisions, faults of the login file, and faults at every step. All tokens are made up.

mod bad_files;
mod chaos;
mod decisions;
mod expired;
mod on_a_phone;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use chrono::{TimeDelta, Utc};

use crate::reauth::{expect_clean, on_its_own};
use crate::support::{Clawtap, GatewayHome, Ran};

/// The profile that a sync fills.
const PROFILE: &str = "anthropic:claude-code";
/// The characters of every secret in these tests, which nothing else contains: half a token is found by them too.
const MARK: &str = "Zq7Zq7";
/// Where Claude Code keeps its login.
const FILE: &str = ".claude/.credentials.json";
const TERMS: &str = "Anthropic's terms keep subscription logins to its own programs; OpenClaw's use of one is at your \
                     own risk. (Told once.)\n";
const AS_A_TOKEN: &str = "As a token: openclaw has logins of its own.\n";
const HOURS_LEFT: &str = "6 h";

/// A token as long as a real one, of a kind and with two letters of its own.
fn token(kind: &str, own: &str) -> String {
    let token = format!("sk-ant-{kind}01-{own}{}", "Zq7".repeat(31));
    assert_eq!(token.len(), 108);
    token
}

fn access_token() -> String {
    token("oat", "nw")
}

/// A lifetime that is shown as six hours, even if a test takes long.
fn hours() -> TimeDelta {
    TimeDelta::hours(6) + TimeDelta::seconds(50)
}

/// A gateway that lists what its store holds.
fn gateway() -> GatewayHome {
    GatewayHome::new().reply("lists-store", "")
}

/// A gateway on which Claude Code is signed in for six hours.
pub(crate) fn with_claude() -> GatewayHome {
    let gateway = gateway();
    sign_in(gateway.path(), hours());
    gateway
}

/// Signs in to Claude Code in this home.
fn sign_in(home: &Path, left: TimeDelta) {
    write(&home.join(FILE), login(left).as_bytes());
}

/// What Claude Code keeps.
fn login(left: TimeDelta) -> String {
    serde_json::json!({"claudeAiOauth": {
        "accessToken": access_token(),
        "refreshToken": token("ort", "rf"),
        "expiresAt": (Utc::now() + left).timestamp_millis(),
        "scopes": ["user:inference"],
        "subscriptionType": "max",
    }})
    .to_string()
}

/// Writes a file that only its owner may read.
fn write(file: &Path, content: &[u8]) {
    fs::create_dir_all(file.parent().expect("a name has a parent")).expect("a fresh folder");
    fs::write(file, content).expect("a fresh folder");
    fs::set_permissions(file, fs::Permissions::from_mode(0o600)).expect("our file");
}

/// OpenClaw has this login already.
fn having(gateway: GatewayHome, profile: &str, left: TimeDelta) -> GatewayHome {
    let expires = (Utc::now() + left).timestamp_millis();
    let store = format!("{}\nexpires {expires}\n", token("oat", "ld"));
    gateway.file(&format!("store-{profile}"), store)
}

fn sync(gateway: &GatewayHome, words: &str) -> Clawtap {
    on_its_own(Clawtap::with(gateway))
        .args(["sync"])
        .args(words.split_whitespace())
}

/// Expects a sync of a token for six hours, which only OpenClaw and Claude Code have.
#[track_caller]
fn expect_synced(gateway: &GatewayHome, ran: Ran, profile: &str) -> Ran {
    let ran = ran.status(0);
    let text = ran.stdout.strip_prefix("home: synced, valid until ");
    let text = text.and_then(|text| text.strip_suffix(&format!(" ({HOURS_LEFT})\n")));
    let text = text.unwrap_or_else(|| panic!("{:?}\n{}", ran.stdout, ran.stderr));
    let near = [-90, -60, -30, 0, 30].map(|seconds| {
        let (now, end) = (
            Utc::now(),
            Utc::now() + hours() + TimeDelta::seconds(seconds),
        );
        let format = if now.date_naive() == end.date_naive() {
            "%H:%M"
        } else {
            "%-d %b %H:%M"
        };
        end.format(format).to_string()
    });
    assert!(
        near.contains(&text.to_owned()),
        "{text} is none of {near:?}"
    );
    expect_stored(gateway, profile);
    expect_kept(gateway, &ran);
    ran
}

/// Expects that OpenClaw stored the token with its remaining lifetime.
#[track_caller]
fn expect_stored(gateway: &GatewayHome, profile: &str) {
    assert_eq!(gateway.stored(profile), Some(access_token() + "\n"));
    let expires = gateway.stored_until(profile).expect("an expiry");
    let left = expires - Utc::now().timestamp_millis();
    let promised = hours().num_milliseconds();
    assert!(
        (promised - 60_000..promised + 2000).contains(&left),
        "{left} ms"
    );
}

/// Expects no process or temporary file to remain, and no secret outside the stores.
#[track_caller]
fn expect_kept(gateway: &GatewayHome, ran: &Ran) {
    for home in [gateway.path(), ran.home()] {
        // The stores that may contain it.
        for place in [FILE, "reply/claude-token"] {
            let _ = fs::remove_file(home.join(place));
        }
        let _ = fs::remove_dir_all(home.join("elsewhere"));
    }
    expect_clean(gateway, ran, MARK);
}

/// Expects that OpenClaw was only asked for its status, and stored nothing.
#[track_caller]
fn expect_untouched(gateway: &GatewayHome, ran: &Ran) {
    assert_eq!(gateway.calls(), "models status --json --check\n");
    assert_eq!(gateway.stored(PROFILE), None);
    expect_kept(gateway, ran);
}
