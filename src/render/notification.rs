//! The standing notification: how it stands with a gateway, and what can be done about it.

use crate::phone::notification::{Button, Deed, Notification};
use crate::render::{next_step, summary};
use crate::status::assessment::{Assessment, Finding};
use crate::status::verdict::Verdict;

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
        (_, Some(concern)) => next_step::sentence(concern),
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
