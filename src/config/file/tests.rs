use super::{SignIn, Sync, parse};
use crate::config::gateway::add;
use crate::config::host_name::Host;
use crate::gateway::host::Transport;
use proptest::prelude::*;
use std::path::Path;

const FULL: &str = r#"# mine
[[gateway]]
name = "home" # the box in the cellar
ssh = "me@gateway.example.net"
port = 2222
identity_file = "~/.ssh/id_ed25519"
openclaw = ["docker", "exec", "openclaw", "openclaw"]
agent = "main"
timeout_s = 60

[[gateway]]
name = "here"
local = true
"#;

#[track_caller]
fn expect_mistake(text: &str, line: usize, message: &str, hint: Option<&str>) {
    let mistake = parse(text, None).unwrap_err();
    assert_eq!(
        (
            mistake.line,
            mistake.message.as_str(),
            mistake.hint.as_deref()
        ),
        (line, message, hint),
        "{text}"
    );
}

#[test]
fn a_full_configuration_is_read() {
    let config = parse(FULL, Some(Path::new("/home/me"))).unwrap();
    let [home, here] = &config.gateways[..] else {
        panic!("{config:?}")
    };
    let Transport::Ssh(ssh) = &home.transport else {
        panic!()
    };
    assert_eq!(ssh.target.as_str(), "me@gateway.example.net");
    assert_eq!(ssh.port, Some(2222));
    assert_eq!(
        ssh.identity_file.as_deref(),
        Some(Path::new("/home/me/.ssh/id_ed25519"))
    );
    assert_eq!(home.openclaw.as_ref().unwrap().len(), 4);
    assert_eq!(home.limit.as_secs(), 60);
    assert_eq!(here.transport, Transport::Local);
}

#[test]
fn a_key_of_an_older_version_is_to_be_removed() {
    let table = [
        ("# mine\nssh_multiplex = false\n", 2, "`ssh_multiplex`"),
        (
            "[[gateway]]\nname = \"a\"\nssh = \"b\"\nssh_multiplex = true\n",
            4,
            "`ssh_multiplex`",
        ),
        ("\n[tap]\nmax_age_s = 0\n", 2, "[tap]"),
        ("tap.max_age_s = 0\n", 1, "[tap]"),
    ];
    for (text, line, key) in table {
        let message = format!("{key} is no longer needed: remove it");
        expect_mistake(text, line, &message, None);
    }
}

#[test]
fn what_a_sign_in_may_do_is_read() {
    let text = "[signin]\nallowed_hosts = [\"Login.Example.com\"]\nforward_from = \"127.0.0.2\"\n";
    let sign_in = parse(text, None).unwrap().sign_in;
    assert_eq!(
        sign_in.allowed_hosts,
        [Host::parse("login.example.com").unwrap()]
    );
    assert_eq!(sign_in.forward_from.to_string(), "127.0.0.2");
    let unsaid = parse("[signin]\n", None).unwrap().sign_in;
    assert_eq!(unsaid, SignIn::default());
    assert_eq!(unsaid.forward_from.to_string(), "127.0.0.1");
}

#[test]
fn a_sign_in_takes_plain_hosts_and_this_device_only() {
    let table = [
        (
            "[signin]\nallowed_hosts = [\"a.example\", \"https://b.example\"]\n",
            2,
            "`allowed_hosts` must have public host names such as login.example.com, not \"https://b.example\"",
            None,
        ),
        (
            "[signin]\nforward_from = \"10.0.0.1\"\n",
            2,
            "`forward_from` is not usable: it is no address of this device, which begin with 127.",
            None,
        ),
        (
            "[signin]\nallowed = []\n",
            2,
            "unknown key `allowed`",
            Some("Did you mean `allowed_hosts`?"),
        ),
    ];
    for (text, line, message, hint) in table {
        expect_mistake(text, line, message, hint);
    }
}

