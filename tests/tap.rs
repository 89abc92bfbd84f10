//! `clawtap tap`: the exact Termux:API commands, and what happens if some of them fail.

use std::time::{Duration, Instant};

use pretty_assertions::assert_eq;

use crate::several_gateways;
use crate::support::{Clawtap, GatewayHome};

const FAKES: [&str; 6] = [
    "termux-notification",
    "termux-notification-remove",
    "termux-open",
    "termux-open-url",
    "termux-toast",
    "termux-vibrate",
];

/// Every Termux:API command that was called before a sign-in began, if one did, with its arguments and, after `|`,
/// its standard input. What the buttons of a notification do is in `notification.rs`.
pub(crate) fn calls(log: impl Fn(&str) -> String) -> String {
    let mut calls: Vec<String> = Vec::new();
    for line in log("every-call").lines() {
        match (calls.last_mut(), line.split_once(" --action ")) {
            (_, Some((before, _))) => calls.push(format!("{before}\n")),
            (Some(last), None) if line.starts_with("  | ") => last.push_str(&format!("{line}\n")),
            _ => calls.push(format!("{line}\n")),
        }
    }
    let sign_in = |call: &String| call.contains(": starting the sign-in…\n");
    if let Some(start) = calls.iter().position(sign_in) {
        calls.truncate(start);
    }
    // They run in parallel, in no fixed order.
    calls.sort();
    calls.concat()
}

fn tap_on(gateway: &GatewayHome) -> Clawtap {
    Clawtap::with(gateway).on_a_phone().args(["tap"])
}

#[test]
fn the_phone_is_told_what_there_is_to_tell() {
    let table = [
        (
            "2026.9.6/token_ok_am",
            0,
            "\
termux-notification-remove clawtap-home
termux-toast -g bottom
  | ✓ home: ok, anthropic 299 d left
termux-vibrate -d 40
",
        ),
        (
            "2026.9.6/token_expiring_am",
            2,
            "\
termux-notification --id clawtap-home --title home: anthropic expires in 4 h 59 m --priority default --group clawtap --alert-once
  | Renew it before then: clawtap reauth
termux-toast -g bottom
  | ! home: anthropic expires in 4 h 59 m
termux-vibrate -d 150
",
        ),
        (
            "2026.9.6/token_expired_am",
            1,
            "\
termux-notification --id clawtap-home --title home: anthropic expired --priority high --group clawtap --alert-once
  | Sign in again: clawtap reauth
termux-toast -g bottom
  | ✗ home: anthropic expired
termux-vibrate -d 500
",
        ),
        // The sign-in is for the missing login, although other logins are there.
        (
            "2026.9.6/token_ok",
            1,
            "\
termux-notification --id clawtap-home --title home: openai is not signed in, and 1 more --priority high --group clawtap --alert-once
  | Sign in: clawtap reauth
termux-toast -g bottom
  | ✗ home: openai is not signed in, and 1 more
termux-vibrate -d 500
",
        ),
    ];
    for (document, code, expected) in table {
        let gateway = GatewayHome::new().document(document);
        let ran = tap_on(&gateway).run().before_sign_in();
        let ran = ran.status(code).stdout("").stderr("");
        assert_eq!(calls(|fake| ran.log(fake)), expected, "{document}");
        let signs_in = gateway
            .calls()
            .contains("models auth login --provider openai");
        assert_eq!(signs_in, document == "2026.9.6/token_ok", "{document}");
    }
}

#[test]
fn a_gateway_that_is_away_is_notified_of_and_opens_nothing() {
    let ran = tap_on(&GatewayHome::new())
        .env(
            "FAKE_SSH_STDERR",
            "ssh: connect to host home.example port 22: Connection refused",
        )
        .run();
    let ran = ran.status(3).stdout("").stderr("");
    assert_eq!(
        calls(|fake| ran.log(fake)),
        "\
termux-notification --id clawtap-home --title home: no ssh server answers --priority default --group clawtap --alert-once
  | Is sshd running there, and the port right?
termux-toast -g bottom
  | ? home: no ssh server answers
termux-vibrate -d 250
"
    );
}

