//! What changes a login drops every snapshot, also those that are only being made.

use std::fs;

use super::{CONFIG, EXPIRING, check, kept, starts};
use crate::reauth::{PROFILE, lasting, on_its_own};
use crate::support::{Clawtap, GatewayHome, wait_until};
use crate::sync::with_claude;

/// A login that ends soon, and lasts once it is stored anew.
fn expiring() -> GatewayHome {
    GatewayHome::new()
        .document("2026.9.6/token_expiring_am")
        .reply(
            "document-after",
            &lasting("2026.9.6/token_ok_am", chrono::TimeDelta::days(365)),
        )
        .reply("exit-after", "0")
}

fn reauth(gateway: &GatewayHome) -> Clawtap {
    on_its_own(Clawtap::with(gateway).on_a_phone())
        .args(["reauth"])
        .env("FAKE_ANSWERS", "code")
}

const RENEWED: &str = "home: ok, anthropic 364 d left\n";
const OTHER: &str = ".cache/clawtap/snapshots/another+agent";

#[test]
fn a_sign_in_drops_all_that_was_kept() {
    let gateway = expiring().file(OTHER, "of another agent");
    let _ = check(&gateway).run().status(2).stdout(EXPIRING);
    let _ = reauth(&gateway).run().status(0);
    assert_eq!(kept(&gateway), ["default+default"]);
    let _ = check(&gateway).run().status(0).stdout(RENEWED);
}

#[test]
fn a_sync_drops_all_that_was_kept() {
    let gateway = with_claude().file(OTHER, "of another agent");
    let _ = Clawtap::with(&gateway).args(["check"]).run();
    let _ = on_its_own(Clawtap::with(&gateway))
        .args(["sync"])
        .run()
        .status(0);
    assert_eq!(kept(&gateway), ["default+default"]);
    let check = check(&gateway).run();
    assert!(check.stdout.contains("6 h"), "{}", check.stdout);
    assert!(gateway.stored(PROFILE).is_some());
}

#[test]
fn an_answer_that_was_begun_before_a_sign_in_is_not_kept_after_it() {
    let gateway = expiring().first(
        "[ $(wc -l <\"$HOME/calls\") -gt 1 ] || {
           cp \"$reply/document\" \"$HOME/old\"
           until [ -e \"$HOME/go\" ]; do sleep 0.05; done
           cat \"$HOME/old\"
           exit 2
         }",
    );
    // Of another agent, so that the sign-in neither waits for it nor takes its turn.
    let other = || check(&gateway).config(&format!("{CONFIG}agent = \"other\"\n"));
    let early = other().start();
    assert!(wait_until(|| starts(&gateway) == 1), "it never begins");
    let _ = reauth(&gateway).run().status(0);
    fs::write(gateway.path().join("go"), "").expect("ours");
    let _ = early.end().status(2).stdout(EXPIRING);
    let _ = other().run().status(0).stdout(RENEWED);
}
