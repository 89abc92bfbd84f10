//! Android's job: its script, and what Termux:API is asked.

use std::fs;
use std::path::Path;
use std::process::Command;

use pretty_assertions::assert_eq;

use super::{PROGRAM, phone, run_with};
use crate::support::{GatewayHome, Phone, Said, fakes};

const SCRIPT: &str = ".local/state/clawtap/monitor-job";

/// What Termux:API was asked, but for what is pending.
fn asked(phone: &Phone) -> String {
    let calls = phone.calls_of("termux-job-scheduler");
    let lines = calls.split_inclusive('\n');
    lines
        .filter(|line| !line.ends_with(" --pending\n"))
        .collect()
}

fn schedule(phone: &Phone, minutes: u32) -> String {
    format!(
        "termux-job-scheduler --script {} --job-id 690030 --period-ms {} --persisted true --network any \
         --battery-not-low false\n",
        phone.path(SCRIPT).display(),
        minutes * 60_000
    )
}

#[test]
fn install_writes_a_script_and_has_android_run_it() {
    let phone = phone(&[]);
    let said = phone
        .run("monitor install --termux-job")
        .status(0)
        .stderr("");
    let _ = said.stdout("✓ files: 1 written\n✓ termux-job: every 30 min\n");
    assert_eq!(phone.tree(SCRIPT), [format!("700 {SCRIPT}")]);
    assert_eq!(asked(&phone), schedule(&phone, 30));
    let said = phone.run("monitor status").status(0).stderr("");
    let _ = said.stdout("termux-job  every 30 min, pending\n");
}

#[test]
fn the_script_is_the_repositorys_with_this_phones_shell_program_and_variables() {
    let phone = phone(&[]);
    let _ = phone.run("monitor install --termux-job").status(0);
    let plain = concat!(env!("CARGO_MANIFEST_DIR"), "/termux/monitor-job");
    let plain = fs::read_to_string(plain).unwrap();
    let usual = "/data/data/com.termux/files/usr";
    let expected = plain
        .replace(&format!("{usual}/bin/clawtap"), PROGRAM)
        .replace(usual, &phone.path("usr").display().to_string());
    let script = phone.read_marked(SCRIPT);
    let (exports, rest): (Vec<&str>, Vec<&str>) =
        script.lines().partition(|line| line.starts_with("export "));
    assert_eq!(rest, expected.lines().collect::<Vec<_>>());
    let names = exports
        .iter()
        .filter_map(|line| line["export ".len()..].split('=').next());
    assert_eq!(
        names.collect::<Vec<_>>(),
        ["HOME", "PATH", "PREFIX", "TMPDIR"]
    );
}

#[test]
fn a_second_install_changes_nothing_and_another_interval_does() {
    let phone = phone(&[]);
    let _ = phone.run("monitor install").status(0);
    let before = phone.everything();
    asked(&phone);
    let said = phone
        .run("monitor install --termux-job")
        .status(0)
        .stderr("");
    let _ = said.stdout("✓ files: 1 as they should be\n✓ termux-job: every 30 min\n");
    assert_eq!(
        (phone.everything(), asked(&phone)),
        (before.clone(), String::new())
    );
    let said = phone
        .run("monitor install --termux-job --every 100")
        .status(0)
        .stderr("");
    let _ = said.stdout("✓ files: 1 as they should be\n✓ termux-job: every 1 h 40 min\n");
    assert_eq!(
        (phone.everything(), asked(&phone)),
        (before, schedule(&phone, 100))
    );
    let said = phone.run("monitor status").status(0);
    let _ = said.stdout("termux-job  every 1 h 40 min, pending\n");
}

#[test]
fn android_allows_no_less_than_a_quarter_of_an_hour() {
    let phone = phone(&[]);
    let before = phone.everything();
    let said = phone
        .run("monitor install --termux-job --every 14")
        .status(64)
        .stdout("");
    let _ = said.stderr(
        "clawtap: Android runs no job more often than every 15 min\n→ Give --every 15 or more\n",
    );
    assert_eq!((phone.everything(), asked(&phone)), (before, String::new()));
    let _ = phone
        .run("monitor install --termux-job --every 15")
        .status(0);
}

#[test]
fn a_dry_run_shows_the_script_and_changes_nothing() {
    let phone = phone(&[]);
    let before = phone.everything();
    let said = phone
        .run("monitor install --termux-job --dry-run")
        .status(0)
        .stderr("");
    let intro = "Nothing is changed now. This would be:\n";
    let beginning = format!(
        "{intro}make ~/.local\nmake ~/.local/state\nmake ~/.local/state/clawtap\nwrite ~/{SCRIPT}:\n  #!{}/bin/sh\n",
        phone.path("usr").display()
    );
    assert!(said.stdout.starts_with(&beginning), "{}", said.stdout);
    let end = format!("\n  exec {PROGRAM} monitor\nrun {}", schedule(&phone, 30));
    assert!(said.stdout.ends_with(&end), "{}", said.stdout);
    assert_eq!((phone.everything(), asked(&phone)), (before, String::new()));
    let _ = phone.run("monitor install --termux-job").status(0);
    let before = phone.everything();
    asked(&phone);
    let said = phone
        .run("monitor uninstall --dry-run")
        .status(0)
        .stderr("");
    let beginning =
        format!("{intro}run termux-job-scheduler --cancel --job-id 690030\nremove ~/{SCRIPT}\n");
    assert!(said.stdout.starts_with(&beginning), "{}", said.stdout);
    assert_eq!((phone.everything(), asked(&phone)), (before, String::new()));
}

