//! The words of an alert: what happened, on which gateway, and what to do next.

use chrono::{DateTime, FixedOffset, TimeDelta, Utc};

use crate::alerts::condition::{EXPIRING, Problem, Unreachable};
use crate::alerts::decide::{Alert, Notice, Subject};
use crate::alerts::incident::Due;
use crate::alerts::message::{Message, Severity};
use crate::alerts::state::{Cause, Resolution};
use crate::phone::notification::Notification;
use crate::render::summary::of_issue;
use crate::render::{next_step, notification};
use crate::status::assessment::Assessment;
use crate::status::login::State;
use crate::status::verdict::{Issue, Verdict};
use crate::text::Text;

/// Converts to the time zone of this device.
pub(crate) type LocalTime = fn(DateTime<Utc>) -> DateTime<FixedOffset>;

/// An alert in words, as it is printed and written to the history.
pub(crate) struct Summary {
    pub(crate) severity: Severity,
    /// One word for programs.
    pub(crate) event: &'static str,
    pub(crate) profile: Option<String>,
    /// When the login expires, or expired.
    pub(crate) ends: Option<DateTime<Utc>>,
    /// "anthropic expires in 5 h", without the gateway's name.
    pub(crate) title: String,
    /// What to do next; lines.
    pub(crate) body: String,
    pub(crate) page: Option<String>,
}

/// The line of an alert: "home: anthropic expires in 5 h".
pub(crate) fn line(alert: &Alert, now: DateTime<Utc>, local: LocalTime) -> String {
    let title = Summary::of(alert, now, local).title;
    format!("{}: {title}", alert.subject.gateway)
}

/// The message for an alert. `assessment` is the gateway's own.
pub(crate) fn message(
    alert: &Alert,
    assessment: &Assessment,
    now: DateTime<Utc>,
    local: LocalTime,
) -> Message {
    let summary = Summary::of(alert, now, local);
    let title = format!("{}: {}", alert.subject.gateway, summary.title);
    let standing = notification::of(assessment, false);
    let notification = Notification {
        // The status notification's title has the other issues too.
        title: if summary.severity == Severity::Info {
            title.clone()
        } else {
            standing.title.clone()
        },
        content: summary.body.clone(),
        ..standing
    };
    Message {
        severity: summary.severity,
        event: summary.event,
        gateway: alert.subject.gateway.clone(),
        agent: alert.subject.agent.clone(),
        provider: alert.subject.provider.clone(),
        profile: summary.profile,
        ends: summary.ends,
        title,
        body: summary.body,
        page: summary.page,
        notification,
        at: now,
    }
}

impl Summary {
    pub(crate) fn of(alert: &Alert, now: DateTime<Utc>, local: LocalTime) -> Self {
        let when = |moment| moment_in_words(moment, now, local);
        match &alert.notice {
            Notice::Expiring { profile, ends, .. } => {
                Self::expiring(&alert.subject, profile.as_deref(), *ends, now, &when)
            }
            Notice::Broken {
                problem,
                since,
                due,
                ..
            } => match problem {
                Problem::Issue(issue) => {
                    Self::broken(issue, problem.ended(now), *since, *due, &when)
                }
                Problem::Gateway(gateway) => Self::unreachable(gateway, *since, *due, now, &when),
            },
            Notice::Resolved(resolution) => Self::resolved(&alert.subject, resolution, &when),
        }
    }

    fn expiring(
        subject: &Subject,
        profile: Option<&str>,
        ends: DateTime<Utc>,
        now: DateTime<Utc>,
        when: &dyn Fn(DateTime<Utc>) -> String,
    ) -> Self {
        let issue = Issue {
            verdict: Verdict::Expiring,
            state: State::Expiring,
            provider: Text::clean(subject.provider.as_deref().unwrap_or_default()),
            login: profile.map(Text::clean),
            kind: None,
            left: Some(ends - now),
            detail: None,
            hint: None,
            secret_ref: None,
        };
        Self {
            severity: Severity::Warning,
            event: EXPIRING,
            profile: profile.map(str::to_owned),
            ends: Some(ends),
            title: of_issue(&issue),
            body: format!("It ends {}.\n{}", when(ends), next_step::sentence(&issue)),
            page: next_step::page(&issue).map(str::to_owned),
        }
    }

    fn broken(
        issue: &Issue,
        ended: Option<DateTime<Utc>>,
        since: DateTime<Utc>,
        due: Due,
        when: &dyn Fn(DateTime<Utc>) -> String,
    ) -> Self {
        let mut body = match (due, &issue.detail) {
            (Due::Reminder, _) => format!("Told again; it is so since {}.\n", when(since)),
            (Due::FirstTime, Some(detail)) => format!("{detail}.\n"),
            (Due::FirstTime, None) => String::new(),
        };
        body.push_str(next_step::sentence(issue).as_str());
        Self {
            severity: Severity::Critical,
            event: issue.state.word(),
            profile: issue.login.as_ref().map(ToString::to_string),
            ends: ended,
            title: of_issue(issue),
            body,
            page: next_step::page(issue).map(str::to_owned),
        }
    }

