//! The decisions of a sync: from which machine, into which profile and form, and when it is refused.

use std::fs;

use chrono::TimeDelta;
use pretty_assertions::assert_eq;
use rustix::process::Signal;
use serde_json::{Value, json};

use super::{
    AS_A_TOKEN, FILE, MARK, PROFILE, TERMS, access_token, expect_kept, expect_stored,
    expect_synced, expect_untouched, gateway, having, hours, login, sign_in, sync, token,
    with_claude, write,
};
use crate::reauth::on_its_own;
use crate::several_gateways::gateways;
use crate::support::{Clawtap, GatewayHome, run_watched, wait_until};

/// Stays at a step until it may go on.
const HOLD: &str = ": >\"$HOME/reached\"; until [ -f \"$HOME/go\" ]; do sleep 0.05; done";

/// OpenClaw's command lines in a sync, in which `_` replaces the lifetime in seconds, and that lifetime.
fn calls(gateway: &GatewayHome) -> (String, i64) {
    let calls = gateway.calls();
    let seconds = calls
        .split_once("--expires-in ")
        .and_then(|(_, rest)| rest.split_once('s'));
    let seconds = seconds.and_then(|(seconds, _)| seconds.parse().ok());
    let seconds: i64 = seconds.unwrap_or_else(|| panic!("no lifetime in {calls}"));
    (calls.replace(&format!("{seconds}s"), "_s"), seconds)
}

#[track_caller]
fn expect_seconds(seconds: i64) {
    let expected = hours().num_seconds();
    assert!((expected - 60..=expected).contains(&seconds), "{seconds} s");
}

#[test]
fn from_the_gateway_it_goes_through_a_pipe_there_and_not_over_the_wire() {
    let gateway = with_claude();
    let clawtap = sync(&gateway, "").env("FAKE_SSH_WIRE", "yes");
    let ran = run_watched(clawtap, &[MARK]);
    let ran = expect_synced(&gateway, ran, PROFILE);
    let (calls, seconds) = calls(&gateway);
    assert_eq!(
        calls,
        "models status --json --check\n--version\n\
         models auth paste-token --expires-in _s --provider anthropic --profile-id anthropic:claude-code\n\
         models status --json --check\n"
    );
    expect_seconds(seconds);
    assert!(!ran.log("wire").contains(MARK));
    assert_eq!(ran.stderr, format!("home: syncing…\n{AS_A_TOKEN}{TERMS}"));
}

#[test]
fn from_the_phone_it_goes_through_the_connection() {
    let gateway = with_claude();
    let clawtap = sync(&gateway, "--from phone").env("CLAUDE_CONFIG_DIR", "elsewhere/claude");
    let folder = clawtap.home().join("elsewhere/claude");
    write(
        &folder.join(".credentials.json"),
        login(hours()).replace("nwZq7", "phZq7").as_bytes(),
    );
    let clawtap = clawtap.env("CLAUDE_CONFIG_DIR", folder);
    let ran = run_watched(clawtap, &[MARK]).status(0);
    assert_eq!(gateway.stored(PROFILE), Some(token("oat", "ph") + "\n"));
    let (calls, seconds) = calls(&gateway);
    assert_eq!(
        calls,
        "models status --json --check\n--version\n\
         models auth paste-token --provider anthropic --profile-id anthropic:claude-code --expires-in _s\n\
         models status --json --check\n"
    );
    expect_seconds(seconds);
    expect_kept(&gateway, &ran);
}

#[test]
fn the_phones_login_is_taken_where_the_gateway_has_none() {
    for empty in [None, Some("{\"mcpOAuth\":{}}")] {
        let gateway = gateway();
        if let Some(empty) = empty {
            write(&gateway.path().join(FILE), empty.as_bytes());
        }
        let clawtap = sync(&gateway, "--json");
        sign_in(clawtap.home(), hours());
        let ran = clawtap.run().status(0);
        let told: Value = serde_json::from_str(&ran.stdout).expect("JSON");
        assert_eq!(told["from"], "phone");
        expect_stored(&gateway, PROFILE);
        expect_kept(&gateway, &ran);
    }
}

