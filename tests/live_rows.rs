//! Live rows: a shortcut whose name is the state of its gateway, renamed after every check.

use std::fs;
use std::os::unix::fs::symlink;

use pretty_assertions::assert_eq;

use crate::several_gateways;
use crate::support::{Clawtap, GatewayHome, Phone, Said};

/// A phone with a live row for its one gateway, called home.
fn phone_for(gateway: &GatewayHome) -> Phone {
    let phone = Phone::new(Clawtap::with(gateway), &[]);
    let _ = phone.run("widgets install --live").status(0).stderr("");
    phone.calls_of("am");
    phone
}

/// The names of the rows, without the stable shortcuts beside them.
fn rows(phone: &Phone) -> Vec<String> {
    let entries = fs::read_dir(phone.path(".shortcuts/tasks")).expect("a folder");
    let names = entries
        .flatten()
        .map(|entry| entry.file_name().into_string());
    let mut names: Vec<String> = names.map(|name| name.expect("UTF-8")).collect();
    names.retain(|name| !name.starts_with("OpenClaw") && !name.contains(": "));
    names.sort();
    names
}

/// Everything but what is remembered of every check.
fn beside_reports(phone: &Phone) -> Vec<String> {
    let mut files = phone.everything();
    files.retain(|line| !line.contains(" .local/"));
    files
}

#[test]
fn a_new_row_says_to_tap_it_and_checks_its_gateway() {
    let phone = phone_for(&GatewayHome::new());
    assert_eq!(rows(&phone), ["? home · tap to check"]);
    let script = phone.read(".shortcuts/tasks/? home · tap to check");
    assert!(
        script.ends_with("/clawtap tap --gateway 'home'\n"),
        "{script}"
    );
    assert_eq!(
        phone.tree(".shortcuts/tasks/?"),
        ["700 .shortcuts/tasks/? home · tap to check"]
    );
}

#[test]
fn every_check_renames_it_and_refreshes_the_list() {
    let table = [
        ("2026.9.6/token_ok_am", 0, "✓ home · 299 d"),
        ("2026.9.6/token_expiring_am", 2, "! home · anthropic 4 h"),
        ("2026.9.6/token_expired_am", 1, "✗ home · anthropic expired"),
        ("2026.9.6/token_ok", 1, "✗ home · openai not signed in +1"),
    ];
    for command in ["tap", "check", "status", "status --format json"] {
        for (document, code, name) in table {
            let gateway = GatewayHome::new().document(document);
            let phone = phone_for(&gateway);
            let script = phone.read(".shortcuts/tasks/? home · tap to check");
            let _ = phone.run(command).status(code);
            assert_eq!(rows(&phone), [name], "{command}");
            assert_eq!(phone.read(&format!(".shortcuts/tasks/{name}")), script);
            assert_eq!(phone.calls_of("am").lines().count(), 1);
            // The name is right already: nothing to tell anybody.
            let before = beside_reports(&phone);
            let _ = phone.run(command).status(code);
            assert_eq!(beside_reports(&phone), before);
            assert_eq!(phone.calls_of("am"), "");
        }
    }
}

#[test]
fn a_gateway_that_is_away_has_a_name_too() {
    let phone = phone_for(&GatewayHome::new());
    let run = phone
        .command("check")
        .env(
            "FAKE_SSH_STDERR",
            "ssh: connect to host home.example port 22: Connection refused",
        )
        .output();
    let _ = Said::of(run.unwrap()).status(3);
    assert_eq!(rows(&phone), ["? home · no ssh server answers"]);
}

#[test]
fn without_rows_a_check_renames_nothing_and_tells_nobody() {
    let gateway = GatewayHome::new().document("2026.9.6/token_ok_am");
    let phone = Phone::new(Clawtap::with(&gateway), &[]);
    let _ = phone.run("check").status(0);
    for install in [false, true] {
        if install {
            let _ = phone.run("widgets install").status(0);
        }
        phone.calls_of("am");
        let before = beside_reports(&phone);
        let _ = phone.run("check").status(0).stderr("");
        assert_eq!(beside_reports(&phone), before);
        assert_eq!(phone.calls_of("am"), "");
    }
}

