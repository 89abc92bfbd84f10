//! Too much of everything: it costs little memory, and ends by our own limits.

use pretty_assertions::assert_eq;

use crate::support::{GatewayHome, Sshd, expect_none_left, fakes};

/// What every command has to do with, in MiB: a debug build's code, its threads' stacks and an answer of 8 MiB, thrice.
const MEMORY: usize = 160;
const MIB: usize = 1024 * 1024;
const SENSELESS: &str = "home: openclaw's answer makes no sense\n";
const TOO_LARGE: &str = "home: answers more than 8 MiB\n";

/// A status document around these profiles.
fn profiles(text: &str) -> String {
    format!(
        "{{\"resolvedDefault\":\"anthropic/m\",\"auth\":{{\"missingProvidersInUse\":[],\"modelRouteIssues\":[],\
         \"oauth\":{{\"profiles\":[{text}]}}}}}}"
    )
}

/// One that lists so many of these, each with its number for `#`.
fn list(before: &str, one: &str, count: usize, after: &str) -> String {
    let all: Vec<String> = (0..count)
        .map(|number| one.replace('#', &number.to_string()))
        .collect();
    format!("{before}{}{after}", all.join(","))
}

#[test]
fn an_answer_is_never_more_than_a_phone_can_bear() {
    let anthropic =
        r#"{"profileId":"anthropic:a","provider":"anthropic","status":"expired","type":"token"}"#;
    let name = "n".repeat(MIB);
    let fallbacks = r#","auth":{"missingProvidersInUse":[],"oauth":{"profiles":[]}}}"#;
    let table = [
        (
            "a million profiles",
            profiles(&vec!["{}"; 1_000_000].join(",")),
            "0",
            SENSELESS,
        ),
        (
            "the dearest JSON there is",
            profiles(&vec![r#"{"a":0}"#; MIB - 1000].join(",")),
            "0",
            SENSELESS,
        ),
        (
            "nested 100,000 deep",
            "{\"auth\":".repeat(100_000) + &"}".repeat(100_000),
            "0",
            SENSELESS,
        ),
        (
            "documents in documents that break off",
            "{\"a\":\n".repeat(99_000),
            "0",
            SENSELESS,
        ),
        (
            "a name of a megabyte",
            profiles(&format!(
                r#"{{"profileId":"{name}","provider":"{name}","status":"ok","type":"token"}}"#
            )),
            "0",
            "home: ok\n",
        ),
        (
            "90,000 models",
            list(
                r#"{"fallbacks":["#,
                r#""p#/m""#,
                90_000,
                &format!("]{fallbacks}"),
            ),
            "0",
            "home: ok\n",
        ),
        (
            "10,000 logins",
            profiles(&vec![anthropic; 10_000].join(",")),
            "1",
            "home: anthropic cannot be confirmed\n",
        ),
    ];
    for (what, document, exit, line) in table {
        let gateway = GatewayHome::new().stdout(document).exit(exit);
        let sshd = Sshd::of(&gateway).start();
        let ran = sshd.clawtap().memory(MEMORY).args(["check"]).run();
        assert_eq!(ran.stdout, line, "{what}: {}", ran.stderr);
        assert!(ran.stderr.len() < 1000, "{what}: {}", ran.stderr);
    }
}

#[test]
fn what_has_no_end_is_ended() {
    let table = [
        ("lines", "exec yes", 30, TOO_LARGE),
        ("a line", "exec tr '\\0' x </dev/zero", 30, TOO_LARGE),
        ("zeros", "exec cat /dev/zero", 30, TOO_LARGE),
        (
            "complaints",
            "exec yes >&2",
            1,
            "home: openclaw hangs; it was ended\n",
        ),
    ];
    for (what, first, timeout_s, line) in table {
        let gateway = GatewayHome::new().first(first);
        let sshd = Sshd::of(&gateway).start();
        let clawtap = sshd.clawtap_with(&format!("timeout_s = {timeout_s}\n"));
        let ran = clawtap.memory(MEMORY).args(["check"]).run().status(3);
        assert_eq!(ran.stdout, line, "{what}");
        assert!(ran.stderr.len() < 1000, "{what}: {}", ran.stderr);
        expect_none_left(gateway.path());
    }
}

#[test]
fn a_login_shell_that_dribbles_and_floods_is_not_waited_for() {
    let gateway = GatewayHome::new().file(
        "answer",
        "yes >&2 &\nwhile :; do printf x || exit; sleep 1; done",
    );
    let sshd = Sshd::of(&gateway)
        .login_shell_at(&fakes("hostile").join("shell"))
        .start();
    let clawtap = sshd.clawtap_with("timeout_s = 1\n").memory(MEMORY);
    let ran = clawtap.args(["check"]).run().status(3);
    assert_eq!(ran.stdout, "home: does not respond\n");
    expect_none_left(gateway.path());
}

#[test]
fn forged_frames_are_counted_as_well() {
    let answer = "say begin 1; say openclaw /bin/openclaw; say store /s; say clock 1; echo\n\
                  seq 90000 | sed \"s/.*/$nonce login {\\\"id\\\":\\\"p&:a\\\",\\\"provider\\\":\\\"p&\\\",\\\"expires\\\":1}/\"\n\
                  say end; echo";
    let gateway = GatewayHome::new().file("answer", answer);
    let sshd = Sshd::of(&gateway)
        .login_shell_at(&fakes("hostile").join("shell"))
        .start();
    let ran = sshd.clawtap().memory(MEMORY).args(["status"]).run();
    let ran = ran.status(1);
    assert!(ran.stdout.contains("and 89960 more\n"), "{}", ran.stdout);
}
