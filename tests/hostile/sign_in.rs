//! Sign-ins whose program is an attacker's, over a real ssh.

use pretty_assertions::assert_eq;

use super::Attack;
use crate::support::{NASTY, assert_harmless};

/// Draws these words, each where a shell can have them, and waits.
fn draw(words: &str) -> String {
    let words = words.replace('\'', "’").replace(['\0', '%', '\\'], "");
    format!("printf '%s' '{words}'; sleep 20; exit 1")
}

/// The same as OpenClaw asks for a line.
fn line_prompt(title: &str) -> String {
    draw(&format!("│\r\n◆  {title}\r\n│  _\r\n└\r\n"))
}

#[test]
fn a_page_that_is_not_safe_is_opened_by_nothing() {
    let oauth = "https://claude.ai/oauth/authorize";
    let redirect = |to: &str| format!("{oauth}?state=1&redirect_uri={to}");
    let unopened = |reason: &str| format!("its page was not opened: {reason}");
    let table = [
        (
            "http://claude.ai/oauth".into(),
            unopened("it is not an https address"),
        ),
        (
            "https://me@claude.ai/oauth".into(),
            unopened("it has a user name before its host"),
        ),
        (
            "https://claude.ai@evil.example/oauth".into(),
            unopened("it has a user name before its host"),
        ),
        (
            "https://clаude.ai/oauth".into(),
            unopened("it has letters that may deceive"),
        ),
        (
            "https://xn--clude-7ve.ai/oauth".into(),
            unopened("its host is in disguise (xn--)"),
        ),
        (
            "https://[::1]/oauth".into(),
            unopened("its host is a number, not a name"),
        ),
        (
            redirect("https%3A%2F%2Fevil.example%2Fcb"),
            unopened("its answer would go to evil.example"),
        ),
        (
            redirect("http%3A%2F%2Flocalhost%3A80%2Fcb"),
            unopened("its answer needs the protected port 80"),
        ),
        (
            redirect("intent%3A%2F%2Fcb"),
            unopened("its answer would go to cb"),
        ),
        (
            "https://signin.evil.example/oauth".into(),
            unopened("signin.evil.example is not known"),
        ),
    ];
    for (url, why) in table {
        // Words may be cut, a link is always whole: it is told in both ways.
        let shown = format!(
            "printf '\\033]8;;%s\\033\\\\%s\\033]8;;\\033\\\\\\r\\n' '{url}' '{url}'; sleep 300"
        );
        let ran = Attack::by_claude(&shown).signs_in("0");
        let _ = ran.fails_because(&why).told_nobody();
    }
}

#[test]
fn what_is_no_page_is_not_even_considered() {
    for url in [
        "intent://claude.ai/oauth#Intent;scheme=https;end",
        "file:///sdcard/login.html",
        "javascript:alert(document.cookie)//oauth/authorize",
        "tel:+15551234567",
        "content://settings/oauth",
        "HTTPS://claude.ai/oauth",
        "data:text/html,<script>oauth</script>",
    ] {
        let shown = format!(
            "printf '\\033]8;;%s\\033\\\\Open this URL: %s\\033]8;;\\033\\\\\\r\\n' '{url}' '{url}'; exit 1"
        );
        let ran = Attack::by_claude(&shown).signs_in("0");
        let _ = ran.told_nobody();
    }
}

#[test]
fn a_device_code_that_is_a_command_is_not_copied() {
    for code in ["$(reboot)", ";reboot", "ABCD-1234-EFGH-5678-IJKL"] {
        let shown = format!(
            "printf '%s\\r\\n' 'URL: <https://auth.openai.com/codex/device>' 'Code: {code}' '' 'Error: denied'; exit 1"
        );
        let ran = Attack::by_openclaw(&shown).signs_in("0");
        assert_eq!(ran.log("termux-clipboard-set"), "", "{code}");
        let told = ran.log("termux-toast") + &ran.log("termux-notification");
        assert!(!told.contains(code), "{told}");
    }
}

#[test]
fn what_no_sign_in_needs_is_asked_of_nobody() {
    let improper = |words: &str| format!("It asks for what no sign-in needs: {words}");
    for words in [
        "Password:",
        "[sudo] password for me:",
        "Paste your SSH key:",
        "Paste the private key of this phone:",
        "Code of your authenticator app:",
        "OTP:",
    ] {
        for shown in [draw(&format!("{words} ")), line_prompt(words)] {
            let ran = Attack::by_openclaw(&shown).signs_in("code");
            let _ = ran.fails_because(&improper(words)).told_nobody();
        }
    }
    let masked = "│\r\n▲  Paste the code\r\n│  _\r\n└  First type your password.\r\n";
    let ran = Attack::by_openclaw(&draw(masked)).signs_in("code");
    let _ = ran
        .fails_because(&improper("First type your password."))
        .told_nobody();
}

#[test]
fn a_question_is_asked_in_clean_words_and_for_its_gateway() {
    let on_one_line = NASTY.replace(['\n', '\r', '\u{8}', '\u{9b}'], "");
    let title = format!("Paste {on_one_line}");
    let ran = Attack::by_openclaw(&line_prompt(&title)).signs_in("cancel");
    let ran = ran.fails_because("not signed in");
    let asked = ran.log("termux-dialog");
    assert_harmless(&asked.replace("\\n", "\n"), "termux-dialog");
    assert!(asked.starts_with("text -t home: Paste a"), "{asked}");
}

#[test]
fn a_menu_without_end_is_asked_as_far_as_it_is_seen() {
    let menu = "i=0; printf '│\\r\\n◆  Which?\\r\\n│  ● No 0\\r\\n'\n\
                while [ $i -lt 10000 ]; do i=$((i+1)); printf '│  ○ No %s, of many\\r\\n' $i; done\n\
                printf '└\\r\\n'; sleep 5; exit 1";
    let ran = Attack::by_openclaw(menu).signs_in("cancel");
    // Its head has scrolled away: what is left is no menu, and a person is asked nothing.
    let asked = ran.log("termux-dialog");
    assert!(asked.len() < 16 * 1024, "{}", asked.len());
}

#[test]
fn what_draws_without_end_is_ended() {
    for flood in [
        "exec yes",
        "exec tr '\\0' x </dev/zero",
        "exec yes \"$(printf '\\033]52;c;eA==')\"",
    ] {
        let ran = Attack::by_claude(flood).signs_in("");
        let _ = ran.fails_because("It draws without end.").told_nobody();
    }
}
