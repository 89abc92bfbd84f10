//! The real OpenClaw and the real Claude Code, with nothing wrong but that the assistant is silent.

use pretty_assertions::assert_eq;

use super::gateway::{closed, section, unwrapped};
use crate::real_openclaw::{PATIENT, openclaw, sign_in, use_anthropic};
use crate::support::RealGateway;

#[test]
fn a_fresh_gateway_is_told_as_it_is() {
    let gateway = RealGateway::start();
    sign_in(&gateway.home, "300d");
    use_anthropic(&gateway.home);
    let ran = closed(gateway.sshd.clawtap_with(PATIENT))
        .args(["doctor"])
        .run();
    let told = unwrapped(&section(&ran));
    let expected = "✓ its clock agrees with this device's\n\
        ✓ openclaw 2026.9.6 in ~/.nvm/versions/node/v26.10.0/bin\n\
        ! its gateway process is not running: the assistant is silent\n  \
        → Start it: ssh -p PORT 127.0.0.1, then: openclaw gateway start\n\
        ✓ Claude Code 2.1.330 in ~/.local/bin\n\
        ✓ logins: ok, anthropic 299 d left\n";
    let expected = expected.replace("PORT", &gateway.sshd.port().to_string());
    assert!(told.ends_with(&expected), "{}", ran.stdout);
    let _ = ran.status(2);
}

#[test]
fn an_agent_must_be_named_where_there_are_two() {
    let gateway = RealGateway::start();
    let workspace = gateway.home.path().join("work");
    let workspace = workspace.to_str().expect("UTF-8");
    let add = [
        "agents",
        "add",
        "work",
        "--workspace",
        workspace,
        "--non-interactive",
    ];
    assert_eq!(openclaw(&gateway.home, &add, ""), 0);
    let ran = closed(gateway.sshd.clawtap_with(PATIENT))
        .args(["doctor"])
        .run();
    let told = section(&ran);
    assert!(
        told.contains("! agents main, work: a sign-in must name one\n"),
        "{}",
        ran.stdout
    );
}