#[test]
fn where_nobody_is_signed_in_it_says_where_it_looked_and_how_to_sign_in() {
    let table = [
        (
            "",
            "There is no ~/.claude/.credentials.json, nor a login in ~/.claude/.credentials.json on this device",
            "Sign in there: clawtap reauth --method cli",
        ),
        (
            "--from gateway",
            "There is no ~/.claude/.credentials.json",
            "Sign in there: clawtap reauth --method cli",
        ),
        (
            "--from phone",
            "There is no ~/.claude/.credentials.json on this device",
            "Sign in on this device: claude auth login",
        ),
    ];
    for (words, what, next) in table {
        let gateway = gateway();
        let ran = sync(&gateway, words).run().status(1).stdout("");
        assert_eq!(
            ran.stderr,
            format!("home: syncing…\nclawtap: home: {what}\n→ {next}\n")
        );
        expect_untouched(&gateway, &ran);
    }
}

#[test]
fn what_is_there_already_is_left_alone() {
    let gateway = having(with_claude(), PROFILE, hours());
    let store = gateway.stored(PROFILE);
    let ran = sync(&gateway, "").run().status(0);
    let ran = ran.stdout("home: already in sync, valid 6 h\n");
    assert_eq!(ran.stderr, "home: syncing…\n");
    assert_eq!(gateway.calls(), "models status --json --check\n");
    assert_eq!(gateway.stored(PROFILE), store);
    // Not even with --force.
    let _ = sync(&gateway, "--force").run().status(0);
    assert_eq!(gateway.stored(PROFILE), store);
    expect_kept(&gateway, &ran);
}

#[test]
fn a_login_that_is_better_is_replaced_only_by_force() {
    let days = TimeDelta::days(200) + TimeDelta::minutes(1);
    for (profile, left, why) in [
        (
            PROFILE,
            hours() + TimeDelta::hours(1),
            "anthropic:claude-code there lasts longer: 7 h",
        ),
        (
            "anthropic:manual",
            days,
            "anthropic:manual is valid for 200 d",
        ),
    ] {
        let gateway = having(with_claude(), profile, left);
        let store = gateway.stored(profile);
        let ran = sync(&gateway, "").run().status(1).stdout("");
        assert_eq!(
            ran.stderr,
            format!(
                "home: syncing…\nclawtap: home: not synced: {why}\n→ Sync all the same: clawtap sync --force\n"
            )
        );
        assert_eq!(gateway.calls(), "models status --json --check\n");
        assert_eq!(gateway.stored(profile), store);
        let ran = expect_synced(&gateway, sync(&gateway, "--force").run(), PROFILE);
        if profile != PROFILE {
            assert_eq!(gateway.stored(profile), store, "the other one stays");
        }
        drop(ran);
    }
}

#[test]
fn a_login_that_ends_sooner_is_replaced() {
    let gateway = having(with_claude(), PROFILE, TimeDelta::hours(2));
    let _ = expect_synced(&gateway, sync(&gateway, "").run(), PROFILE);
}

#[test]
fn as_the_cli_nothing_is_copied() {
    let gateway = with_claude();
    let ran = sync(&gateway, "--as cli").run().status(0);
    let ran = ran.stdout("home: openclaw now uses Claude Code itself\n");
    assert_eq!(
        ran.stderr,
        format!("home: syncing…\nAs the CLI, as you asked: nothing is copied.\n{TERMS}")
    );
    assert_eq!(
        gateway.calls(),
        "models status --json --check\n\
         models auth login --provider anthropic --method cli --set-default\n\
         models status --json --check\n"
    );
    for words in ["", "--as cli"] {
        let again = sync(&gateway, words).run().status(0);
        let _ = again.stdout("home: openclaw uses Claude Code itself\n");
    }
    assert_eq!(gateway.calls().lines().count(), 5);
    assert_eq!(gateway.stored(PROFILE), None);
    expect_kept(&gateway, &ran);
}

