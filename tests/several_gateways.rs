//! Several gateways: all are asked, told in the order of the configuration, and the worst is the exit code.

use crate::support::{Clawtap, GatewayHome, fixture};

/// Gateways of these names, each in a state of the corpus; one that has none says nothing.
///
/// They are one folder, in which the fake openclaw tells them apart by their agent.
pub(crate) fn gateways(states: &[(&str, Option<&str>)]) -> (GatewayHome, String) {
    let mut gateway = GatewayHome::new()
        .first("case $* in *'--agent '*) reply=${*#*--agent } reply=$HOME/${reply%% *} ;; esac");
    let mut config = String::new();
    for (name, state) in states {
        config.push_str(&format!(
            "[[gateway]]\nname = \"{name}\"\nssh = \"me@{name}.example\"\nagent = \"{name}\"\n"
        ));
        let Some(state) = state else { continue };
        for (kind, extension) in [("document", "json"), ("exit", "expect")] {
            let file = fixture(&format!("corpus/2026.9.6/{state}.{extension}"));
            let content = std::fs::read(file).expect("a known document");
            gateway = gateway.file(&format!("{name}/{kind}"), content);
        }
    }
    (gateway, config)
}

fn asking(states: &[(&str, Option<&str>)]) -> (Clawtap, GatewayHome) {
    let (gateway, config) = gateways(states);
    (Clawtap::new().config(&config).reaching(&gateway), gateway)
}

const OK: Option<&str> = Some("token_ok_am");
const EXPIRING: Option<&str> = Some("token_expiring_am");
const EXPIRED: Option<&str> = Some("token_expired_am");
const SILENT: Option<&str> = None;

#[test]
fn gateways_are_told_in_the_order_of_the_configuration() {
    let states = [
        ("zoo", OK),
        ("alm", EXPIRED),
        ("mid", SILENT),
        ("bee", EXPIRING),
    ];
    let (clawtap, _gateway) = asking(&states);
    let ran = clawtap.args(["check"]).run().status(1).stdout(
        "\
zoo: ok, anthropic 299 d left
alm: anthropic expired
mid: openclaw says nothing
bee: anthropic expires in 4 h 59 m
",
    );
    let mut asked: Vec<_> = ran
        .log("ssh")
        .lines()
        .filter_map(|line| Some(line.split_once(" -- ")?.1.to_owned()))
        .collect();
    asked.sort();
    assert_eq!(
        asked,
        ["alm", "bee", "mid", "zoo"].map(|name| format!("me@{name}.example"))
    );
}

#[test]
fn the_worst_gateway_is_the_exit_code() {
    let table = [
        (&[OK, OK][..], 0),
        (&[OK, EXPIRING], 2),
        (&[EXPIRING, SILENT], 3),
        (&[SILENT, EXPIRED, OK], 1),
        (&[EXPIRED, EXPIRING, SILENT], 1),
    ];
    for (states, code) in table {
        let named: Vec<_> = ["a", "b", "c"]
            .into_iter()
            .zip(states.iter().copied())
            .collect();
        for command in [
            &["check"][..],
            &["status"],
            &["tap"],
            &["status", "--format", "json"],
        ] {
            let (clawtap, _gateway) = asking(&named);
            let _ = clawtap.args(command).run().status(code);
        }
    }
}

#[test]
fn one_gateway_can_be_chosen_and_the_others_are_left_alone() {
    for flags in [["--gateway", "b"], ["-g", "b"]] {
        let (clawtap, _gateway) = asking(&[("a", EXPIRED), ("b", OK)]);
        let ran = clawtap.args(["check"]).args(flags).run();
        let ran = ran.status(0).stdout("b: ok, anthropic 299 d left\n");
        assert_eq!(ran.log("ssh").lines().count(), 1);
    }
}

#[test]
fn a_name_that_is_not_configured_suggests_the_nearest() {
    let states = [("home", OK), ("office", OK)];
    let table = [
        (
            "hmoe",
            "clawtap: no gateway is called \"hmoe\"\n→ Did you mean home?\n",
        ),
        (
            "zzz",
            "clawtap: no gateway is called \"zzz\"\n→ Configured: home, office\n",
        ),
        (
            "\u{1b}[31mx",
            "clawtap: no gateway is called \"x\"\n→ Configured: home, office\n",
        ),
    ];
    for (name, message) in table {
        let (clawtap, _gateway) = asking(&states);
        let ran = clawtap.args(["check", "--gateway", name]).run();
        let ran = ran.status(64).stdout("").stderr(message);
        assert_eq!(ran.log("ssh"), "");
    }
}

#[test]
fn openclaw_server_picks_one_of_them_and_all_outranks_it() {
    let states = [("home", OK), ("office", EXPIRED)];
    for server in ["office", "me@office.example"] {
        let (clawtap, _gateway) = asking(&states);
        let _ = clawtap
            .env("OPENCLAW_SERVER", server)
            .args(["check"])
            .run()
            .status(1)
            .stdout("office: anthropic expired\n");
    }
    let (clawtap, _gateway) = asking(&states);
    let _ = clawtap
        .env("OPENCLAW_SERVER", "home")
        .args(["check", "--all"])
        .run()
        .status(1)
        .stdout("home: ok, anthropic 299 d left\noffice: anthropic expired\n");
}
