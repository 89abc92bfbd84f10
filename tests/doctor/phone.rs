//! `clawtap doctor` on a phone: Termux and its app, and the shortcuts.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};

use pretty_assertions::assert_eq;

use super::section;
use crate::support::{Clawtap, GatewayHome, Phone, Said};

/// A phone with a gateway that is well, as F-Droid's Termux on Android 12.
fn phone(gateway: &GatewayHome) -> Phone {
    let clawtap = Clawtap::with(gateway)
        .env("COLUMNS", "45")
        .env("TERMUX_VERSION", "0.118.3")
        .env("TERMUX_APK_RELEASE", "F_DROID")
        .env("FAKE_ANDROID", "12");
    Phone::new(clawtap, &[])
}

fn gateway() -> GatewayHome {
    GatewayHome::new().document("2026.9.6/token_ok_am")
}

fn run_with(phone: &Phone, words: &str, variables: &[(&str, &str)]) -> Said {
    let mut command = phone.command(words);
    command.envs(variables.iter().copied());
    Said::of(command.output().expect("it starts"))
}

/// What it says of the phone.
fn told(phone: &Phone, variables: &[(&str, &str)]) -> String {
    section(&run_with(phone, "doctor", variables).stdout, "phone")
}

#[test]
fn a_phone_that_is_well_is_told_in_a_few_lines_and_nothing_is_changed() {
    let gateway = gateway();
    let phone = phone(&gateway);
    let _ = phone.run("widgets install").status(0);
    // A gateway's last report is kept by whoever asks it.
    let everything = || -> Vec<String> {
        let lines = phone.everything().into_iter();
        lines.filter(|line| !line.contains(" .local/")).collect()
    };
    let before = everything();
    phone.calls_of("every-call");
    let expected = "✓ Termux 0.118.3 of F-Droid, Android 12\n\
                    ✓ Termux:API answers\n\
                    ✓ 5 shortcuts, as installed\n";
    assert_eq!(told(&phone, &[]), expected);
    assert!(everything() == before, "{:#?}", phone.tree(""));
    assert_eq!(
        phone.calls_of("every-call"),
        "termux-job-scheduler --pending\n"
    );
}

#[test]
fn on_a_machine_that_is_no_phone_nothing_is_said_of_one() {
    let gateway = gateway();
    let ran = Clawtap::with(&gateway).args(["doctor"]).run();
    assert_eq!(section(&ran.stdout, "phone"), "");
}

#[test]
fn what_cannot_be_told_from_here_is_noted() {
    let gateway = gateway();
    let phone = phone(&gateway);
    let _ = phone.run("monitor install --termux-job").status(0);
    let expected = "✓ Termux 0.118.3 of F-Droid, Android 14\n\
                    ✓ Termux:API answers\n\
                    · cannot tell from here whether Android shows\n  notifications\n  \
                    → If none appears: Settings → Apps →\n    Termux:API → Notifications. Try it:\n      \
                    clawtap monitor test-alert\n\
                    · cannot tell from here whether Android lets\n  checks run at night\n  \
                    → Settings → Apps → Termux → Battery →\n    Unrestricted, and the same for Termux:API\n\
                    · no shortcuts on the home screen\n  \
                    → clawtap widgets install\n";
    assert_eq!(told(&phone, &[("FAKE_ANDROID", "14")]), expected);
}

#[test]
fn an_app_that_does_not_answer_is_to_be_had_where_termux_is_from() {
    let gateway = gateway();
    let phone = phone(&gateway);
    let _ = phone.run("widgets install").status(0);
    let said = told(&phone, &[("FAKE_HANG", "termux-job-scheduler getprop")]);
    let expected = "✓ Termux 0.118.3 of F-Droid\n\
                    ✗ the Termux:API app does not answer\n  \
                    → If it is installed, open it once. Or else\n    get the Termux:API app of F-Droid, as\n    \
                    Termux is:\n      https://f-droid.org/packages/com.termux.api\n\
                    ✓ 5 shortcuts, as installed\n";
    assert_eq!(said, expected);
}

#[test]
fn a_termux_without_the_commands_is_told_what_to_install() {
    let gateway = gateway();
    let clawtap = Clawtap::with(&gateway).env("COLUMNS", "45");
    let phone = Phone::new(clawtap, &[]);
    let mut command = phone.command("doctor");
    let ssh = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fakes/ssh");
    command.env("PATH", format!("{ssh}:/usr/bin:/bin"));
    let said = Said::of(command.output().unwrap());
    let expected = "✓ Termux\n\
                    ! there are no commands of Termux:API\n  \
                    → pkg install termux-api\n    and the Termux:API app, from where you\n    have Termux\n\
                    · no shortcuts on the home screen\n  → clawtap widgets install\n";
    assert_eq!(section(&said.stdout, "phone"), expected);
}