#[test]
fn a_token_goes_to_an_openclaw_that_runs_claude_code_only_when_asked_for() {
    let gateway = with_claude().file("route", "claude-cli\n");
    let ran = sync(&gateway, "--as token").run();
    let ran = expect_synced(&gateway, ran, PROFILE);
    assert!(ran.stderr.contains("\nAs a token, as you asked.\n"));
}

#[test]
fn it_goes_into_the_profile_that_is_named() {
    let gateway = with_claude();
    let ran = sync(&gateway, "--profile anthropic:work --json")
        .run()
        .status(0);
    let told: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    assert_eq!(told["profile"], "anthropic:work");
    assert_eq!(gateway.stored(PROFILE), None);
    expect_stored(&gateway, "anthropic:work");
}

#[test]
fn a_profile_that_is_none_is_refused_before_anything_runs() {
    for profile in ["", "-x", "two  words", "a\nb", "$(id)", &"x".repeat(500)] {
        let gateway = with_claude();
        let ran = sync(&gateway, "").args([format!("--profile={profile}")]);
        let ran = ran.run().status(64).stdout("");
        assert_eq!(
            ran.stderr,
            "clawtap: --profile is no login's id\n→ One is like anthropic:claude-code\n"
        );
        assert_eq!(gateway.calls(), "");
    }
}

#[test]
fn a_dry_run_asks_how_it_stands_and_tells_what_would_run() {
    let table = [
        (
            "--dry-run",
            "openclaw models auth paste-token --provider anthropic --profile-id anthropic:claude-code < Claude Code's access token",
            AS_A_TOKEN,
        ),
        (
            "-n --as cli",
            "openclaw models auth login --provider anthropic --method cli --set-default",
            "As the CLI, as you asked: nothing is copied.\n",
        ),
    ];
    for (words, command, why) in table {
        let gateway = with_claude();
        let ran = sync(&gateway, words).run().status(0);
        let ran = ran.stdout(&format!("home: would run: {command}\n"));
        assert_eq!(ran.stderr, why);
        expect_untouched(&gateway, &ran);
    }
}

#[test]
fn a_program_is_told_in_json_what_came_of_it() {
    let gateway = with_claude();
    let ran = sync(&gateway, "--json").run().status(0);
    let mut told: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    let seconds = told["valid_for_s"].take().as_i64();
    expect_seconds(seconds.expect("seconds"));
    let message = told["message"].take();
    let message = message.as_str().expect("a text");
    assert!(message.starts_with("synced, valid until "), "{message}");
    assert_eq!(
        told,
        json!({"schema": 1, "gateway": "home", "result": "synced", "from": "gateway", "as": "token",
               "profile": PROFILE, "valid_for_s": null, "message": null})
    );
    let ran = sync(&super::gateway(), "--json --from gateway")
        .run()
        .status(1);
    let told: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    assert_eq!(
        told,
        json!({"schema": 1, "result": "not-synced",
               "message": "home: There is no ~/.claude/.credentials.json",
               "next_step": "Sign in there: clawtap reauth --method cli"})
    );
}

#[test]
fn the_gateway_process_restarts_only_when_somebody_wants_that() {
    let later = "Later, on the gateway: openclaw gateway restart\n";
    for (answer, restarts) in [("yes", true), ("no", false), ("ask", false)] {
        let gateway = with_claude().reply("needs-restart", "");
        let ran = sync(&gateway, &format!("--restart {answer}")).run();
        let ran = expect_synced(&gateway, ran, PROFILE);
        assert_eq!(gateway.calls().contains("gateway restart"), restarts);
        assert_eq!(ran.stderr.contains(later), !restarts, "{}", ran.stderr);
    }
    let gateway = with_claude().reply("needs-restart", "");
    let clawtap = sync(&gateway, "").on_a_phone().env("FAKE_ANSWERS", "0");
    let _ = expect_synced(&gateway, clawtap.run(), PROFILE);
    assert!(gateway.calls().contains("\ngateway restart\n"));
    let gateway = with_claude();
    let _ = expect_synced(&gateway, sync(&gateway, "--restart yes").run(), PROFILE);
    assert!(!gateway.calls().contains("gateway restart"), "not needed");
}