#[test]
fn a_sync_asks_for_a_fingerprint_only_where_that_is_said() {
    let table = [
        ("", false),
        ("[sync]\n", false),
        ("[sync]\nfingerprint = false\n", false),
        ("[sync]\nfingerprint = true\n", true),
    ];
    for (text, fingerprint) in table {
        let sync = parse(text, None).unwrap().sync;
        assert_eq!(sync, Sync { fingerprint }, "{text}");
    }
}

#[test]
fn mistakes_about_a_sync_name_their_line() {
    let table = [
        (
            "[sync]\nfingerprint = \"yes\"\n",
            2,
            "`fingerprint` must be true or false",
            None,
        ),
        (
            "[sync]\nfingerprint = 1\n",
            2,
            "`fingerprint` must be true or false",
            None,
        ),
        (
            "[sync]\n\nfingerprnt = true\n",
            3,
            "unknown key `fingerprnt`",
            Some("Did you mean `fingerprint`?"),
        ),
        (
            "[sync]\nwait = 5\n",
            2,
            "unknown key `wait`",
            Some("Known here: fingerprint"),
        ),
        (
            "\n[[sync]]\nfingerprint = true\n",
            2,
            "this must be written as [sync]",
            None,
        ),
        ("sync = true\n", 1, "this must be written as [sync]", None),
        ("sync = [true]\n", 1, "this must be written as [sync]", None),
        ("sync = 2026-01-01\n", 1, "`sync` must not be a date", None),
    ];
    for (text, line, message, hint) in table {
        expect_mistake(text, line, message, hint);
    }
}

#[test]
fn a_path_without_control_characters_is_one_that_ssh_can_be_given() {
    for key in ["identity_file", "ssh_config"] {
        let text =
            format!("[[gateway]]\nname = \"a\"\nssh = \"b\"\n{key} = \"~/.ssh/id\\u0000\"\n");
        let mistake = parse(&text, None).unwrap_err();
        let expected = format!("`{key}` must not hold control characters");
        assert_eq!((mistake.line, mistake.message), (4, expected));
    }
}

#[test]
fn an_unknown_key_has_its_line_and_the_key_that_was_meant() {
    let gateway = |line: &str| format!("[[gateway]]\nname = \"a\"\nssh = \"b\"\n{line}\n");
    let table = [
        (
            gateway("prot = 22"),
            4,
            "unknown key `prot`",
            "Did you mean `port`?",
        ),
        (
            "[[gatway]]\nname = \"a\"\n".into(),
            1,
            "unknown key `gatway`",
            "Did you mean `gateway`?",
        ),
        (
            "zzz = 1\n".into(),
            1,
            "unknown key `zzz`",
            "Known here: gateway, notification, signin, sync, alerts",
        ),
        (
            gateway("\"po\\u001brt`, expected `x`\" = 1"),
            4,
            "unknown key `po\\u{1b}rt`, expected `x``",
            "Did you mean `port`?",
        ),
    ];
    for (text, line, message, hint) in table {
        expect_mistake(&text, line, message, Some(hint));
    }
}

#[test]
fn a_value_that_is_none_has_its_line_and_what_it_must_be() {
    let gateway = |line: &str| format!("[[gateway]]\nname = \"a\"\nssh = \"b\"\n{line}\n");
    let table = [
        (
            gateway("port = \"22\""),
            4,
            "`port` must be a number from 1 to 65535",
        ),
        (
            gateway("port = 0"),
            4,
            "`port` must be a number from 1 to 65535",
        ),
        (
            gateway("timeout_s = 99999999999999999999"),
            4,
            "`timeout_s` must be a number from 1 to 600",
        ),
        (
            gateway("openclaw = []"),
            4,
            "`openclaw` must name a program",
        ),
        (
            "\n[gateway]\nname = \"a\"\n".into(),
            2,
            "this must be written as [[gateway]]",
        ),
        (
            "gateway = [\"a\"]\n".into(),
            1,
            "this must be written as [[gateway]]",
        ),
        (
            "gateway = [[\"a\", \"b\"]]\n".into(),
            1,
            "this must be written as [[gateway]]",
        ),
        (
            gateway("timeout_s = 999999999999999999999999999999999999999999"),
            4,
            "`timeout_s` must be a number from 1 to 600",
        ),
        (
            gateway("local = \"yes\""),
            4,
            "`local` must be true or false",
        ),
        (gateway("agent = 5"), 4, "`agent` must be a text in quotes"),
        (
            gateway("openclaw = [\n\"a\",\n5]"),
            4,
            "`openclaw` must be a text, or a list of texts",
        ),
        (
            gateway("openclaw = 2026-01-01"),
            4,
            "`openclaw` must be a text, or a list of texts",
        ),
        (
            gateway("identity_file = \"\""),
            4,
            "`identity_file` must not be empty",
        ),
    ];
    for (text, line, message) in table {
        expect_mistake(&text, line, message, None);
    }
}

