//! `status --watch`: a screen that is kept up to date until Ctrl-C.

use pretty_assertions::assert_eq;

use crate::several_gateways;
use crate::support::{Clawtap, GatewayHome, fixture};

fn state(name: &str, extension: &str) -> String {
    let file = fixture(&format!("corpus/2026.9.6/{name}.{extension}"));
    std::fs::read_to_string(file).expect("a known document")
}

fn watching(clawtap: Clawtap) -> Clawtap {
    clawtap
        .args(["status", "--watch=1"])
        .env("COLUMNS", "45")
        .env("LINES", "30")
}

#[test]
fn the_screen_follows_the_gateway_and_is_given_back() {
    let gateway = GatewayHome::new().document("2026.9.6/token_ok_am");
    let clawtap = watching(Clawtap::with(&gateway));
    let mut terminal = clawtap.start_in_terminal();
    terminal.expect("✓ home  ok, anthropic 299 d left");
    terminal.expect("every 1 s, Ctrl-C ends it");
    let gateway = gateway.document("2026.9.6/token_expired_am");
    terminal.expect("✗ home  anthropic expired");
    // In its place.
    let screen = terminal.screen();
    assert!(!screen.contains("299 d left"), "{screen}");
    assert_eq!(screen.matches("home").count(), 1, "{screen}");
    terminal.press("\x03");
    let shown = terminal.bytes();
    let (code, left) = terminal.end();
    assert_eq!(code, Some(130));
    assert_eq!(
        left.replace("^C", "").trim(),
        "",
        "the shell's screen is as it was"
    );
    let shown = String::from_utf8_lossy(&shown).into_owned();
    assert!(
        shown.contains("\x1b[?1049h") && shown.contains("\x1b[?25l"),
        "{shown:?}"
    );
    drop(gateway);
}

#[test]
fn ctrl_c_ends_it_while_a_gateway_is_asked_too() {
    let gateway = GatewayHome::new().first("sleep 600");
    let clawtap = watching(Clawtap::with(&gateway));
    let mut terminal = clawtap.start_in_terminal();
    terminal.expect("… home: not seen yet");
    terminal.expect("asking home");
    terminal.press("\x03");
    let (code, left) = terminal.end();
    assert_eq!((code, left.replace("^C", "").trim()), (Some(130), ""));
}

#[test]
fn it_begins_with_what_is_remembered_and_shows_each_answer_as_it_comes() {
    let states = ["home", "slow", "new"].map(|name| (name, Some("token_ok_am")));
    let (gateway, config) = several_gateways::gateways(&states);
    let chosen = gateway.read("reply/first").expect("it is there");
    let watch = watching(Clawtap::new().config(&config).reaching(&gateway));
    for name in ["home", "slow"] {
        let mut check = watch.command_of(&["check", "-g", name]);
        assert!(check.output().expect("it starts").status.success());
    }
    // From now on only one of them answers, and otherwise.
    let gateway = gateway
        .file("home/document", state("token_expired_am", "json"))
        .file("home/exit", state("token_expired_am", "expect"))
        .first(&format!(
            "{chosen}\ncase $reply in */home) ;; *) sleep 600 ;; esac"
        ));
    let mut terminal = watch.start_in_terminal();
    terminal.expect("✗ home  anthropic expired");
    terminal.expect("waiting for 2 of 3 gateways");
    let screen = terminal.screen();
    assert!(
        screen.contains("✓ slow  ok, anthropic 299 d left"),
        "{screen}"
    );
    assert!(screen.contains("… new: not seen yet"), "{screen}");
    terminal.press("\x03");
    assert_eq!(terminal.end().0, Some(130));
    drop(gateway);
}

#[test]
fn it_asks_again_only_when_it_is_time() {
    let gateway = GatewayHome::new().document("2026.9.6/token_ok_am");
    let clawtap = Clawtap::with(&gateway).args(["status", "--watch"]);
    let mut terminal = clawtap.start_in_terminal();
    terminal.expect("every 60 s, Ctrl-C ends it");
    // The clock goes on.
    terminal.expect("5 s ago");
    assert_eq!(gateway.calls().lines().count(), 1);
    terminal.press("\x03");
    assert_eq!(terminal.end().0, Some(130));
}

#[test]
fn it_needs_a_terminal_and_has_one_format() {
    let gateway = GatewayHome::new().document("2026.9.6/token_ok_am");
    let clawtap = Clawtap::with(&gateway).args(["status", "--watch"]);
    let ran = clawtap.run().status(64).stdout("");
    let ran = ran.stderr("clawtap: --watch needs a terminal to draw on\n→ Without a person watching: clawtap monitor\n");
    assert_eq!(ran.log("ssh"), "");
    for format in ["simple", "json", "prometheus"] {
        let clawtap = Clawtap::with(&gateway).args(["status", "--watch", "-f", format]);
        let message =
            "clawtap: --watch has a format of its own\n→ Leave --format out, or --watch\n";
        let _ = clawtap.run().status(64).stdout("").stderr(message);
    }
    for other in [
        &["--notify"][..],
        &["--image", "x.png"],
        &["--input", "x"],
        &["--watch=0"],
    ] {
        let clawtap = Clawtap::with(&gateway)
            .args(["status", "--watch"])
            .args(other);
        let _ = clawtap.run().status(64).stdout("");
    }
}
