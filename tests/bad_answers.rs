//! Gateways on which OpenClaw cannot answer, or answers something else, too much, or oddly.

use std::time::{Duration, Instant};

use pretty_assertions::assert_eq;

use crate::bad_gateways::Trouble;
use crate::support::{Clawtap, GatewayHome, fixture};

const LOOK: &str = "home: → Look: ssh me@home.example, then: openclaw models status\n";

#[test]
fn an_openclaw_that_cannot_run_says_why_and_what_to_do() {
    let table = [
        (
            "/usr/bin/env: 'node': No such file or directory",
            "127",
            "no-node",
            "openclaw finds no node there",
            "\
home: /usr/bin/env: 'node': No such file or directory
home: → Install node there: ssh me@home.example, then: node --version
",
        ),
        (
            "openclaw: Node 20.20.2: node:sqlite is unavailable; use 24.16+",
            "1",
            "node-too-old",
            "its node is too old for openclaw",
            "\
home: openclaw: Node 20.20.2: node:sqlite is unavailable; use 24.16+
home: → Update node there: ssh me@home.example, then: node --version
",
        ),
        (
            "Multiple agents are configured, but model inspection has no explicit owner. Pass --agent <id>.",
            "1",
            "needs-agent",
            "does not know which agent is meant",
            "\
home: Multiple agents are configured, but model inspection has no explicit owner. Pass --agent <id>.
home: → Set agent for [[gateway]] home in the config. To see them: ssh me@home.example, then: openclaw agents list
",
        ),
        (
            "sh: 1: /opt/openclaw: Permission denied",
            "126",
            "does-not-run",
            "openclaw is there but does not run",
            "\
home: sh: 1: /opt/openclaw: Permission denied
home: → Install it again there, for that machine.
",
        ),
        (
            "node:internal/modules/esm/resolve:241\n\n\
             Error [ERR_MODULE_NOT_FOUND]: Cannot find module '/x/a.js' imported from /x/b.js\n    \
             at finalizeResolution (node:internal/modules/esm/resolve:241:11)\n\nNode.js v26.10.0",
            "1",
            "crashed",
            "openclaw crashes there",
            "\
home: Cannot find module '/x/a.js' imported from /x/b.js
home: → Install it again there. Try: ssh me@home.example, then: openclaw --version
",
        ),
        (
            "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory",
            "134",
            "killed",
            "openclaw was killed there",
            "\
home: FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory
home: → Probably it has too little memory. Look: ssh me@home.example, then: free -m
",
        ),
        (
            "Error: something else",
            "1",
            "openclaw-error",
            "openclaw reports an error",
            "\
home: Error: something else
home: → Mend it: ssh me@home.example, then: openclaw doctor
",
        ),
    ];
    for (stderr, exit, word, line, remarks) in table {
        let gateway = GatewayHome::new().stderr(stderr).exit(exit);
        Trouble {
            word,
            line,
            remarks,
        }
        .of(|| Clawtap::with(&gateway));
    }
}

#[test]
fn an_openclaw_that_is_not_there_is_asked_for() {
    let gateway = GatewayHome::new();
    // Not by its name alone: whoever runs this may have one in a place that is always looked into.
    let table = [
        (
            "\"~/bin/openclaw\"",
            "home: ~/bin/openclaw is not on the gateway\n\
             home: → Correct openclaw for [[gateway]] home in the config.\n",
        ),
        (
            "[\"no-such-runner\", \"exec\", \"openclaw\"]",
            "home: no-such-runner is not on the gateway\n\
             home: → Correct openclaw for [[gateway]] home in the config.\n",
        ),
    ];
    for (openclaw, remarks) in table {
        let config = format!(
            "[[gateway]]\nname = \"home\"\nssh = \"me@home.example\"\nopenclaw = {openclaw}\n"
        );
        let trouble = Trouble {
            word: "no-command",
            line: "its openclaw command is not there",
            remarks,
        };
        trouble.of(|| Clawtap::with(&gateway).config(&config));
    }
    assert_eq!(gateway.calls(), "");
}

