//! A home in which the last version installed shortcuts and timers, listed in ledgers and without a mark: all of it is
//! known again, brought up to date and removed. `tests/fixtures/last-version` has what that version itself wrote, for
//! two gateways, in the home of somebody called pat.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use pretty_assertions::assert_eq;

use crate::support::{Clawtap, GatewayHome, Phone, fakes, fixture};

const STATE: &str = ".local/state/clawtap";
const GUIDE: &str = ".shortcuts/home: guide";
const ROW: &str = ".shortcuts/tasks/? home · tap to check";
const UNIT: &str = ".config/systemd/user/openclaw-auth-monitor.timer";
const JOB: &str = ".local/state/clawtap/monitor-job";
/// Its scripts, units and job; its icons are these as well.
const TEXTS: usize = 22 + 2 + 1;

/// A phone on which everything was installed by the last version.
fn phone() -> Phone {
    let clawtap = Clawtap::new();
    let tools = ["cat", "env", "ln", "mkdir", "rm", "rmdir", "sed", "sleep"];
    let prefix = clawtap.home().join("usr/bin");
    let path = [fakes("cron"), fakes("systemd"), prefix];
    let path: Vec<&Path> = path.iter().map(AsRef::as_ref).collect();
    installed_on(Phone::new(clawtap.path(&path), &tools))
}

fn installed_on(phone: Phone) -> Phone {
    phone.configure(&["home", "office"]);
    copy(&fixture("last-version"), phone.home(), &phone);
    fs::create_dir_all(phone.path("log")).expect("a fresh home");
    fs::rename(phone.path("pending-jobs"), phone.path("log/pending-jobs")).expect("a fixture");
    let wants = phone.path(".config/systemd/user/timers.target.wants");
    fs::create_dir(&wants).expect("a fresh home");
    symlink(phone.path(UNIT), wants.join("openclaw-auth-monitor.timer")).expect("a link");
    phone
}

/// Copies a folder, with this home in the ledgers and private permissions.
fn copy(from: &Path, to: &Path, phone: &Phone) {
    fs::create_dir_all(to).expect("a fixture");
    fs::set_permissions(to, fs::Permissions::from_mode(0o700)).expect("a fixture");
    for entry in fs::read_dir(from).expect("a fixture").flatten() {
        // cargo packs no file with these characters in its name.
        let name = entry.file_name().into_string().expect("UTF-8");
        let name = name.replace("%3A", ":").replace("%3F", "?");
        let (from, to) = (entry.path(), to.join(name));
        if from.is_dir() {
            copy(&from, &to, phone);
            continue;
        }
        let mut content = fs::read(&from).expect("a fixture");
        if from.extension().is_some_and(|it| it == "json") {
            let text = String::from_utf8(content).expect("a fixture");
            content = text
                .replace("/home/pat", phone.home().to_str().expect("a fixture"))
                .into();
        }
        let mode = if content.starts_with(b"#!") {
            0o700
        } else {
            0o600
        };
        fs::write(&to, content).expect("a fixture");
        fs::set_permissions(&to, fs::Permissions::from_mode(mode)).expect("a fixture");
    }
}

fn ledgers(phone: &Phone) -> usize {
    let files = phone.tree(STATE);
    files.iter().filter(|name| name.contains(".json")).count()
}

/// What is there beside the configuration and what fakes wrote.
fn installed(phone: &Phone) -> Vec<String> {
    let mut names = phone.tree(".");
    names.retain(|name| !name.contains(" .config/") || name.contains("systemd"));
    names
}

#[test]
fn everything_is_known_again() {
    let phone = phone();
    let before = phone.everything();
    let list = phone.run("widgets list").status(0).stderr("").stdout;
    assert!(list.contains("For home:\n  home: check\n"), "{list}");
    assert!(
        list.contains("  ? office · tap to check (live)\n"),
        "{list}"
    );
    assert!(list.ends_with("✓ all as installed\n"), "{list}");
    let status = phone.run("monitor status").status(0).stderr("").stdout;
    assert!(status.contains("systemd     every 30 min"), "{status}");
    assert!(status.contains("cron        every 30 min\n"), "{status}");
    assert!(
        status.contains("termux-job  every 30 min, pending\n"),
        "{status}"
    );
    assert!(!status.contains('✗'), "{status}");
    assert_eq!(phone.everything(), before);
}

#[test]
fn everything_is_brought_up_to_date_and_marked() {
    let phone = phone();
    let said = phone.run("widgets install").status(0).stderr("").stdout;
    let expected = "✓ files: 22 written, 15 as they should be\n";
    assert!(said.starts_with(expected), "{said}");
    for timer in ["systemd", "cron", "termux-job"] {
        let _ = phone.run(&format!("monitor install --{timer}")).status(0);
    }
    assert_eq!(ledgers(&phone), 0);
    let marked = phone.everything();
    let marked = marked.iter().filter(|it| it.contains("# clawtap 1 "));
    assert_eq!(marked.count(), TEXTS);
    let crontab = phone.read("crontab");
    assert!(
        crontab.starts_with("# clawtap monitor: begin\n"),
        "{crontab}"
    );
    let list = phone.run("widgets list").status(0).stdout;
    assert!(list.ends_with("✓ all as installed\n"), "{list}");
    let _ = phone.run("widgets uninstall").status(0).stderr("");
    let _ = phone.run("monitor uninstall").status(0).stderr("");
    assert_eq!(installed(&phone), [""; 0]);
    assert!(!phone.path("crontab").exists());
}

