//! What can be done about a state.

use crate::render::next_step;
use crate::status::assessment::{Assessment, Finding, Trouble};
use crate::status::login::State;
use crate::status::verdict::Issue;

/// Something a person can choose to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    /// Open the page and say what to run on the gateway.
    SignIn,
    /// Bring Claude Code's login into OpenClaw.
    UseClaudeCode,
    ShowPage,
    CheckAgain,
    RemindMe,
    /// Say what is known and what to do next.
    Explain,
    Dismiss,
}

impl Action {
    /// What a person reads in the list of choices.
    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::SignIn => "Sign in now",
            Self::UseClaudeCode => "Use Claude Code's login",
            Self::ShowPage => "Show the page",
            Self::CheckAgain => "Check again",
            Self::RemindMe => "Remind me in an hour",
            Self::Explain => "What is wrong, what to do",
            Self::Dismiss => "Dismiss",
        }
    }
}

/// What this device can do beside showing text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Capabilities {
    /// Whether it can run something later by itself.
    pub(crate) reminders: bool,
}

/// What can be done about an issue: what mends exactly that state first, and the way out last.
pub(crate) fn for_issue(
    issue: &Issue,
    assessment: &Assessment,
    means: Capabilities,
) -> Vec<Action> {
    let mut actions = Vec::new();
    let page = next_step::page(issue).is_some();
    match issue.state {
        State::Expired | State::Missing | State::Expiring => {
            actions.push(Action::SignIn);
            if claude_code_would_do(issue, assessment) {
                actions.push(Action::UseClaudeCode);
            }
            if page {
                actions.push(Action::ShowPage);
            }
            actions.push(Action::CheckAgain);
        }
        // Nothing but time, money or the gateway mends these.
        State::Cooldown | State::Disabled | State::Unavailable | State::Indeterminate => {
            actions.extend([Action::Explain, Action::CheckAgain]);
        }
        State::Ok | State::Static | State::Refreshable => actions.push(Action::CheckAgain),
    }
    finished(actions, means)
}

/// What can be done about a gateway of which nothing is known.
pub(crate) fn for_trouble(trouble: &Trouble, means: Capabilities) -> Vec<Action> {
    let mut actions = vec![Action::Explain];
    // A changed host key does not get better by asking again.
    if trouble.word != "host-key-changed" {
        actions.insert(0, Action::CheckAgain);
    }
    finished(actions, means)
}

fn finished(mut actions: Vec<Action>, means: Capabilities) -> Vec<Action> {
    if means.reminders {
        actions.push(Action::RemindMe);
    }
    actions.push(Action::Dismiss);
    actions
}

/// Whether Claude Code is signed in on the gateway and could stand in for this login.
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
