//! What a tap shows and does at once: toast and vibration.

use crate::render::duration::ago;
use crate::render::summary;
use crate::status::assessment::Assessment;
use crate::status::verdict::Verdict;

/// Most lines Android shows of a toast.
const MOST_LINES: usize = 6;

/// The toast: one line a gateway, the worst first where there are more than fit. Of a gateway that does not answer it
/// says what is remembered as well.
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

fn age(assessment: &Assessment) -> String {
    let report = assessment.report();
    let elapsed = report.map(|report| assessment.now - report.captured_at);
    ago(elapsed.unwrap_or_default())
}

/// How long to vibrate, in ms: the worse, the longer.
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
    use super::text;
    use crate::status::assessment::{Assessment, Trouble};
    use crate::status::login::{Login, LoginKind, Reported};
    use crate::status::stores;
    use crate::status::text::Text;
    use chrono::{DateTime, TimeDelta, Utc};
    use std::time::Duration;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)
    }

    /// A gateway that said at the beginning how long its login lasts, judged later.
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
        let report = stores::report(vec![login], "it is a test".into(), at(0));
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
}
