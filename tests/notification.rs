//! The standing notification, by the exact commands: what is put up, replaced and taken away, what its buttons
//! start, and that they really start it.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::Path;
use std::process::Command;

use pretty_assertions::assert_eq;

use crate::support::{Clawtap, GatewayHome, fakes};
use crate::tap::calls;

const PROGRAM: &str = env!("CARGO_BIN_EXE_clawtap");
const REFUSED: &str = "ssh: connect to host home.example port 22: Connection refused";

/// A notification as it was asked for: its options by name, `true` for one without a value.
type Notification = BTreeMap<String, OsString>;

/// The standing ones; not that of a sign-in, which leads to its page.
fn notifications(home: &Path) -> Vec<Notification> {
    let bytes = std::fs::read(home.join("log/termux-notification.words")).unwrap_or_default();
    let mut words = bytes
        .split(|&byte| byte == 0)
        .filter(|word| !word.is_empty());
    let mut all: Vec<Notification> = Vec::new();
    while let Some(option) = words.next() {
        let option = std::str::from_utf8(option).expect("an option");
        let name = option.strip_prefix("--").expect("an option").to_owned();
        let value = match name.as_str() {
            "alert-once" | "ongoing" => b"true",
            _ => words.next().expect("an option's value"),
        };
        if name == "id" {
            all.push(Notification::new());
        }
        let value = OsString::from_vec(value.to_vec());
        let before = all.last_mut().expect("--id first").insert(name, value);
        assert_eq!(before, None, "{option} twice");
    }
    all.retain(|one| !text(one, "id").ends_with("-sign-in"));
    all
}

fn notification(home: &Path) -> Notification {
    let mut all = notifications(home);
    assert_eq!(all.len(), 1);
    all.remove(0)
}

fn text(notification: &Notification, option: &str) -> String {
    notification
        .get(option)
        .map_or_else(String::new, |value| value.to_str().expect("UTF-8").into())
}

/// The labels of the buttons, each with the line that it runs, and last the line of the body.
fn buttons(notification: &Notification) -> Vec<(String, String)> {
    let names = ["button1", "button2", "button3"];
    let mut buttons: Vec<_> = names
        .iter()
        .filter(|name| notification.contains_key(**name))
        .map(|name| {
            (
                text(notification, name),
                text(notification, &format!("{name}-action")),
            )
        })
        .collect();
    buttons.push(("(body)".into(), text(notification, "action")));
    buttons
}

fn status_on(gateway: &GatewayHome) -> Clawtap {
    Clawtap::with(gateway)
        .on_a_phone()
        .without("TMPDIR")
        .args(["status", "--format", "simple", "--notify"])
}

#[test]
fn the_buttons_fit_what_is_wrong() {
    let table = [
        (Some("2026.9.6/token_expired_am"), 1, true),
        (Some("2026.9.6/token_expiring_am"), 2, true),
        (Some("2026.9.6/token_ok"), 1, true),
        (Some("2026.9.6/oauth_cooldown"), 1, false),
        (None, 3, false),
    ];
    for (document, code, sign_in) in table {
        let (gateway, refused) = match document {
            Some(document) => (GatewayHome::new().document(document), ""),
            None => (GatewayHome::new(), REFUSED),
        };
        let clawtap = status_on(&gateway).env("FAKE_SSH_STDERR", refused);
        let path = std::env::join_paths([
            fakes("termux"),
            fakes("ssh"),
            "/usr/bin".into(),
            "/bin".into(),
        ])
        .expect("folders");
        let start = format!(
            "HOME='{}' PATH='{}' '{PROGRAM}'",
            clawtap.home().display(),
            path.display()
        );
        let hide = format!(
            "'{}' 'clawtap-home'",
            fakes("termux").join("termux-notification-remove").display()
        );
        let guide = format!("{start} guide --gateway 'home'");
        let mut expected = vec![
            ("Check again", format!("{start} tap --gateway 'home'")),
            ("Hide", hide),
            ("(body)", guide),
        ];
        if sign_in {
            let reauth = format!("{start} reauth --gateway 'home'");
            expected.insert(0, ("Sign in", reauth));
        }
        let ran = clawtap.run().status(code).stderr("");
        let expected: Vec<_> = expected
            .into_iter()
            .map(|(label, line)| (label.to_owned(), line))
            .collect();
        assert_eq!(buttons(&notification(ran.home())), expected, "{document:?}");
    }
}