#[test]
fn an_old_openclaw_is_given_nothing() {
    for from in ["gateway", "phone"] {
        let gateway = with_claude().reply("version", "2026.5.12");
        let clawtap = sync(&gateway, &format!("--from {from}"));
        sign_in(clawtap.home(), hours());
        let ran = run_watched(clawtap, &[MARK]).status(1).stdout("");
        let end = "clawtap: home: its openclaw is too old to take a token\n\
                   → Update it to 2026.6 or later, or on the gateway: openclaw doctor\n";
        assert!(ran.stderr.ends_with(end), "{}", ran.stderr);
        assert_eq!(gateway.calls(), "models status --json --check\n--version\n");
        assert_eq!(gateway.stored(PROFILE), None);
        expect_kept(&gateway, &ran);
    }
}

#[test]
fn an_openclaw_that_does_not_store_it_is_quoted_without_the_token() {
    let full = "database or disk is full";
    let talkative = "fail \"Error: cannot take $line here\"";
    let old = "The old login is as it was. Look: clawtap status";
    let two_hours = TimeDelta::hours(2) + TimeDelta::seconds(50);
    let table = [
        ("disk-full", "", full, old),
        ("at-paste", talkative, "Error: cannot take … here", old),
        ("at-paste", "exit 1", "openclaw ended without a word", old),
        (
            "at-stored",
            "fail 'Error: no gateway'",
            "Error: no gateway",
            "It is stored all the same. See: clawtap status",
        ),
        (
            "at-paste",
            "printf '%s' \"$line\"; exit 0",
            "handed over 6 h, but openclaw says 2 h",
            "See: clawtap status",
        ),
    ];
    for from in ["gateway", "phone"] {
        for (step, script, what, next) in table {
            let gateway = having(with_claude(), PROFILE, two_hours);
            let gateway = gateway.reply(step, script);
            let clawtap = sync(&gateway, &format!("--from {from}"));
            sign_in(clawtap.home(), hours());
            let ran = clawtap.run().status(1).stdout("");
            let end = format!("clawtap: home: {what}\n→ {next}\n");
            assert!(ran.stderr.ends_with(&end), "{from}: {}", ran.stderr);
            let is_new = gateway.stored(PROFILE) == Some(access_token() + "\n");
            assert_eq!(is_new, step == "at-stored", "{from}: {what}");
            expect_kept(&gateway, &ran);
        }
    }
}

#[test]
fn a_sync_that_is_interrupted_says_what_openclaw_may_have() {
    let table = [
        ("first", "The old login is as it was"),
        ("at-paste", "It may be stored. See: clawtap status"),
        ("at-stored", "It may be stored. See: clawtap status"),
    ];
    for (step, next) in table {
        let gateway = with_claude().reply(step, HOLD);
        let running = sync(&gateway, "").start();
        assert!(wait_until(|| gateway.read("reached").is_some()), "{step}");
        running.signal(Signal::INT);
        let ran = running.end().status(130).stdout("");
        let end = format!("clawtap: interrupted\n→ {next}\n");
        assert!(ran.stderr.ends_with(&end), "{step}: {}", ran.stderr);
        // What is in the middle of storing may finish that.
        write(&gateway.path().join("go"), b"");
        expect_kept(&gateway, &ran);
    }
}

#[test]
fn the_terms_are_told_once() {
    let gateway = with_claude();
    let first = sync(&gateway, "").run().status(0);
    assert!(first.stderr.contains(TERMS), "{}", first.stderr);
    fs::remove_file(gateway.path().join(format!("store-{PROFILE}"))).expect("it was stored");
    let again = sync(&gateway, "").env("HOME", first.home()).run();
    let again = expect_synced(&gateway, again, PROFILE);
    assert!(!again.stderr.contains("terms"), "{}", again.stderr);
}