#[test]
fn openclaws_own_errors_are_shown_with_what_mends_them() {
    let table = [
        (
            r#"{"ok":false,"error":{"type":"cli_error","message":"Legacy state found. Run openclaw doctor --fix."}}"#,
            "needs-doctor",
            "openclaw asks for its doctor",
            "\
home: Legacy state found. Run openclaw doctor --fix.
home: → Mend it: ssh me@home.example, then: openclaw doctor --fix
",
        ),
        (
            r#"{"ok":false,"error":{"type":"cli_error","message":"file is not a database"}}"#,
            "openclaw-error",
            "openclaw reports an error",
            "\
home: file is not a database
home: → Mend it: ssh me@home.example, then: openclaw doctor
",
        ),
        // Before 2026.3 the same came on standard output, in a box.
        (
            "│\n◇  Config invalid; doctor will run with best-effort config.  │\n│\n",
            "needs-doctor",
            "openclaw asks for its doctor",
            "\
home: Config invalid; doctor will run with best-effort config.
home: → Mend it: ssh me@home.example, then: openclaw doctor --fix
",
        ),
    ];
    for (stdout, word, line, remarks) in table {
        let gateway = GatewayHome::new().stdout(stdout).exit("1");
        Trouble {
            word,
            line,
            remarks,
        }
        .of(|| Clawtap::with(&gateway));
    }
}

#[test]
fn an_answer_that_is_no_status_document_says_what_it_is_instead() {
    let half = "{\n  \"auth\": {\n    \"oauth\": {\n      \"profiles\": [\n        { \"profileId\": \"anth";
    let table: [(&[u8], _, _, _); 6] = [
        (b"", "no-answer", "openclaw says nothing", ""),
        (b" \n\n", "no-answer", "openclaw says nothing", ""),
        (
            half.as_bytes(),
            "unreadable",
            "openclaw's answer makes no sense",
            "home: it breaks off\n",
        ),
        (
            b"{\"version\":\"2026.9.6\"}",
            "unreadable",
            "openclaw's answer makes no sense",
            "home: JSON, but no model status\n",
        ),
        (
            b"gibberish",
            "unreadable",
            "openclaw's answer makes no sense",
            "home: it is not JSON\n",
        ),
        (
            b"\xff\xfe\x00\x9b31m\xc3\x28",
            "unreadable",
            "openclaw's answer makes no sense",
            "home: it is not JSON\n",
        ),
    ];
    for (stdout, word, line, note) in table {
        let gateway = GatewayHome::new().stdout(stdout).exit("0");
        let remarks = &format!("{note}{LOOK}");
        Trouble {
            word,
            line,
            remarks,
        }
        .of(|| Clawtap::with(&gateway));
    }
}

#[test]
fn invalid_utf8_inside_a_document_costs_only_its_own_character() {
    let document = std::fs::read_to_string(fixture("corpus/2026.9.6/token_ok_am.json"));
    let marked = document
        .expect("committed")
        .replace(":claude-code", ":\u{1}");
    let bytes: Vec<u8> = marked
        .bytes()
        .map(|byte| if byte == 1 { 0xff } else { byte })
        .collect();
    let gateway = GatewayHome::new().stdout(bytes).exit("0");
    let ran = Clawtap::with(&gateway).args(["status"]).run().status(0);
    let row = "✓ anthropic:\u{fffd} ████████ 299 d";
    assert!(ran.stdout.contains(row), "{}", ran.stdout);
}

#[test]
fn endless_output_is_cut_off() {
    let trouble = Trouble {
        word: "too-large",
        line: "answers more than 8 MiB",
        remarks: LOOK,
    };
    let gateway = GatewayHome::new()
        .file("megabyte", "x".repeat(1_000_000))
        .first("while :; do cat \"$HOME/megabyte\" || exit; done");
    trouble.of(|| Clawtap::with(&gateway));
}