#[test]
fn a_tap_leaves_the_same_notification_as_status_does() {
    for document in ["2026.9.6/token_expired_am", "2026.9.6/token_expiring_am"] {
        let gateway = GatewayHome::new().document(document);
        let status = status_on(&gateway).run();
        let tap = Clawtap::with(&gateway).on_a_phone().args(["tap"]).run();
        let of = |home: &Path| {
            let mut one = notification(home);
            one.retain(|name, _| !name.ends_with("action"));
            one
        };
        assert_eq!(of(status.home()), of(tap.home()));
        assert_eq!(status.log("termux-toast"), "", "only a tap shows a toast");
        assert_eq!(status.log("termux-vibrate"), "");
        assert_eq!(status.log("termux-open-url"), "");
    }
}

#[test]
fn a_later_one_takes_its_place_without_a_sound_until_all_is_well() {
    let mut gateway = GatewayHome::new();
    let clawtap = Clawtap::new()
        .config("[[gateway]]\nname = \"home\"\nssh = \"me@home.example\"\n")
        .reaching(&gateway)
        .on_a_phone()
        .args(["status", "--notify"]);
    for document in ["token_expiring_am", "token_expired_am", "token_ok_am"] {
        gateway = gateway.document(&format!("2026.9.6/{document}"));
        let output = clawtap.command().output().expect("it starts");
        assert_eq!(output.stderr, b"");
    }
    let all = notifications(clawtap.home());
    let of = |option| {
        all.iter()
            .map(|one| text(one, option))
            .collect::<Vec<String>>()
    };
    assert_eq!(of("id"), ["clawtap-home"; 2]);
    assert_eq!(of("alert-once"), ["true"; 2]);
    assert_eq!(of("group"), ["clawtap"; 2]);
    assert_eq!(of("ongoing"), [""; 2]);
    assert_eq!(of("priority"), ["default", "high"]);
    let log = std::fs::read_to_string(clawtap.home().join("log/termux-notification-remove"));
    assert_eq!(
        log.unwrap_or_default(),
        "termux-notification-remove clawtap-home\n"
    );
}

#[test]
fn a_glance_stays_when_all_is_well_if_the_configuration_says_so() {
    let table = [
        ("token_ok_am", "low", "home: ok, anthropic 299 d left"),
        ("token_expired_am", "high", "home: anthropic expired"),
    ];
    for (document, priority, title) in table {
        let gateway = GatewayHome::new().document(&format!("2026.9.6/{document}"));
        for command in [&["status", "--notify"][..], &["tap"]] {
            let ran = configured(&gateway, "[notification]\nongoing = true\n")
                .on_a_phone()
                .args(command)
                .run()
                .before_sign_in()
                .stderr("");
            let one = notification(ran.home());
            assert_eq!(text(&one, "title"), title);
            assert_eq!(text(&one, "priority"), priority);
            assert_eq!(text(&one, "ongoing"), "true");
            let calls = calls(|fake| ran.log(fake));
            assert!(!calls.contains("termux-notification-remove"), "{calls}");
        }
    }
}

#[test]
fn a_tap_puts_up_none_if_the_configuration_says_so_but_takes_away_what_is_over() {
    let quiet = "[notification]\nafter_tap = false\n";
    let gateway = GatewayHome::new().document("2026.9.6/token_expired_am");
    let ran = configured(&gateway, quiet)
        .on_a_phone()
        .args(["tap"])
        .run()
        .before_sign_in()
        .status(1)
        .stderr("");
    assert_eq!(notifications(ran.home()), []);
    assert_eq!(
        calls(|fake| ran.log(fake)),
        "termux-toast -g bottom\n  | ✗ home: anthropic expired\ntermux-vibrate -d 500\n"
    );
    let gateway = GatewayHome::new().document("2026.9.6/token_ok_am");
    let ran = configured(&gateway, quiet)
        .on_a_phone()
        .args(["tap"])
        .run()
        .status(0)
        .stderr("");
    assert_eq!(
        ran.log("termux-notification-remove"),
        "termux-notification-remove clawtap-home\n"
    );
}

#[test]
fn off_the_phone_the_settings_change_nothing_that_is_written() {
    let all = "[notification]\nongoing = true\nafter_tap = false\npicture = true\n";
    for document in ["token_ok_am", "token_expired_am"] {
        let gateway = GatewayHome::new().document(&format!("2026.9.6/{document}"));
        let plain = Clawtap::with(&gateway).args(["tap"]).run();
        let ran = configured(&gateway, all).args(["tap"]).run();
        let ran = ran.status(plain.status).stdout(&plain.stdout).stderr("");
        assert_eq!(ran.file(".local/state"), None);
    }
}

