//! A topic and a message, for tests.

use chrono::DateTime;

use crate::alert::channel::Ntfy;
use crate::alert::message::{Message, Severity};
use crate::render::notification::Notification;

pub(super) fn topic() -> Ntfy {
    Ntfy {
        server: "https://ntfy.example".into(),
        topic: "clawtap-1".into(),
        token: None,
    }
}

pub(super) fn message() -> Message {
    let title = "home: größer 世界 expires in 5 h";
    let body = "Sign in again.\nIt takes a minute.";
    Message {
        severity: Severity::Warning,
        event: "expiring",
        gateway: "home".into(),
        agent: None,
        provider: Some("anthropic".into()),
        profile: None,
        ends: None,
        title: title.into(),
        body: body.into(),
        page: Some("https://claude.ai/login?a=b".into()),
        notification: Notification {
            gateway: "home".into(),
            title: title.into(),
            content: body.into(),
            priority: "default",
            ongoing: false,
            buttons: &[],
            picture: None,
        },
        at: DateTime::UNIX_EPOCH,
    }
}