#[test]
fn a_hanging_openclaw_is_ended_with_its_children() {
    let trouble = Trouble {
        word: "openclaw-timeout",
        line: "openclaw hangs; it was ended",
        remarks: "home: → Allow it more with timeout_s, or look: \
                  ssh me@home.example, then: openclaw models status\n",
    };
    let gateway = GatewayHome::new().first("sleep 300 & echo $! >>\"$HOME/children\"; wait");
    let started = Instant::now();
    trouble.of(|| {
        Clawtap::with(&gateway)
            .config("[[gateway]]\nname = \"home\"\nssh = \"me@home.example\"\ntimeout_s = 1\n")
    });
    assert!(
        started.elapsed() < Duration::from_secs(60),
        "it was waited for"
    );
    let children = std::fs::read_to_string(gateway.path().join("children")).expect("it ran");
    assert_eq!(children.lines().count(), 2);
    for child in children.lines() {
        assert!(!is_running(child), "{child} lives on");
    }
}

/// Whether a process is there and not only waits to be reaped.
fn is_running(id: &str) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat"));
    stat.is_ok_and(|stat| !stat.contains(") Z"))
}

#[test]
fn the_exit_code_of_the_same_run_decides_and_the_difference_is_told_on_request() {
    let table = [
        (
            "2026.9.6/token_expired_am",
            "0",
            0,
            "home: ok\n",
            "home: OpenClaw's exit code says ok, its answer reads as broken; the exit code counts\n",
        ),
        (
            "2026.9.6/token_ok_am",
            "1",
            1,
            "home: anthropic cannot be confirmed\n",
            "\
home: → Look on the gateway: openclaw models status
home: OpenClaw's exit code says broken, its answer reads as ok; the exit code counts
",
        ),
        (
            "2026.9.6/token_expiring_am",
            "2",
            2,
            "home: anthropic expires in 4 h 59 m\n",
            "\
home: → Renew it before then: clawtap reauth
",
        ),
    ];
    for (document, exit, code, line, remarks) in table {
        let gateway = GatewayHome::new().document(document).exit(exit);
        let check = |flags: &[&str]| {
            let ran = Clawtap::with(&gateway).args(["check"]).args(flags).run();
            ran.status(code).stdout(line)
        };
        let _ = check(&["-v"]).stderr(remarks);
        let quiet = check(&[]).stderr;
        assert!(!quiet.contains("exit code"), "{quiet}");
    }
}

/// Made up.
const SECRET: &str = "sk-ant-oat01-MADE-UP-Ab3Ab3Ab3Ab3Ab3Ab3";

#[test]
fn what_openclaw_says_is_shown_without_a_secret_in_it() {
    let route = format!(
        r#"{{"resolvedDefault":"anthropic/m","auth":{{"missingProvidersInUse":[],"oauth":{{"profiles":[]}},
        "modelRouteIssues":[{{"kind":"odd","provider":"anthropic","message":"cannot use {SECRET} there"}}]}}}}"#
    );
    let error = format!(r#"{{"ok":false,"error":{{"message":"cannot read {SECRET} there"}}}}"#);
    for document in [&route, &error] {
        let ran = Clawtap::new()
            .stdin(document)
            .args(["status", "-v", "--input", "-"])
            .run();
        assert!(ran.stdout.contains("there"), "{}", ran.stdout);
        assert!(!ran.stdout.contains("MADE-UP"), "{}", ran.stdout);
    }
    let table = [
        GatewayHome::new().stdout(route).exit("1"),
        GatewayHome::new().stdout(error).exit("1"),
        GatewayHome::new()
            .stderr(format!("cannot store {SECRET} there"))
            .exit("1"),
    ];
    for gateway in table {
        for words in ["check -v", "status -v", "status --format json", "monitor"] {
            let ran = Clawtap::with(&gateway)
                .on_a_phone()
                .args(words.split(' '))
                .run();
            let shown = ran.stdout.clone() + &ran.stderr + &ran.log("termux-notification");
            assert!(!shown.contains("MADE-UP"), "{words}: {shown}");
            assert_eq!(
                crate::support::files_with(ran.home(), "MADE-UP"),
                [""; 0],
                "{words}"
            );
            if words.starts_with("status") {
                assert!(shown.contains("there"), "{words}: {shown}");
            }
        }
    }
}
