//! The words of OpenClaw's own phone scripts ("upstream"), so that shortcuts built on them still work.

use chrono::TimeDelta;

use crate::status::assessment::{Assessment, Finding};
use crate::status::login::{Login, Moment, State};
use crate::status::verdict::{Issue, Verdict};
use crate::text::Text;

/// The word of a verdict: `OK`, `CLAUDE_EXPIRED`, `OPENCLAW_EXPIRED`, `CLAUDE_EXPIRING`, `OPENCLAW_EXPIRING`; and
/// `UNKNOWN`, which upstream does not have.
pub(crate) fn word(assessment: &Assessment) -> &'static str {
    let claude = login_issue(assessment).is_some_and(is_claude_code);
    match (assessment.login_verdict(), claude) {
        (Verdict::Ok, _) => "OK",
        (Verdict::Expiring, true) => "CLAUDE_EXPIRING",
        (Verdict::Expiring, false) => "OPENCLAW_EXPIRING",
        (Verdict::Broken, true) => "CLAUDE_EXPIRED",
        (Verdict::Broken, false) => "OPENCLAW_EXPIRED",
        (Verdict::CannotTell, _) => "UNKNOWN",
    }
}

/// The first issue of a login: upstream looks at nothing else.
fn login_issue(assessment: &Assessment) -> Option<&Issue> {
    let mut issues = assessment.issues().iter();
    issues.find(|issue| !issue.state.is_of_process())
}

/// Whether the issue is about Claude Code's own login.
fn is_claude_code(issue: &Issue) -> bool {
    let login = issue.login.as_ref().map(Text::as_str);
    issue.provider.as_str() == "claude-cli" || login == Some("anthropic:claude-cli")
}

/// A status of the upstream JSON, such as `OK:5h40m`, and its expiry in ms since 1970 (0: unknown).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Status {
    pub(crate) word: String,
    pub(crate) expires_at_ms: i64,
}

/// The status of Claude Code's login on the gateway.
pub(crate) fn claude_code(assessment: &Assessment) -> Status {
    let Finding::Judged(report, _) = &assessment.finding else {
        return unknown();
    };
    match &report.claude_code {
        Some(login) => of_login(login, report.moment(assessment.now), assessment),
        None => Status {
            word: "MISSING".into(),
            expires_at_ms: 0,
        },
    }
}

/// The status of the logins that OpenClaw uses.
pub(crate) fn openclaw(assessment: &Assessment) -> Status {
    let issue = login_issue(assessment);
    let left = match issue {
        Some(issue) => issue.left,
        None => assessment.ends_first().map(|(_, left)| left),
    };
    let word = match (
        assessment.login_verdict(),
        issue.map(|issue| issue.state),
        left,
    ) {
        (Verdict::CannotTell, ..) => return unknown(),
        (Verdict::Ok, _, Some(left)) => format!("OK:{}", hours(left)),
        (Verdict::Ok, _, None) => "OK:static".into(),
        (Verdict::Expiring, _, left) => format!("EXPIRING:{}", hours(left.unwrap_or_default())),
        (Verdict::Broken, Some(State::Expired), _) => "EXPIRED".into(),
        (Verdict::Broken, Some(State::Missing), _) => "MISSING".into(),
        // Upstream's script has no word for this; it treats an unknown word as a problem.
        (Verdict::Broken, ..) => "UNUSABLE".into(),
    };
    Status {
        word,
        expires_at_ms: ends(assessment, left),
    }
}

fn of_login(login: &Login, moment: Moment, assessment: &Assessment) -> Status {
    let left = login.left_at(moment);
    let word = match (login.state(moment), left) {
        (State::Expired, _) => "EXPIRED".into(),
        (State::Expiring, Some(left)) => format!("EXPIRING:{}", hours(left)),
        (State::Missing | State::Indeterminate, _) => "MISSING".into(),
        (_, Some(left)) if left > TimeDelta::zero() => format!("OK:{}", hours(left)),
        _ => "OK:refreshable".into(),
    };
    Status {
        word,
        expires_at_ms: ends(assessment, left),
    }
}

fn unknown() -> Status {
    Status {
        word: "UNKNOWN".into(),
        expires_at_ms: 0,
    }
}

fn hours(left: TimeDelta) -> String {
    format!("{}h{}m", left.num_hours(), left.num_minutes() % 60)
}

fn ends(assessment: &Assessment, left: Option<TimeDelta>) -> i64 {
    left.and_then(|left| assessment.now.checked_add_signed(left))
        .map_or(0, |end| end.timestamp_millis())
}
