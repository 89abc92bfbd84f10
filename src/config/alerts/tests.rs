//! The valid settings of `[alerts]`, and the errors for invalid ones.

use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::NaiveTime;
use proptest::prelude::*;

use super::{Alerts, hours_of, ntfy_of};
use crate::config::channel::{Channel, ChannelKind, Command, Ntfy, OpenClaw, Token};
use crate::config::channel::{server, topic, word};
use crate::config::file::parse;
use crate::error::Kind;
use crate::hint::Hint;
use crate::system::environment::Environment;

const GATEWAYS: &str = "[[gateway]]\nname = \"home\"\nlocal = true\n\n[[gateway]]\nname = \"away\"\nssh = \"me@away\"\n";

/// The last lines of the file, from line 8 on.
fn alerts(text: &str) -> Alerts {
    let text = format!("{GATEWAYS}{text}");
    match parse(&text, Some(Path::new("/home/me"))) {
        Ok(config) => config.alerts,
        Err(mistake) => panic!("{text}\n{mistake:?}"),
    }
}

fn names(alerts: &Alerts) -> Vec<&str> {
    let channels = alerts.channels.iter();
    channels.map(|channel| channel.name.as_str()).collect()
}

fn topic_of(name: &str) -> ChannelKind {
    ChannelKind::Ntfy(Ntfy {
        server: "https://ntfy.sh".into(),
        topic: name.into(),
        token: None,
    })
}

fn recipient(number: &str) -> ChannelKind {
    ChannelKind::OpenClaw(OpenClaw {
        target: number.into(),
        channel: None,
        gateway: None,
        limit: Duration::from_secs(60),
    })
}

#[test]
fn every_key_is_read() {
    let read = alerts(
        r#"
[alerts]
warn_hours = [1, 48, 12, 48]
remind_hours = 0
quiet = "23:00-07:00"

[alerts.command]
name = "mail"
run = ["~/bin/mail-me", "--urgent", "~/not-a-path"]
timeout_s = 5

[alerts.ntfy]
url = "https://ntfy.example:8443/"
topic = "a_topic-1"
token_file = "~/.config/ntfy-token"

[alerts.phone]
fallback = true

[alerts.openclaw]
target = "-1001234567890"
channel = "telegram"
gateway = "away"
timeout_s = 300
fallback = false
"#,
    );
    assert_eq!(read.warn_hours, [48, 12, 1]);
    assert_eq!(read.remind_hours, 0);
    let midnight = NaiveTime::default();
    assert!(read.quiet.is_some_and(|quiet| quiet.cover(midnight)));
    let channel = |name: &str, fallback, kind| Channel {
        name: name.into(),
        fallback,
        kind,
    };
    let expected = [
        channel(
            "mail",
            false,
            ChannelKind::Command(Command {
                run: ["/home/me/bin/mail-me", "--urgent", "~/not-a-path"]
                    .map(String::from)
                    .into(),
                limit: Duration::from_secs(5),
            }),
        ),
        channel(
            "ntfy",
            false,
            ChannelKind::Ntfy(Ntfy {
                server: "https://ntfy.example:8443".into(),
                topic: "a_topic-1".into(),
                token: Some(Token::File(PathBuf::from("/home/me/.config/ntfy-token"))),
            }),
        ),
        channel("phone", true, ChannelKind::Phone),
        channel(
            "openclaw",
            false,
            ChannelKind::OpenClaw(OpenClaw {
                target: "-1001234567890".into(),
                channel: Some("telegram".into()),
                gateway: Some("away".into()),
                limit: Duration::from_secs(300),
            }),
        ),
    ];
    assert_eq!(read.channels, expected);
}

#[test]
fn what_is_not_said_has_a_value() {
    for text in ["", "[alerts]\n"] {
        let read = alerts(text);
        assert_eq!(read.warn_hours, [24, 6, 1]);
        assert_eq!(read.remind_hours, 24);
        assert_eq!(read.quiet, None);
        assert_eq!(read.channels, []);
    }
    let read = alerts("[alerts.command]\nrun = \"mail-me\"\n");
    let expected = ChannelKind::Command(Command {
        run: vec!["mail-me".into()],
        limit: Duration::from_secs(30),
    });
    assert_eq!(read.channels[0].kind, expected);
    let read =
        alerts("[alerts.ntfy]\ntopic = \"a\"\n[alerts.openclaw]\ntarget = \"+15551234567\"\n");
    assert_eq!(read.channels[0].kind, topic_of("a"));
    assert_eq!(read.channels[1].kind, recipient("+15551234567"));
}

