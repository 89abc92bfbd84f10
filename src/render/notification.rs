//! The status notification of a gateway: its verdict, the next step, and buttons.

use crate::phone::notification::{Button, ButtonAction, Notification};
use crate::render::{next_step, summary};
use crate::status::assessment::{Assessment, Finding};
use crate::status::verdict::{Issue, Verdict};

const SIGN_IN: Button = Button {
    label: "Sign in",
    action: ButtonAction::SignIn,
};
const CHECK_AGAIN: Button = Button {
    label: "Check again",
    action: ButtonAction::CheckAgain,
};
const HIDE: Button = Button {
    label: "Hide",
    action: ButtonAction::Hide,
};

/// The status notification of a gateway.
pub(crate) fn of(assessment: &Assessment, ongoing: bool) -> Notification {
    let priority = match assessment.verdict() {
        Verdict::Ok => "low",
        Verdict::Broken => "high",
        Verdict::Expiring | Verdict::CannotTell => "default",
    };
    let issue = assessment.first_issue();
    let content = match (&assessment.finding, issue) {
        (Finding::Unknown(trouble), _) => trouble.next_step.to_string(),
        (_, Some(issue)) => next_step::sentence(issue).to_string(),
        (_, None) => "Nothing to do.".into(),
    };
    Notification {
        gateway: assessment.name.clone(),
        title: summary::line(assessment),
        content,
        priority,
        ongoing,
        buttons: if issue.is_some_and(Issue::is_resolved_by_sign_in) {
            &[SIGN_IN, CHECK_AGAIN, HIDE]
        } else {
            &[CHECK_AGAIN, HIDE]
        },
        picture: None,
    }
}
