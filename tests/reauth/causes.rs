//! Signing in to a login that does not work for a reason: success means that it works again.

use pretty_assertions::assert_eq;

use super::{TOKEN, reauth};
use crate::causes::{broken, cause};
use crate::support::run_watched;

const PASTE: &str =
    "models auth paste-token --provider anthropic --profile-id anthropic:me --expires-in 365d\n";

#[test]
fn what_no_sign_in_ends_is_told_with_what_helps() {
    let table = [
        (
            "cooldown_rate_limit",
            "cools down for 59 m",
            "Wait, or use another provider.",
        ),
        (
            "cooldown_billing",
            "cools down for 59 m",
            "Top up the account, or use another provider.",
        ),
        (
            "disabled_billing",
            "is disabled for 3 h 59 m",
            "Top up the account, or use another provider.",
        ),
    ];
    for (name, what, helps) in table {
        let gateway = broken(name);
        let ran = reauth(&gateway, "").run().status(1).stdout("");
        assert_eq!(
            ran.stderr,
            format!("clawtap: home: anthropic {what}; a sign-in does not help\n→ {helps}\n")
        );
        assert_eq!(gateway.calls(), "models status --json --check\n");
    }
}

#[test]
fn a_refused_login_is_removed_before_the_new_one_is_stored() {
    let gateway = broken("disabled_auth_permanent");
    let ran = run_watched(reauth(&gateway, "code"), &[TOKEN])
        .status(0)
        .stderr("home: starting the sign-in…\nhome: storing it…\n");
    assert_eq!(ran.stdout, "home: signed in, valid for 364 d\n");
    let calls = gateway.calls();
    let order = format!("models auth logout anthropic:me --yes\n--version\n{PASTE}");
    assert!(calls.contains(&order), "{calls}");
    let stored = gateway.stored("anthropic:me");
    assert_eq!(stored.as_deref(), Some(&*format!("{TOKEN}\n")));
}

#[test]
fn a_login_of_openclaws_own_is_replaced_and_not_claude_codes() {
    let gateway = broken("expired_oauth");
    let ran = reauth(&gateway, "code").run().status(0);
    let _ = ran.stdout("home: signed in, valid for 364 d\n");
    assert!(
        gateway
            .calls()
            .contains(&format!("claude setup-token\n--version\n{PASTE}"))
    );
}

