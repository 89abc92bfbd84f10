//! The programs that a command starts on this device: one ssh for each gateway, and one for each action of the phone.

use pretty_assertions::assert_eq;

use crate::support::{Clawtap, GatewayHome, fixture, run_counted};

const SSH: &str = "ssh";
const TOAST: &str = "termux-toast";
const VIBRATE: &str = "termux-vibrate";
const NOTIFY: &str = "termux-notification";
const CLEAR: &str = "termux-notification-remove";

#[test]
fn a_question_starts_ssh_and_nothing_else() {
    for (document, code) in [
        ("2026.9.6/token_ok_am", 0),
        ("2026.9.6/token_expired_am", 1),
    ] {
        for verb in ["check", "status"] {
            let gateway = GatewayHome::new().document(document);
            let (said, started) = run_counted(&Clawtap::with(&gateway).on_a_phone().args([verb]));
            let _ = said.status(code);
            assert_eq!(started, [SSH], "{verb} {document}");
        }
    }
}

#[test]
fn a_gateway_that_is_not_there_is_tried_once() {
    let gateway = GatewayHome::new();
    let clawtap = Clawtap::with(&gateway).env(
        "FAKE_SSH_STDERR",
        "ssh: connect to host home.example port 22: No route to host",
    );
    let (said, started) = run_counted(&clawtap.args(["check"]));
    let _ = said.status(3);
    assert_eq!(started, [SSH]);
}

#[test]
fn every_gateway_costs_one_ssh() {
    let gateway = GatewayHome::new().document("2026.9.6/token_ok_am");
    let tables = [1, 2, 3, 4, 5].map(|number| {
        format!("[[gateway]]\nname = \"g{number}\"\nssh = \"me@g{number}.example\"\n")
    });
    let clawtap = Clawtap::new().config(&tables.concat()).reaching(&gateway);
    let (said, started) = run_counted(&clawtap.args(["check"]));
    let _ = said.status(0);
    assert_eq!(started, [SSH; 5]);
}

#[test]
fn a_tap_starts_ssh_and_what_the_phone_does() {
    let table: [(&str, i32, &[&str]); 2] = [
        ("2026.9.6/token_ok_am", 0, &[SSH, CLEAR, TOAST, VIBRATE]),
        (
            "2026.9.6/token_expiring_am",
            2,
            &[SSH, NOTIFY, TOAST, VIBRATE],
        ),
    ];
    for (document, code, expected) in table {
        let gateway = GatewayHome::new().document(document);
        let (said, mut started) = run_counted(&Clawtap::with(&gateway).on_a_phone().args(["tap"]));
        let _ = said.status(code);
        started.sort();
        assert_eq!(started, expected, "{document}");
    }
}

#[test]
fn a_tap_that_leads_to_a_sign_in_has_started_no_more_before_that() {
    let gateway = GatewayHome::new().document("2026.9.6/token_expired_am");
    let (said, mut started) = run_counted(&Clawtap::with(&gateway).on_a_phone().args(["tap"]));
    let _ = said.status(1);
    // The sign-in starts with a toast and another ssh.
    started.truncate(4);
    started.sort();
    assert_eq!(started, [SSH, NOTIFY, TOAST, VIBRATE]);
}

#[test]
fn a_document_in_a_file_starts_nothing() {
    let document =
        std::fs::read(fixture("corpus/2026.9.6/token_expired_am.json")).expect("a known document");
    for verb in ["check", "status"] {
        let clawtap = Clawtap::new().on_a_phone().stdin(&document);
        let clawtap = clawtap.file("document.json", &document);
        let (said, started) = run_counted(&clawtap.args([verb, "--input", "document.json"]));
        let _ = said.status(1);
        assert_eq!(started, Vec::<String>::new(), "{verb}");
    }
}
