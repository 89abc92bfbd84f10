//! How all that was installed goes again, and nothing else.

use std::fs;

use pretty_assertions::assert_eq;

use super::REFRESH;
use crate::support::{Phone, Said};

#[test]
fn uninstall_leaves_the_home_folder_as_it_was_before() {
    for theirs in [
        &[][..],
        &[
            ".shortcuts/mine",
            ".shortcuts/tasks/mine",
            ".termux/font.ttf",
        ],
    ] {
        let phone = Phone::with_gateways(&["home", "office"]);
        for name in theirs {
            phone.write(name, "mine");
        }
        let before = phone.everything();
        let _ = phone.run("widgets install --live").status(0).stderr("");
        assert!(phone.everything().len() > before.len() + 20);
        phone.calls_of("am");
        let _ = phone.run("widgets uninstall").status(0).stderr("");
        assert_eq!(phone.everything(), before);
        assert_eq!(phone.calls_of("am"), REFRESH);
        let said = phone.run("widgets uninstall").status(0).stderr("");
        assert_eq!(said.stdout, "Nothing is installed.\n");
    }
}

#[test]
fn after_an_upgrade_all_is_new_and_uninstall_still_removes_all() {
    let phone = Phone::with_gateways(&["home", "office"]);
    let before = phone.everything();
    let _ = phone.run("widgets install").status(0);
    // What another version would write: everything different, and of fewer gateways.
    let elsewhere = phone.path("usr/elsewhere");
    fs::create_dir_all(elsewhere.join("bin")).unwrap();
    fs::write(elsewhere.join("bin/termux-info"), "").unwrap();
    phone.configure(&["home"]);
    let upgraded = phone
        .command("widgets install")
        .env("PREFIX", &elsewhere)
        .output();
    let said = Said::of(upgraded.unwrap()).status(0).stderr("");
    assert!(
        said.stdout
            .starts_with("✓ files: 8 written, 22 removed, 5 as they should be\n"),
        "{}",
        said.stdout
    );
    let script = phone.read(".shortcuts/tasks/OpenClaw");
    assert!(script.contains("usr/elsewhere/bin/sh\n"), "{script}");
    assert_eq!(phone.tree(".shortcuts/office"), [""; 0]);
    phone.configure(&["home", "office"]);
    let _ = phone.run("widgets uninstall").status(0).stderr("");
    assert_eq!(phone.everything(), before);
}
