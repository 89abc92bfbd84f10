//! The standing notification: how it stands with a gateway, and what can be done about it.

use std::path::PathBuf;

use crate::providers;
use crate::render::summary;
use crate::status::assessment::{Assessment, Finding};
use crate::status::verdict::Verdict;

/// A notification, one per gateway, which a later one replaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Notification {
    pub(crate) gateway: String,
    pub(crate) title: String,
    pub(crate) content: String,
    pub(crate) priority: &'static str,
    /// Whether it cannot be swiped away.
    pub(crate) ongoing: bool,
    /// At most three, as many as Android shows.
    pub(crate) buttons: &'static [Button],
    /// A picture to show below the text.
    pub(crate) picture: Option<PathBuf>,
}

/// A button: what it is called, and what it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Button {
    pub(crate) label: &'static str,
    pub(crate) deed: Deed,
}

/// What a notification can have done when it is tapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deed {
    /// Lead through what is wrong and what can be done.
    Guide,
    SignIn,
    CheckAgain,
    /// Take the notification away.
    Hide,
}

const SIGN_IN: Button = Button {
    label: "Sign in",
    deed: Deed::SignIn,
};
const CHECK_AGAIN: Button = Button {
    label: "Check again",
    deed: Deed::CheckAgain,
};
const HIDE: Button = Button {
    label: "Hide",
    deed: Deed::Hide,
};

impl Notification {
    /// What Android knows it by.
    pub(crate) fn id(&self) -> String {
        id(&self.gateway)
    }
}

/// The id of a gateway's notification.
pub(crate) fn id(gateway: &str) -> String {
    format!("clawtap-{gateway}")
}

/// What to notify of about a gateway.
pub(crate) fn of(assessment: &Assessment, ongoing: bool) -> Notification {
    let priority = match assessment.verdict() {
        Verdict::Ok => "low",
        Verdict::Broken => "high",
        Verdict::Expiring | Verdict::CannotTell => "default",
    };
    let concern = assessment.first_concern();
    let content = match (&assessment.finding, concern) {
        (Finding::Unknown(trouble), _) => trouble.next_step.clone(),
        (_, Some(concern)) => providers::next_step(concern),
        (_, None) => "Nothing to do.".into(),
    };
    Notification {
        gateway: assessment.name.clone(),
        title: summary::line(assessment),
        content,
        priority,
        ongoing,
        buttons: if concern.is_some_and(|concern| concern.state.mended_by_sign_in()) {
            &[SIGN_IN, CHECK_AGAIN, HIDE]
        } else {
            &[CHECK_AGAIN, HIDE]
        },
        picture: None,
    }
}