#[test]
fn everything_is_removed_without_being_installed_again() {
    let phone = phone();
    let said = phone.run("widgets uninstall").status(0).stderr("");
    let _ = said.stdout("✓ files: 37 removed\n");
    let _ = phone.run("monitor uninstall").status(0).stderr("");
    assert_eq!(installed(&phone), [""; 0]);
    assert!(!phone.path("crontab").exists());
}

#[test]
fn one_gateway_leaves_the_ledger_for_the_others() {
    let phone = phone();
    let _ = phone
        .run("widgets install --gateway home")
        .status(0)
        .stderr("");
    assert_eq!(ledgers(&phone), 3);
    let list = phone.run("widgets list").status(0).stdout;
    assert!(list.ends_with("✓ all as installed\n"), "{list}");
    let said = phone.run("widgets uninstall").status(0).stderr("");
    let _ = said.stdout("✓ files: 37 removed\n");
}

#[test]
fn what_a_person_changed_stays_until_it_is_given_up() {
    let phone = phone();
    let files = [GUIDE, UNIT, JOB];
    let changed = files.map(|name| {
        let mine = phone.read(name) + "# mine\n";
        phone.write(name, &mine);
        mine
    });
    for verb in ["install", "uninstall"] {
        let left = phone.run(&format!("widgets {verb}")).status(74).stderr;
        assert!(
            left.contains("~/.shortcuts/home: guide was changed since\n"),
            "{left}"
        );
        for timer in ["systemd", "termux-job"] {
            let left = phone
                .run(&format!("monitor {verb} --{timer}"))
                .status(74)
                .stderr;
            assert!(left.contains(" was changed since\n"), "{left}");
        }
        assert_eq!(files.map(|name| phone.read(name)), changed);
    }
    let _ = phone.run("widgets uninstall --force").status(0).stderr("");
    assert_eq!(phone.tree(".shortcuts"), [""; 0]);
}

#[test]
fn what_the_ledger_does_not_have_is_not_ours() {
    let phone = phone();
    let mine = "#!/bin/sh\nmine\n";
    phone.write(".shortcuts/office: guide", mine);
    let text = phone.read(".local/state/clawtap/widgets.json");
    phone.write(
        ".local/state/clawtap/widgets.json",
        &text.replace("office: guide", "x"),
    );
    let left = phone.run("widgets install").status(74).stderr;
    assert!(
        left.contains("~/.shortcuts/office: guide is somebody else's\n"),
        "{left}"
    );
    let _ = phone.run("widgets uninstall --force").status(0).stderr("");
    assert_eq!(phone.read(".shortcuts/office: guide"), mine);
}

#[test]
fn a_ledger_that_cannot_be_used_stops_everything_until_it_is_moved_away() {
    let phone = phone();
    let ledger = ".local/state/clawtap/widgets.json";
    for text in ["{", "[]", "{\"files\": 1}"] {
        phone.write(ledger, text);
        let before = phone.everything();
        for verb in ["install", "uninstall", "list"] {
            let said = phone.run(&format!("widgets {verb}")).status(74).stderr;
            let message = format!("clawtap: cannot use ~/{ledger}: ");
            assert!(said.starts_with(&message), "{said}");
            assert!(said.contains("\n→ Move it away"), "{said}");
            assert_eq!(phone.everything(), before);
        }
    }
    fs::remove_file(phone.path(ledger)).unwrap();
    let script = phone.read(GUIDE);
    let left = phone.run("widgets install").status(74).stderr;
    assert!(left.contains("home: guide is somebody else's\n"), "{left}");
    let _ = phone.run("widgets uninstall").status(0);
    assert_eq!(phone.read(GUIDE), script);
}

#[test]
fn a_live_row_is_renamed_and_still_known() {
    let gateway = GatewayHome::new().document("2026.9.6/token_ok_am");
    let phone = installed_on(Phone::new(Clawtap::with(&gateway), &[]));
    let script = phone.read(ROW);
    let _ = phone.run("check --gateway home").status(0).stderr("");
    let renamed = ".shortcuts/tasks/✓ home · 299 d";
    assert_eq!(
        (phone.read(ROW), phone.read(renamed)),
        (String::new(), script)
    );
    let _ = phone.run("widgets install").status(0).stderr("");
    assert!(phone.read(renamed).contains("# clawtap 1 "));
    let _ = phone.run("widgets uninstall").status(0).stderr("");
    assert_eq!(phone.tree(".shortcuts"), [""; 0]);
}