#[test]
fn only_the_rows_of_the_gateways_that_were_asked_are_renamed() {
    let (gateway, config) = several_gateways::gateways(&[
        ("home", Some("token_ok_am")),
        ("office", Some("token_expired_am")),
    ]);
    let phone = Phone::new(Clawtap::new().config(&config).reaching(&gateway), &[]);
    let _ = phone.run("widgets install --live").status(0);
    let _ = phone.run("check --gateway office").status(1);
    assert_eq!(
        rows(&phone),
        ["? home · tap to check", "✗ office · anthropic expired"]
    );
    phone.calls_of("am");
    let _ = phone.run("check").status(1);
    assert_eq!(
        rows(&phone),
        ["✓ home · 299 d", "✗ office · anthropic expired"]
    );
    assert_eq!(phone.calls_of("am").lines().count(), 1);
}

#[test]
fn installing_again_keeps_the_name_and_uninstall_finds_it() {
    let gateway = GatewayHome::new().document("2026.9.6/token_ok_am");
    let phone = phone_for(&gateway);
    let _ = phone.run("check").status(0);
    let before = phone.everything();
    for words in ["widgets install", "widgets install --live"] {
        let _ = phone.run(words).status(0).stderr("");
        assert_eq!(phone.everything(), before, "{words}");
    }
    let _ = phone.run("widgets uninstall --live").status(0).stderr("");
    assert_eq!(rows(&phone), [""; 0]);
    assert_eq!(phone.tree(".shortcuts/O").len(), 2, "the stable ones stay");
    let _ = phone.run("check").status(0).stderr("");
    assert_eq!(rows(&phone), [""; 0]);

    let _ = phone.run("widgets install --live").status(0).stderr("");
    let _ = phone.run("check").status(0);
    let _ = phone.run("widgets uninstall").status(0).stderr("");
    assert_eq!(phone.tree(".shortcuts"), [""; 0]);
}

#[test]
fn somebody_elses_file_of_that_name_stays_what_it_is() {
    let gateway = GatewayHome::new().document("2026.9.6/token_ok_am");
    let phone = phone_for(&gateway);
    phone.write(".shortcuts/tasks/✓ home · 299 d", "mine");
    let _ = phone.run("check").status(0).stderr("");
    assert_eq!(rows(&phone), ["✓ home", "✓ home · 299 d"]);
    assert_eq!(phone.read(".shortcuts/tasks/✓ home · 299 d"), "mine");
    let _ = phone.run("widgets uninstall").status(0).stderr("");
    assert_eq!(rows(&phone), ["✓ home · 299 d"]);
}

#[test]
fn a_row_that_a_person_removed_or_changed_is_left_alone() {
    let gateway = GatewayHome::new().document("2026.9.6/token_ok_am");
    let phone = phone_for(&gateway);
    phone.write(".shortcuts/tasks/? home · tap to check", "mine");
    let before = beside_reports(&phone);
    let _ = phone.run("check").status(0).stderr("");
    assert_eq!(beside_reports(&phone), before);
    fs::remove_file(phone.path(".shortcuts/tasks/? home · tap to check")).unwrap();
    let _ = phone.run("check").status(0).stderr("");
    assert_eq!(rows(&phone), [""; 0]);
    for (words, expected) in [
        ("widgets install", &[][..]),
        ("widgets install --live", &["? home · tap to check"]),
    ] {
        let _ = phone.run(words).status(0).stderr("");
        assert_eq!(rows(&phone), expected, "{words}");
    }
}

#[test]
fn what_goes_wrong_with_a_row_does_not_change_the_outcome() {
    let gateway = GatewayHome::new().document("2026.9.6/token_expiring_am");
    let phone = phone_for(&gateway);
    let run = phone.command("check").env("FAKE_FAIL", "am").output();
    let said = Said::of(run.unwrap()).status(2);
    let remark = "clawtap: am could not refresh the list: press the widget's reload button\n";
    assert!(said.stderr.ends_with(remark), "{}", said.stderr);
    fs::remove_dir_all(phone.path(".shortcuts")).unwrap();
    symlink(phone.path(".shortcuts"), phone.path(".shortcuts")).unwrap();
    let said = phone.run("check").status(2);
    assert_eq!(said.stdout, "home: anthropic expires in 4 h 59 m\n");
    let remark = "clawtap: cannot look into ~/.shortcuts/tasks: ";
    assert!(said.stderr.contains(remark), "{}", said.stderr);
}

#[test]
fn a_document_from_a_file_is_nobodys_state() {
    let gateway = GatewayHome::new().document("2026.9.6/token_ok_am");
    let phone = phone_for(&gateway);
    let before = phone.everything();
    let document = crate::support::fixture("corpus/2026.9.6/token_expired_am.json");
    let _ = phone
        .run(&format!("check --input {}", document.display()))
        .status(1);
    assert_eq!(phone.everything(), before);
}
