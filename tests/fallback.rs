//! What is read from the gateway's files: OpenClaw's stores when OpenClaw cannot run, and Claude Code's login.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::json;

use crate::support::{Clawtap, GatewayHome};

const STORE: &str = ".openclaw/agents/main/agent/auth-profiles.json";
const CLAUDE: &str = ".claude/.credentials.json";

/// The moment at which so many hours, less half a minute, are left.
fn in_hours(hours: u64) -> u64 {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("after 1970");
    u64::try_from(now.as_millis()).expect("before the year 500 million") + hours * 3_600_000
        - 30_000
}

/// An OpenClaw that finds no node, with these logins in its store.
fn without_node(profiles: &serde_json::Value) -> GatewayHome {
    let store = json!({ "version": 1, "profiles": profiles });
    GatewayHome::new()
        .stderr("env: 'node': No such file or directory")
        .exit("127")
        .file(STORE, store.to_string())
}

fn token(hours: u64) -> serde_json::Value {
    json!({ "type": "token", "provider": "anthropic", "expires": in_hours(hours), "token": "sk-ant-oat01-SECRET" })
}

#[test]
fn an_answer_from_the_store_says_that_it_is_one() {
    let gateway = without_node(&json!({
        "anthropic:claude-code": token(5),
        "openai:key": { "type": "api_key", "provider": "openai", "key": "sk-SECRET" },
    }));
    let ran = Clawtap::with(&gateway).args(["check"]).run();
    let _ = ran
        .status(2)
        .stdout("home: anthropic expires in 4 h 59 m\n")
        .stderr(
            "\
home: Read from OpenClaw's store: openclaw finds no node there.
home: → Renew it before then: clawtap reauth
",
        );
    let ran = Clawtap::with(&gateway)
        .args(["status"])
        .env("COLUMNS", "45")
        .run();
    let shown = ran.status(2).stdout;
    for part in [
        "  ! anthropic:claude-code ██░░░░░░ 4 h 59 m\n",
        "  ✓ openai:key            ████████ no expiry\n",
        "  ! Read from OpenClaw's store: openclaw\n    finds no node there.\n",
    ] {
        assert!(shown.contains(part), "{shown}");
    }
    let ran = Clawtap::with(&gateway)
        .args(["status", "--format", "json"])
        .run();
    let document: serde_json::Value = serde_json::from_str(&ran.status(2).stdout).expect("JSON");
    let answer = &document["gateways"][0];
    assert_eq!(answer["source"], "stores");
    assert_eq!(
        answer["note"],
        "Read from OpenClaw's store: openclaw finds no node there."
    );
}

#[test]
fn the_store_is_read_for_every_reason_that_keeps_openclaw_from_running() {
    let store = json!({ "version": 1, "profiles": { "anthropic:a": token(300 * 24) } }).to_string();
    let config = "[[gateway]]\nname = \"home\"\nssh = \"h\"\n";
    let stored = || GatewayHome::new().file(STORE, &store);
    let table = [
        (
            stored()
                .exit("1")
                .stderr("openclaw: Node 20.20.2: node:sqlite is unavailable; use 24.16+"),
            "",
            "its node is too old for openclaw",
        ),
        (
            stored().first("sleep 300"),
            "timeout_s = 1\n",
            "openclaw hangs; it was ended",
        ),
    ];
    for (gateway, more, because) in table {
        let ran = Clawtap::with(&gateway)
            .config(&format!("{config}{more}"))
            .args(["check"])
            .run();
        let _ = ran
            .status(0)
            .stdout("home: ok, anthropic 299 d left\n")
            .stderr(&format!("home: Read from OpenClaw's store: {because}.\n"));
    }
}

#[test]
fn a_configured_openclaw_is_the_only_one() {
    let store = json!({ "version": 1, "profiles": { "anthropic:a": token(300 * 24) } }).to_string();
    for (openclaw, command) in [
        ("\"~/nowhere/openclaw\"", "~/nowhere/openclaw"),
        ("[\"podman\", \"exec\", \"claw\", \"openclaw\"]", "podman"),
    ] {
        let gateway = GatewayHome::new().file(STORE, &store);
        let config = format!("[[gateway]]\nname = \"home\"\nssh = \"h\"\nopenclaw = {openclaw}\n");
        let ran = Clawtap::with(&gateway)
            .config(&config)
            .args(["check"])
            .run();
        let _ = ran
            .status(3)
            .stdout("home: its openclaw command is not there\n")
            .stderr(&format!(
                "home: {command} is not on the gateway\n\
                 home: → Correct openclaw for [[gateway]] home in the config.\n"
            ));
    }
    // A command of several words, as for a container, whose OpenClaw does not run: the host's store is another one's.
    let gateway = GatewayHome::new()
        .file(STORE, &store)
        .exit("1")
        .stderr("openclaw: Node 20.20.2: node:sqlite is unavailable; use 24.16+");
    let config = "[[gateway]]\nname = \"home\"\nssh = \"h\"\nopenclaw = [\"env\", \"openclaw\"]\n";
    let ran = Clawtap::with(&gateway).config(config).args(["check"]).run();
    let _ = ran
        .status(3)
        .stdout("home: its node is too old for openclaw\n");
}

