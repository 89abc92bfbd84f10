//! What only a real ssh shows.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use pretty_assertions::assert_eq;

use super::gateway::{closed, section, unwrapped};
use crate::support::{Clawtap, GatewayHome, Sshd, fakes};

fn gateway() -> GatewayHome {
    GatewayHome::new().document("2026.9.6/token_ok_am")
}

/// On a device that keeps what it keeps where no other test does.
fn doctor(sshd: &Sshd) -> Clawtap {
    let clawtap = closed(sshd.clawtap()).args(["doctor"]);
    let run = clawtap.home().join("run");
    fs::create_dir(&run).expect("a fresh folder");
    clawtap.env("XDG_RUNTIME_DIR", &run).env("TMPDIR", run)
}

#[test]
fn a_gateway_that_is_well_costs_one_connection() {
    let gateway = gateway();
    let sshd = Sshd::of(&gateway).login_shell("bash").start();
    let folder = sshd.user_key();
    let folder = folder.parent().expect("a folder").display();
    let ran = doctor(&sshd).run();
    let expected = format!(
        "✓ answers in T\n\
         ✓ login shell bash\n\
         ✓ key {folder}/user_key\n\
         ✓ its host key is in {folder}/known_hosts\n\
         ✓ its clock agrees with this device's\n\
         ✓ openclaw 2026.9.6 in {fakes}\n\
         ✓ its gateway process runs\n\
         ✓ Claude Code 2.1.330 in {fakes}\n\
         ✓ logins: ok, anthropic 299 d left\n",
        fakes = fakes("gateway").display()
    );
    assert_eq!(unwrapped(&section(&ran)), expected);
    assert_eq!(sshd.connections(), 1);
    let _ = ran.status(0);
}

#[test]
fn every_login_shell_lets_itself_be_examined() {
    for shell in ["dash", "zsh", "fish", "tcsh", "mksh"] {
        let gateway = gateway().file("motd", "Welcome!\n\nHave fun.\n");
        let sshd = Sshd::of(&gateway).login_shell(shell).start();
        let ran = doctor(&sshd).run();
        let told = unwrapped(&section(&ran));
        let expected = format!(
            "✓ login shell {shell}\n· its login prints 2 lines first, which are passed over\n"
        );
        assert!(told.contains(&expected), "{shell}: {}", ran.stdout);
        assert!(
            told.contains("✓ Claude Code 2.1.330"),
            "{shell}: {}",
            ran.stdout
        );
        let _ = ran.status(0);
    }
}

#[test]
fn a_key_with_a_passphrase_is_told_from_a_key_that_is_refused() {
    let gateway = gateway();
    let sshd = Sshd::of(&gateway).start();
    sshd.lock_the_key("made up");
    let ran = doctor(&sshd).run();
    let told = unwrapped(&section(&ran));
    let key = sshd.user_key();
    let expected = format!("! {} has a passphrase: no widget or timer", key.display());
    assert!(told.contains(&expected), "{}", ran.stdout);
    let _ = ran.status(1);

    let other = Sshd::of(&gateway).start();
    other.refuse_the_key();
    let ran = doctor(&other).run();
    let told = section(&ran);
    assert!(
        told.contains("→ Allow this device's key: ssh-copy-id"),
        "{}",
        ran.stdout
    );
    assert!(!told.contains("passphrase"), "{}", ran.stdout);
    let _ = ran.status(1);
}

#[test]
fn a_key_that_ssh_does_not_use_is_told_of_with_its_permissions() {
    let gateway = gateway();
    let sshd = Sshd::of(&gateway).start();
    fs::set_permissions(sshd.user_key(), fs::Permissions::from_mode(0o644)).expect("our file");
    let ran = doctor(&sshd).run();
    let told = unwrapped(&section(&ran));
    let expected = format!(
        "✗ refuses this device's key\n  → See what is wrong with the key:\n\
         ✗ others may read {key} (644): ssh does not use it\n  → chmod go= {key}\n",
        key = sshd.user_key().display()
    );
    assert!(told.starts_with(&expected), "{}", ran.stdout);
    let _ = ran.status(1);
}

#[test]
fn a_host_that_is_not_known_or_another_is_told_once() {
    let gateway = gateway();
    let sshd = Sshd::of(&gateway).start();
    sshd.forget_host_key();
    let ran = doctor(&sshd).run();
    let expected = "✗ its host key is not known yet\n  \
        → Look at it and pin it: clawtap init 127.0.0.1 --name home\n";
    assert_eq!(unwrapped(&section(&ran)), expected);
    let _ = ran.status(1);

    sshd.change_host_key();
    let ran = doctor(&sshd).run();
    let told = unwrapped(&section(&ran));
    assert!(told.starts_with("✗ HOST KEY HAS CHANGED\n"), "{told}");
    assert_eq!(told.matches("host key").count(), 0, "{told}");
    let _ = ran.status(1);
}