#[test]
fn signed_in_is_only_what_openclaw_uses_afterwards() {
    let gateway = broken("disabled_auth_permanent")
        .reply("document-after", &cause("disabled_auth_permanent"))
        .reply("exit-after", "1");
    let document = cause("disabled_auth_permanent");
    let longer = document.replace("\"remainingMs\": 1727", "\"remainingMs\": 3153");
    let gateway = gateway.reply("document-after", &longer);
    let ran = reauth(&gateway, "code").run().status(1).stdout("");
    assert!(
        ran.stderr.ends_with(
            "clawtap: home: signed in, but openclaw still says: anthropic:me is signed out\n\
             → Look on the gateway: openclaw models status\n"
        ),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_token_that_could_not_be_stored_is_still_here() {
    let gateway = broken("disabled_auth_permanent").reply(
        "at-paste",
        "[ -f ~/again ] || { : >~/again; echo 'the store is busy' >&2; exit 1; }",
    );
    let ran = run_watched(reauth(&gateway, "code 0"), &[TOKEN]).status(0);
    let ran = ran.stdout("home: signed in, valid for 364 d\n");
    assert_eq!(
        ran.log("termux-dialog").lines().nth(1),
        Some(
            "radio -t home: not stored: the store is busy. Nothing is lost yet -v Try again,Store it as anthropic:manual,Give it up"
        )
    );
    assert_eq!(gateway.calls().matches("claude setup-token").count(), 1);
    assert_eq!(gateway.calls().matches("models auth logout").count(), 1);
}

#[test]
fn a_removal_that_failed_for_the_moment_is_tried_again() {
    let fails = "[ -f ~/again ] || { : >~/again; echo 'the store is busy' >&2; exit 1; }";
    let gateway = broken("disabled_auth_permanent").reply("at-logout", fails);
    let ran = reauth(&gateway, "code 0").run().status(0);
    assert_eq!(ran.stdout, "home: signed in, valid for 364 d\n");
    let calls = gateway.calls();
    assert_eq!(calls.matches("models auth logout").count(), 2, "{calls}");
    assert_eq!(calls.matches("paste-token").count(), 1, "{calls}");
    // Over an OpenClaw that knows no removal it is stored without one.
    let unknown = "echo \"error: unknown command 'logout'\" >&2; exit 1";
    let gateway = broken("disabled_auth_permanent").reply("at-logout", unknown);
    let ran = reauth(&gateway, "code").run().status(0);
    assert_eq!(ran.stdout, "home: signed in, valid for 364 d\n");
}

#[test]
fn it_can_be_stored_as_another_login_or_be_given_up() {
    let fails = "case $profile in anthropic:me) echo 'the store is busy' >&2; exit 1 ;; esac";
    let gateway = broken("disabled_auth_permanent").reply("at-paste", fails);
    let ran = run_watched(reauth(&gateway, "code 2"), &[TOKEN]).status(1);
    assert!(
        ran.stderr.ends_with(
            "clawtap: home: the store is busy\n→ The refused login is removed. Again: clawtap reauth\n"
        ),
        "{}",
        ran.stderr
    );
    let after = cause("signed_in").replace("anthropic:me", "anthropic:manual");
    let gateway = broken("disabled_auth_permanent")
        .reply("at-paste", fails)
        .reply("document-after", &after);
    let ran = run_watched(reauth(&gateway, "code 1"), &[TOKEN]).status(0);
    assert_eq!(ran.stdout, "home: signed in, valid for 364 d\n");
    let stored = gateway.stored("anthropic:manual");
    assert_eq!(
        stored.as_deref(),
        Some(&*format!("{TOKEN}\n")),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_token_made_elsewhere_is_pasted_and_stored() {
    let gateway = broken("expired_oauth");
    let ran = run_watched(
        reauth(&gateway, "file:token")
            .args(["--method", "paste-token"])
            .file("log/token", TOKEN),
        &[TOKEN],
    );
    let ran = ran.status(0).stdout("home: signed in, valid for 364 d\n");
    assert_eq!(
        ran.log("termux-dialog"),
        "text -t home: Token of claude setup-token -i Token -p\n"
    );
    assert!(!gateway.calls().contains("claude "), "{}", gateway.calls());
}

#[test]
fn of_several_agents_one_is_asked_for_before_the_page() {
    let agents = "main\nwork\n";
    let gateway = broken("expired_oauth").reply("agents", agents);
    let ran = reauth(&gateway, "1 code").run().status(0);
    assert_eq!(
        ran.log("termux-dialog").lines().next(),
        Some("radio -t home: sign in for which agent? -v main,work")
    );
    let calls = gateway.calls();
    let stored = format!(
        "{} --agent work --expires-in 365d",
        PASTE.rsplit_once(" --exp").unwrap().0
    );
    assert!(calls.contains(&stored), "{calls}");
    assert!(
        calls.ends_with("models status --agent work --json --check\n"),
        "{calls}"
    );
    let gateway = broken("expired_oauth").reply("agents", agents);
    let ran = reauth(&gateway, "cancel").run().status(1);
    assert_eq!(
        ran.stderr,
        "home: starting the sign-in…\nclawtap: nothing was chosen\n→ Again: clawtap reauth\n"
    );
    assert!(!gateway.calls().contains("claude"), "{}", gateway.calls());
}

#[test]
fn a_token_that_one_agent_cannot_have_is_stored_for_another() {
    let gateway = broken("expired_oauth")
        .reply("agents", "main\nwork\nside\n")
        .first("case $* in *paste-token*--agent' main'*) echo 'the store of main is locked' >&2; exit 1 ;; esac");
    let ran = reauth(&gateway, "0 code 2").run().status(0);
    assert_eq!(
        ran.log("termux-dialog").lines().last(),
        Some(
            "radio -t home: not stored: the store of main is locked. Nothing is lost yet \
             -v Try again,Store it as anthropic:manual,Store it for agent work,Store it for agent side,Give it up"
        )
    );
    let calls = gateway.calls();
    assert!(
        calls.ends_with("models status --agent work --json --check\n"),
        "{calls}"
    );
    assert_eq!(calls.matches("claude setup-token").count(), 1, "{calls}");
}

#[test]
fn what_openclaw_says_it_stored_and_does_not_have_is_not_given_up() {
    let title = "home: not stored: openclaw still has the old login. Nothing is lost yet";
    let gateway =
        || broken("expired_oauth").reply("at-paste", "[ -e ~/tried ] || { : >~/tried; exit 0; }");
    let stored_at_last = gateway();
    let ran = reauth(&stored_at_last, "code 0").run().status(0);
    let asked = ran.log("termux-dialog");
    assert!(
        asked
            .lines()
            .last()
            .is_some_and(|line| line.contains(title)),
        "{asked}"
    );
    assert_eq!(
        stored_at_last.calls().matches("claude setup-token").count(),
        1
    );
    let given_up = reauth(&gateway(), "code cancel").run().status(1);
    let told =
        "clawtap: home: openclaw still has the old login\n→ See how it stands: clawtap status\n";
    assert!(given_up.stderr.ends_with(told), "{}", given_up.stderr);
}

#[test]
fn a_profile_with_a_blank_and_other_letters_gets_its_login() {
    let renamed = |document: &str| document.replace("anthropic:me", "anthropic:mein Büro");
    let gateway = broken("expired_oauth");
    for file in ["document", "document-after"] {
        let document = gateway.read(&format!("reply/{file}")).expect("it is there");
        std::fs::write(gateway.path().join("reply").join(file), renamed(&document))
            .expect("it is ours");
    }
    let ran = reauth(&gateway, "code").run().status(0);
    let ran = ran.stdout("home: signed in, valid for 364 d\n");
    assert!(
        gateway.stored("anthropic:mein Büro").is_some(),
        "{}",
        ran.stderr
    );
}

// sshd makes terminals that the group tty may write on.
#[cfg(feature = "test-sshd")]
#[test]
fn nobody_else_may_write_on_the_terminal_of_a_sign_in() {
    let gateway =
        broken("expired_oauth").reply("at-claude-prompt", "stat -c %a \"$(tty)\" >\"$HOME/mode\"");
    let sshd = crate::support::Sshd::of(&gateway).start();
    let clawtap = super::on_its_own(sshd.clawtap().on_a_phone());
    let clawtap = clawtap.args(["reauth"]).env("FAKE_ANSWERS", "code");
    let _ = clawtap.run().status(0);
    let mode = gateway.read("mode").expect("it has a terminal");
    let mode = u32::from_str_radix(mode.trim(), 8).expect("a mode");
    assert_eq!(mode & 0o022, 0, "{mode:o}");
}

#[test]
fn another_profile_is_never_removed_for_the_refused_one() {
    // The connection breaks off before it is known whether the refused one is removed.
    let after = cause("signed_in").replace("anthropic:me", "anthropic:manual");
    let gateway = broken("disabled_auth_permanent")
        .reply("at-logout", super::CUT_ERRAND)
        .reply("document-after", &after);
    let _ = reauth(&gateway, "code 1").run().status(0);
    let calls = gateway.calls();
    assert_eq!(calls.matches("models auth logout").count(), 1, "{calls}");
    assert!(!calls.contains("logout anthropic:manual"), "{calls}");
}
