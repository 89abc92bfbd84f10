//! A host that means harm from the first meeting on: what it says before anybody is logged in, to `init`, and with
//! what was kept there.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use crate::expiries::document_with;
use crate::support::{
    Clawtap, GatewayHome, NASTY, Sshd, assert_harmless, assert_showable, program,
};

/// A gateway that says this wherever it is let.
fn talkative() -> GatewayHome {
    GatewayHome::new()
        .document("2026.9.6/token_ok_am")
        .file("motd", NASTY)
        .file("banner", NASTY)
        .reply("version", NASTY)
        .stderr(NASTY)
}

#[test]
fn init_shows_what_it_met_in_clean_words_and_writes_none_of_them_down() {
    let gateway = talkative();
    let banner = gateway.path().join("banner");
    let sshd = Sshd::of(&gateway)
        .option(&format!("Banner {}", banner.display()))
        .start();
    sshd.forget_host_key();
    let ssh = program("ssh");
    let init = Clawtap::new()
        .path(&[ssh.parent().expect("a program is in a folder")])
        .args(sshd.init_arguments())
        .args(["--yes", "--name", "home"]);
    let ran = init.run().status(0);
    assert_harmless(&ran.stdout, "stdout");
    assert_harmless(&ran.stderr, "stderr");
    assert!(ran.stdout.contains("✓ OpenClaw a"), "{}", ran.stdout);
    let config = ran.file(".config/clawtap/config.toml");
    assert_eq!(config, Some(sshd.table("home")));
    assert_eq!(sshd.known_hosts().lines().count(), 1);
}

#[test]
fn who_does_not_let_us_in_says_nothing_of_its_own() {
    let gateway = talkative();
    let banner = gateway.path().join("banner");
    let sshd = Sshd::of(&gateway)
        .option(&format!("Banner {}", banner.display()))
        .start();
    sshd.refuse_the_key();
    for command in ["check", "tap", "status"] {
        let ran = sshd.clawtap().on_a_phone().args([command]).run().status(3);
        for text in [&ran.stdout, &ran.stderr, &ran.log("termux-toast")] {
            assert_harmless(text, command);
        }
    }
}

#[test]
fn figures_and_keys_that_make_no_sense_are_no_surprise() {
    let twice = document_with(&json!({ "status": "expired" })).replace(
        "\"status\":\"expired\"",
        "\"status\":\"ok\",\"status\":\"expired\"",
    );
    let figure = |figure: &str| {
        document_with(&json!({ "expiresAt": 1, "remainingMs": 2 }))
            .replace("\"remainingMs\":2", &format!("\"remainingMs\":{figure}"))
    };
    let table = [
        (twice, "1", "home: anthropic expired\n"),
        (
            figure("9223372036854775808"),
            "0",
            "home: ok, anthropic 999 years left\n",
        ),
        (figure("1e308"), "0", "home: ok, anthropic 999 years left\n"),
        (figure("-1e308"), "0", "home: ok\n"),
        (
            figure("1e999"),
            "0",
            "home: openclaw's answer makes no sense\n",
        ),
        (
            figure("NaN"),
            "0",
            "home: openclaw's answer makes no sense\n",
        ),
        (
            document_with(&json!({ "profileId": "a\0b" })).replace("\\u0000", "\0"),
            "0",
            "home: openclaw's answer makes no sense\n",
        ),
    ];
    for (document, exit, line) in table {
        let gateway = GatewayHome::new().stdout(&document).exit(exit);
        let sshd = Sshd::of(&gateway).start();
        let ran = sshd.clawtap().args(["check"]).run().stdout(line);
        assert_showable(&ran.stderr, "stderr");
        let ran = sshd.clawtap().args(["status", "--format", "json"]).run();
        let shown: Value = serde_json::from_str(&ran.stdout).expect("JSON");
        assert_eq!(shown["gateways"][0]["name"], "home");
    }
}
