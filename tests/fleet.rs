//! Many gateways: one that is slow or dead keeps nobody from reading what the others said.

use std::fs;

use pretty_assertions::assert_eq;

use crate::several_gateways;
use crate::support::{Clawtap, GatewayHome, wait_until};

/// The second of three gateways answers only once `release` was called.
fn with_a_slow_one() -> (Clawtap, GatewayHome) {
    let states = [
        ("zoo", Some("token_ok_am")),
        ("slow", Some("token_expiring_am")),
        ("alm", Some("token_expired_am")),
    ];
    let (gateway, config) = several_gateways::gateways(&states);
    let chosen = gateway.read("reply/first").expect("it is there");
    let gateway = gateway.first(&format!(
        "{chosen}\ncase $reply in */slow) until [ -e ~/released ]; do sleep 0.05; done ;; esac"
    ));
    (Clawtap::new().config(&config).reaching(&gateway), gateway)
}

fn release(gateway: &GatewayHome) {
    fs::write(gateway.path().join("released"), "").expect("a fresh folder");
}

#[test]
fn at_a_terminal_every_answer_is_there_as_soon_as_it_comes() {
    let table = [
        (
            "check",
            "zoo: ok, anthropic 299 d left",
            "slow: anthropic expires in",
        ),
        (
            "status",
            "✓ zoo  ok, anthropic 299 d left",
            "! slow  anthropic expires in",
        ),
    ];
    for (command, quick, slow) in table {
        let (clawtap, gateway) = with_a_slow_one();
        let clawtap = clawtap.args([command, "--all"]);
        let terminal = clawtap.start_in_terminal();
        terminal.expect(quick);
        terminal.expect("anthropic expired");
        terminal.expect("waiting for slow");
        assert!(!terminal.screen().contains(slow), "{}", terminal.screen());
        release(&gateway);
        let (code, screen) = terminal.end();
        assert_eq!(code, Some(1), "{screen}");
        let place = |text| {
            screen
                .find(text)
                .unwrap_or_else(|| panic!("no {text} in {screen}"))
        };
        assert!(place(slow) > place(quick) && place(slow) > place("anthropic expired"));
        assert!(!screen.contains("waiting"), "{screen}");
        assert_eq!(screen.matches("zoo").count(), 1, "{screen}");
    }
}

#[test]
fn what_follows_from_an_answer_stands_below_it() {
    let (clawtap, gateway) = with_a_slow_one();
    release(&gateway);
    let clawtap = clawtap.args(["check", "-g", "alm"]);
    let (_, screen) = clawtap.start_in_terminal().end();
    let lines: Vec<&str> = screen.lines().map(str::trim_end).collect();
    assert_eq!(
        lines,
        [
            "alm: anthropic expired",
            "alm: → Sign in again: clawtap reauth"
        ]
    );
}

#[test]
fn a_program_gets_them_all_in_the_order_of_the_configuration() {
    let (clawtap, gateway) = with_a_slow_one();
    let running = clawtap.args(["check", "--all"]).start();
    let asked = || gateway.calls().lines().count() == 3;
    assert!(wait_until(asked));
    release(&gateway);
    let _ = running.end().status(1).stdout(
        "\
zoo: ok, anthropic 299 d left
slow: anthropic expires in 4 h 59 m
alm: anthropic expired
",
    );
}

#[test]
fn ctrl_c_leaves_what_was_answered_and_no_word_of_the_rest() {
    let (clawtap, _gateway) = with_a_slow_one();
    let clawtap = clawtap.args(["check", "--all"]);
    let mut terminal = clawtap.start_in_terminal();
    terminal.expect("zoo: ok");
    terminal.expect("alm: anthropic expired");
    terminal.press("\x03");
    let (code, screen) = terminal.end();
    assert_eq!(code, Some(130), "{screen}");
    assert!(!screen.contains("slow"), "{screen}");
    assert!(
        screen.contains("zoo: ok") && screen.contains("clawtap: interrupted"),
        "{screen}"
    );
}

/// So many gateways, of which none has answered before `release`.
fn many(count: usize) -> (Clawtap, GatewayHome) {
    let names: Vec<String> = (0..count).map(|number| format!("g{number}")).collect();
    let states = names.iter().map(|name| (&**name, Some("token_ok_am")));
    let (gateway, config) = several_gateways::gateways(&states.collect::<Vec<_>>());
    let chosen = gateway.read("reply/first").expect("it is there");
    let gateway = gateway.first(&format!(
        "{chosen}\nuntil [ -e ~/released ]; do sleep 0.1; done"
    ));
    let clawtap = Clawtap::new().config(&config).reaching(&gateway);
    (clawtap.args(["check", "--all"]), gateway)
}

#[test]
fn whoever_has_to_wait_waits_for_all_gateways_at_once() {
    let (clawtap, gateway) = many(50);
    let running = clawtap.start();
    let asked = || gateway.calls().lines().count();
    assert!(wait_until(|| asked() == 50), "only {} are asked", asked());
    release(&gateway);
    assert_eq!(running.end().status(0).stdout.lines().count(), 50);
}
