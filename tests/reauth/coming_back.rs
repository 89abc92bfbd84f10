//! The code or key that the person enters: accepted, offered from the clipboard, or refused before it is sent.

use std::fs;

use pretty_assertions::assert_eq;

use super::{PAGE, Recorded, TOKEN, expect_clean, expired, mixed, reauth};
use crate::support::{processes_of, wait_until};

const COPIED: &str = "made-up-code-of-the-page#made-up-state-of-the-page";
const FIRST: &str = "text -t home: paste the code from claude.ai -i Copied it? Just tap OK\n";

#[test]
fn a_code_with_spaces_and_line_breaks_in_it_is_taken() {
    let gateway = expired();
    // As JSON: what is typed holds a line break and an invisible character.
    let pasted = " made-up-\\ncode of\\t-the-page#made-\\u200bup-state\\n";
    let ran = reauth(&gateway, "file:pasted")
        .file("log/pasted", pasted)
        .run();
    let ran = ran.status(0).stdout("home: signed in, valid for 364 d\n");
    assert_eq!(
        gateway.read("codes").as_deref(),
        Some("made-up-codeof-the-page#made-up-state\n")
    );
    expect_clean(&gateway, &ran, TOKEN);
}

#[test]
fn what_cannot_be_the_code_is_refused_with_the_reason_and_nothing_is_sent() {
    let table = [
        (
            "made-up-code-of-the-page",
            "Only half of it: copy all, with the #.",
        ),
        (
            "made-up-code-of-the-page#",
            "Only half of it: copy both sides of the #.",
        ),
        (
            "sk-ant-api03-MADE-UP",
            "That is a key or token, not the page's code.",
        ),
        (
            PAGE,
            "That is the page's own address: sign in there, then copy what it shows.",
        ),
        (" ", "That is empty: nothing was copied."),
    ];
    for (pasted, reason) in table {
        let gateway = expired();
        let ran = reauth(&gateway, "file:pasted")
            .file("log/pasted", pasted)
            .run();
        let ran = ran.status(1).stdout("");
        let again = format!("text -t home: {reason} -i Copied it? Just tap OK\n");
        assert_eq!(ran.log("termux-dialog"), format!("{FIRST}{again}"));
        assert_eq!(gateway.read("codes"), None, "{reason}");
        expect_clean(&gateway, &ran, TOKEN);
    }
}

#[test]
fn a_code_from_an_earlier_sign_in_is_known_by_its_state() {
    let page = "https://claude.ai/oauth/authorize?code_challenge=o4uoWOafbUCJMYVv-kEPj05iIpxuSVuEF7XpDqcNqq8&state=made-up-state";
    let gateway = expired().reply("claude-url", page);
    let clawtap =
        reauth(&gateway, "file:pasted code").file("log/pasted", "made-up-code#other-state");
    let ran = clawtap
        .run()
        .status(0)
        .stdout("home: signed in, valid for 364 d\n");
    let reason = "text -t home: That code is from an earlier sign-in. -i Copied it? Just tap OK\n";
    assert_eq!(ran.log("termux-dialog"), format!("{FIRST}{reason}"));
    let codes = gateway.read("codes").unwrap_or_default();
    assert_eq!(codes.lines().count(), 1, "{codes}");
    assert_eq!(ran.opened(), [page]);
}

#[test]
fn a_key_that_is_no_key_of_this_provider_is_refused() {
    let gateway = mixed();
    let clawtap = reauth(&gateway, "file:a file:b file:c")
        .args(["--provider", "openrouter"])
        .file("log/a", "sk-ant-api03-MADE-UP-0123456789")
        .file("log/b", "sk-or-v1-short")
        .file("log/c", "https://openrouter.ai/settings/keys");
    let ran = clawtap.run().status(1);
    assert_eq!(
        ran.log("termux-dialog"),
        "\
text -t home: API key for openrouter -i API key -p
text -t home: That is a key of anthropic. -i API key -p
text -t home: It is cut off: no API key is that short. -i API key -p
text -t home: That is an address, not an API key. -i API key -p
"
    );
    assert_eq!(
        gateway.calls(),
        "models status --json --check\nagents list --json\n"
    );
}

/// An empty answer, given once the clipboard holds what was copied on the page.
#[track_caller]
fn copied_and_then(answer: &str) -> (super::GatewayHome, super::Ran) {
    let gateway = expired();
    let running = reauth(&gateway, &format!("file:pasted {answer}")).start();
    let looked = wait_until(|| {
        let looking = processes_of(running.home());
        let looks = looking
            .iter()
            .any(|(_, line)| line.contains("clipboard-get"));
        !running.opened().is_empty() && !running.log("termux-clipboard-get").is_empty() && !looks
    });
    assert!(looked, "it does not look at the clipboard first");
    fs::write(running.home().join("log/clipboard"), COPIED).expect("our folder");
    fs::write(running.home().join("log/pasted"), " ").expect("our folder");
    (gateway, running.end())
}

#[test]
fn what_was_just_copied_is_offered() {
    let offer = "radio -t Use the code you just copied? -v Use the code you just copied,Type it\n";
    let (gateway, ran) = copied_and_then("0");
    let ran = ran.status(0).stdout("home: signed in, valid for 364 d\n");
    assert_eq!(ran.log("termux-dialog"), format!("{FIRST}{offer}"));
    assert_eq!(
        gateway.read("codes").as_deref(),
        Some(&*format!("{COPIED}\n"))
    );
    let (gateway, ran) = copied_and_then("1 cancel");
    let ran = ran.status(1);
    let again = "text -t home: That is empty: nothing was copied. -i Copied it? Just tap OK\n";
    assert_eq!(ran.log("termux-dialog"), format!("{FIRST}{offer}{again}"));
    assert_eq!(gateway.read("codes"), None);
}

#[test]
fn what_was_on_the_clipboard_before_is_not_offered() {
    let gateway = expired();
    let clawtap = reauth(&gateway, "file:pasted")
        .file("log/pasted", " ")
        .file("log/clipboard", COPIED);
    let ran = clawtap.run().status(1);
    let again = "text -t home: That is empty: nothing was copied. -i Copied it? Just tap OK\n";
    assert_eq!(ran.log("termux-dialog"), format!("{FIRST}{again}"));
}
