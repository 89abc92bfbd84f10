//! The actions that the guide offers for a state.

use crate::render::next_step;
use crate::status::assessment::{Assessment, Finding, Trouble};
use crate::status::login::State;
use crate::status::verdict::Issue;

/// An action that a person can choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    /// Run the sign-in.
    SignIn,
    /// Start OpenClaw's gateway process.
    StartOpenClaw,
    /// Store a token that was made elsewhere.
    PasteToken,
    /// Copy Claude Code's login into OpenClaw (`clawtap sync`).
    UseClaudeCode,
    ShowPage,
    CheckAgain,
    RemindMe,
    /// Show all that is known, and what to do next.
    Explain,
    Dismiss,
}

impl Action {
    /// The text in the list of choices.
    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::SignIn => "Sign in now",
            Self::StartOpenClaw => "Start OpenClaw",
            Self::PasteToken => "I have a token",
            Self::UseClaudeCode => "Use Claude Code's login",
            Self::ShowPage => "Show the page",
            Self::CheckAgain => "Check again",
            Self::RemindMe => "Remind me in an hour",
            Self::Explain => "What is wrong, what to do",
            Self::Dismiss => "Dismiss",
        }
    }
}

/// What this device can do besides showing text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Capabilities {
    /// Whether it can run a script later by itself.
    pub(crate) reminders: bool,
}

/// The actions for an issue: the fix for its state first, the action that leaves the guide last.
pub(crate) fn for_issue(
    issue: &Issue,
    assessment: &Assessment,
    capabilities: Capabilities,
) -> Vec<Action> {
    let mut actions = Vec::new();
    let can_sign_in = issue.is_resolved_by_sign_in();
    if can_sign_in {
        actions.push(Action::SignIn);
        if claude_code_would_do(issue, assessment) {
            actions.push(Action::UseClaudeCode);
        }
        if next_step::page(issue).is_some() {
            actions.push(Action::ShowPage);
        }
    } else if issue.state == State::NotRunning {
        actions.extend([Action::StartOpenClaw, Action::Explain]);
    } else if !matches!(issue.state, State::Ok | State::Static | State::Refreshable) {
        // Only waiting, paying, or a change on the gateway fixes these.
        actions.push(Action::Explain);
    }
    actions.push(Action::CheckAgain);
    let mut actions = finished(actions, capabilities);
    // Rarely wanted, so it is the last before "Dismiss".
    if can_sign_in && issue.provider.as_str() == "anthropic" {
        actions.insert(actions.len() - 1, Action::PasteToken);
    }
    actions
}

/// The actions for a gateway that could not be asked.
pub(crate) fn for_trouble(trouble: &Trouble, capabilities: Capabilities) -> Vec<Action> {
    let mut actions = vec![Action::Explain];
    // Checking again does not help with a changed host key.
    if trouble.word != "host-key-changed" {
        actions.insert(0, Action::CheckAgain);
    }
    finished(actions, capabilities)
}

fn finished(mut actions: Vec<Action>, capabilities: Capabilities) -> Vec<Action> {
    if capabilities.reminders {
        actions.push(Action::RemindMe);
    }
    actions.push(Action::Dismiss);
    actions
}

/// Whether Claude Code is signed in on the gateway, and its login could replace this one.
fn claude_code_would_do(issue: &Issue, assessment: &Assessment) -> bool {
    let Finding::Judged(report, _) = &assessment.finding else {
        return false;
    };
    let moment = report.moment(assessment.now);
    issue.provider.as_str() == "anthropic"
        && report
            .claude_code
            .as_ref()
            .is_some_and(|login| login.state(moment).works())
}
