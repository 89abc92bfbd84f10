//! A sync of an expired Claude Code login: it is refused unless the person renews the login.

use chrono::TimeDelta;
use pretty_assertions::assert_eq;

use super::{
    FILE, MARK, PROFILE, access_token, expect_kept, expect_untouched, gateway, sign_in, sync,
};
use crate::support::{Clawtap, GatewayHome};

const QUESTION: &str = "radio -t home: Claude Code's login expired 3 h ago -v Let Claude Code renew it (claude \
                        -p),Sign in again,Leave it\n";

/// However long a test takes.
fn three_hours_ago() -> TimeDelta {
    -TimeDelta::hours(3) - TimeDelta::seconds(5)
}

/// A gateway whose Claude Code was signed in until three hours ago; it can be renewed.
fn expired() -> GatewayHome {
    let gateway = gateway().reply("claude-token", &access_token());
    sign_in(gateway.path(), three_hours_ago());
    gateway
}

/// On a phone whose person gives these answers.
fn asked(gateway: &GatewayHome, words: &str, answers: &str) -> Clawtap {
    let clawtap = sync(gateway, words).on_a_phone();
    clawtap.env("FAKE_ANSWERS", answers)
}

#[test]
fn where_nobody_can_be_asked_it_is_refused_with_the_way_to_sign_in() {
    for words in ["", "--force", "--dry-run"] {
        let gateway = expired();
        let ran = sync(&gateway, words).run().status(1).stdout("");
        let end = "clawtap: home: Claude Code's login expired 3 h ago\n\
                   → Sign in again: clawtap reauth --method cli\n";
        assert!(ran.stderr.ends_with(end), "{}", ran.stderr);
        expect_untouched(&gateway, &ran);
    }
}

#[test]
fn claude_renews_it_only_when_somebody_chose_that() {
    let gateway = expired();
    let ran = asked(&gateway, "", "0").run().status(0);
    assert_eq!(ran.log("termux-dialog"), QUESTION);
    assert_eq!(gateway.stored(PROFILE), Some(access_token() + "\n"));
    let claude = gateway.calls();
    let claude: Vec<_> = claude
        .lines()
        .filter(|line| line.starts_with("claude "))
        .collect();
    assert_eq!(claude, ["claude -p Say ok."]);
    expect_kept(&gateway, &ran);

    for answer in ["2", "cancel"] {
        let gateway = expired();
        let ran = asked(&gateway, "", answer).run().status(1).stdout("");
        let end = "clawtap: home: not synced\n→ The old login is as it was\n";
        assert!(ran.stderr.ends_with(end), "{}", ran.stderr);
        expect_untouched(&gateway, &ran);
    }
}

#[test]
fn a_claude_that_cannot_renew_it_is_quoted_without_what_may_be_secret() {
    let script = format!("echo 'Please run /login, not {}'; exit 1", access_token());
    let gateway = expired().reply("at-claude-renew", &script);
    let ran = asked(&gateway, "", "0").run().status(1).stdout("");
    let end = "clawtap: home: claude could not renew it: Please run /login, not …\n\
               → Sign in again: clawtap reauth --method cli\n";
    assert!(ran.stderr.ends_with(end), "{}", ran.stderr);
    assert!(!gateway.calls().contains("paste-token"));
    assert!(!ran.stderr.contains(MARK));
}

#[test]
fn one_that_says_it_has_but_has_not_is_not_believed() {
    let gateway = expired().reply("at-claude-renew", "echo ok; exit 0");
    let ran = asked(&gateway, "", "0").run().status(1).stdout("");
    let end = "clawtap: home: Claude Code's login expired 3 h ago\n\
               → Sign in again: clawtap reauth --method cli\n";
    assert!(ran.stderr.ends_with(end), "{}", ran.stderr);
    assert!(!gateway.calls().contains("paste-token"));
}

#[test]
fn somebody_may_sign_in_again_and_it_is_brought_over() {
    let gateway = expired();
    let ran = asked(&gateway, "", "1 code").run().status(0);
    assert!(
        ran.stdout.starts_with("home: synced, valid until "),
        "{}",
        ran.stdout
    );
    assert!(gateway.calls().contains("\nclaude auth login\n"));
    assert_eq!(gateway.stored(PROFILE), Some(access_token() + "\n"));
    assert!(gateway.read(FILE).is_some());
    expect_kept(&gateway, &ran);
}

#[test]
fn the_phones_own_login_is_renewed_on_the_phone() {
    let gateway = gateway();
    let clawtap = asked(&gateway, "--from phone", "0");
    let clawtap = clawtap.file("reply/claude-token", access_token());
    let clawtap = clawtap.path(&[
        &crate::support::fakes("termux"),
        &crate::support::fakes("ssh"),
        &crate::support::fakes("gateway"),
        "/usr/bin".as_ref(),
        "/bin".as_ref(),
    ]);
    sign_in(clawtap.home(), three_hours_ago());
    let ran = clawtap.run().status(0);
    assert_eq!(ran.file("calls").as_deref(), Some("claude -p Say ok.\n"));
    assert_eq!(gateway.stored(PROFILE), Some(access_token() + "\n"));

    for answers in ["1", ""] {
        let gateway = super::gateway();
        let words = "--from phone";
        let clawtap = match answers {
            "" => sync(&gateway, words),
            _ => asked(&gateway, words, answers),
        };
        sign_in(clawtap.home(), three_hours_ago());
        let ran = clawtap.run().status(1).stdout("");
        let end = "clawtap: home: Claude Code's login expired 3 h ago\n\
                   → Sign in on this device: claude auth login\n";
        assert!(ran.stderr.ends_with(end), "{}", ran.stderr);
        expect_untouched(&gateway, &ran);
    }
}
