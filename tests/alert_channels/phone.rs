//! The phone: by the exact commands, and what is said of one that does not answer.

use std::time::{Duration, Instant};

use pretty_assertions::assert_eq;

use super::{expect_delivered, expect_undelivered, test_of};
use crate::support::{Clawtap, Ran};
use crate::tap::calls;

fn test() -> Clawtap {
    test_of("[alerts.phone]\n").on_a_phone()
}

fn put_up(ran: &Ran) -> String {
    calls(|fake| ran.log(fake))
}

#[test]
fn a_test_is_a_notification_of_its_own_that_leads_to_the_gateway() {
    let ran = expect_delivered(test().run(), &["phone"]);
    assert_eq!(
        put_up(&ran),
        "\
termux-notification --id clawtap-home.test --title home: test alert --priority default --group clawtap --alert-once
  | This is a test of clawtap's alerts. Nothing is wrong.
"
    );
    let log = ran.log("termux-notification");
    assert!(log.contains(" guide --gateway 'home'"), "{log}");
}

#[test]
fn without_the_app_or_its_commands_it_is_not_delivered() {
    let table = [
        (
            test().env("FAKE_FAIL", "termux-notification"),
            "phone: termux-notification failed",
        ),
        (
            test_of("[alerts.phone]\n"),
            "phone: there is no Termux:API: pkg install termux-api",
        ),
    ];
    for (test, line) in table {
        let _ = expect_undelivered(test.run(), line);
    }
}

#[test]
fn an_app_that_does_not_answer_is_not_waited_for() {
    let begun = Instant::now();
    let ran = test().env("FAKE_HANG", "termux-notification").run();
    let _ = expect_undelivered(
        ran,
        "phone: termux-notification got no answer: is the Termux:API app installed?",
    );
    assert!(begun.elapsed() < Duration::from_secs(30));
}