    fn unreachable(
        gateway: &Unreachable,
        since: DateTime<Utc>,
        due: Due,
        now: DateTime<Utc>,
        when: &dyn Fn(DateTime<Utc>) -> String,
    ) -> Self {
        let again = match due {
            Due::FirstTime => "",
            Due::Reminder => "Told again. ",
        };
        let lasting = match now - since {
            short if short < TimeDelta::minutes(1) => String::new(),
            _ => format!("Since {}. ", when(since)),
        };
        Self {
            severity: Severity::Warning,
            event: gateway.word,
            profile: None,
            ends: None,
            title: gateway.what.clone(),
            body: format!(
                "{again}{lasting}Its logins are not known until then.\n{}",
                gateway.next_step
            ),
            page: None,
        }
    }

    fn resolved(
        subject: &Subject,
        resolution: &Resolution,
        when: &dyn Fn(DateTime<Utc>) -> String,
    ) -> Self {
        let Resolution {
            was, since, cause, ..
        } = resolution;
        let by = |what: &str| match &resolution.profile {
            Some(profile) => format!("{what}: {}.", Text::clean(profile)),
            None => format!("{what}."),
        };
        let how = match cause {
            Cause::SignedIn => by("Signed in again"),
            Cause::OtherLogin => by("Another login does it now"),
            Cause::OtherCredential => "Another credential does it now.".into(),
            Cause::RenewsItself => by("It renews itself now"),
            Cause::PauseOver => "OpenClaw uses it again.".into(),
            Cause::Unused => "No model uses it any more.".into(),
            Cause::Reachable => String::new(),
        };
        let until = match resolution.until {
            Some(until) if *cause != Cause::RenewsItself => {
                format!(" It lasts until {}.", when(until))
            }
            _ => String::new(),
        };
        let since = when(*since);
        let before = match was.as_str() {
            word if is_of_process(word) => format!("It did not since {since}."),
            _ if subject.provider.is_none() => format!("It could not be since {since}."),
            EXPIRING => String::new(),
            word => format!("\nIt was {word} since {since}."),
        };
        let title = match &subject.provider {
            Some(_) if is_of_process(was) => "OpenClaw runs again".to_owned(),
            None => "can be asked again".to_owned(),
            Some(provider) if *cause == Cause::Unused => format!("{provider} is no longer used"),
            Some(provider) if was == EXPIRING => format!("{provider} is renewed"),
            Some(provider) if was == State::Missing.word() => format!("{provider} is signed in"),
            Some(provider) => format!("{provider} works again"),
        };
        Self {
            severity: Severity::Info,
            event: "recovered",
            profile: resolution.profile.clone(),
            ends: resolution.until,
            title,
            body: format!("{how}{until}{before}"),
            page: None,
        }
    }
}

/// Whether the word of a problem is one of OpenClaw's gateway process.
fn is_of_process(word: &str) -> bool {
    let mut states = State::ALL.into_iter();
    states.any(|state| state.is_of_process() && state.word() == word)
}