#[test]
fn off_the_phone_status_says_that_there_is_none_to_notify() {
    let gateway = GatewayHome::new().document("2026.9.6/token_expired_am");
    let plain = Clawtap::with(&gateway)
        .args(["status", "--format", "simple"])
        .run();
    let ran = Clawtap::with(&gateway)
        .args(["status", "--format", "simple", "--notify"])
        .run()
        .status(1)
        .stdout(&plain.stdout)
        .stderr("clawtap: there is no phone to notify here\n→ In Termux: pkg install termux-api\n");
    assert_eq!(plain.stderr, "");
    assert_eq!(calls(|fake| ran.log(fake)), "");
}

#[test]
fn a_command_that_does_not_work_is_told_and_changes_nothing_else() {
    let gateway = GatewayHome::new().document("2026.9.6/token_expired_am");
    let untroubled = status_on(&gateway).run().status(1).stderr("");
    let unanswered =
        "clawtap: termux-notification got no answer: is the Termux:API app installed?\n";
    let table = [
        ("FAKE_HANG", unanswered),
        ("FAKE_FAIL", "clawtap: termux-notification failed\n"),
        ("FAKE_GARBAGE", ""),
    ];
    for (trouble, stderr) in table {
        let ran = status_on(&gateway)
            .env(trouble, "termux-notification")
            .run()
            .status(1)
            .stdout(&untroubled.stdout)
            .stderr(stderr);
        assert_eq!(notifications(ran.home()).len(), 1, "{trouble}");
    }
}

#[test]
fn without_its_command_there_is_no_notification_and_without_the_remover_no_button_to_hide_it() {
    let gateway = GatewayHome::new().document("2026.9.6/token_expired_am");
    for (names, stderr, labels) in [
        (
            &["termux-toast"][..],
            "clawtap: termux-notification is not installed: pkg install termux-api\n",
            None,
        ),
        (
            &["termux-toast", "termux-notification"],
            "",
            Some(["Sign in", "Check again", "(body)"]),
        ),
    ] {
        let clawtap = Clawtap::with(&gateway).args(["status", "--notify"]);
        let some = clawtap.home().join("bin");
        std::fs::create_dir(&some).expect("a fresh folder");
        for name in names {
            std::os::unix::fs::symlink(fakes("termux").join(name), some.join(name))
                .expect("a fresh folder");
        }
        let path = [&*some, &*fakes("ssh"), "/usr/bin".as_ref(), "/bin".as_ref()];
        let ran = clawtap.path(&path).run().status(1).stderr(stderr);
        let found = notifications(ran.home()).first().map(|one| {
            let labels = buttons(one).into_iter().map(|(label, _)| label);
            labels.collect::<Vec<_>>()
        });
        assert_eq!(
            found,
            labels.map(|labels| labels.map(String::from).to_vec())
        );
    }
}

/// Runs a line as Termux does: with nothing in its environment but what the fakes need to be found out.
fn run_action(line: &str, log: &Path, gateway: &GatewayHome) -> (Option<i32>, String) {
    let variable = |name: &str, path: &Path| {
        let mut pair = OsString::from(format!("{name}="));
        pair.push(path);
        pair
    };
    let output = Command::new("/usr/bin/env")
        .arg("-i")
        .args([
            variable("FAKE_LOG", log),
            variable("FAKE_GATEWAY", gateway.path()),
        ])
        .args(["/bin/sh", "-c", line])
        .current_dir("/")
        .output()
        .expect("env");
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code(), stderr)
}

#[test]
fn the_buttons_really_do_it_with_an_empty_environment_whatever_the_home_folder_is_called() {
    let odd = "it's  \"my\" $REPLY `id` $(id) \\ *;\nhöme";
    for folder in ["plain", odd] {
        let gateway = GatewayHome::new().document("2026.9.6/token_expired_am");
        let clawtap = Clawtap::new()
            .file(
                &format!("{folder}/.config/clawtap/config.toml"),
                "[[gateway]]\nname = \"other\"\nssh = \"o\"\n[[gateway]]\nname = \"home\"\nssh = \"h\"\n",
            )
            .reaching(&gateway)
            .on_a_phone()
            .args(["status", "--notify", "--gateway", "home"]);
        let home = clawtap.home().join(folder);
        let ran = clawtap.env("HOME", home).run().status(1).stderr("");
        let one = notification(ran.home());
        let buttons: BTreeMap<_, _> = buttons(&one).into_iter().collect();
        assert!(!buttons.values().any(|line| line.contains("$REPLY")));

        let log = ran.home().join("log-of-actions");
        std::fs::create_dir(&log).expect("a fresh folder");
        let run = |label: &str, gateway: &GatewayHome| run_action(&buttons[label], &log, gateway);
        let logged = |name: &str| std::fs::read_to_string(log.join(name)).unwrap_or_default();
        assert_eq!(run("Hide", &gateway), (Some(0), String::new()));
        let removal = "termux-notification-remove clawtap-home\n";
        assert_eq!(logged("termux-notification-remove"), removal);

        let well = GatewayHome::new().document("2026.9.6/token_ok_am");
        assert_eq!(run("Check again", &well), (Some(0), String::new()));
        assert_eq!(logged("termux-notification-remove"), removal.repeat(2));
        let toasts = logged("termux-toast");
        let known = "termux-toast -g bottom\n  | ✗ home: anthropic expired · checked ";
        let fresh = "termux-toast -g bottom\n  | ✓ home: ok, anthropic 299 d left";
        assert!(
            toasts.starts_with(known) && toasts.ends_with(fresh),
            "{toasts}"
        );

        let (_, stderr) = run("Sign in", &gateway);
        let toasts = logged("termux-toast");
        let started = "termux-toast -g bottom\n  | home: starting the sign-in…";
        assert!(toasts.contains(started), "{toasts}\n{stderr}");
    }
}