#[test]
fn channels_come_in_the_order_of_the_file_each_with_a_name() {
    let table = [
        (
            "[alerts.phone]\n[alerts.ntfy]\ntopic = \"a\"\n",
            vec!["phone", "ntfy"],
        ),
        (
            "[[alerts.ntfy]]\ntopic = \"a\"\n[alerts.phone]\n[[alerts.ntfy]]\ntopic = \"b\"\n",
            vec!["ntfy-1", "phone", "ntfy-2"],
        ),
        (
            "[[alerts.ntfy]]\ntopic = \"a\"\n[[alerts.ntfy]]\ntopic = \"b\"\nname = \"the other\"\n",
            vec!["ntfy-1", "the other"],
        ),
        ("[[alerts.command]]\nrun = \"a\"\n", vec!["command"]),
    ];
    for (text, expected) in table {
        assert_eq!(names(&alerts(text)), expected, "{text}");
    }
}

#[test]
fn a_token_may_be_printed_by_a_program() {
    let read = alerts("[alerts.ntfy]\ntopic = \"a\"\ntoken_command = [\"pass\", \"ntfy\"]\n");
    let ChannelKind::Ntfy(ntfy) = &read.channels[0].kind else {
        panic!("{read:?}")
    };
    let expected = Token::Command(vec!["pass".into(), "ntfy".into()]);
    assert_eq!(ntfy.token, Some(expected));
}

/// A part of the file, its line, the message and the hint.
type Wrong = (String, usize, &'static str, Option<&'static str>);

#[track_caller]
fn expect_mistakes(table: &[Wrong]) {
    for (text, line, message, hint) in table {
        let mistake = parse(&format!("{GATEWAYS}{text}"), None).unwrap_err();
        assert_eq!(
            (
                mistake.line,
                mistake.message.as_str(),
                mistake.hint.as_deref()
            ),
            (*line, *message, *hint),
            "{text}"
        );
    }
}

#[test]
fn mistakes_name_their_line_and_what_was_meant() {
    expect_mistakes(&[
        (
            "[alerts]\nwarn_hour = 3\n".into(),
            9,
            "unknown key `warn_hour`",
            Some("Did you mean `warn_hours`?"),
        ),
        (
            "[alerts]\nzzz = 3\n".into(),
            9,
            "unknown key `zzz`",
            Some("Known here: warn_hours, remind_hours, quiet, ntfy, phone, openclaw, command"),
        ),
        (
            "[alerts]\nwarn_hours = [24, 0]\n".into(),
            9,
            "`warn_hours` must be a number from 1 to 8760, or a list of such",
            None,
        ),
        (
            "[alerts]\nwarn_hours = []\n".into(),
            9,
            "`warn_hours` must not be empty",
            None,
        ),
        (
            "[alerts]\nremind_hours = -1\n".into(),
            9,
            "`remind_hours` must be a number from 0 to 8760",
            None,
        ),
        (
            "[alerts]\nquiet = \"at night\"\n".into(),
            9,
            "`quiet` is not usable: it is not like 23:00-07:00",
            None,
        ),
        (
            "[alerts.phone]\nvibrate = true\n".into(),
            9,
            "unknown key `vibrate`",
            Some("Known here: name, fallback"),
        ),
        (
            "[alerts.ntfy]\ntopic = \"a\"\nfalback = true\n".into(),
            10,
            "unknown key `falback`",
            Some("Did you mean `fallback`?"),
        ),
        (
            "[alerts]\nntfy = 7\n".into(),
            9,
            "this must be written as [alerts.ntfy]",
            None,
        ),
        (
            "[alerts]\nphone = [[]]\n".into(),
            9,
            "this must be written as [alerts.phone]",
            None,
        ),
        (
            "[alerts.phone]\nfallback = \"yes\"\n".into(),
            9,
            "`fallback` must be true or false",
            None,
        ),
        (
            "[alerts.phone]\nname = \"a\\u001b[2Jb\"\n".into(),
            9,
            "`name` is not usable: a name is one plain line of 64 characters at most",
            None,
        ),
        (
            "[alerts.phone]\nname = \"ntfy\"\n[alerts.ntfy]\ntopic = \"a\"\n".into(),
            10,
            "two channels have the same name",
            None,
        ),
    ]);
    let mistake = parse("alerts = true\n", None).unwrap_err();
    assert_eq!(mistake.message, "this must be written as [alerts]");
}

