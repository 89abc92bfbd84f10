//! `status --format json`, `simple` and `prometheus`, and documents from standard input.

use pretty_assertions::assert_eq;
use serde_json::Value;

use crate::several_gateways;
use crate::support::{Clawtap, GatewayHome, fixture};

fn document(name: &str) -> Vec<u8> {
    std::fs::read(fixture(&format!("corpus/{name}.json"))).expect("a known document")
}

/// `status --format …` about a document on standard input.
fn rendered(name: &str, format: &str, code: i32) -> String {
    Clawtap::new()
        .stdin(document(name))
        .args(["status", "--input", "-", "--format", format])
        .run()
        .status(code)
        .stderr("")
        .stdout
}

#[test]
fn json_is_one_document_with_a_schema_number_and_the_upstream_keys() {
    let mut text = rendered("2026.9.6/token_expiring_am", "json", 2);
    let parsed: Value = serde_json::from_str(&text).expect("valid JSON");
    let login = &parsed["gateways"][0]["logins"][0];
    let checked_at = parsed["gateways"][0]["checked_at"]
        .as_str()
        .expect("a text");
    let expires_at = login["expires_at_ms"].as_i64().expect("a number");
    let moment = chrono::DateTime::parse_from_rfc3339(checked_at).expect("RFC 3339");
    let left = expires_at - moment.timestamp_millis();
    let remaining = login["remaining_ms"].as_i64().expect("a number");
    assert!(
        (0..1000).contains(&(left - remaining)),
        "{left} {remaining}"
    );
    // What differs from run to run is replaced; all the rest is exact.
    text = text
        .replace(checked_at, "NOW")
        .replace(&expires_at.to_string(), "END");
    assert_eq!(
        text,
        r#"{
  "schema": 1,
  "verdict": "expiring",
  "exit_code": 2,
  "gateways": [
    {
      "name": "input",
      "verdict": "expiring",
      "exit_code": 2,
      "summary": "anthropic expires in 4 h 59 m",
      "checked_at": "NOW",
      "took_ms": 0,
      "source": "openclaw",
      "note": null,
      "problem": null,
      "default_model": "anthropic/claude-opus-4-5",
      "process": null,
      "concerns": [
        {
          "state": "expiring",
          "provider": "anthropic",
          "login": "anthropic:claude-code",
          "remaining_ms": 17973973,
          "detail": null,
          "next_step": "Renew it before then: clawtap reauth",
          "page": "https://claude.ai/login"
        }
      ],
      "logins": [
        {
          "id": "anthropic:claude-code",
          "provider": "anthropic",
          "type": "token",
          "state": "expiring",
          "expires_at_ms": END,
          "remaining_ms": 17973973,
          "in_use": true
        }
      ],
      "claude_code": null
    }
  ],
  "claude_code": {
    "status": "MISSING",
    "expires_at_ms": 0
  },
  "openclaw": {
    "status": "EXPIRING:4h59m",
    "expires_at_ms": END
  },
  "needs_reauth": true
}
"#
    );
}

#[test]
fn json_of_a_gateway_that_is_away_says_what_to_do() {
    let ran = Clawtap::with(&GatewayHome::new())
        .env(
            "FAKE_SSH_STDERR",
            "me@home.example: Permission denied (publickey).",
        )
        .args(["status", "--format", "json"])
        .run();
    let document: Value = serde_json::from_str(&ran.status(3).stdout).expect("valid JSON");
    let problem = serde_json::json!({
        "word": "refused",
        "message": "refuses this device's key",
        "detail": "me@home.example: Permission denied (publickey).",
        "next_step": "Allow this device's key: ssh-copy-id me@home.example",
    });
    assert_eq!(document["gateways"][0]["problem"], problem);
    assert_eq!(document["gateways"][0]["checked_at"], Value::Null);
    let unknown = serde_json::json!({ "status": "UNKNOWN", "expires_at_ms": 0 });
    assert_eq!(
        (&document["claude_code"], &document["openclaw"]),
        (&unknown, &unknown)
    );
    assert_eq!(document["needs_reauth"], false);
}

#[test]
fn every_document_of_the_corpus_gives_valid_json_and_prometheus_text() {
    let wrong = crate::corpus::documents_that_fail(|document| {
        let render = |format| {
            Clawtap::new()
                .stdin(&document.json)
                .args(["status", "--input", "-", "--format", format])
                .run()
        };
        let json = render("json");
        let valid = serde_json::from_str::<Value>(&json.stdout)
            .is_ok_and(|parsed| parsed["exit_code"] == json.status && parsed["schema"] == 1);
        valid && is_open_metrics(&render("prometheus").stdout)
    });
    assert_eq!(wrong, [""; 0]);
}

