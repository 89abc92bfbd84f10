//! Expiries that make no sense, and what is said about them.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use crate::support::{Clawtap, GatewayHome};

/// A status document with one Anthropic login, which the default model uses. `fields` outrank its own.
pub(crate) fn document_with(fields: &Value) -> String {
    let mut login = json!({
        "profileId": "anthropic:work", "provider": "anthropic", "type": "token", "status": "ok",
    });
    for (key, value) in fields.as_object().expect("an object") {
        login[key] = value.clone();
    }
    let missing = if login["status"] == "expired" {
        vec![login["provider"].clone()]
    } else {
        Vec::new()
    };
    json!({
        "resolvedDefault": "anthropic/claude-opus-4-5",
        "auth": {
            "missingProvidersInUse": missing,
            "modelRouteIssues": [],
            "oauth": {
                "profiles": [login],
                "providers": [{ "provider": login["provider"], "effectiveProfiles": [login] }],
            },
        },
    })
    .to_string()
}

/// Asks a gateway with such a login: the line of `check`, the row of `status`, and the exit code.
#[track_caller]
fn assert_asked(fields: &Value, code: i32, line: &str, row: &str) {
    let gateway = GatewayHome::new()
        .stdout(document_with(fields))
        .exit(&code.to_string());
    let run = |command| {
        Clawtap::with(&gateway)
            .args([command])
            .env("COLUMNS", "45")
            .run()
    };
    let check = run("check");
    assert_eq!(
        (check.stdout, check.status),
        (format!("home: {line}\n"), code),
        "{fields}"
    );
    let status = run("status").status(code).stdout;
    assert!(
        status.lines().any(|shown| shown == row),
        "{fields}\n{status}"
    );
}

/// The same, and the same from the document alone.
#[track_caller]
fn assert_shown(fields: &Value, code: i32, line: &str, row: &str) {
    assert_asked(fields, code, line, row);
    let _ = Clawtap::new()
        .file("document", document_with(fields))
        .args(["check", "--input", "document"])
        .run()
        .status(code)
        .stdout(&format!("input: {line}\n"));
}

#[test]
fn an_expiry_in_the_past_does_not_contradict_openclaws_word() {
    for moment in [0, 1, -5, i64::MIN] {
        assert_shown(
            &json!({ "expiresAt": moment }),
            0,
            "ok",
            "  ✓ anthropic:work          ok",
        );
        assert_shown(
            &json!({ "remainingMs": moment.min(0) }),
            0,
            "ok",
            "  ✓ anthropic:work          ok",
        );
        assert_shown(
            &json!({ "expiresAt": moment, "status": "expiring" }),
            2,
            "anthropic expires soon",
            "  ! anthropic:work          expiring",
        );
        assert_shown(
            &json!({ "expiresAt": moment, "status": "expired" }),
            1,
            "anthropic expired",
            "  ✗ anthropic:work ░░░░░░░░ expired",
        );
        // With a refresh token, which is why OpenClaw calls it ok.
        assert_shown(
            &json!({ "expiresAt": moment, "type": "oauth" }),
            0,
            "ok",
            "  ✓ anthropic:work ████████ renews ↻",
        );
    }
}

#[test]
fn a_far_future_is_a_long_time_and_no_overflow() {
    for fields in [
        json!({ "expiresAt": i64::MAX }),
        json!({ "expiresAt": u64::MAX }),
        json!({ "expiresAt": 9e300 }),
        json!({ "expiresAt": 253_402_300_800_000_i64 }),
        json!({ "remainingMs": i64::MAX }),
        json!({ "remainingMs": 1e18 }),
    ] {
        // A thousand years, of which asking took a moment.
        assert_asked(
            &fields,
            0,
            "ok, anthropic 999 years left",
            "  ✓ anthropic:work ████████ 999 years",
        );
    }
}

#[test]
fn floats_and_numbers_in_quotes_are_numbers() {
    for left in [
        json!(86_399_999.9),
        json!("86399999"),
        json!(8.639_999_99e7),
    ] {
        assert_shown(
            &json!({ "remainingMs": left, "status": "expiring" }),
            2,
            "anthropic expires in 23 h 59 m",
            "  ! anthropic:work ███░░░░░ 23 h 59 m",
        );
    }
}

#[test]
fn what_is_no_number_is_no_expiry() {
    for nonsense in [
        json!("2026-12-01"),
        json!(null),
        json!({}),
        json!([1]),
        json!(true),
        json!(""),
    ] {
        assert_shown(
            &json!({ "expiresAt": nonsense, "remainingMs": nonsense }),
            0,
            "ok",
            "  ✓ anthropic:work          ok",
        );
    }
}
