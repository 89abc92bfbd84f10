//! One line about one gateway.

use chrono::TimeDelta;

use crate::duration::{ago, humanize};
use crate::status::assessment::{Assessment, Finding};
use crate::status::login::State;
use crate::status::verdict::{Issue, Verdict};
use crate::text::Text;

/// The mark of a verdict.
pub(crate) const fn mark(verdict: Verdict) -> char {
    match verdict {
        Verdict::Ok => '✓',
        Verdict::Expiring => '!',
        Verdict::CannotTell => '?',
        Verdict::Broken => '✗',
    }
}

/// The gateway's name and statement: "home: ok, anthropic 299 d left", or the worst issue.
pub(crate) fn line(assessment: &Assessment) -> String {
    format!("{}: {}", assessment.name, statement(assessment))
}

/// The line with its age: "home: ok, anthropic 299 d left · checked 12 m ago".
pub(crate) fn dated_line(assessment: &Assessment) -> String {
    let line = line(assessment);
    match assessment.age() {
        Some(age) => format!("{line} · checked {}", ago(age)),
        None => line,
    }
}

/// The line without the gateway's name: "ok, anthropic 299 d left".
pub(crate) fn statement(assessment: &Assessment) -> String {
    match &assessment.finding {
        Finding::Unknown(trouble) => trouble.what.clone(),
        Finding::Judged(_, judgement) => match judgement.issues.first() {
            Some(first) => {
                let more = judgement.issues.len() - 1;
                let first = of_issue(first);
                if more == 0 {
                    first
                } else {
                    format!("{first}, and {more} more")
                }
            }
            None => match assessment.ends_first() {
                Some((login, left)) => format!("ok, {} {} left", login.provider, humanize(left)),
                None => "ok".into(),
            },
        },
    }
}

/// An issue with its provider: "anthropic expires in 5 h 40 m".
pub(crate) fn of_issue(issue: &Issue) -> String {
    about(&issue.provider, issue)
}

/// An issue with the id of its login, if it has one.
pub(crate) fn of_login(issue: &Issue) -> String {
    about(issue.login.as_ref().unwrap_or(&issue.provider), issue)
}

fn about(subject: &Text, issue: &Issue) -> String {
    let left = issue.left;
    match (issue.state, left) {
        (State::Expired, Some(left))
            if left < TimeDelta::zero() && left > TimeDelta::days(-3650) =>
        {
            format!("{subject} expired {} ago", humanize(left))
        }
        (State::Expired, _) => format!("{subject} expired"),
        (State::Missing, _) => format!("{subject} is not signed in"),
        (State::Expiring, Some(left)) => format!("{subject} expires in {}", humanize(left)),
        (State::Expiring, None) => format!("{subject} expires soon"),
        (State::Cooldown, Some(left)) => format!("{subject} cools down for {}", humanize(left)),
        (State::Cooldown, None) => format!("{subject} cools down"),
        (State::Disabled, Some(left)) => format!("{subject} is disabled for {}", humanize(left)),
        (State::Disabled, None) => format!("{subject} is disabled"),
        (State::Rejected, _) => format!("{subject} is signed out"),
        (State::Unavailable, _) => format!("{subject} cannot be used"),
        (State::Indeterminate, _) if issue.secret_ref.is_some() => {
            format!("{subject}: its secret cannot be read")
        }
        (State::Indeterminate, _) => format!("{subject} cannot be confirmed"),
        (State::NotRunning, _) => "OpenClaw is not running".into(),
        (State::PartsDown, _) => {
            let parts = issue.detail.as_ref().map_or("a part", Text::as_str);
            format!("OpenClaw runs without {parts}")
        }
        (State::Ok | State::Static | State::Refreshable, _) => format!("{subject} is fine"),
    }
}

#[cfg(test)]
mod tests {
    use super::of_issue;
    use crate::gateway::error::ErrorKind;
    use crate::status::login::State;
    use crate::status::verdict::{Issue, Verdict};
    use crate::text::Text;
    use chrono::TimeDelta;

    fn issue(state: State, provider: &str, left: Option<TimeDelta>) -> Issue {
        Issue {
            verdict: Verdict::Broken,
            state,
            provider: Text::clean(provider),
            login: None,
            kind: None,
            left,
            detail: (state == State::PartsDown).then(|| Text::clean("telegram")),
            hint: None,
            secret_ref: None,
        }
    }

    #[test]
    fn the_page_on_silence_has_what_is_said() {
        let page = include_str!("../../docs/silent.md");
        let times = [
            None,
            Some(TimeDelta::hours(-2)),
            Some(TimeDelta::minutes(59)),
        ];
        let issues = State::ALL.into_iter().flat_map(|state| {
            let of =
                move |left| ["anthropic", "openrouter", "openai"].map(|it| issue(state, it, left));
            times.into_iter().flat_map(of)
        });
        let mut said: Vec<String> = issues.map(|issue| of_issue(&issue)).collect();
        let unread = Issue {
            secret_ref: Some(Text::clean("env:NAME")),
            ..issue(State::Indeterminate, "openrouter", None)
        };
        said.extend([of_issue(&unread), "OpenClaw is starting.".into()]);
        said.extend(ErrorKind::TABLE.map(|(_, _, what)| what.to_owned()));
        let rows = page.lines().filter(|line| line.starts_with("| `"));
        let mut count = 0;
        for row in rows {
            let seen = row.split(" | ").next().unwrap();
            for phrase in seen.split('`').skip(1).step_by(2) {
                assert!(said.iter().any(|line| line == phrase), "{phrase}");
                count += 1;
            }
        }
        assert!(count > 15, "{count}");
    }
}
