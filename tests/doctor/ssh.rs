//! What `clawtap doctor` finds of this device's ssh, its keys, and what is kept on it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use pretty_assertions::assert_eq;

use super::gateway::{closed, section, unwrapped};
use crate::support::{Clawtap, GatewayHome, Ran};

/// Made up, and of a form that needs no passphrase.
const KEY: &str =
    "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAAB\n";
/// Made up, and of a form that needs one.
const LOCKED: &str =
    "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAACmFlczI1Ni1jdHIAAAAGYmNyeXB0\n";
const REFUSES: &str = "me@home.example: Permission denied (publickey).";

/// A phone with a key, and nobody else's files in reach.
fn with_key(gateway: &GatewayHome, key: &str) -> Clawtap {
    let clawtap = closed(Clawtap::with(gateway))
        .file(".ssh/id_ed25519", key)
        .file(".ssh/id_ed25519.pub", "ssh-ed25519 AAAA made up\n")
        .args(["doctor"]);
    let run = clawtap.home().join("run");
    fs::create_dir(&run).expect("a fresh folder");
    set_mode(&clawtap.home().join(".ssh"), 0o700);
    set_mode(&clawtap.home().join(".ssh/id_ed25519"), 0o600);
    clawtap.env("XDG_RUNTIME_DIR", &run).env("TMPDIR", run)
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("our file");
}

fn gateway() -> GatewayHome {
    GatewayHome::new().document("2026.9.6/token_ok_am")
}

#[track_caller]
fn device(ran: &Ran) -> String {
    let (_, rest) = ran.stdout.split_once("this device\n").expect(&ran.stdout);
    unwrapped(rest.split_once("\n\n").expect(&ran.stdout).0) + "\n"
}

const CONFIGURED: &str = "✓ ~/.config/clawtap/config.toml: 1 gateway\n";

#[test]
fn a_device_that_is_well_is_told_in_two_lines() {
    let ran = with_key(&gateway(), KEY).run();
    assert_eq!(device(&ran), format!("{CONFIGURED}✓ OpenSSH 9.2\n"));
    assert!(
        section(&ran).contains("✓ key ~/.ssh/id_ed25519\n"),
        "{}",
        ran.stdout
    );
    let _ = ran.status(0);
}

#[test]
fn an_ssh_that_is_too_old_is_told_of() {
    let ran = with_key(&gateway(), KEY)
        .env("FAKE_SSH_VERSION", "OpenSSH_7.5p1")
        .run();
    let expected = "✗ OpenSSH 7.5 is too old: 7.6 is needed\n  → Update OpenSSH\n";
    assert_eq!(device(&ran), format!("{CONFIGURED}{expected}"));
    let _ = ran.status(1);
}

#[test]
fn what_others_can_read_or_change_is_told_with_how_to_close_it() {
    let gateway = gateway();
    let clawtap = with_key(&gateway, KEY).file(".local/state/clawtap/alerts.json", "no memory");
    let paths = [
        (".ssh", 0o770),
        (".ssh/id_ed25519", 0o644),
        (".local/state/clawtap", 0o755),
    ];
    for (path, mode) in &paths {
        set_mode(&clawtap.home().join(path), *mode);
    }
    let ran = clawtap.run();
    let expected = format!(
        "{CONFIGURED}✓ OpenSSH 9.2\n\
         ! others may change what is in ~/.ssh (770)\n  → chmod go-w ~/.ssh\n\
         ! others may look into ~/.local/state/clawtap (755)\n  → chmod go= ~/.local/state/clawtap\n\
         · cannot use ~/.local/state/clawtap/alerts.json: \
         expected ident at line 1 column 2; it begins anew\n  → clawtap monitor\n"
    );
    assert_eq!(device(&ran), expected);
    let key = "✗ others may read ~/.ssh/id_ed25519 (644): ssh does not use it\n  → chmod go= ~/.ssh/id_ed25519\n";
    assert!(unwrapped(&section(&ran)).contains(key), "{}", ran.stdout);
    // It only looks.
    for (path, mode) in &paths {
        let found = fs::metadata(ran.home().join(path)).expect("our file");
        assert_eq!(found.permissions().mode() & 0o777, *mode, "{path}");
    }
    let _ = ran.status(1);
}

#[test]
fn a_key_that_needs_a_passphrase_is_why_the_gateway_refuses() {
    let ran = with_key(&gateway(), LOCKED)
        .env("FAKE_SSH_STDERR", REFUSES)
        .run();
    let expected = "✗ refuses this device's key\n  → See what is wrong with the key:\n\
        ! ~/.ssh/id_ed25519 has a passphrase: no widget or timer can use it\n  \
        → Give it to an agent: ssh-add ~/.ssh/id_ed25519, or take the passphrase off: ssh-keygen -p -f ~/.ssh/id_ed25519\n";
    assert_eq!(unwrapped(&section(&ran)), expected);
    let _ = ran.status(1);
}

#[test]
fn an_agent_that_does_not_answer_is_told_of_only_where_it_is_missed() {
    let gateway = gateway();
    let dead = |key| with_key(&gateway, key).env("SSH_AUTH_SOCK", "/nowhere/agent");
    let ran = dead(LOCKED).env("FAKE_SSH_STDERR", REFUSES).run();
    assert!(
        unwrapped(&section(&ran)).contains("can use it; the agent does not answer\n"),
        "{}",
        ran.stdout
    );
    let _ = ran.status(1);
    let ran = dead(KEY).run();
    assert!(!ran.stdout.contains("agent"), "{}", ran.stdout);
    let _ = ran.status(0);
}

#[test]
fn a_device_without_a_key_is_told_how_to_make_one() {
    let clawtap = closed(Clawtap::with(&gateway())).args(["doctor"]);
    let ran = clawtap.env("FAKE_SSH_STDERR", REFUSES).run();
    let expected = "✗ refuses this device's key\n  → See what is wrong with the key:\n\
        ✗ there is no ssh key here\n  \
        → Make one: ssh-keygen -t ed25519, then: ssh-copy-id me@home.example\n";
    assert_eq!(unwrapped(&section(&ran)), expected);
    let _ = ran.status(1);
}

#[test]
fn a_host_key_is_looked_up_under_the_name_that_ssh_keeps_it_by() {
    let unreached = "ssh: connect to host home.example port 22: Connection timed out";
    let told = |known_as: &str| {
        let known = format!(
            "{known_as} ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJmpNzTRG4NkZ3fqJmH1Pv0UKNZ0WfO5ZHF0Rmu5pD1b\n"
        );
        let ran = with_key(&gateway(), KEY)
            .file(".ssh/known_hosts", known)
            .env("FAKE_SSH_SETTINGS", "port 2222")
            .env("FAKE_SSH_STDERR", unreached)
            .run();
        let told = unwrapped(&section(&ran));
        let _ = ran.status(1);
        let lines: Vec<&str> = told.split_inclusive('\n').skip(2).collect();
        lines.concat()
    };
    assert_eq!(
        told("[home.example]:2222"),
        "✓ its host key is in ~/.ssh/known_hosts\n"
    );
    let unknown = "! its host key is not known yet\n  \
        → Once it answers: clawtap init me@home.example --name home\n";
    assert_eq!(told("home.example"), unknown);
}
