//! A sync from a widget: its toasts and vibrations, and the fingerprint if it is configured.

use std::fs;
use std::os::unix::fs::symlink;

use pretty_assertions::assert_eq;

use super::{PROFILE, expect_kept, expect_synced, having, hours, sync, with_claude};
use crate::reauth::Recorded;
use crate::support::{Clawtap, GatewayHome, fakes};

const WITH_FINGERPRINT: &str =
    "[[gateway]]\nname = \"home\"\nssh = \"me@home.example\"\n[sync]\nfingerprint = true\n";

fn tapped(gateway: &GatewayHome) -> Clawtap {
    sync(gateway, "").on_a_phone()
}

#[test]
fn a_tap_shows_that_it_began_and_until_when_it_is_valid() {
    let gateway = with_claude();
    let ran = expect_synced(&gateway, tapped(&gateway).run(), PROFILE);
    assert_eq!(ran.toasts(), ["home: syncing…", ran.stdout.trim_end()]);
    assert_eq!(ran.log("termux-vibrate"), "termux-vibrate -d 40\n");
    assert_eq!(ran.log("termux-fingerprint"), "", "only where it is wanted");
    assert_eq!(
        ran.log("termux-notification-remove"),
        "termux-notification-remove clawtap-home\n"
    );
}

#[test]
fn a_tap_that_came_to_nothing_says_why_and_is_felt() {
    let gateway = super::gateway();
    let clawtap = tapped(&gateway).args(["--from", "gateway"]);
    let ran = clawtap.run().status(1).stdout("");
    assert_eq!(
        ran.toasts(),
        [
            "home: syncing…",
            "home: There is no ~/.claude/.credentials.json\n→ Sign in there: clawtap reauth --method cli"
        ]
    );
    assert_eq!(ran.log("termux-vibrate"), "termux-vibrate -d 500\n");
    let gateway = having(with_claude(), PROFILE, hours());
    let ran = tapped(&gateway).run().status(0);
    assert_eq!(
        ran.toasts(),
        ["home: syncing…", "home: already in sync, valid 6 h"]
    );
}

#[test]
fn a_finger_that_is_known_lets_it_happen() {
    let gateway = with_claude();
    let clawtap = tapped(&gateway).config(WITH_FINGERPRINT);
    let ran = expect_synced(&gateway, clawtap.run(), PROFILE);
    assert_eq!(ran.log("termux-fingerprint"), "called\n");
}

#[test]
fn another_finger_or_none_stops_it_before_anything_is_asked() {
    let next = "→ Try again, or set fingerprint = false under [sync]\n";
    let unknown = "the fingerprint was not recognised";
    for (says, why) in [
        ("FAILURE", unknown),
        ("UNKNOWN", unknown),
        ("fail", unknown),
    ] {
        let gateway = with_claude();
        let clawtap = tapped(&gateway).config(WITH_FINGERPRINT);
        let ran = clawtap.env("FAKE_FINGER", says).run().status(1).stdout("");
        assert_eq!(
            ran.stderr,
            format!("home: syncing…\nclawtap: home: not synced: {why}\n{next}")
        );
        assert_eq!(gateway.calls(), "");
        expect_kept(&gateway, &ran);
    }
    let gateway = with_claude();
    let ran = sync(&gateway, "").config(WITH_FINGERPRINT).run().status(1);
    assert!(
        ran.stderr
            .contains("not synced: only a phone can check a fingerprint\n")
    );
    assert_eq!(gateway.calls(), "");
}

#[test]
fn a_phone_without_the_program_for_it_says_what_to_install() {
    let gateway = with_claude();
    let clawtap = sync(&gateway, "").config(WITH_FINGERPRINT);
    let folder = clawtap.home().join("without");
    fs::create_dir(&folder).expect("a fresh folder");
    for program in ["termux-toast", "termux-vibrate"] {
        symlink(fakes("termux").join(program), folder.join(program)).expect("a fresh folder");
    }
    let path = [folder, fakes("ssh"), "/usr/bin".into(), "/bin".into()];
    let path: Vec<_> = path.iter().map(AsRef::as_ref).collect();
    let ran = clawtap.path(&path).run().status(1).stdout("");
    let what = "not synced: termux-fingerprint is not installed: pkg install termux-api\n";
    assert!(ran.stderr.contains(what), "{}", ran.stderr);
    assert_eq!(gateway.calls(), "");
}
