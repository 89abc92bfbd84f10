//! A sign-in in a terminal: the page is printed, and questions are prompts.

use super::{CODE, PAGE, PROFILE, TOKEN, expired, mixed, on_its_own};
use crate::support::{Clawtap, GatewayHome, expect_none_left, files_with};

fn reauth(gateway: &GatewayHome) -> Clawtap {
    on_its_own(Clawtap::with(gateway)).args(["reauth"])
}

#[test]
fn the_page_is_printed_and_the_code_typed_at_the_prompt() {
    let gateway = expired();
    let clawtap = reauth(&gateway);
    let mut terminal = clawtap.start_in_terminal();
    terminal.expect(PAGE);
    terminal.expect("Code: ");
    terminal.press("half\r");
    terminal.expect("Only half of it: copy all, with the #.");
    terminal.press(&format!("{CODE}\r"));
    let (exit, screen) = terminal.end();
    assert_eq!(exit, Some(0), "{screen}");
    assert!(
        screen
            .trim_end()
            .ends_with("home: signed in, valid for 364 d"),
        "{screen}"
    );
    assert!(!screen.contains(TOKEN), "{screen}");
    assert!(gateway.stored(PROFILE).is_some());
    expect_none_left(gateway.path());
    expect_none_left(clawtap.home());
    assert_eq!(files_with(clawtap.home(), TOKEN), [""; 0]);
}

#[test]
fn a_tap_goes_on_to_the_sign_in_without_telling_what_it_does_anyway() {
    let gateway = expired();
    let clawtap = on_its_own(Clawtap::with(&gateway)).args(["tap"]);
    let mut terminal = clawtap.start_in_terminal();
    terminal.expect("Code: ");
    terminal.press(&format!("{CODE}\r"));
    let (exit, screen) = terminal.end();
    assert_eq!(exit, Some(0), "{screen}");
    let told = format!(
        "✗ home: anthropic expired\nhome: starting the sign-in…\nSign in at claude.ai:\n  {PAGE}\n\n\
         home: paste the code from claude.ai\nCode: "
    );
    let lines: Vec<&str> = screen.lines().map(str::trim_end).collect();
    assert!(lines.join("\n").contains(&told), "{screen}");
}

#[test]
fn an_api_key_is_not_seen_while_it_is_typed() {
    let key = "sk-or-v1-MADE-UP-0123456789abcdef";
    let gateway = mixed();
    let clawtap = reauth(&gateway).args(["--provider", "openrouter"]);
    let mut terminal = clawtap.start_in_terminal();
    terminal.expect("https://openrouter.ai/settings/keys");
    terminal.expect("API key: ");
    terminal.press(&format!("{key}\r"));
    let (exit, screen) = terminal.end();
    assert_eq!(exit, Some(0), "{screen}");
    assert!(!screen.contains("MADE-UP"), "{screen}");
    assert_eq!(
        gateway.stored("openrouter:default").as_deref(),
        Some(&*format!("{key}\n"))
    );
}

#[test]
fn ctrl_c_at_the_prompt_ends_the_program_there() {
    let gateway = expired();
    let clawtap = reauth(&gateway);
    let mut terminal = clawtap.start_in_terminal();
    terminal.expect("Code: ");
    terminal.press("\u{3}");
    let (exit, screen) = terminal.end();
    assert_eq!(exit, Some(130), "{screen}");
    assert!(screen.contains("→ The old login is as it was"), "{screen}");
    expect_none_left(gateway.path());
    expect_none_left(clawtap.home());
}

#[test]
fn without_a_terminal_or_a_phone_it_says_what_it_needs() {
    let gateway = expired();
    let ran = reauth(&gateway).run().status(64).stdout("");
    let _ = ran.stderr(
        "clawtap: reauth needs a phone or a terminal\n→ Start it in a terminal: clawtap reauth\n",
    );
    assert_eq!(gateway.calls(), "");
}
