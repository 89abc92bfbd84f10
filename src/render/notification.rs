//! The notification that stays while something is wrong with a gateway.

use crate::login::provider;
use crate::render::summary;
use crate::status::assessment::{Assessment, Finding};
use crate::status::verdict::Verdict;

/// A notification, one per gateway, which a later one replaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Notification {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) content: String,
    pub(crate) priority: &'static str,
}

/// The id of a gateway's notification.
pub(crate) fn id(name: &str) -> String {
    format!("clawtap-{name}")
}

/// What to notify of, if anything is wrong.
pub(crate) fn of(assessment: &Assessment) -> Option<Notification> {
    let priority = match assessment.verdict() {
        Verdict::Ok => return None,
        Verdict::Broken => "high",
        Verdict::Expiring | Verdict::CannotTell => "default",
    };
    let content = match (&assessment.finding, assessment.first_concern()) {
        (Finding::Unknown(trouble), _) => trouble.next_step.clone(),
        (_, Some(concern)) => provider::next_step(concern),
        (_, None) => String::new(),
    };
    Some(Notification {
        id: id(&assessment.name),
        title: summary::line(assessment),
        content,
        priority,
    })
}
