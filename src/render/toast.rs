//! The toast and the vibration of a tap.

use chrono::TimeDelta;

use crate::duration::ago;
use crate::render::summary;
use crate::status::assessment::Assessment;
use crate::status::verdict::Verdict;

/// The maximum number of lines that Android shows of a toast.
const MOST_LINES: usize = 6;

/// The age from which a remembered report is shown without a verdict's mark.
const OLD: TimeDelta = TimeDelta::hours(1);

/// The toast with the answers: one line per gateway, the worst first if there are more than fit. A gateway that does
/// not answer is shown with its remembered report.
pub(crate) fn text(assessments: &[Assessment], remembered: &[Assessment]) -> String {
    lines(assessments, |assessment| {
        let line = marked(assessment);
        let before = remembered.iter().find(|it| it.name == assessment.name);
        match before.filter(|_| assessment.report().is_none()) {
            Some(before) => format!("{line} · {}: {}", age(before), summary::statement(before)),
            None => line,
        }
    })
}

/// The toast before the gateways are asked: the remembered reports and their age. Empty if there are none.
pub(crate) fn remembered(remembered: &[Assessment]) -> String {
    lines(remembered, |assessment| {
        if elapsed(assessment) < OLD {
            return format!("{} · checked {}", marked(assessment), age(assessment));
        }
        let statement = summary::statement(assessment);
        format!(
            "· {}, seen {}: {statement}",
            assessment.name,
            age(assessment)
        )
    })
}

/// Whether the toast with the answers adds nothing new to the toast with the remembered reports.
pub(crate) fn says_the_same(remembered: &[Assessment], answers: &[Assessment]) -> bool {
    remembered.len() == answers.len()
        && remembered
            .iter()
            .zip(answers)
            .all(|(before, now)| is_same(before, now))
}

fn is_same(before: &Assessment, now: &Assessment) -> bool {
    let reasons = |assessment: &Assessment| assessment.issues().len();
    let issue = |assessment: &Assessment| {
        let first = assessment.first_issue()?;
        Some((first.state, first.provider.clone(), first.login.clone()))
    };
    let ends_first = |assessment: &Assessment| Some(assessment.ends_first()?.0.id.clone());
    before.name == now.name
        && before.report().is_some() == now.report().is_some()
        && before.verdict() == now.verdict()
        && reasons(before) == reasons(now)
        && issue(before) == issue(now)
        && (reasons(now) > 0 || ends_first(before) == ends_first(now))
        && is_about(shown_time(before), shown_time(now))
}

/// The remaining time that the toast shows, if it shows one.
fn shown_time(assessment: &Assessment) -> Option<TimeDelta> {
    match assessment.first_issue() {
        Some(issue) => issue.left,
        None => assessment.ends_first().map(|(_, left)| left),
    }
}

/// Whether two times differ by at most a tenth, or by two minutes, which may pass between the toasts.
fn is_about(one: Option<TimeDelta>, other: Option<TimeDelta>) -> bool {
    let (Some(one), Some(other)) = (one, other) else {
        return one == other;
    };
    let longer = one.abs().max(other.abs());
    (one - other).abs() <= (longer / 10).max(TimeDelta::minutes(2))
}

/// One line per gateway; if there are too many, only the worst, and how many are left out.
fn lines(assessments: &[Assessment], line: impl Fn(&Assessment) -> String) -> String {
    let mut chosen: Vec<&Assessment> = assessments.iter().collect();
    if chosen.len() > MOST_LINES {
        chosen.sort_by_key(|assessment| std::cmp::Reverse(assessment.verdict()));
        chosen.truncate(MOST_LINES - 1);
    }
    let mut lines: Vec<String> = chosen.into_iter().map(line).collect();
    if lines.len() < assessments.len() {
        lines.push(format!("and {} more", assessments.len() - lines.len()));
    }
    lines.join("\n")
}

fn marked(assessment: &Assessment) -> String {
    format!(
        "{} {}",
        summary::mark(assessment.verdict()),
        summary::line(assessment)
    )
}

fn elapsed(assessment: &Assessment) -> TimeDelta {
    assessment.age().unwrap_or_default()
}

fn age(assessment: &Assessment) -> String {
    ago(elapsed(assessment))
}

/// How long to vibrate, in ms: longer for a worse verdict.
pub(crate) const fn vibration_ms(verdict: Verdict) -> u32 {
    match verdict {
        Verdict::Ok => 40,
        Verdict::Expiring => 150,
        Verdict::CannotTell => 250,
        Verdict::Broken => 500,
    }
}