#[test]
fn what_is_not_usable_has_its_line() {
    let gateway = |line: &str| format!("[[gateway]]\nname = \"a\"\nssh = \"b\"\n{line}\n");
    let table = [
        (
            gateway("agent = \"a b\""),
            4,
            "`agent` is not usable: it has letters, digits, . - and _, 64 at most",
        ),
        (
            gateway("local = true"),
            3,
            "the keys `ssh` and `local` exclude each other",
        ),
        (
            "[[gateway]]\nname = \"a\"\nlocal = true\n\nport = 22\n".into(),
            5,
            "the key `port` is for `ssh`, not for `local`",
        ),
        (
            "[[gateway]]\nssh = \"a\"\n".into(),
            1,
            "the key `name` is missing",
        ),
        (
            "[[gateway]]\nname = \"a\"\n".into(),
            1,
            "[[gateway]] needs `ssh = \"host\"` or `local = true`",
        ),
        (
            "[[gateway]]\nname = \"a\"\nssh = \"-oProxyCommand=x\"\n".into(),
            3,
            "`ssh` is not usable: it begins with a dash",
        ),
        (
            "[[gateway]]\nname = \"a\"\nssh = \"a;b\"\n".into(),
            3,
            "`ssh` is not usable: `;` does not belong into a host name",
        ),
        (
            format!("{}{}", gateway(""), gateway("")),
            5,
            "two gateways have the same name",
        ),
    ];
    for (text, line, message) in table {
        expect_mistake(&text, line, message, None);
    }
}

#[test]
fn a_gateway_is_added_to_a_list_in_brackets_too() {
    let gateway = parse(FULL, None).unwrap().gateways.remove(0);
    for before in [
        "gateway = []\n",
        "gateway = [{ name = \"other\", local = true }] # mine\n",
    ] {
        let text = add(before, &gateway).unwrap();
        let gateways = parse(&text, None).unwrap().gateways;
        assert_eq!(gateways.last(), Some(&gateway), "{text}");
        assert_eq!(
            gateways.len(),
            1 + parse(before, None).unwrap().gateways.len()
        );
        assert!(
            text.ends_with(before.split(']').next_back().unwrap()),
            "{text}"
        );
    }
}

#[test]
fn adding_a_gateway_keeps_every_byte_before_it() {
    let gateway = parse(FULL, None).unwrap().gateways.remove(0);
    let without = FULL.replace("name = \"home\"", "name = \"other\"");
    let text = add(&without, &gateway).unwrap();
    assert!(text.starts_with(&without), "{text}");
    assert_eq!(parse(&text, None).unwrap().gateways[2], gateway);
}

#[test]
fn a_first_gateway_makes_the_whole_file() {
    let gateway = parse(FULL, None).unwrap().gateways.remove(1);
    assert_eq!(
        add("", &gateway).unwrap(),
        "[[gateway]]\nname = \"here\"\nlocal = true\n"
    );
}

proptest! {
    #[test]
    fn no_text_panics(text in "[\\[\\]a-z=\" \n.{}0-9]{0,80}") {
        let _ = parse(&text, None);
    }
}
