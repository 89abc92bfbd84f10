//! Which alerts are sent, when, and to which channels.

use pretty_assertions::assert_eq;

use super::household::{Household, LISTENER};
use crate::support::{NtfyServer, fixture};

const EXPIRING: &str = "home: anthropic expires in 39 m";
const EXPIRED: &str = "home: anthropic expired";
const BETTER: &str = "home: anthropic works again";

fn told(line: &str, channel: &str) -> String {
    format!("{line}\n  → {channel}\n")
}

#[test]
fn a_login_that_ends_is_told_once_at_each_step_and_that_it_works_again() {
    let household = Household::new(LISTENER);
    household.says("token_ok_am").check().expect(0, "", "");
    let soon = household.says("token_soon_am").check();
    soon.expect(2, &told(EXPIRING, "command"), "");
    household.check().expect(2, "", "");
    let expired = household.says("token_expired_am").check();
    expired.expect(1, &told(EXPIRED, "command"), "");
    household.check().expect(1, "", "");
    let better = household.says("token_ok_am").check();
    better.expect(0, &told(BETTER, "command"), "");
    household.check().expect(0, "", "");
    assert_eq!(
        household.heard(),
        [
            format!("warning expiring {EXPIRING}"),
            format!("critical expired {EXPIRED}"),
            format!("info recovered {BETTER}"),
        ]
    );
}

#[test]
fn a_refused_login_is_told_at_once_and_that_openclaw_uses_it_again() {
    let household = Household::new(LISTENER);
    let refused = household.says_why("cooldown_auth", "1").check();
    refused.expect(1, &told("home: anthropic is signed out", "command"), "");
    let better = household.says_why("signed_in", "0").check();
    better.expect(0, &told(BETTER, "command"), "");
    let heard = household.read("heard").unwrap();
    assert!(heard.contains("OpenClaw uses it again."), "{heard}");
}

#[test]
fn an_account_that_is_not_paid_is_told_at_once() {
    for (cause, title) in [
        ("cooldown_billing", "home: anthropic cools down for 59 m"),
        (
            "disabled_billing",
            "home: anthropic is disabled for 3 h 59 m",
        ),
    ] {
        let household = Household::new(LISTENER);
        let checked = household.says_why(cause, "1").check();
        checked.expect(1, &told(title, "command"), "");
    }
}

#[test]
fn a_rate_limit_may_pass_before_it_is_told() {
    let household = Household::new(LISTENER);
    household
        .says_why("cooldown_rate_limit", "1")
        .check()
        .expect(1, "", "");
    assert_eq!(household.heard(), [""; 0]);
}

#[test]
fn what_a_program_gets_says_what_to_do_and_where() {
    let household = Household::new(LISTENER);
    household.says("token_expired_am").check();
    let heard = household.read("heard").unwrap();
    let message: serde_json::Value = serde_json::from_str(&heard).unwrap();
    let keys = ["gateway", "provider", "profile", "body", "page"];
    let values = keys.map(|key| message[key].as_str().unwrap());
    assert_eq!(
        values,
        [
            "home",
            "anthropic",
            "anthropic:claude-code",
            "Sign in again: clawtap reauth",
            "https://claude.ai/login",
        ]
    );
}

#[test]
fn without_a_channel_it_is_printed_for_whoever_started_it() {
    let household = Household::new("[[gateway]]\nname = \"home\"\nssh = \"me@home.example\"\n");
    let expired = household.says("token_expired_am").check();
    let line = format!("{EXPIRED}\n  Sign in again: clawtap reauth\n");
    expired.expect(1, &line, "");
    household.check().expect(1, "", "");
}

#[test]
fn nobody_is_told_of_keys_and_logins_that_renew_themselves() {
    let household = Household::new(LISTENER);
    household.says("api_key").check().expect(0, "", "");
    let document = household.gateway.path().join("reply/document");
    let renewing = std::fs::read_to_string(fixture("corpus/2026.9.6/token_soon_am.json")).unwrap();
    let renewing = renewing
        .replace("\"type\": \"token\"", "\"type\": \"oauth\"")
        .replace("\"expiring\"", "\"ok\"");
    std::fs::write(document, renewing).unwrap();
    household.check().expect(0, "", "");
    assert_eq!(household.heard(), [""; 0]);
}

