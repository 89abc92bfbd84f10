//! OpenClaw's own messages: what it is called with, by which gateway, and what is said of one that was not sent.

use std::time::{Duration, Instant};

use pretty_assertions::assert_eq;

use super::{TELEGRAM, expect_delivered, expect_undelivered, test_at, test_of};
use crate::support::{Clawtap, GatewayHome, expect_none_left};

const TEXT: &str =
    "--message=home: test alert\n  This is a test of clawtap's alerts. Nothing is wrong.\n";

#[test]
fn the_gateway_sends_title_and_body() {
    let gateway = GatewayHome::new();
    let _ = expect_delivered(test_at(&gateway, TELEGRAM).run(), &["openclaw"]);
    let expected = format!("message\nsend\n--json\n--target=123\n{TEXT}");
    assert_eq!(gateway.read("sent"), Some(expected));
    assert_eq!(gateway.calls().lines().count(), 2, "it is run once");
}

#[test]
fn a_target_is_never_taken_for_an_option_or_a_command() {
    for target in [
        "-1001234567890",
        "--help",
        "$(touch pwned)",
        "'; touch pwned; '",
        "a\\nb!c%s\"",
        "größe ✓",
    ] {
        let gateway = GatewayHome::new();
        let quoted = serde_json::Value::from(target);
        let channel = format!("[alerts.openclaw]\ntarget = {quoted}\nchannel = {quoted}\n");
        let _ = expect_delivered(test_at(&gateway, &channel).run(), &["openclaw"]);
        let expected =
            format!("message\nsend\n--json\n--target={target}\n--channel={target}\n{TEXT}");
        assert_eq!(gateway.read("sent"), Some(expected));
        assert_eq!(gateway.read("pwned"), None);
    }
}

#[test]
fn a_message_that_was_not_sent_is_told_in_openclaws_words() {
    let no_channel = "{\n  \"ok\": false,\n  \"error\": {\n    \"type\": \"cli_error\",\n    \"message\": \"Channel is required (no configured channels detected).\\nConfig: x\"\n  }\n}\n";
    let framed = format!(
        "{no_channel}[openclaw] The CLI command failed.\n[openclaw] Help: openclaw --help\n"
    );
    let table = [
        (
            framed.as_str(),
            "Channel is required (no configured channels detected).",
        ),
        ("node:internal\nError: Boom\n\n", "Error: Boom"),
        (
            "\u{1b}[31mno\u{1b}[0m \u{7}way\u{202e}, 123456789:AAMADE-UPMADE-UPMADE-UPMADEUP0\n",
            "no way, 123456789:…",
        ),
        ("\n", "openclaw ended with exit code 1"),
    ];
    for (said, reason) in table {
        let gateway = GatewayHome::new().reply("message-fails", said);
        let ran = test_at(&gateway, TELEGRAM).run();
        let _ = expect_undelivered(ran, &format!("openclaw: home: {reason}"));
    }
    let gateway = GatewayHome::new().reply("message-fails", &"{\n\u{1b}[".repeat(100_000));
    let ran = test_at(&gateway, TELEGRAM).run().status(75);
    assert!(ran.stdout.chars().count() < 260, "{}", ran.stdout);
}

#[test]
fn a_gateway_that_is_away_or_hangs_is_told() {
    let refused = "ssh: connect to host home.example port 22: Connection refused";
    let ran = test_at(&GatewayHome::new(), TELEGRAM)
        .env("FAKE_SSH_STDERR", refused)
        .run();
    let _ = expect_undelivered(ran, "openclaw: home: no ssh server answers");

    let gateway = GatewayHome::new().reply("at-message", "sleep 600");
    let begun = Instant::now();
    let ran = test_at(&gateway, &format!("{TELEGRAM}timeout_s = 1\n")).run();
    let _ = expect_undelivered(ran, "openclaw: home: openclaw hangs; it was ended");
    assert!(begun.elapsed() < Duration::from_secs(40));
    expect_none_left(gateway.path());

    let ran = test_at(&GatewayHome::new(), TELEGRAM)
        .env("FAKE_SSH_CUT", "40")
        .run();
    let _ = expect_undelivered(ran, "openclaw: home: the connection broke off");
}

#[test]
fn another_gateway_can_send_what_is_about_the_first() {
    let gateway = GatewayHome::new();
    let config = "[[gateway]]\nname = \"home\"\nssh = \"me@home.example\"\n[[gateway]]\nname = \"away\"\nssh = \"me@away.example\"\n[alerts.openclaw]\ntarget = \"123\"\ngateway = \"away\"\n";
    let test = |server: &str| {
        Clawtap::new()
            .config(config)
            .reaching(&gateway)
            .env("OPENCLAW_SERVER", server)
            .args(["monitor", "test-alert"])
            .run()
    };
    for (server, about) in [("", "home"), ("home", "home"), ("me@new.example", "new")] {
        let ran = expect_delivered(test(server), &["openclaw"]);
        let ssh = ran.log("ssh");
        assert!(ssh.contains("me@away.example"), "{ssh}");
        assert!(!ssh.contains("me@home.example"), "{ssh}");
        let sent = gateway.read("sent").expect("a message");
        assert!(sent.contains(&format!("--message={about}: test alert\n")));
    }
}

#[test]
fn a_gateway_that_only_a_variable_names_sends_its_own() {
    let gateway = GatewayHome::new();
    let ran = test_at(&gateway, TELEGRAM)
        .env("OPENCLAW_SERVER", "me@new.example")
        .run();
    let ran = expect_delivered(ran, &["openclaw"]);
    assert!(ran.log("ssh").contains("me@new.example"));
}

#[test]
fn a_gateway_that_nobody_configured_is_a_mistake_in_the_file() {
    let channel = format!("{TELEGRAM}gateway = \"hmoe\"\n");
    let message = "clawtap: ~/.config/clawtap/config.toml, line 6: the key `gateway` names no [[gateway]]\n→ Did you mean home?\n";
    let ran = test_of(&channel).run();
    let ran = ran.status(78).stdout("").stderr(message);
    assert_eq!(ran.log("ssh"), "");
}