#[cfg(test)]
mod tests {
    use super::{remembered, says_the_same, text};
    use crate::status::assessment::{Assessment, Trouble};
    use crate::status::login::{Login, LoginKind, Reported};
    use crate::status::stores;
    use crate::text::Text;
    use chrono::{DateTime, TimeDelta, Utc};
    use std::time::Duration;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)
    }

    /// A gateway that reported `left` for its login, judged `later` after the report.
    fn known(name: &str, left: TimeDelta, later: TimeDelta) -> Assessment {
        let login = Login {
            id: Text::clean("anthropic:claude-code"),
            provider: Text::clean("anthropic"),
            kind: LoginKind::Token,
            reported: Reported::Ok,
            left: Some(left),
            eligible: true,
            pause: None,
        };
        let report = stores::report(vec![login], "it is a test", at(0));
        Assessment::new(name.into(), Ok(report), Duration::ZERO, at(0) + later)
    }

    fn away(name: &str) -> Assessment {
        let trouble = Trouble {
            word: "timeout",
            what: "no answer".into(),
            detail: None,
            next_step: "Wait.".into(),
        };
        Assessment::new(name.into(), Err(trouble), Duration::ZERO, at(0))
    }

    #[test]
    fn what_is_remembered_says_how_old_it_is_and_looks_old_after_an_hour() {
        let days = TimeDelta::days(6) + TimeDelta::hours(3);
        let table = [
            (
                TimeDelta::seconds(1),
                "✓ home: ok, anthropic 6 d left · checked just now",
            ),
            (
                TimeDelta::minutes(59),
                "✓ home: ok, anthropic 6 d left · checked 59 m ago",
            ),
            (
                TimeDelta::hours(1),
                "· home, seen 1 h ago: ok, anthropic 6 d left",
            ),
            (
                TimeDelta::hours(8),
                "· home, seen 8 h ago: ok, anthropic 5 d left",
            ),
            (
                TimeDelta::hours(142),
                "· home, seen 5 d ago: anthropic expires in 5 h",
            ),
            (
                TimeDelta::hours(150),
                "· home, seen 6 d ago: anthropic expired 3 h ago",
            ),
        ];
        for (later, expected) in table {
            assert_eq!(remembered(&[known("home", days, later)]), expected);
        }
        assert_eq!(remembered(&[]), "");
    }

    #[test]
    fn a_gateway_that_is_away_is_told_of_with_what_is_remembered() {
        let before = [known("home", TimeDelta::days(6), TimeDelta::hours(2))];
        let fresh = [away("office"), away("home")];
        assert_eq!(
            text(&fresh, &before),
            "? office: no answer\n? home: no answer · 2 h ago: ok, anthropic 5 d left"
        );
        let well = [known("home", TimeDelta::days(9), TimeDelta::zero())];
        assert_eq!(text(&well, &before), "✓ home: ok, anthropic 9 d left");
    }

    #[test]
    fn only_what_matters_is_news() {
        let (hours, minutes) = (TimeDelta::hours, TimeDelta::minutes);
        let table = [
            // The minute that passes between the toasts, also across an hour and a day.
            (hours(5) + minutes(40), hours(5) + minutes(39), true),
            (hours(5), hours(5) - minutes(1), true),
            (hours(48), hours(48) - minutes(1), true),
            (minutes(3), minutes(2), true),
            (hours(-3), hours(-3) - minutes(1), true),
            (hours(300 * 24), hours(299 * 24), true),
            (hours(24 * 9), hours(24 * 6), false),
            (hours(5), hours(4), false),
            (hours(25), hours(23), false),
            (minutes(1), minutes(-1), false),
            (hours(-3), hours(300), false),
        ];
        for (before, now, same) in table {
            let known = |left| [known("home", left, TimeDelta::nanoseconds(1))];
            assert_eq!(
                says_the_same(&known(before), &known(now)),
                same,
                "{before} {now}"
            );
        }
        let known = |name| known(name, hours(90), TimeDelta::zero());
        assert!(!says_the_same(&[known("home")], &[away("home")]));
        assert!(!says_the_same(
            &[known("home")],
            &[known("home"), known("office")]
        ));
        assert!(!says_the_same(&[known("home")], &[known("office")]));
        assert!(!says_the_same(&[], &[known("home")]));
    }
}