#[test]
fn two_gateways_share_a_toast_and_have_a_notification_each() {
    let (gateway, config) = several_gateways::gateways(&[
        ("home", Some("token_ok_am")),
        ("office", Some("token_expired_am")),
    ]);
    let ran = tap_on(&gateway)
        .config(&config)
        .run()
        .before_sign_in()
        .status(1)
        .stdout("")
        .stderr("");
    assert_eq!(
        calls(|fake| ran.log(fake)),
        "\
termux-notification --id clawtap-office --title office: anthropic expired --priority high --group clawtap --alert-once
  | Sign in again: clawtap reauth
termux-notification-remove clawtap-home
termux-toast -g bottom
  | ✓ home: ok, anthropic 299 d left
  | ✗ office: anthropic expired
termux-vibrate -d 500
"
    );
}

#[test]
fn one_that_hangs_or_fails_does_not_stop_the_rest() {
    let gateway = GatewayHome::new().document("2026.9.6/token_expired_am");
    let untroubled = tap_on(&gateway).run().status(1);
    let everything = calls(|fake| untroubled.log(fake));
    let started = Instant::now();
    let ran = tap_on(&gateway).env("FAKE_HANG", "termux-toast").run();
    let ran = ran.status(1).stdout("").stderr(
        "\
clawtap: termux-toast got no answer: is the Termux:API app installed?
✗ home: anthropic expired
",
    );
    assert_eq!(calls(|fake| ran.log(fake)), everything);
    assert!(
        started.elapsed() < Duration::from_secs(40),
        "it was held up"
    );
    for fake in ["termux-toast", "termux-vibrate", "termux-notification"] {
        let ran = tap_on(&gateway).env("FAKE_FAIL", fake).run();
        let message = format!("clawtap: {fake} failed\n✗ home: anthropic expired\n");
        let ran = ran.before_sign_in().status(1).stdout("").stderr(&message);
        assert_eq!(calls(|fake| ran.log(fake)), everything, "{fake} fails");
    }
}

#[test]
fn without_the_termux_api_app_everything_hangs_and_it_ends_all_the_same() {
    let gateway = GatewayHome::new().document("2026.9.6/token_expired_am");
    let started = Instant::now();
    let ran = tap_on(&gateway)
        .env("FAKE_HANG", FAKES.join(" "))
        .run()
        .status(1);
    assert!(
        started.elapsed() < Duration::from_secs(40),
        "it was held up"
    );
    let _ = ran.stdout("").stderr(
        "\
clawtap: termux-toast got no answer: is the Termux:API app installed?
clawtap: termux-vibrate got no answer: is the Termux:API app installed?
clawtap: termux-notification got no answer: is the Termux:API app installed?
✗ home: anthropic expired
",
    );
}

#[test]
fn a_page_that_one_command_does_not_open_another_opens() {
    let gateway = GatewayHome::new().document("2026.9.6/token_expired_am");
    let page = "https://claude.ai/login";
    // Its second choice shows the page.
    let guide = || {
        let clawtap = Clawtap::with(&gateway).on_a_phone().args(["guide"]);
        clawtap.env("FAKE_ANSWERS", "1 cancel")
    };
    let ran = guide().env("FAKE_FAIL", "termux-open-url").run();
    let ran = ran.status(1).stdout("").stderr("");
    assert_eq!(
        ran.log("termux-open-url"),
        format!("termux-open-url {page}\n")
    );
    assert_eq!(ran.log("termux-open"), format!("termux-open {page}\n"));

    let ran = guide()
        .env("FAKE_FAIL", "termux-open-url termux-open")
        .run();
    let _ = ran
        .status(1)
        .stdout("")
        .stderr("clawtap: termux-open failed\n");
}

