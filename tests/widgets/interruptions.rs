//! Installs that end half-way, and what repairs or undoes them.

use std::process::{Command, Stdio};
use std::time::Duration;

use pretty_assertions::assert_eq;

use crate::support::{Phone, Said};

/// As large as the largest script and the manifest, and smaller than the largest icon, in bytes.
const SMALL: &str = "ulimit -f 8";

/// An install after these commands of a shell.
fn limited(phone: &Phone, first: &str) -> Said {
    let command = phone.command("widgets install");
    let mut shell = Command::new("sh");
    shell
        .args(["-c", &format!("{first}; exec \"$0\" widgets install")])
        .arg(command.get_program())
        .env_clear()
        .envs(
            command
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        )
        .current_dir(phone.home());
    Said::of(shell.output().expect("a shell"))
}

#[test]
fn a_full_disk_is_told_and_a_second_run_goes_on_from_there() {
    let phone = Phone::with_gateways(&["home"]);
    let before = phone.everything();
    let said = limited(&phone, &format!("trap '' XFSZ; {SMALL}")).status(74);
    assert!(
        said.stderr
            .starts_with("clawtap: cannot write ~/.shortcuts/icons/OpenClaw.png: "),
        "{}",
        said.stderr
    );
    assert_eq!(phone.tree(".shortcuts/icons"), ["700 .shortcuts/icons/"]);
    assert_eq!(
        phone.tree(".shortcuts/tasks/").len(),
        2,
        "one script was written by then"
    );
    let said = phone.run("widgets install").status(0).stderr("");
    assert!(
        said.stdout
            .starts_with("✓ files: 12 written, 1 as they should be\n"),
        "{}",
        said.stdout
    );
    let _ = phone.run("widgets uninstall").status(0).stderr("");
    assert_eq!(phone.everything(), before);
}

#[test]
fn an_install_that_is_killed_is_undone_or_repaired() {
    let phone = Phone::with_gateways(&["home"]);
    let before = phone.everything();
    let killed = limited(&phone, SMALL).status(-1);
    assert_eq!(killed.stdout, "");
    assert_eq!(
        phone.tree(".shortcuts/icons/.clawtap").len(),
        1,
        "killed while writing"
    );
    let _ = phone.run("widgets uninstall").status(0).stderr("");
    assert_eq!(phone.everything(), before);

    let _ = limited(&phone, SMALL).status(-1);
    let _ = phone.run("widgets install").status(0).stderr("");
    assert_eq!(phone.tree(".shortcuts/icons/.clawtap").len(), 0);
    let _ = phone.run("widgets uninstall").status(0).stderr("");
    assert_eq!(phone.everything(), before);
}

#[test]
fn killed_at_any_moment_uninstall_finds_everything() {
    let phone = Phone::with_gateways(&["home", "office", "cellar"]);
    let before = phone.everything();
    for delay in 0..12 {
        let mut child = phone
            .command("widgets install --live")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_micros(delay * 1500));
        child.kill().unwrap();
        child.wait().unwrap();
        let _ = phone.run("widgets uninstall").status(0).stderr("");
        let mut after = phone.everything();
        // Made before anything could be remembered, and empty.
        after.retain(|line| before.contains(line) || !line.contains(" .local"));
        assert_eq!(after, before, "killed after {delay} × 1.5 ms");
    }
}