#[test]
fn a_gateway_out_of_reach_is_no_expired_login() {
    let household = Household::new(LISTENER);
    household.says("token_expired_am").is_down(true);
    for _ in 0..2 {
        household.check().expect(3, "", "");
    }
    let third = household.check();
    let line = "home: no ssh server answers";
    third.expect(3, &told(line, "command"), "");
    assert_eq!(household.heard(), [format!("warning port-closed {line}")]);
    household.is_down(false).check();
    assert_eq!(
        household.heard()[1..],
        [
            format!("critical expired {EXPIRED}"),
            "info recovered home: can be asked again".to_owned(),
        ]
    );
}

#[test]
fn the_upstream_variable_changes_the_ladder() {
    let household = Household::new(LISTENER);
    household.says("token_soon_am");
    let run = |hours| {
        let mut command = household.command(&[]);
        command.env("WARN_HOURS", hours).output().unwrap()
    };
    let unusable = run("soon");
    assert_eq!(unusable.status.code(), Some(78));
    assert_eq!(
        String::from_utf8(unusable.stderr).unwrap(),
        "clawtap: WARN_HOURS is not usable: soon is no number of hours\n→ Set it to hours, such as 24,6,1\n"
    );
    household.says("token_ok_am");
    assert_eq!(run("24").status.code(), Some(0));
    assert_eq!(household.heard(), [""; 0]);
    run("8000");
    let days = "warning expiring home: anthropic expires in 299 d";
    assert_eq!(household.heard(), [days]);
}