#[test]
fn mistakes_about_ntfy_name_their_line() {
    let ntfy = |line: &str| format!("[alerts.ntfy]\ntopic = \"a\"\n{line}\n");
    expect_mistakes(&[
        (
            "[alerts.ntfy]\nurl = \"https://ntfy.sh\"\n".into(),
            8,
            "the key `topic` is missing",
            Some("Make one: clawtap monitor ntfy"),
        ),
        (
            ntfy("url = \"ntfy.sh\""),
            10,
            "`url` is not usable: it is no address such as https://ntfy.sh",
            None,
        ),
        (
            ntfy("url = \"https://NTFY%C3.sh\""),
            10,
            "`url` is not usable: it is no address such as https://ntfy.sh",
            None,
        ),
        (
            ntfy("url = \"https://NTFÝ.sh\""),
            10,
            "`url` is not usable: it is no address such as https://ntfy.sh",
            None,
        ),
        (
            ntfy("url = \"https://me:secret@ntfy.sh\""),
            10,
            "`url` is not usable: a password does not belong there; use token_file",
            None,
        ),
        (
            ntfy("token = \"tk_MADE-UP\""),
            10,
            "unknown key `token`",
            Some("Did you mean `token_file`?"),
        ),
        (
            ntfy("token_file = \"a\"\ntoken_command = \"b\""),
            11,
            "the keys `token_command` and `token_file` exclude each other",
            None,
        ),
        (
            ntfy("token_file = \"a\\nb\""),
            10,
            "`token_file` must not hold control characters",
            None,
        ),
        (
            ntfy("token_command = []"),
            10,
            "`token_command` must name a program",
            None,
        ),
        (
            "[alerts.ntfy]\ntopic = \"a/b\"\n".into(),
            9,
            "`topic` is not usable: a topic has letters, digits, - and _, 64 at most",
            None,
        ),
    ]);
}

#[test]
fn mistakes_about_openclaw_and_commands_name_their_line() {
    let openclaw = |line: &str| format!("[alerts.openclaw]\n{line}\n");
    let command = |line: &str| format!("[alerts.command]\n{line}\n");
    expect_mistakes(&[
        (
            openclaw("channel = \"telegram\""),
            8,
            "the key `target` is missing",
            None,
        ),
        (
            openclaw("target = \" 5\""),
            9,
            "`target` is not usable: it has spaces around it, or control characters",
            None,
        ),
        (
            openclaw("target = \"5\"\ngateway = \"hmoe\""),
            10,
            "the key `gateway` names no [[gateway]]",
            Some("Did you mean home?"),
        ),
        (
            openclaw("target = \"5\"\ngateway = \"zzz\""),
            10,
            "the key `gateway` names no [[gateway]]",
            Some("Configured: home, away"),
        ),
        (
            openclaw("target = \"5\"\ntimeout_s = 0"),
            10,
            "`timeout_s` must be a number from 1 to 300",
            None,
        ),
        (
            command("timeout_s = 3"),
            8,
            "the key `run` is missing",
            None,
        ),
        (
            command("run = [\"--flag\"]"),
            9,
            "`run` must begin with a program",
            None,
        ),
        (
            command("run = \"a\"\ntimeout_s = 301"),
            10,
            "`timeout_s` must be a number from 1 to 300",
            None,
        ),
    ]);
}

#[test]
fn the_variables_of_the_upstream_scripts_add_to_the_file() {
    let environment = Environment::from([
        ("WARN_HOURS", "1, 12 48"),
        ("NOTIFY_NTFY", "ntfy.example/other"),
        ("NOTIFY_PHONE", "+15551234567"),
    ]);
    let mut read = alerts("[alerts]\nwarn_hours = 5\n[alerts.ntfy]\ntopic = \"a\"\n");
    read.add_variables(&environment).unwrap();
    assert_eq!(read.warn_hours, [48, 12, 1]);
    assert_eq!(names(&read), ["ntfy", "ntfy-2", "openclaw"]);
    let other = ChannelKind::Ntfy(Ntfy {
        server: "https://ntfy.example".into(),
        topic: "other".into(),
        token: None,
    });
    assert_eq!(read.channels[1].kind, other);
    assert_eq!(read.channels[2].kind, recipient("+15551234567"));
}