/// "today 14:02", "tomorrow 07:30", "Tue 25 Nov 14:02", "25 Nov 2027".
fn moment_in_words(moment: DateTime<Utc>, now: DateTime<Utc>, local: LocalTime) -> String {
    let (then, today) = (local(moment), local(now));
    let days = then.date_naive() - today.date_naive();
    let time = then.format("%H:%M");
    match days.num_days() {
        0 => format!("today {time}"),
        1 => format!("tomorrow {time}"),
        -1 => format!("yesterday {time}"),
        -180..=180 => then.format("%a %-d %b %H:%M").to_string(),
        _ => then.format("%-d %b %Y").to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Summary, moment_in_words};
    use crate::alerts::condition::{Problem, Unreachable};
    use crate::alerts::decide::{Alert, Notice, Subject};
    use crate::alerts::incident::Due;
    use crate::alerts::policy::Level;
    use crate::alerts::state::{Cause, Resolution};
    use crate::status::login::State;
    use crate::status::verdict::{Issue, Verdict};
    use crate::text::Text;
    use chrono::{DateTime, TimeDelta, Utc};
    use pretty_assertions::assert_eq;

    fn now() -> DateTime<Utc> {
        "2026-03-10T12:00:00Z".parse().unwrap()
    }

    fn hours(hours: i64) -> DateTime<Utc> {
        now() + TimeDelta::hours(hours)
    }

    /// Title and body.
    fn words(provider: Option<&str>, notice: Notice) -> String {
        let alert = Alert {
            subject: Subject {
                gateway: "home".into(),
                agent: None,
                provider: provider.map(str::to_owned),
            },
            notice,
            to: Vec::new(),
            delivered_by_primary: false,
        };
        let words = Summary::of(&alert, now(), |moment| moment.fixed_offset());
        format!("{} / {}", words.title, words.body.replace('\n', " / "))
    }

    fn broken(state: State, left: Option<i64>, due: Due) -> String {
        let issue = Issue {
            verdict: Verdict::Broken,
            state,
            provider: Text::clean("anthropic"),
            login: Some(Text::clean("anthropic:claude-code")),
            kind: None,
            left: left.map(TimeDelta::hours),
            detail: None,
            hint: None,
            secret_ref: None,
        };
        let notice = Notice::Broken {
            problem: Problem::Issue(Box::new(issue)),
            since: hours(-26),
            due,
            level: Level::Broken,
        };
        words(Some("anthropic"), notice)
    }

    fn resolved(provider: Option<&str>, was: &str, cause: Cause, until: Option<i64>) -> String {
        let resolution = Resolution {
            was: was.into(),
            since: hours(-2),
            cause,
            profile: Some("anthropic:claude-code".into()),
            until: until.map(hours),
            pending: [].into(),
        };
        words(provider, Notice::Resolved(resolution))
    }

    #[test]
    fn an_alert_says_what_and_what_next() {
        let ends = Notice::Expiring {
            profile: Some("anthropic:claude-code".into()),
            ends: hours(20),
            level: Level::Warned(std::cmp::Reverse(24)),
        };
        assert_eq!(
            words(Some("anthropic"), ends),
            "anthropic expires in 20 h / It ends tomorrow 08:00. / Renew it before then: clawtap reauth"
        );
        assert_eq!(
            broken(State::Expired, Some(-3), Due::FirstTime),
            "anthropic expired 3 h ago / Sign in again: clawtap reauth"
        );
        assert_eq!(
            broken(State::Missing, None, Due::Reminder),
            "anthropic is not signed in / Told again; it is so since yesterday 10:00. / Sign in: clawtap reauth"
        );
        let unreachable = Notice::Broken {
            problem: Problem::Gateway(Unreachable {
                word: "timeout",
                what: "does not respond".into(),
                next_step: "Is it switched on?".into(),
                is_transient: true,
            }),
            since: hours(-1),
            due: Due::FirstTime,
            level: Level::Transient,
        };
        assert_eq!(
            words(None, unreachable),
            "does not respond / Since today 11:00. Its logins are not known until then. / Is it switched on?"
        );
    }

    #[test]
    fn word_that_it_is_over_says_what_did_it_and_until_when() {
        let anthropic = Some("anthropic");
        let table = [
            (
                resolved(anthropic, "expired", Cause::SignedIn, Some(24 * 364)),
                "anthropic works again / Signed in again: anthropic:claude-code. It lasts until 9 Mar 2027. / \
                 It was expired since today 10:00.",
            ),
            (
                resolved(anthropic, "expiring", Cause::SignedIn, Some(24 * 30)),
                "anthropic is renewed / Signed in again: anthropic:claude-code. It lasts until Thu 9 Apr 12:00.",
            ),
            (
                resolved(anthropic, "missing", Cause::OtherLogin, None),
                "anthropic is signed in / Another login does it now: anthropic:claude-code. / \
                 It was missing since today 10:00.",
            ),
            (
                resolved(anthropic, "expired", Cause::RenewsItself, Some(5)),
                "anthropic works again / It renews itself now: anthropic:claude-code. / \
                 It was expired since today 10:00.",
            ),
            (
                resolved(anthropic, "rejected", Cause::PauseOver, None),
                "anthropic works again / OpenClaw uses it again. / It was rejected since today 10:00.",
            ),
            (
                resolved(anthropic, "expired", Cause::Unused, None),
                "anthropic is no longer used / No model uses it any more. / It was expired since today 10:00.",
            ),
            (
                resolved(None, "timeout", Cause::Reachable, None),
                "can be asked again / It could not be since today 10:00.",
            ),
        ];
        for (told, expected) in table {
            assert_eq!(told, expected);
        }
    }

    #[test]
    fn moments_are_told_as_people_tell_them() {
        let table = [
            (0, "today 12:00"),
            (13, "tomorrow 01:00"),
            (-13, "yesterday 23:00"),
            (48, "Thu 12 Mar 12:00"),
            (24 * 300, "4 Jan 2027"),
        ];
        for (later, expected) in table {
            let told = moment_in_words(hours(later), now(), |moment| moment.fixed_offset());
            assert_eq!(told, expected);
        }
    }
}