#[test]
fn commands_that_are_not_installed_are_named_and_the_rest_is_done() {
    let gateway = GatewayHome::new().document("2026.9.6/token_expired_am");
    let clawtap = Clawtap::with(&gateway);
    let some = clawtap.home().join("bin");
    std::fs::create_dir(&some).expect("a fresh folder");
    for name in ["termux-toast", "termux-open"] {
        let fake = crate::support::fakes("termux").join(name);
        std::os::unix::fs::symlink(fake, some.join(name)).expect("a fresh folder");
    }
    let ssh = crate::support::fakes("ssh");
    let path = [&*some, &*ssh, "/usr/bin".as_ref(), "/bin".as_ref()];
    let ran = clawtap
        .path(&path)
        .args(["tap"])
        .run()
        .before_sign_in()
        .status(1)
        .stdout("")
        .stderr(
            "\
clawtap: termux-vibrate is not installed: pkg install termux-api
clawtap: termux-notification is not installed: pkg install termux-api
✗ home: anthropic expired
",
        );
    assert_eq!(
        calls(|fake| ran.log(fake)),
        "\
termux-toast -g bottom
  | ✗ home: anthropic expired
"
    );
}

#[test]
fn off_the_phone_the_same_appears_in_the_terminal() {
    let table = [
        (
            "2026.9.6/token_ok_am",
            0,
            "✓ home: ok, anthropic 299 d left\n",
        ),
        (
            "2026.9.6/token_expired_am",
            1,
            "\
✗ home: anthropic expired
→ Sign in again: clawtap reauth
  https://claude.ai/login
",
        ),
    ];
    for (document, code, expected) in table {
        let gateway = GatewayHome::new().document(document);
        let ran = Clawtap::with(&gateway).args(["tap"]).run();
        let _ = ran.status(code).stdout(expected).stderr("");
    }
}

#[test]
fn a_mistake_in_the_configuration_reaches_the_screen_too() {
    let ran = Clawtap::new()
        .on_a_phone()
        .config("[[gateway]]\nname = \"home\"\nssh = \"h\"\nprot = 22\n")
        .args(["tap"])
        .run();
    let message = "\
clawtap: ~/.config/clawtap/config.toml, line 4: unknown key `prot`
→ Did you mean `port`?
";
    let ran = ran.status(78).stdout("").stderr(message);
    assert_eq!(
        calls(|fake| ran.log(fake)),
        "\
termux-toast -g bottom
  | clawtap: ~/.config/clawtap/config.toml, line 4: unknown key `prot`
  | → Did you mean `port`?
termux-vibrate -d 250
"
    );
}

#[test]
fn a_login_that_broke_is_broken_whatever_was_known_before() {
    let gateway = GatewayHome::new().document("2026.9.6/token_ok_am");
    let clawtap = Clawtap::with(&gateway)
        .on_a_phone()
        .env("FAKE_ANSWERS", "cancel");
    let run = |words: &[&str]| {
        let output = clawtap.command_of(words).output().expect("it starts");
        (
            output.status.code(),
            String::from_utf8(output.stdout).expect("UTF-8"),
        )
    };
    let log = |fake: &str| {
        let file = clawtap.home().join("log").join(fake);
        std::fs::read_to_string(file).unwrap_or_default()
    };
    for verb in ["check", "tap"] {
        assert_eq!(run(&[verb]).0, Some(0), "{verb}");
    }
    let path = clawtap
        .home()
        .join(".local/state/clawtap/reports/home.json");
    let good = std::fs::read(&path).expect("a report");
    let _gateway = gateway.document("2026.9.6/token_expired_am");
    assert_eq!(run(&["monitor"]).0, Some(1));
    let removed = log("termux-notification-remove");
    // The second is what the notification's button "Check again" runs.
    let table: [(&[&str], &str); 5] = [
        (&["check"], "home: anthropic expired\n"),
        (&["tap", "--gateway", "home"], ""),
        (&["check"], "home: anthropic expired\n"),
        (&["tap"], ""),
        (
            &["check", "--remembered"],
            "home: anthropic expired · checked just now\n",
        ),
    ];
    for (words, said) in table {
        if !words.contains(&"--remembered") {
            std::fs::write(&path, &good).expect("our file");
        }
        assert_eq!(run(words), (Some(1), said.into()), "{words:?}");
    }
    let gone = &log("termux-notification-remove")[removed.len()..];
    assert!(
        !gone.lines().any(|line| line.ends_with(" clawtap-home")),
        "{gone}"
    );
    let started = log("termux-toast").matches("starting the sign-in").count();
    assert_eq!(started, 2, "{}", log("termux-toast"));
}