/// Comments, samples of a name with labels and a number, no sample twice, and the end.
fn is_open_metrics(text: &str) -> bool {
    let mut seen = std::collections::BTreeSet::new();
    let sample = |line: &str| {
        let Some((labelled, value)) = line.rsplit_once(' ') else {
            return false;
        };
        let named = labelled.starts_with("clawtap_") && labelled.ends_with("\"}");
        named && value.parse::<f64>().is_ok_and(f64::is_finite)
    };
    text.ends_with("\n# EOF\n")
        && text.lines().all(|line| {
            let is_new = line.starts_with('#')
                || seen.insert(line.rsplit_once(' ').map(|(name, _)| name.to_owned()));
            is_new && (line.starts_with("# ") || sample(line))
        })
}

#[test]
fn prometheus_text_is_exact() {
    let text = rendered("2026.9.6/token_expiring_am", "prometheus", 2);
    // What differs from run to run is replaced; all the rest is exact.
    let moment = |family: &str| {
        let sample = |line: &str| {
            let value = line.strip_prefix(family)?.rsplit_once("} ")?.1;
            value.parse::<u64>().ok()
        };
        text.lines().find_map(sample).expect("a moment")
    };
    let now = moment("clawtap_check_timestamp_seconds{");
    let end = moment("clawtap_login_expiry_timestamp_seconds{");
    assert!((17_973..=17_974).contains(&(end - now)), "{now} {end}");
    assert_eq!(
        text.replace(&now.to_string(), "NOW")
            .replace(&end.to_string(), "END")
            .replace(env!("CARGO_PKG_VERSION"), "VERSION"),
        r#"# HELP clawtap_gateway_up Whether the gateway answered.
# TYPE clawtap_gateway_up gauge
clawtap_gateway_up{gateway="input"} 1
# HELP clawtap_gateway_trouble Why it did not; no sample if it did.
# TYPE clawtap_gateway_trouble gauge
# HELP clawtap_gateway_verdict The verdict: 1 for the one that holds.
# TYPE clawtap_gateway_verdict gauge
clawtap_gateway_verdict{gateway="input",verdict="ok"} 0
clawtap_gateway_verdict{gateway="input",verdict="expiring"} 1
clawtap_gateway_verdict{gateway="input",verdict="broken"} 0
clawtap_gateway_verdict{gateway="input",verdict="unknown"} 0
# HELP clawtap_openclaw_process_state OpenClaw's gateway process: 1 for the state that holds; no sample while that is not certain.
# TYPE clawtap_openclaw_process_state gauge
# HELP clawtap_check_duration_seconds How long asking took.
# TYPE clawtap_check_duration_seconds gauge
clawtap_check_duration_seconds{gateway="input"} 0
# HELP clawtap_check_timestamp_seconds When it was asked last, by the clock of who asked.
# TYPE clawtap_check_timestamp_seconds gauge
clawtap_check_timestamp_seconds{gateway="input"} NOW
# HELP clawtap_login_expiry_timestamp_seconds When a login ends, by the clock of who asked.
# TYPE clawtap_login_expiry_timestamp_seconds gauge
clawtap_login_expiry_timestamp_seconds{gateway="input",provider="anthropic",profile="anthropic:claude-code"} END
# HELP clawtap_login_state A login's state: 1 for the one that holds.
# TYPE clawtap_login_state gauge
clawtap_login_state{gateway="input",provider="anthropic",profile="anthropic:claude-code",state="ok"} 0
clawtap_login_state{gateway="input",provider="anthropic",profile="anthropic:claude-code",state="static"} 0
clawtap_login_state{gateway="input",provider="anthropic",profile="anthropic:claude-code",state="refreshable"} 0
clawtap_login_state{gateway="input",provider="anthropic",profile="anthropic:claude-code",state="expiring"} 1
clawtap_login_state{gateway="input",provider="anthropic",profile="anthropic:claude-code",state="cooldown"} 0
clawtap_login_state{gateway="input",provider="anthropic",profile="anthropic:claude-code",state="disabled"} 0
clawtap_login_state{gateway="input",provider="anthropic",profile="anthropic:claude-code",state="rejected"} 0
clawtap_login_state{gateway="input",provider="anthropic",profile="anthropic:claude-code",state="indeterminate"} 0
clawtap_login_state{gateway="input",provider="anthropic",profile="anthropic:claude-code",state="unavailable"} 0
clawtap_login_state{gateway="input",provider="anthropic",profile="anthropic:claude-code",state="missing"} 0
clawtap_login_state{gateway="input",provider="anthropic",profile="anthropic:claude-code",state="expired"} 0
# HELP clawtap_login_in_use Whether the verdict rests on this login.
# TYPE clawtap_login_in_use gauge
clawtap_login_in_use{gateway="input",provider="anthropic",profile="anthropic:claude-code"} 1
# HELP clawtap_login_renews_itself Whether it renews itself; no sample while that cannot be told.
# TYPE clawtap_login_renews_itself gauge
clawtap_login_renews_itself{gateway="input",provider="anthropic",profile="anthropic:claude-code"} 0
# HELP clawtap_build_info The clawtap that asked.
# TYPE clawtap_build_info gauge
clawtap_build_info{version="VERSION"} 1
# EOF
"#
    );
}

