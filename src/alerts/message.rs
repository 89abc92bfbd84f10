//! A message: an alert in words, the same for every channel.

use chrono::{DateTime, Utc};

use crate::gateway::host::{Gateway, Identifier};
use crate::phone::notification::Notification;

/// A message to a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) severity: Severity,
    /// One word for programs: `expiring`; the word of a broken state such as `expired`; the reason why a gateway cannot
    /// be asked, such as `timeout`; `recovered`; or `test`.
    pub(crate) event: &'static str,
    /// The gateway's name.
    pub(crate) gateway: String,
    /// OpenClaw's agent, where one is configured.
    pub(crate) agent: Option<String>,
    pub(crate) provider: Option<String>,
    /// OpenClaw's id of the login.
    pub(crate) profile: Option<String>,
    /// When the login expires, or expired.
    pub(crate) ends: Option<DateTime<Utc>>,
    /// A line, without the program's name: "home: anthropic expires in 5 h".
    pub(crate) title: String,
    /// What to do next; lines.
    pub(crate) body: String,
    /// An https page where a person signs in.
    pub(crate) page: Option<String>,
    /// The notification that the phone shows from then on; the phone channel determines its sound.
    pub(crate) notification: Notification,
    /// When it was decided.
    pub(crate) at: DateTime<Utc>,
}

/// The severity of a message, from which channels choose priority and sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Severity {
    /// The incident is resolved, or it is a test.
    Info,
    /// There is time left, or the state is unknown.
    Warning,
    /// Something does not work.
    Critical,
}

/// The event of a test message.
const TEST: &str = "test";

impl Message {
    /// A test message, to try a channel.
    pub(crate) fn test(gateway: &Gateway, now: DateTime<Utc>) -> Self {
        let name = gateway.name.to_string();
        let agent = gateway.agent.as_ref().map(Identifier::as_str);
        let title = format!("{name}: test alert");
        let body = "This is a test of clawtap's alerts. Nothing is wrong.";
        Self {
            severity: Severity::Info,
            event: TEST,
            agent: agent.map(str::to_owned),
            provider: None,
            profile: None,
            ends: None,
            title: title.clone(),
            body: body.into(),
            page: None,
            notification: Notification {
                gateway: name.clone(),
                title,
                content: body.into(),
                priority: "low",
                ongoing: false,
                buttons: &[],
                picture: None,
            },
            gateway: name,
            at: now,
        }
    }

    /// The id of its notification: that of the gateway's notification, which `tap` and `status --notify` replace and
    /// remove. A test has an id of its own, so that it replaces none.
    pub(crate) fn notification_id(&self) -> String {
        let id = self.notification.id();
        if self.event == TEST {
            // No gateway has a dot in its name.
            format!("{id}.{TEST}")
        } else {
            id
        }
    }
}

impl Severity {
    /// Its word for programs.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::{Message, Severity, TEST};
    use crate::phone::notification::Notification;
    use chrono::DateTime;

    /// A message with these texts, about a login of the gateway `home`.
    pub(crate) fn message(title: &str, body: &str) -> Message {
        Message {
            severity: Severity::Warning,
            event: "expiring",
            gateway: "home".into(),
            agent: None,
            provider: Some("anthropic".into()),
            profile: Some("anthropic:manual".into()),
            ends: DateTime::from_timestamp(1_795_000_000, 5_000_000),
            title: title.into(),
            body: body.into(),
            page: None,
            notification: Notification {
                gateway: "home".into(),
                title: title.into(),
                content: body.into(),
                priority: "default",
                ongoing: false,
                buttons: &[],
                picture: None,
            },
            at: DateTime::from_timestamp(1_794_990_000, 0).unwrap(),
        }
    }

    #[test]
    fn a_test_takes_no_notifications_place() {
        let alert = message("a", "b");
        assert_eq!(alert.notification_id(), "clawtap-home");
        let test = Message {
            event: TEST,
            ..alert
        };
        assert_eq!(test.notification_id(), "clawtap-home.test");
    }
}