#[test]
fn of_several_gateways_one_is_chosen() {
    let states = [
        ("alm", Some("token_expired_am")),
        ("zoo", Some("token_expired_am")),
    ];
    let (gateway, config) = gateways(&states);
    sign_in(gateway.path(), hours());
    let clawtap = |words: &str| {
        let clawtap = on_its_own(Clawtap::new().config(&config).reaching(&gateway));
        clawtap.args(["sync"]).args(words.split_whitespace())
    };
    let ran = clawtap("").run().status(64).stdout("");
    assert_eq!(
        ran.stderr,
        "clawtap: there are several to choose from\n→ Say which: alm; zoo\n"
    );
    let ran = clawtap("").on_a_phone().env("FAKE_ANSWERS", "cancel");
    let ran = ran.run().status(1).stdout("");
    assert_eq!(
        ran.stderr,
        "clawtap: nothing was chosen\n→ Again: clawtap sync\n"
    );
    assert_eq!(
        ran.log("termux-dialog"),
        "radio -t Sync on which gateway? -v alm,zoo\n"
    );
    assert_eq!(gateway.calls(), "");
    let ran = clawtap("-n")
        .on_a_phone()
        .env("FAKE_ANSWERS", "1")
        .run()
        .status(0);
    assert!(ran.stdout.starts_with("zoo: would run: "), "{}", ran.stdout);
    let ran = clawtap("-n -g alm").run().status(0);
    assert!(ran.stdout.starts_with("alm: would run: "), "{}", ran.stdout);
}

#[test]
fn the_second_of_two_waits_for_the_first_and_finds_it_in_sync() {
    let gateway = with_claude().reply("at-paste", HOLD);
    let first = sync(&gateway, "").start();
    assert!(wait_until(|| gateway.read("reached").is_some()));
    let second = sync(&gateway, "").env("HOME", first.home()).start();
    // Long enough to ask, if it did not wait.
    std::thread::sleep(std::time::Duration::from_millis(500));
    assert_eq!(gateway.calls().matches("models status").count(), 1);
    write(&gateway.path().join("go"), b"");
    let second = second.end().status(0);
    assert_eq!(second.stdout, "home: already in sync, valid 6 h\n");
    let _ = expect_synced(&gateway, first.end(), PROFILE);
    assert_eq!(gateway.calls().matches("paste-token").count(), 1);
}

#[test]
fn a_refused_login_is_replaced_whatever_its_time_left() {
    let cause = |name: &str| crate::causes::cause(name).replace("anthropic:me", PROFILE);
    let after = cause("signed_in");
    let line = after.lines().find(|line| line.contains("\"remainingMs\""));
    let old = line.expect("a login").trim().trim_end_matches(',');
    let left = format!("\"remainingMs\": {}", hours().num_milliseconds());
    let gateway = GatewayHome::new()
        .stdout(cause("disabled_auth_permanent"))
        .exit("1")
        .reply("document-after", &after.replace(old, &left))
        .reply("exit-after", "0");
    sign_in(gateway.path(), hours());
    let ran = sync(&gateway, "").run().status(0);
    assert!(
        ran.stdout.starts_with("home: synced, valid until "),
        "{}",
        ran.stdout
    );
    let (calls, _) = calls(&gateway);
    let logout = format!("models auth logout {PROFILE} --yes\n--version\nmodels auth paste-token");
    assert!(calls.contains(&logout), "{calls}");
}

#[test]
fn a_refused_login_that_is_removed_is_not_said_to_be_as_it_was() {
    let cause = crate::causes::cause("disabled_auth_permanent").replace("anthropic:me", PROFILE);
    let gateway = GatewayHome::new()
        .stdout(cause)
        .exit("1")
        .reply("disk-full", "");
    sign_in(gateway.path(), hours());
    let ran = sync(&gateway, "").run().status(1);
    assert!(
        ran.stderr
            .ends_with("→ The refused login is removed. Again: clawtap sync\n"),
        "{}",
        ran.stderr
    );
}