#[test]
fn simple_is_one_upstream_word() {
    let table = [
        ("2026.9.6/token_ok_am", 0, "OK\n"),
        ("2026.9.6/token_expiring_am", 2, "OPENCLAW_EXPIRING\n"),
        ("2026.9.6/token_expired_am", 1, "OPENCLAW_EXPIRED\n"),
        ("2026.9.6/empty", 1, "OPENCLAW_EXPIRED\n"),
        ("2026.9.6/broken_config", 3, "UNKNOWN\n"),
        ("2026.1.24-3/claude_cli_am", 2, "CLAUDE_EXPIRING\n"),
    ];
    for (name, code, word) in table {
        assert_eq!(rendered(name, "simple", code), word, "{name}");
    }
    let (gateway, config) = several_gateways::gateways(&[
        ("a", Some("token_ok_am")),
        ("b", Some("token_expiring_am")),
        ("c", None),
    ]);
    let clawtap = || Clawtap::new().config(&config).reaching(&gateway);
    let all = clawtap().args(["status", "--format", "simple"]).run();
    let _ = all.status(3).stdout("UNKNOWN\n");
}

#[test]
fn a_document_is_judged_without_configuration_or_ssh() {
    for input in ["-", "document"] {
        let ran = Clawtap::new()
            .config("this is no configuration")
            .path(&[])
            .file("document", document("2026.9.6/token_expired_am"))
            .stdin(document("2026.9.6/token_expired_am"))
            .args(["check", "--input", input])
            .run();
        let _ = ran.status(1).stdout("input: anthropic expired\n");
    }
}

#[test]
fn a_document_that_powershell_saved_is_read() {
    for name in ["utf-16", "utf-8-with-mark"] {
        let path = fixture(&format!("powershell/{name}.json"));
        let ran = Clawtap::new()
            .stdin(std::fs::read(path).expect("a document"))
            .args(["check", "--input", "-"])
            .run();
        let _ = ran
            .status(2)
            .stdout("input: anthropic expires in 4 h 59 m\n");
    }
}

#[test]
fn an_input_that_is_no_document_says_so() {
    let hint = "Give it what openclaw models status --json printed";
    let huge = vec![b'x'; 9_000_000];
    let table: [(&[u8], i32, &str, &str); 4] = [
        (b"", 3, "input: openclaw says nothing\n", "input: → HINT.\n"),
        (
            b"gibberish",
            3,
            "input: openclaw's answer makes no sense\n",
            "input: → HINT.\n",
        ),
        (
            b"{\"ok\":false,\"error\":{\"message\":\"no\"}}",
            3,
            "input: openclaw reports an error\n",
            "input: no\ninput: → HINT.\n",
        ),
        (
            &huge,
            74,
            "",
            "clawtap: cannot read -: larger than 8388608 bytes\n→ HINT\n",
        ),
    ];
    for (bytes, code, line, remarks) in table {
        let ran = Clawtap::new()
            .stdin(bytes)
            .args(["check", "--input", "-"])
            .run();
        let _ = ran
            .status(code)
            .stdout(line)
            .stderr(&remarks.replace("HINT", hint));
    }
    let ran = Clawtap::new().args(["check", "--input", "nowhere"]).run();
    let message =
        format!("clawtap: cannot read nowhere: No such file or directory (os error 2)\n→ {hint}\n");
    let _ = ran.status(74).stdout("").stderr(&message);
}
