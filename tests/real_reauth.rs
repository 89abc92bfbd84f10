//! `clawtap reauth` with the real OpenClaw and the real Claude Code behind a real sshd, at servers on loopback. All
//! codes and tokens are made up.

use crate::support::{Clawtap, Identity, RealGateway};

/// A phone whose person answers the dialogs so.
fn phone(gateway: &RealGateway, answers: &str) -> Clawtap {
    gateway
        .sshd
        .clawtap_with("timeout_s = 300\n")
        .on_a_phone()
        .env("FAKE_ANSWERS", answers)
}

#[test]
fn a_setup_token_is_made_stored_and_read_back() {
    let gateway = RealGateway::start();
    let ran = phone(&gateway, "code 1")
        .args(["reauth", "--method", "setup-token"])
        .run()
        .status(0)
        .stdout("home: signed in, valid for 364 d\n");
    assert_eq!(ran.stderr, "");
    let _ = Identity::token();
}
