//! Whatever a gateway says reaches no screen with characters that deceive or command a terminal.

use pretty_assertions::assert_eq;
use serde_json::json;

use crate::expiries::document_with;
use crate::support::{CLEAN, Clawtap, GatewayHome, NASTY, assert_harmless};

const CONFIG: &str = "[[gateway]]\nname = \"home\"\nssh = \"me@home.example\"\n";

/// Every way there is to show a gateway, and everything that was shown.
fn shown_everywhere(gateway: &GatewayHome, ssh_says: &str) -> Vec<(String, String)> {
    let commands: [&[&str]; 7] = [
        &["check", "-v"],
        &["tap"],
        &["status", "-v"],
        &["status", "--format", "full"],
        &["status", "--format", "simple"],
        &["status", "--format", "json"],
        &["status", "--format", "prometheus"],
    ];
    let mut shown = Vec::new();
    for command in commands {
        let mut clawtap = Clawtap::with(gateway).on_a_phone().args(command);
        if !ssh_says.is_empty() {
            clawtap = clawtap
                .env("FAKE_SSH_STDERR", ssh_says)
                .env("FAKE_SSH_EXIT", "255");
        }
        let ran = clawtap.run();
        let fakes = ["termux-toast", "termux-notification", "termux-open-url"];
        let phone = fakes.map(|fake| ran.log(fake)).concat();
        shown.push((
            command.join(" "),
            format!("{}{}{phone}", ran.stdout, ran.stderr),
        ));
    }
    shown
}

#[test]
fn names_of_providers_and_logins_are_shown_without_what_could_deceive() {
    for status in ["ok", "expired"] {
        let login =
            json!({ "profileId": NASTY, "provider": NASTY, "label": NASTY, "status": status });
        let document = document_with(&login).replace(
            "\"anthropic/",
            &format!("{}/", json!(NASTY).to_string().trim_end_matches('"')),
        );
        let gateway =
            GatewayHome::new()
                .stdout(document)
                .exit(if status == "ok" { "0" } else { "1" });
        for (command, text) in shown_everywhere(&gateway, "") {
            assert_harmless(&text, &command);
            let names_it = command != "status --format simple"
                && (status == "expired" || command != "tap" && command != "check -v");
            assert_eq!(text.contains(CLEAN), names_it, "{command}: {text}");
        }
    }
}

#[test]
fn words_of_ssh_and_openclaw_are_shown_without_what_could_deceive() {
    let error = json!({ "ok": false, "error": { "message": NASTY } }).to_string();
    let route = json!({
        "resolvedDefault": "openai/gpt-5.5",
        "auth": {
            "modelRouteIssues": [{ "provider": NASTY, "kind": NASTY, "message": NASTY }],
            "missingProvidersInUse": [NASTY],
            "unusableProfiles": [{ "profileId": NASTY, "kind": "disabled", "reason": NASTY }],
            "oauth": { "profiles": [{ "profileId": NASTY, "provider": NASTY, "type": NASTY, "status": NASTY }] },
        },
    });
    let table = [
        (GatewayHome::new().stdout(error).exit("1"), ""),
        (GatewayHome::new().stdout(route.to_string()).exit("1"), ""),
        (
            GatewayHome::new()
                .stdout(NASTY.replace('\0', ""))
                .stderr(NASTY)
                .exit("1"),
            "",
        ),
        (GatewayHome::new(), &*NASTY.replace('\0', "")),
    ];
    for (gateway, ssh_says) in table {
        for (command, text) in shown_everywhere(&gateway, ssh_says) {
            assert_harmless(&text, &command);
        }
    }
}

#[test]
fn names_from_the_stores_that_are_no_ids_never_leave_the_gateway() {
    let store = json!({ "version": 1, "profiles": { NASTY: {
        "type": "token", "provider": NASTY, "expires": 1, "token": "sk-ant-oat01-secret",
    }}});
    let login = json!({ "claudeAiOauth": { "expiresAt": 1, "subscriptionType": NASTY } });
    let gateway = GatewayHome::new()
        .file(
            ".openclaw/agents/main/agent/auth-profiles.json",
            store.to_string(),
        )
        .file(".claude/.credentials.json", login.to_string())
        .exit("127")
        .stderr("env: 'node': No such file or directory");
    for (command, text) in shown_everywhere(&gateway, "") {
        assert_harmless(&text, &command);
        assert!(!text.contains("secret"), "{command}: {text}");
        assert!(!text.contains(CLEAN), "{command}: {text}");
    }
}

#[test]
fn a_banner_with_escape_sequences_is_not_repeated() {
    let gateway = GatewayHome::new().document("2026.9.6/token_expiring_am");
    let ran = Clawtap::with(&gateway)
        .config(CONFIG)
        .env(
            "FAKE_SSH_BANNER",
            "\u{1b}[2J\u{1b}]0;owned\u{7}Welcome!\n{\"auth\":{}}",
        )
        .args(["check"])
        .run()
        .status(2);
    assert_eq!(ran.stdout, "home: anthropic expires in 4 h 59 m\n");
    assert_harmless(&ran.stderr, "stderr");
}

#[test]
fn prometheus_labels_escape_what_would_end_them() {
    let login = json!({ "profileId": "anthropic:\"} 1\\\n", "expiresAt": "" });
    let gateway = GatewayHome::new().stdout(document_with(&login)).exit("0");
    let ran = Clawtap::with(&gateway)
        .args(["status", "--format", "prometheus"])
        .run()
        .status(0);
    let label = r#"profile="anthropic:\"} 1\\",state="ok"} 1"#;
    assert!(ran.stdout.contains(label), "{}", ran.stdout);
}