#[test]
fn termux_of_google_play_is_known_by_what_its_commands_say() {
    let gateway = gateway();
    let phone = phone(&gateway);
    let variables = [
        ("FAKE_GOOGLE_PLAY", "yes"),
        ("TERMUX_APK_RELEASE", "GOOGLE_PLAY_STORE"),
        ("TERMUX_VERSION", "googleplay.2025-10-05"),
    ];
    let said = told(&phone, &variables);
    let expected = "✓ Termux googleplay.2025-10-05 of Google\n  Play, Android 12\n\
                    ! Termux of Google Play has no Termux:API: no\n  notifications\n  \
                    → For them, Termux and Termux:API of\n    F-Droid:\n      https://f-droid.org/packages/com.termux\n";
    assert!(said.starts_with(expected), "{said}");
}

#[test]
fn shortcuts_that_cannot_run_are_mended() {
    let gateway = gateway();
    let phone = phone(&gateway);
    let _ = phone.run("widgets install").status(0);
    let before = phone.everything();
    let set = |name: &str, mode| {
        fs::set_permissions(phone.path(name), Permissions::from_mode(mode)).unwrap();
    };
    set(".shortcuts", 0o777);
    set(".shortcuts/tasks", 0o600);
    set(".shortcuts/OpenClaw guide", 0o600);
    let guide = phone.path(".shortcuts/OpenClaw guide");
    let expected = format!(
        "✓ Termux 0.118.3 of F-Droid, Android 12\n\
         ✓ Termux:API answers\n\
         ! ~/.shortcuts has permissions 777\n  → chmod 700 ~/.shortcuts\n\
         ✗ ~/.shortcuts/tasks has permissions 600\n  → chmod 700 ~/.shortcuts/tasks\n\
         ✗ cannot be run: ~/.shortcuts/OpenClaw guide\n  → chmod 700\n    '{}'\n",
        guide.display()
    );
    let said = told(&phone, &[]);
    let without_gaps = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(without_gaps(&said), without_gaps(&expected));
    let fixed = phone.run("doctor --fix").stdout;
    assert!(
        fixed.contains("✓ chmod 700 ~/.shortcuts/tasks\n"),
        "{fixed}"
    );
    let everything = phone.everything();
    let of_shortcuts = |lines: &[String]| -> Vec<String> {
        let lines = lines.iter().filter(|line| line.contains(".shortcuts"));
        lines.cloned().collect()
    };
    assert_eq!(of_shortcuts(&everything), of_shortcuts(&before));
    assert!(told(&phone, &[]).ends_with("✓ 5 shortcuts, as installed\n"));
}

#[test]
fn shortcuts_that_start_nothing_are_installed_again() {
    let gateway = gateway();
    let phone = phone(&gateway);
    let program = phone.path("old/clawtap");
    fs::create_dir(phone.path("old")).unwrap();
    symlink(env!("CARGO_BIN_EXE_clawtap"), &program).unwrap();
    let mut install = phone.command("widgets install");
    let _ = Said::of(
        install
            .env("TERMUX_EXEC__PROC_SELF_EXE", &program)
            .output()
            .unwrap(),
    )
    .status(0);
    assert!(told(&phone, &[]).ends_with("✓ 5 shortcuts, as installed\n"));
    fs::remove_dir_all(phone.path("old")).unwrap();
    fs::remove_file(phone.path(".shortcuts/icons/OpenClaw.png")).unwrap();
    let expected = "✗ the shortcuts start ~/old/clawtap, which is\n  gone\n  → clawtap widgets install\n\
                    ✗ missing of the shortcuts: 1 file\n  → clawtap widgets install\n";
    let said = told(&phone, &[]);
    assert!(said.ends_with(expected), "{said}");
}

#[test]
fn where_nothing_can_be_kept_that_is_told_once_and_left_alone() {
    let gateway = gateway();
    let phone = phone(&gateway);
    phone.write(".local/state/clawtap", "a file");
    let expected = "✓ Termux 0.118.3 of F-Droid, Android 12\n✓ Termux:API answers\n\
                    · no shortcuts on the home screen\n  → clawtap widgets install\n";
    assert_eq!(told(&phone, &[]), expected);
    let fixed = phone.run("doctor --fix").stdout;
    assert!(fixed.contains("✗ nothing can be remembered in"), "{fixed}");
    assert_eq!(phone.read(".local/state/clawtap"), "a file");
}