#[test]
fn a_store_never_outranks_openclaws_own_error() {
    let gateway = without_node(&json!({ "anthropic:a": token(5) }))
        .stderr("")
        .stdout(r#"{"ok":false,"error":{"message":"file is not a database"}}"#)
        .exit("1");
    let ran = Clawtap::with(&gateway).args(["check"]).run();
    let _ = ran.status(3).stdout("home: openclaw reports an error\n");
}

#[test]
fn a_store_that_is_none_is_as_good_as_no_store() {
    for content in [
        "",
        "not json",
        "{}",
        "{\"profiles\":{}}",
        "[[[[",
        "{\"profiles\":{\"a\":1}}",
    ] {
        let gateway = without_node(&json!({})).file(STORE, content);
        let ran = Clawtap::with(&gateway).args(["check"]).run();
        let _ = ran.status(3).stdout("home: openclaw finds no node there\n");
    }
}

#[test]
fn claude_codes_own_login_on_the_gateway_is_shown() {
    let login = |fields: &str, hours| {
        format!(
            r#"{{"claudeAiOauth":{{"accessToken":"sk-ant-oat01-SECRET",{fields}"expiresAt":{}}}}}"#,
            in_hours(hours)
        )
    };
    let renewing = login(
        r#""refreshToken":"sk-ant-ort01-SECRET","subscriptionType":"max","#,
        5,
    );
    let table = [
        (renewing, Some("4 h 59 m ↻"), "OK:4h59m"),
        (login("", 5), Some("4 h 59 m"), "EXPIRING:4h59m"),
        (
            r#"{"claudeAiOauth":{"accessToken":"SECRET","expiresAt":1}}"#.into(),
            Some("expired"),
            "EXPIRED",
        ),
        // Nobody is logged in, only servers of tools.
        (
            r#"{"mcpOAuth":{"claudeAiOauth":{"accessToken":"SECRET","expiresAt":5}}}"#.into(),
            None,
            "MISSING",
        ),
        ("not json".into(), None, "MISSING"),
    ];
    for (content, label, word) in table {
        let gateway = GatewayHome::new()
            .document("2026.9.6/token_ok_am")
            .file(CLAUDE, &content);
        let shown = Clawtap::with(&gateway)
            .args(["status"])
            .run()
            .status(0)
            .stdout;
        let line = shown
            .lines()
            .find_map(|line| line.strip_prefix("  Claude Code there: "));
        assert_eq!(line, label, "{content}\n{shown}");
        let ran = Clawtap::with(&gateway)
            .args(["status", "--format", "json"])
            .run();
        let document: serde_json::Value =
            serde_json::from_str(&ran.status(0).stdout).expect("JSON");
        assert_eq!(document["claude_code"]["status"], word, "{content}");
    }
}

#[test]
fn no_secret_leaves_the_gateway() {
    let claude = json!({ "claudeAiOauth": {
        "accessToken": "sk-ant-oat01-SECRET", "refreshToken": "sk-ant-ort01-SECRET", "expiresAt": in_hours(5),
    }});
    let profiles = json!({
        "anthropic:claude-code": token(5),
        "openai:me": { "type": "oauth", "provider": "openai", "expires": 1, "access": "SECRET", "refresh": "SECRET" },
        "openai:key": { "type": "api_key", "provider": "openai", "key": "SECRET" },
    });
    for gateway in [
        without_node(&profiles).file(CLAUDE, claude.to_string()),
        GatewayHome::new()
            .document("2026.9.6/token_ok_am")
            .file(CLAUDE, claude.to_string()),
    ] {
        for arguments in [
            &["check", "-v"][..],
            &["tap"],
            &["status", "-v"],
            &["status", "--format", "json"],
            &["status", "--format", "simple"],
            &["status", "--format", "prometheus"],
        ] {
            let ran = Clawtap::with(&gateway).on_a_phone().args(arguments).run();
            let fakes = ["termux-toast", "termux-notification", "termux-open-url"];
            let phone = fakes.map(|fake| ran.log(fake)).concat();
            let said = format!("{}{}{phone}", ran.stdout, ran.stderr);
            // Nor the partly masked ones of OpenClaw's labels.
            assert!(
                !said.contains("SECRET") && !said.contains("sk-"),
                "{arguments:?}\n{said}"
            );
        }
    }
}

#[test]
fn no_secret_even_crosses_the_wire() {
    let claude = json!({ "claudeAiOauth": { "accessToken": "SECRET", "refreshToken": "SECRET", "expiresAt": 1 } });
    let gateway =
        without_node(&json!({ "anthropic:work": token(5) })).file(CLAUDE, claude.to_string());
    let ran = Clawtap::with(&gateway)
        .env("FAKE_SSH_WIRE", "kept")
        .args(["check"])
        .run();
    let wire = ran.status(2).log("wire");
    for part in [
        r#"login {"id":"anthropic:work","#,
        r#"claude {"id":"claude","#,
    ] {
        assert!(wire.contains(part), "{wire}");
    }
    assert!(!wire.contains("SECRET"), "{wire}");
}