#[test]
fn uninstall_leaves_the_phone_as_it_was() {
    let phone = phone(&[]);
    let before = phone.everything();
    let _ = phone.run("monitor install").status(0);
    asked(&phone);
    let said = phone.run("monitor uninstall").status(0).stderr("");
    let _ = said.stdout("✓ files: 1 removed\n✓ termux-job: no timer any more\n");
    assert_eq!(phone.everything(), before);
    assert_eq!(
        asked(&phone),
        "termux-job-scheduler --cancel --job-id 690030\n"
    );
}

#[test]
fn a_job_that_android_has_forgotten_is_told_and_comes_back() {
    let phone = phone(&[]);
    let _ = phone.run("monitor install").status(0);
    fs::remove_file(phone.path("log/pending-jobs")).unwrap();
    let said = phone.run("monitor status").status(0).stderr("");
    let _ = said.stdout(
        "termux-job  not pending\n  ✗ Android has forgotten the job\n  → clawtap monitor install --termux-job\n",
    );
    asked(&phone);
    let _ = phone.run("monitor install --termux-job").status(0);
    assert_eq!(asked(&phone), schedule(&phone, 30));
}

#[test]
fn a_script_that_cannot_be_run_is_told_and_mended() {
    use std::os::unix::fs::PermissionsExt;
    let phone = phone(&[]);
    let _ = phone.run("monitor install").status(0);
    fs::set_permissions(phone.path(SCRIPT), fs::Permissions::from_mode(0o600)).unwrap();
    let said = phone.run("monitor status").status(0).stderr("");
    let _ = said.stdout(&format!(
        "termux-job  every 30 min, pending\n  ✗ ~/{SCRIPT} cannot be run\n  → clawtap monitor install --termux-job\n"
    ));
    let _ = phone.run("monitor install").status(0);
    assert_eq!(phone.tree(SCRIPT), [format!("700 {SCRIPT}")]);
}

#[test]
fn without_the_app_nothing_is_written_and_it_says_what_is_missing() {
    let hint = "→ Both are needed: the Termux:API app, and\n  pkg install termux-api\n";
    for (variable, message) in [
        (
            "FAKE_HANG",
            "termux-job-scheduler got no answer: is the Termux:API app installed?",
        ),
        ("FAKE_FAIL", "termux-job-scheduler failed"),
    ] {
        let phone = phone(&[]);
        let before = phone.everything();
        let said = run_with(
            &phone,
            "monitor install",
            &[(variable, "termux-job-scheduler")],
        );
        let _ = said
            .status(74)
            .stdout("")
            .stderr(&format!("clawtap: {message}\n{hint}"));
        assert_eq!(phone.everything(), before);
    }
    let phone = phone(&[]);
    let said = run_with(&phone, "monitor install", &[("FAKE_NO_JOBS", "1")]);
    let _ = said.status(74).stdout("").stderr(
        "clawtap: Android did not take the job\n→ See what it says:\n  termux-job-scheduler --pending\n",
    );
}

#[test]
fn where_the_job_cannot_be_cancelled_the_script_goes_all_the_same() {
    let phone = phone(&[]);
    let _ = phone.run("monitor install").status(0);
    let said = run_with(
        &phone,
        "monitor uninstall",
        &[("FAKE_FAIL", "termux-job-scheduler")],
    );
    let _ = said.status(74).stdout("").stderr(
        "clawtap: the script is gone, the job perhaps not:\ntermux-job-scheduler failed\n\
         → Later: termux-job-scheduler --cancel \\\n  --job-id 690030\n",
    );
    assert_eq!(phone.tree(SCRIPT), Vec::<String>::new());
}

/// Android starts it with nothing in its environment; here with what leads to the fakes.
#[test]
fn the_script_starts_the_program_in_a_bare_environment_in_every_shell() {
    let gateway = GatewayHome::new().document("2026.9.6/token_ok_am");
    let path = [fakes("termux"), fakes("ssh"), "/usr/bin".into()];
    let path = std::env::join_paths(path).unwrap();
    for shell in ["dash", "mksh", "busybox"] {
        let phone = phone(&["ssh"]);
        let elsewhere = phone.path("it's my $HOME.toml");
        fs::rename(phone.path(".config/clawtap/config.toml"), &elsewhere).unwrap();
        let mut command = phone.command("monitor install --termux-job --config");
        let output = command.arg(&elsewhere).env("PATH", &path).output();
        let _ = Said::of(output.unwrap()).status(0).stderr("");
        // Whatever a check does: here it is a status, which tells that all was found.
        let script = phone
            .read(SCRIPT)
            .replace("clawtap monitor", "clawtap status --format simple");
        phone.write("job", &script);
        let mut command = Command::new(Path::new("/usr/bin").join(shell));
        if shell == "busybox" {
            command.arg("sh");
        }
        let output = command
            .arg(phone.path("job"))
            .env_clear()
            .env("FAKE_GATEWAY", gateway.path())
            .env("FAKE_LOG", phone.path("log"))
            .current_dir("/")
            .output();
        let said = Said::of(output.unwrap()).status(0).stderr("");
        assert_eq!(said.stdout, "OK\n", "{shell}");
    }
}
