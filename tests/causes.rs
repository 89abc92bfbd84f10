//! Why a login does not work: what OpenClaw's reason means, and what is offered for it.

use std::fs;

use crate::support::{Clawtap, GatewayHome, fixture};

/// A document of `fixtures/causes`.
pub(crate) fn cause(name: &str) -> String {
    let path = fixture(&format!("causes/{name}.json"));
    fs::read_to_string(path).expect("a known cause")
}

/// A gateway whose login does not work for this reason, until a new one is stored.
pub(crate) fn broken(name: &str) -> GatewayHome {
    GatewayHome::new()
        .stdout(cause(name))
        .exit("1")
        .reply("document-after", &cause("signed_in"))
        .reply("exit-after", "0")
}

#[test]
fn what_the_provider_refuses_is_to_be_signed_in_to_again() {
    for name in [
        "cooldown_auth",
        "cooldown_session_expired",
        "disabled_auth_permanent",
    ] {
        let ran = Clawtap::new()
            .stdin(cause(name))
            .args(["check", "--input", "-"])
            .run();
        let _ = ran
            .status(1)
            .stdout("input: anthropic is signed out\n")
            .stderr("input: → The provider refuses it. Sign in again: clawtap reauth\n");
    }
}

#[test]
fn a_claude_code_on_the_gateway_hides_no_other_providers_missing_login() {
    let expires = (chrono::Utc::now().timestamp() + 6 * 3600) * 1000;
    let login = format!(
        r#"{{"claudeAiOauth":{{"accessToken":"sk-ant-oat01-made-up","expiresAt":{expires}}}}}"#
    );
    for with_claude in [false, true] {
        let mut gateway = broken("unconfirmed_missing");
        if with_claude {
            gateway = gateway.file(".claude/.credentials.json", &login);
        }
        let ran = Clawtap::with(&gateway).args(["check"]).run().status(1);
        let _ = ran.stdout("home: openrouter is not signed in\n");
    }
}

#[test]
fn an_unconfirmed_route_whose_only_login_has_expired_is_told_so() {
    let gateway = broken("unconfirmed_expired");
    let ran = Clawtap::with(&gateway).args(["check"]).run().status(1);
    let _ = ran
        .stdout("home: xai expired\n")
        .stderr("home: → Sign in again: clawtap reauth\n");
}

#[test]
fn a_document_from_a_file_does_not_tell_whether_claude_code_is_signed_in() {
    let document = cause("unconfirmed_missing").replace("openrouter", "claude-cli");
    let ran = Clawtap::new()
        .stdin(&document)
        .args(["check", "--input", "-"])
        .run();
    let _ = ran
        .status(1)
        .stdout("input: claude-cli cannot be confirmed\n");
    let gateway = GatewayHome::new().stdout(document).exit("1");
    let ran = Clawtap::with(&gateway).args(["check"]).run().status(1);
    let _ = ran.stdout("home: claude-cli is not signed in\n");
}

#[test]
fn a_finer_reason_is_shown_instead_of_the_coarse_one() {
    let coarse = "\"reason\": \"auth\",";
    let finer = format!("{coarse} \"classification\": \"wham_token_expired\",");
    let document = cause("cooldown_auth").replace(coarse, &finer);
    let ran = Clawtap::new()
        .stdin(document)
        .args(["status", "--input", "-"])
        .run();
    assert!(
        ran.stdout.contains("\n  wham_token_expired\n"),
        "{}",
        ran.stdout
    );
    assert!(!ran.stdout.contains("\n  auth\n"), "{}", ran.stdout);
}

#[test]
fn a_secret_that_is_kept_elsewhere_and_cannot_be_read_is_told_as_that() {
    let gateway = broken("secret_ref_unresolved");
    let ran = Clawtap::with(&gateway).args(["check"]).run().status(1);
    let _ = ran
        .stdout("home: openrouter: its secret cannot be read\n")
        .stderr(
            "home: → OpenClaw finds nothing in env:NOPE_KEY. On the gateway: openclaw secrets audit\n",
        );
}
