//! Shows the message as a notification of the phone.

use crate::alerts::channels::Dispatcher;
use crate::alerts::message::{Message, Severity};
use crate::config::channel::DeliveryError;
use crate::phone::Alert;
use crate::phone::notification::Notification;

/// Replaces the gateway's status notification, with a sound unless the incident is resolved.
pub(super) fn deliver(message: &Message, dispatcher: &Dispatcher) -> Result<(), DeliveryError> {
    let alert = Alert {
        notification: Notification {
            priority: priority(message.severity),
            ..message.notification.clone()
        },
        id: message.notification_id(),
        silent_update: message.severity == Severity::Info,
        launcher: dispatcher.launcher.clone(),
    };
    dispatcher
        .phone
        .alert(&alert, dispatcher.system)
        .map_err(DeliveryError::because)
}

/// termux-notification's priority; never below the default, which would silence later notifications.
fn priority(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "default",
        Severity::Warning => "high",
        Severity::Critical => "max",
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use super::deliver;
    use crate::alerts::channels::Dispatcher;
    use crate::alerts::message::tests::message;
    use crate::alerts::message::{Message, Severity};
    use crate::phone::{ActionCommand, Phone};
    use crate::system::System;

    const WRITES_DOWN: &str = "echo \"${0##*/} $*\" >>\"${0%/*}/log\"\ncat >/dev/null\n";
    const MADE: &str =
        "echo 'Created channel with id \"clawtap-alerts\" and name \"clawtap-alerts\".'\n";
    const OLD: &str = "case $* in *--channel*) exit 1 ;; esac\n";

    const CHANNEL: &str = "termux-notification-channel clawtap-alerts clawtap-alerts\n";
    const LOUD: &str = "--group clawtap --sound --vibrate 500,200,500";

    /// The commands that a phone with these programs runs for the message, and whether it is delivered.
    fn asked(severity: Severity, programs: &[(&str, &str)]) -> (String, bool) {
        let folder = tempfile::tempdir().unwrap();
        #[expect(clippy::disallowed_methods, reason = "the test makes programs")]
        for (name, script) in [&[("termux-toast", "")], programs].concat() {
            let program = folder.path().join(name);
            fs::write(&program, format!("#!/bin/sh\n{WRITES_DOWN}{script}")).unwrap();
            fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        }
        let system = System::from([("PATH", folder.path().to_str().unwrap())]);
        let dispatcher = Dispatcher {
            gateways: &[],
            phone: &Phone::Termux,
            launcher: &ActionCommand::default(),
            system: &system,
        };
        let alert = Message {
            severity,
            ..message("--help \"it's\"", "b")
        };
        let delivered = deliver(&alert, &dispatcher).is_ok();
        #[expect(clippy::disallowed_methods, reason = "the test looks at its own log")]
        let log = fs::read_to_string(folder.path().join("log")).unwrap_or_default();
        let title = "--id clawtap-home --title --help \"it's\" --priority";
        (log.replace(title, "…"), delivered)
    }

    #[test]
    fn an_alert_is_heard_again_on_a_channel_of_its_own() {
        let with_channel = [
            ("termux-notification", ""),
            ("termux-notification-channel", MADE),
        ];
        for (severity, priority) in [(Severity::Warning, "high"), (Severity::Critical, "max")] {
            let expected = format!(
                "{CHANNEL}termux-notification … {priority} {LOUD} --channel clawtap-alerts\n"
            );
            assert_eq!(asked(severity, &with_channel), (expected, true));
        }
        let silent = "termux-notification … default --group clawtap --alert-once\n";
        assert_eq!(asked(Severity::Info, &with_channel), (silent.into(), true));
    }

    #[test]
    fn without_such_a_channel_it_is_put_up_all_the_same() {
        let plain = format!("termux-notification … high {LOUD}\n");
        let on_channel = format!("termux-notification … high {LOUD} --channel clawtap-alerts\n");
        let table = [
            (vec![("termux-notification", "")], plain.clone()),
            (
                vec![
                    ("termux-notification", ""),
                    (
                        "termux-notification-channel",
                        "echo Could not create/delete channel.\n",
                    ),
                ],
                format!("{CHANNEL}{plain}"),
            ),
            (
                vec![
                    ("termux-notification", ""),
                    ("termux-notification-channel", "exit 1\n"),
                ],
                format!("{CHANNEL}{plain}"),
            ),
            (
                vec![
                    ("termux-notification", OLD),
                    ("termux-notification-channel", MADE),
                ],
                format!("{CHANNEL}{on_channel}{plain}"),
            ),
        ];
        for (programs, expected) in table {
            assert_eq!(asked(Severity::Warning, &programs), (expected, true));
        }
        assert_eq!(asked(Severity::Warning, &[]), (String::new(), false));
    }

    #[test]
    fn an_app_that_does_not_answer_is_asked_once() {
        let programs = [
            ("termux-notification", ""),
            ("termux-notification-channel", "sleep 60\n"),
        ];
        assert_eq!(
            asked(Severity::Critical, &programs),
            (CHANNEL.into(), false)
        );
    }
}