#[test]
fn the_buttons_keep_to_the_configuration_and_the_gateway_they_were_made_for() {
    let gateway = GatewayHome::new().document("2026.9.6/token_expired_am");
    let elsewhere = Clawtap::new()
        .reaching(&gateway)
        .on_a_phone()
        .file(
            "else where.toml",
            "[[gateway]]\nname = \"home\"\nssh = \"h\"\n",
        )
        .args(["tap", "--config", "else where.toml"]);
    let unconfigured = Clawtap::new()
        .reaching(&gateway)
        .on_a_phone()
        .env("OPENCLAW_SERVER", "me@home.example.net")
        .args(["tap"]);
    for clawtap in [elsewhere, unconfigured] {
        let ran = clawtap.run().before_sign_in().status(1).stderr("");
        let one = notification(ran.home());
        let line = text(&one, "button2-action");
        let log = ran.home().join("log-of-actions");
        std::fs::create_dir(&log).expect("a fresh folder");
        let (code, stderr) = run_action(&line, &log, &gateway);
        assert_eq!(code, Some(1), "{stderr}");
        let logged = |fake: &str| std::fs::read_to_string(log.join(fake)).unwrap_or_default();
        let calls = calls(logged);
        let toast = "termux-toast -g bottom\n  | ✗ home: anthropic expired · checked ";
        assert!(calls.contains(toast), "{calls}\n{stderr}");
    }
}

#[test]
fn nothing_that_a_gateway_says_gets_into_a_line_that_is_run() {
    let document = "2026.9.6/token_expired_am";
    let harmless = GatewayHome::new().document(document);
    let json = crate::support::fixture(&format!("corpus/{document}.json"));
    let json = std::fs::read_to_string(json).expect("a known document");
    let hostile = json.replace("anthropic", "x';id>pwned;$REPLY `id` --button1-action id '");
    let hostile = GatewayHome::new().stdout(hostile).exit("1");
    let lines = |gateway: &GatewayHome| {
        let ran = status_on(gateway).run().status(1).stderr("");
        let home = ran.home().display().to_string();
        let one = notification(ran.home());
        let buttons = buttons(&one).into_iter();
        buttons
            .map(|(label, line)| (label, line.replace(&home, "~")))
            .collect::<Vec<_>>()
    };
    assert_eq!(lines(&hostile), lines(&harmless));
}

#[test]
fn mistakes_in_the_table_name_the_nearest_key() {
    let table = [
        (
            "[notification]\non_going = true\n",
            "line 5: unknown key `on_going`\n→ Did you mean `ongoing`?",
        ),
        (
            "[notification]\npicture = \"yes\"\n",
            "line 5: `picture` must be true or false",
        ),
        (
            "notification = true\n",
            "line 4: unknown key `notification`\n→ Known here: name, ssh, local, port, identity_file, ssh_config, openclaw, agent, profile, timeout_s",
        ),
        (
            "[[notification]]\n",
            "line 4: this must be written as [notification]",
        ),
        (
            "[notifcation]\n",
            "line 4: unknown key `notifcation`\n→ Did you mean `notification`?",
        ),
    ];
    let gateway = GatewayHome::new();
    for (text, message) in table {
        let ran = configured(&gateway, text).args(["status"]).run();
        let _ = ran.status(78).stdout("").stderr(&format!(
            "clawtap: ~/.config/clawtap/config.toml, {message}\n"
        ));
    }
}

/// With one gateway, called home, and more in the configuration.
fn configured(gateway: &GatewayHome, more: &str) -> Clawtap {
    let home = "[[gateway]]\nname = \"home\"\nssh = \"me@home.example\"\n";
    Clawtap::new()
        .config(&format!("{home}{more}"))
        .reaching(gateway)
}
