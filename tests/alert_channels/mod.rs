//! Channels of alerts, by `clawtap monitor test-alert`: what each is given, what is said of one that does not work, and
//! which there are.

mod command;
mod openclaw;
mod phone;

use crate::support::{Clawtap, GatewayHome, Ran};

const GATEWAY: &str = "[[gateway]]\nname = \"home\"\nssh = \"me@home.example\"\n";
const TELEGRAM: &str = "[alerts.openclaw]\ntarget = \"123\"\n";

/// A test through these channels, on a gateway that does as it is told.
fn test_of(channels: &str) -> Clawtap {
    Clawtap::new()
        .config(&format!("{GATEWAY}{channels}"))
        .args(["monitor", "test-alert"])
}

/// The same, with a gateway behind ssh.
fn test_at(gateway: &GatewayHome, channels: &str) -> Clawtap {
    test_of(channels).reaching(gateway)
}

/// Delivered by every channel of these names.
#[track_caller]
fn expect_delivered(ran: Ran, names: &[&str]) -> Ran {
    let lines = names.iter().map(|name| format!("✓ {name}: delivered\n"));
    ran.status(0).stdout(&lines.collect::<String>()).stderr("")
}

/// One channel did not work, and this is why.
#[track_caller]
fn expect_undelivered(ran: Ran, line: &str) -> Ran {
    ran.status(75).stdout(&format!("✗ {line}\n")).stderr("")
}

#[test]
fn every_channel_is_tried_in_the_order_of_the_configuration() {
    let gateway = GatewayHome::new();
    let channels = format!(
        "[alerts.command]\nrun = [\"sh\", \"-c\", \"exit 3\"]\n{TELEGRAM}[alerts.phone]\nfallback = true\n"
    );
    let ran = test_at(&gateway, &channels).on_a_phone().run();
    let ran = ran
        .status(75)
        .stdout("✗ command: exit code 3\n✓ openclaw: delivered\n✓ phone: delivered\n")
        .stderr("");
    assert!(ran.log("termux-notification").contains("home: test alert"));
}

#[test]
fn one_channel_can_be_tried_alone() {
    let gateway = GatewayHome::new();
    let channels = format!(
        "{TELEGRAM}[alerts.command]\nname = \"mail\"\nrun = [\"sh\", \"-c\", \"exit 3\"]\n"
    );
    let test = |name: &str| test_at(&gateway, &channels).args(["--channel", name]).run();
    let _ = expect_delivered(test("openclaw"), &["openclaw"]);
    let _ = expect_undelivered(test("mail"), "mail: exit code 3");
    let table = [
        ("mial", "mial", "Did you mean mail?"),
        ("zzz", "zzz", "There is: openclaw, mail"),
        ("\u{1b}[2Jx\n", "x", "There is: openclaw, mail"),
    ];
    for (name, shown, hint) in table {
        let message = format!("clawtap: no channel is called \"{shown}\"\n→ {hint}\n");
        let _ = test(name).status(64).stdout("").stderr(&message);
    }
    let sent = gateway.read("sent").expect("one message");
    assert_eq!(sent.matches("message\n").count(), 1, "{sent}");
}

#[test]
fn without_a_channel_there_is_nothing_to_test_but_how_to_make_one() {
    let message = "clawtap: no channel for alerts is configured yet\n→ Make one: clawtap monitor ntfy; or add [alerts.openclaw] or [alerts.command]\n";
    let _ = test_of("").run().status(78).stdout("").stderr(message);
}

#[test]
fn a_phone_is_a_channel_without_being_configured() {
    let _ = expect_delivered(test_of("").on_a_phone().run(), &["phone"]);
    let channels = "[alerts.command]\nrun = \"true\"\n";
    let ran = test_of(channels).on_a_phone().run();
    let _ = expect_delivered(ran, &["command", "phone"]);
}

#[test]
fn what_the_upstream_scripts_know_is_a_channel_too() {
    let gateway = GatewayHome::new();
    let ran = test_at(&gateway, "")
        .env("NOTIFY_PHONE", "+15551234567")
        .run();
    let _ = expect_delivered(ran, &["openclaw"]);
    let sent = gateway.read("sent").expect("a message");
    assert!(sent.contains("--target=+15551234567\n"), "{sent}");
}
