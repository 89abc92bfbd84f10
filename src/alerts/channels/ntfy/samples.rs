//! A topic and a message, for tests.

use crate::alerts::message::Message;
use crate::config::channel::Ntfy;

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
        page: Some("https://claude.ai/login?a=b".into()),
        ..crate::alerts::message::tests::message(title, body)
    }
}
