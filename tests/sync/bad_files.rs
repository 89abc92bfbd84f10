//! Every fault of Claude Code's login file, on the gateway and on this device.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;

use chrono::TimeDelta;
use pretty_assertions::assert_eq;

use super::{FILE, MARK, PROFILE, access_token, gateway, having, hours, login, sync, write};
use crate::support::run_watched;

const AGAIN: &str = "Sign in there again: claude auth login";
const EDITOR: &str = "An editor did that. Sign in there again: claude auth login";
const NOBODY: &str = "";

/// A bad file: its name, what makes it bad, the message about PLACE, and the next step.
type Bad = (&'static str, fn(&Path), &'static str, &'static str);

fn good() -> String {
    login(hours())
}

fn with(file: &Path, change: impl Fn(String) -> String) {
    write(file, change(good()).as_bytes());
}

/// Replaces the value of a key in the login.
fn setting(file: &Path, key: &str, value: serde_json::Value) {
    let mut login: serde_json::Value = serde_json::from_str(&good()).expect("JSON");
    login["claudeAiOauth"][key] = value;
    write(file, login.to_string().as_bytes());
}

const BAD: &[Bad] = &[
    ("missing", |_| {}, "There is no PLACE", NOBODY),
    ("empty", |file| write(file, b""), "PLACE is empty", AGAIN),
    (
        "blank",
        |file| write(file, b" \n\n"),
        "PLACE is empty",
        AGAIN,
    ),
    (
        "half-written",
        |file| with(file, |text| text[..text.len() / 2].into()),
        "PLACE breaks off",
        "Try again in a moment; if it stays, sign in: claude auth login",
    ),
    (
        "huge",
        |file| with(file, |text| text + &" ".repeat(1024 * 1024)),
        "PLACE is larger than 1 MiB",
        AGAIN,
    ),
    (
        "a link",
        |file| {
            write(&file.with_file_name("real.json"), good().as_bytes());
            symlink("real.json", file).expect("a fresh folder");
        },
        "PLACE is a link, and links are not followed",
        "Put the file itself there, or set CLAUDE_CONFIG_DIR to its folder",
    ),
    (
        "a folder",
        |file| fs::create_dir_all(file).expect("a fresh folder"),
        "PLACE is not a file",
        "Move it away, then sign in there: claude auth login",
    ),
    (
        "group-readable",
        |file| {
            write(file, good().as_bytes());
            fs::set_permissions(file, fs::Permissions::from_mode(0o640)).expect("our file");
        },
        "PLACE is open to other users",
        "chmod 600 it; if others use that machine, sign in again too",
    ),
    (
        "a token of another type",
        |file| setting(file, "accessToken", 17.into()),
        "The login in PLACE has no whole access token",
        AGAIN,
    ),
    (
        "a token that is cut off",
        |file| setting(file, "accessToken", access_token()[..60].into()),
        "The login in PLACE has no whole access token",
        AGAIN,
    ),
    (
        "a login of another type",
        |file| write(file, br#"{"claudeAiOauth":"signed in"}"#),
        "Nobody is signed in to Claude Code in PLACE",
        NOBODY,
    ),
    (
        "an expiry of another type",
        |file| setting(file, "expiresAt", "tomorrow".into()),
        "The login in PLACE does not say until when it is valid",
        AGAIN,
    ),
    (
        "an expiry of 0",
        |file| setting(file, "expiresAt", 0.into()),
        "The login in PLACE does not say until when it is valid",
        AGAIN,
    ),
    (
        "a byte order mark",
        |file| with(file, |text| format!("\u{feff}{text}")),
        "PLACE begins with a byte order mark",
        EDITOR,
    ),
    (
        "logins of others only",
        |file| write(file, br#"{"mcpOAuth":{"x":{"accessToken":"y"}}}"#),
        "Nobody is signed in to Claude Code in PLACE",
        NOBODY,
    ),
    (
        "no JSON",
        |file| with(file, |text| text.replace('"', "'")),
        "PLACE is not as Claude Code writes it",
        AGAIN,
    ),
];

/// What is at a place: its kind, mode, time and content.
fn seen(file: &Path) -> Option<(u32, i64, Vec<u8>)> {
    let facts = fs::symlink_metadata(file).ok()?;
    Some((
        facts.mode(),
        facts.mtime_nsec(),
        fs::read(file).unwrap_or_default(),
    ))
}

#[track_caller]
fn expect_refused(from: &str, (name, make, what, next): &Bad) {
    let gateway = having(gateway(), PROFILE, TimeDelta::hours(1));
    let store = format!("store-{PROFILE}");
    let before = gateway.read(&store);
    let clawtap = sync(&gateway, &format!("--from {from}"));
    let (home, place, way_in) = match from {
        "phone" => (
            clawtap.home().to_path_buf(),
            "~/.claude/.credentials.json on this device",
            "Sign in on this device: claude auth login",
        ),
        _ => (
            gateway.path().to_path_buf(),
            "~/.claude/.credentials.json",
            "Sign in there: clawtap reauth --method cli",
        ),
    };
    let file = home.join(FILE);
    make(&file);
    let bad = seen(&file);
    let ran = run_watched(clawtap, &[MARK]);
    let what = what.replace("PLACE", place);
    let next = if *next == NOBODY { way_in } else { next };
    assert_eq!(
        ran.stderr,
        format!("home: syncing…\nclawtap: home: {what}\n→ {next}\n"),
        "{name}"
    );
    assert_eq!((ran.status, &*ran.stdout), (1, ""), "{name}");
    assert_eq!(seen(&file), bad, "{name}");
    assert_eq!(gateway.read(&store), before, "{name}");
    assert_eq!(gateway.calls(), "models status --json --check\n", "{name}");
}

#[test]
fn each_bad_file_of_the_gateway_is_told_of_and_changes_nothing() {
    for bad in BAD {
        expect_refused("gateway", bad);
    }
}

#[test]
fn each_bad_file_of_this_device_is_told_of_and_changes_nothing() {
    for bad in BAD {
        expect_refused("phone", bad);
    }
}