#[test]
fn a_channel_that_fails_is_tried_again_and_the_other_one_is_not_repeated() {
    let household = Household::new(
        "\
[[gateway]]
name = \"home\"
ssh = \"me@home.example\"
[[alerts.command]]
name = \"lamp\"
run = [\"/bin/sh\", \"-c\", \"cat >>heard\"]
[[alerts.command]]
name = \"mail\"
run = [\"/bin/sh\", \"-c\", \"[ -e works ] || { echo no network >&2; exit 69; }; cat >>mailed\"]
",
    );
    let first = household.says("token_expired_am").check();
    first.expect(
        1,
        &told(EXPIRED, "lamp"),
        &format!("{EXPIRED}\n  ✗ mail: exit code 69: no network\n"),
    );
    // Too early for another try.
    household.write("works", "").check().expect(1, "", "");
    let state = household.read(".local/state/clawtap/alerts.json").unwrap();
    let mut state: serde_json::Value = serde_json::from_str(&state).unwrap();
    state["channels"]["mail"]["retry_after"] = "2026-01-01T00:00:00Z".into();
    household.write(".local/state/clawtap/alerts.json", &state.to_string());
    household.check().expect(1, &told(EXPIRED, "mail"), "");
    household.check().expect(1, "", "");
    assert_eq!(household.heard().len(), 1);
    assert_eq!(household.read("mailed").unwrap().lines().count(), 1);
}

#[test]
fn an_alert_that_no_channel_takes_fails_the_run() {
    let household = Household::new(&LISTENER.replace("cat >>heard", "exit 1"));
    let lost = household.says("token_expired_am").check();
    let expected = format!(
        "\
{EXPIRED}
  ✗ command: exit code 1
clawtap: no channel took 1 of 1 alerts
→ The next check tries again. Try the channels: clawtap monitor test-alert
"
    );
    lost.expect(75, "", &expected);
}

#[test]
fn a_last_resort_takes_what_the_others_cannot_deliver() {
    let config =
        format!("{LISTENER}fallback = true\n[alerts.openclaw]\ntarget = \"+15551234567\"\n");
    let household = Household::new(&config);
    household.write("none", "");
    let reply = household.gateway.path().join("reply/at-message");
    std::fs::write(reply, "echo no channel is signed in >&2; exit 1").unwrap();
    let first = household.says("token_expired_am").check();
    assert_eq!(
        (first.code, &first.stdout[..]),
        (1, &told(EXPIRED, "command")[..])
    );
    household.check().expect(1, "", "");
    assert_eq!(household.heard(), [format!("critical expired {EXPIRED}")]);
}

#[test]
fn a_rehearsal_tells_nobody() {
    let household = Household::new(LISTENER);
    household.says("token_expired_am");
    let line = format!("would tell command: {EXPIRED}\n");
    household.run(&["--dry-run"]).expect(1, &line, "");
    household.run(&["--dry-run"]).expect(1, &line, "");
    assert_eq!(household.heard(), [""; 0]);
    household.check();
    household
        .run(&["--dry-run"])
        .expect(1, "Nothing would be told.\n", "");
}

#[test]
fn quiet_hours_hold_back_what_is_not_urgent() {
    let now = chrono::Utc::now();
    let hours = |from: i64, to: i64| {
        let at = |hours| {
            (now + chrono::TimeDelta::hours(hours))
                .format("%H:%M")
                .to_string()
        };
        format!("[alerts]\nquiet = \"{}-{}\"\n{LISTENER}", at(from), at(to))
    };
    let household = Household::new(&hours(-1, 1));
    household.says("token_soon_am").check().expect(2, "", "");
    household.says("token_expired_am").check();
    assert_eq!(household.heard(), [format!("critical expired {EXPIRED}")]);
    household.says("token_ok_am").check().expect(0, "", "");
    household.write(".config/clawtap/config.toml", &hours(2, 3));
    household.check().expect(0, &told(BETTER, "command"), "");
}

#[test]
fn a_person_at_a_terminal_sees_how_it_stands() {
    let household = Household::new(LISTENER);
    household.says("token_ok_am");
    let output = household.command(&["--verbose"]).output().unwrap();
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        "home: ok, anthropic 299 d left\n"
    );
}

#[test]
fn metrics_and_alerts_do_not_wait_for_each_other() {
    let household = Household::new(LISTENER);
    household.says("token_expired_am");
    let failed = household.run(&["--textfile", "missing/clawtap.prom"]);
    let stderr = "clawtap: there is no folder missing\n\
                  → Name a file in the folder of node_exporter's --collector.textfile.directory\n";
    failed.expect(74, &told(EXPIRED, "command"), stderr);
    let household = Household::new(&LISTENER.replace("cat >>heard", "exit 1"));
    let lost = household
        .says("token_expired_am")
        .run(&["--textfile", "clawtap.prom"]);
    assert_eq!(lost.code, 75);
    let metrics = household.read("clawtap.prom").unwrap();
    let broken = "clawtap_gateway_verdict{gateway=\"home\",verdict=\"broken\"} 1\n";
    assert!(metrics.contains(broken), "{metrics}");
}

#[test]
fn the_ntfy_app_gets_how_bad_it_is_and_where_to_sign_in() {
    let server = NtfyServer::start(&[]);
    let household = Household::new(&format!(
        "[[gateway]]\nname = \"home\"\nssh = \"me@home.example\"\n[alerts.ntfy]\nurl = \"{}\"\ntopic = \"t\"\n",
        server.url()
    ));
    let expired = household.says("token_expired_am").check();
    expired.expect(1, &told(EXPIRED, "ntfy"), "");
    household.check().expect(1, "", "");
    household.says("token_ok_am").check();
    let bodies = server.requests().into_iter().map(|request| {
        let body = request.json();
        let text = |key: &str| body[key].as_str().unwrap_or("-").to_owned();
        (text("title"), body["priority"].as_u64(), text("click"))
    });
    assert_eq!(
        bodies.collect::<Vec<_>>(),
        [
            (EXPIRED.into(), Some(5), "https://claude.ai/login".into()),
            (BETTER.into(), Some(3), "-".into()),
        ]
    );
}

#[test]
fn the_phone_puts_it_up_and_takes_it_for_better_news() {
    let mut household = Household::new("[[gateway]]\nname = \"home\"\nssh = \"me@home.example\"\n");
    household.clawtap = household.clawtap.on_a_phone();
    let expired = household.says("token_expired_am").check();
    expired.expect(1, &told(EXPIRED, "phone"), "");
    household.says("token_ok_am").check();
    let log = household.read("log/every-call").unwrap();
    let put_up = log
        .lines()
        .filter(|line| line.starts_with("termux-notification --id clawtap-home "));
    assert_eq!(put_up.count(), 2, "{log}");
    assert!(
        log.contains("home: anthropic expired") && log.contains(BETTER),
        "{log}"
    );
}