#[test]
fn a_variable_that_says_what_the_file_says_adds_nothing() {
    let environment = Environment::from([("NOTIFY_NTFY", "a"), ("NOTIFY_PHONE", "5")]);
    let file =
        alerts("[alerts.openclaw]\ntarget = \"5\"\n[alerts.ntfy]\nname = \"n\"\ntopic = \"a\"\n");
    let mut read = file.clone();
    read.add_variables(&environment).unwrap();
    assert_eq!(read, file);
}

#[test]
fn a_variable_that_is_wrong_is_told_with_its_name() {
    let table = [
        (
            "WARN_HOURS",
            "24,soon",
            "WARN_HOURS is not usable: soon is no number of hours",
            "Set it to hours, such as 24,6,1",
        ),
        (
            "NOTIFY_NTFY",
            "a b",
            "NOTIFY_NTFY is not usable: a topic has letters, digits, - and _, 64 at most",
            "Set it to an ntfy topic",
        ),
        (
            "NOTIFY_PHONE",
            " 5",
            "NOTIFY_PHONE is not usable: it has spaces around it, or control characters",
            "Set it to a number, such as +15551234567",
        ),
    ];
    for (name, value, message, hint) in table {
        let environment = Environment::from([(name, value)]);
        let error = Alerts::default().add_variables(&environment).unwrap_err();
        assert_eq!(error.kind, Kind::Configuration);
        assert_eq!(error.message, message);
        assert_eq!(error.hint.as_ref().map(Hint::as_str), Some(hint));
    }
}

#[test]
fn hours_are_told_apart_and_put_in_order() {
    let table = [
        ("2", Ok(vec![2])),
        ("6,24,1", Ok(vec![24, 6, 1])),
        ("6 6 , 24", Ok(vec![24, 6])),
        ("0", Err("0 is no number of hours")),
        ("8761", Err("8761 is no number of hours")),
        ("24h", Err("24h is no number of hours")),
        (",", Err("there are no hours in it")),
    ];
    for (text, expected) in table {
        assert_eq!(hours_of(text), expected.map_err(String::from), "{text}");
    }
}

#[test]
fn an_ntfy_server_is_an_origin_and_nothing_more() {
    for (text, expected) in [
        ("https://ntfy.sh", Some("https://ntfy.sh")),
        ("https://ntfy.sh/", Some("https://ntfy.sh")),
        ("http://10.0.0.7:8080", Some("http://10.0.0.7:8080")),
        ("ftp://ntfy.sh", None),
        ("https://ntfy.sh/topic", None),
        ("https://ntfy.sh/?auth=x", None),
        ("https://ntfy.sh/#x", None),
        ("https://", None),
        ("file:///etc/passwd", None),
    ] {
        assert_eq!(server(text).ok().as_deref(), expected, "{text}");
    }
}

#[test]
fn a_topic_may_come_with_its_server() {
    let table = [
        ("a", Some(("https://ntfy.sh", "a"))),
        ("ntfy.example/a", Some(("https://ntfy.example", "a"))),
        ("http://10.0.0.7:81/a", Some(("http://10.0.0.7:81", "a"))),
        ("https://ntfy.sh/", None),
        ("https://ntfy.sh", None),
        ("a/b/c", None),
    ];
    for (text, expected) in table {
        let read = ntfy_of(text).ok();
        let read = read
            .as_ref()
            .map(|it| (it.server.as_str(), it.topic.as_str()));
        assert_eq!(read, expected, "{text}");
    }
}

proptest! {
    #[test]
    fn no_text_panics(text in "[\\[\\]a-z=\" \n.0-9,-]{0,60}") {
        let _ = parse(&format!("{GATEWAYS}[alerts]\n{text}"), None);
        let _ = parse(&format!("{GATEWAYS}[alerts.openclaw]\n{text}"), None);
    }

    #[test]
    fn what_is_taken_holds_nothing_that_could_deceive(text in any::<String>()) {
        if let Ok(text) = word(&text) {
            prop_assert!(!text.contains(char::is_control));
        }
        if let Ok(text) = topic(&text) {
            prop_assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)));
        }
    }
}
