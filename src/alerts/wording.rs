//! Wording: an alert becomes a message that says what, of which gateway, and what to do next.

use chrono::{DateTime, FixedOffset, TimeDelta, Utc};

use crate::alerts::condition::EXPIRING;
use crate::alerts::decide::{About, Alert, News};
use crate::alerts::incident::Need;
use crate::alerts::message::{Message, Severity};
use crate::alerts::observe::Blind;
use crate::alerts::state::{Fix, Mended};
use crate::phone::notification::Notification;
use crate::render::summary::of_concern;
use crate::render::{next_step, notification};
use crate::status::assessment::Assessment;
use crate::status::login::State;
use crate::status::verdict::{Issue, Verdict};
use crate::text::Text;

/// A moment in the time zone of this device.
pub(crate) type Local = fn(DateTime<Utc>) -> DateTime<FixedOffset>;

/// The message for an alert. `assessment` is the gateway's own.
pub(crate) fn message(
    alert: &Alert,
    assessment: &Assessment,
    now: DateTime<Utc>,
    local: Local,
) -> Message {
    let words = Words::of(alert, now, local);
    let title = format!("{}: {}", alert.about.gateway, words.title);
    let standing = notification::of(assessment, false);
    let notification = Notification {
        // What else is wrong is in the standing notification already.
        title: if words.severity == Severity::Info {
            title.clone()
        } else {
            standing.title.clone()
        },
        content: words.body.clone(),
        ..standing
    };
    Message {
        severity: words.severity,
        event: words.event,
        gateway: alert.about.gateway.clone(),
        agent: alert.about.agent.clone(),
        provider: alert.about.provider.clone(),
        profile: words.profile,
        ends: words.ends,
        title,
        body: words.body,
        page: words.page,
        notification,
        at: now,
    }
}

/// An alert in short, as it is printed and written down.
pub(crate) struct Summary {
    /// One word for programs.
    pub(crate) event: &'static str,
    pub(crate) profile: Option<String>,
    /// "anthropic expires in 5 h", without the gateway's name.
    pub(crate) title: String,
    /// What to do next; lines.
    pub(crate) body: String,
}

/// What an alert says in short.
pub(crate) fn summary(alert: &Alert, now: DateTime<Utc>, local: Local) -> Summary {
    let words = Words::of(alert, now, local);
    Summary {
        event: words.event,
        profile: words.profile,
        title: words.title,
        body: words.body,
    }
}

/// The line about an alert: "home: anthropic expires in 5 h".
pub(crate) fn line(alert: &Alert, now: DateTime<Utc>, local: Local) -> String {
    let gateway = &alert.about.gateway;
    format!("{gateway}: {}", summary(alert, now, local).title)
}

struct Words {
    severity: Severity,
    event: &'static str,
    profile: Option<String>,
    ends: Option<DateTime<Utc>>,
    title: String,
    body: String,
    page: Option<String>,
}

impl Words {
    fn of(alert: &Alert, now: DateTime<Utc>, local: Local) -> Self {
        let when = |moment| moment_in_words(moment, now, local);
        match &alert.news {
            News::Ends { profile, at, .. } => {
                Self::of_end(&alert.about, profile.as_deref(), *at, now, &when)
            }
            News::Broken { issue, since, need } => {
                Self::of_breakage(issue, *since, *need, now, &when)
            }
            News::Blind { blind, since, need } => {
                Self::of_blindness(blind, *since, *need, now, &when)
            }
            News::Mended(mended) => Self::of_mending(&alert.about, mended, &when),
        }
    }

    fn of_end(
        about: &About,
        profile: Option<&str>,
        at: DateTime<Utc>,
        now: DateTime<Utc>,
        when: &dyn Fn(DateTime<Utc>) -> String,
    ) -> Self {
        let issue = Issue {
            verdict: Verdict::Expiring,
            state: State::Expiring,
            provider: Text::clean(about.provider.as_deref().unwrap_or_default()),
            login: profile.map(Text::clean),
            kind: None,
            left: Some(at - now),
            detail: None,
        };
        Self {
            severity: Severity::Warning,
            event: EXPIRING,
            profile: profile.map(str::to_owned),
            ends: Some(at),
            title: of_concern(&issue),
            body: format!("It ends {}.\n{}", when(at), next_step::sentence(&issue)),
            page: next_step::page(&issue).map(str::to_owned),
        }
    }

    fn of_breakage(
        issue: &Issue,
        since: DateTime<Utc>,
        need: Need,
        now: DateTime<Utc>,
        when: &dyn Fn(DateTime<Utc>) -> String,
    ) -> Self {
        let ended = match issue.state {
            State::Expired => issue.left.and_then(|left| now.checked_add_signed(left)),
            _ => None,
        };
        let mut body = match (need, &issue.detail) {
            (Need::Again, _) => format!("Told again; it is so since {}.\n", when(since)),
            (Need::First, Some(detail)) => format!("{detail}.\n"),
            (Need::First, None) => String::new(),
        };
        body.push_str(next_step::sentence(issue).as_str());
        Self {
            severity: Severity::Critical,
            event: issue.state.word(),
            profile: issue.login.as_ref().map(ToString::to_string),
            ends: ended,
            title: of_concern(issue),
            body,
            page: next_step::page(issue).map(str::to_owned),
        }
    }

    fn of_blindness(
        blind: &Blind,
        since: DateTime<Utc>,
        need: Need,
        now: DateTime<Utc>,
        when: &dyn Fn(DateTime<Utc>) -> String,
    ) -> Self {
        let again = match need {
            Need::First => "",
            Need::Again => "Told again. ",
        };
        let lasting = match now - since {
            short if short < TimeDelta::minutes(1) => String::new(),
            _ => format!("Since {}. ", when(since)),
        };
        Self {
            severity: Severity::Warning,
            event: blind.word,
            profile: None,
            ends: None,
            title: blind.what.clone(),
            body: format!(
                "{again}{lasting}Its logins are not known until then.\n{}",
                blind.next_step
            ),
            page: None,
        }
    }

    fn of_mending(about: &About, mended: &Mended, when: &dyn Fn(DateTime<Utc>) -> String) -> Self {
        let profile = mended.profile.as_deref();
        let by = |what: &str| match profile {
            Some(profile) => format!("{what}: {}.", Text::clean(profile)),
            None => format!("{what}."),
        };
        let how = match mended.fix {
            Fix::SignedIn => by("Signed in again"),
            Fix::OtherLogin => by("Another login does it now"),
            Fix::OtherCredential => "Another credential does it now.".into(),
            Fix::RenewsItself => by("It renews itself now"),
            Fix::PauseOver => "Its pause is over.".into(),
            Fix::NoLongerUsed => "No model uses it any more.".into(),
            Fix::InSight | Fix::Unknown => String::new(),
        };
        let until = match (mended.until, mended.fix) {
            (Some(until), fix) if fix != Fix::RenewsItself => {
                format!(" It lasts until {}.", when(until))
            }
            _ => String::new(),
        };
        let since = when(mended.since);
        let was = match mended.was.as_str() {
            _ if about.provider.is_none() => format!("It could not be since {since}."),
            EXPIRING => String::new(),
            word => format!("\nIt was {word} since {since}."),
        };
        let title = match (&about.provider, mended.fix) {
            (None, _) => "can be asked again".to_owned(),
            (Some(provider), Fix::NoLongerUsed) => format!("{provider} is no longer used"),
            (Some(provider), _) if mended.was == EXPIRING => format!("{provider} is renewed"),
            (Some(provider), _) if mended.was == State::Missing.word() => {
                format!("{provider} is signed in")
            }
            (Some(provider), _) => format!("{provider} works again"),
        };
        Self {
            severity: Severity::Info,
            event: "recovered",
            profile: mended.profile.clone(),
            ends: mended.until,
            title,
            body: format!("{how}{until}{was}"),
            page: None,
        }
    }
}

/// "today 14:02", "tomorrow 07:30", "Tue 25 Nov 14:02", "25 Nov 2027".
fn moment_in_words(moment: DateTime<Utc>, now: DateTime<Utc>, local: Local) -> String {
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
    use super::{Words, moment_in_words};
    use crate::alerts::decide::{About, Alert, News};
    use crate::alerts::incident::Need;
    use crate::alerts::observe::Blind;
    use crate::alerts::state::{Fix, Mended};
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
    fn words(provider: Option<&str>, news: News) -> String {
        let alert = Alert {
            about: About {
                gateway: "home".into(),
                agent: None,
                provider: provider.map(str::to_owned),
            },
            news,
            to: Vec::new(),
            is_known: false,
        };
        let words = Words::of(&alert, now(), |moment| moment.fixed_offset());
        format!("{} / {}", words.title, words.body.replace('\n', " / "))
    }

    fn broken(state: State, left: Option<i64>, need: Need) -> String {
        let issue = Issue {
            verdict: Verdict::Broken,
            state,
            provider: Text::clean("anthropic"),
            login: Some(Text::clean("anthropic:claude-code")),
            kind: None,
            left: left.map(TimeDelta::hours),
            detail: None,
        };
        let news = News::Broken {
            issue: Box::new(issue),
            since: hours(-26),
            need,
        };
        words(Some("anthropic"), news)
    }

    fn mended(provider: Option<&str>, was: &str, fix: Fix, until: Option<i64>) -> String {
        let mended = Mended {
            was: was.into(),
            since: hours(-2),
            at: now(),
            fix,
            profile: Some("anthropic:claude-code".into()),
            until: until.map(hours),
            hours: None,
            to: [].into(),
            failed: [].into(),
        };
        words(provider, News::Mended(mended))
    }

    #[test]
    fn an_alert_says_what_and_what_next() {
        let ends = News::Ends {
            profile: Some("anthropic:claude-code".into()),
            hours: 24,
            at: hours(20),
        };
        assert_eq!(
            words(Some("anthropic"), ends),
            "anthropic expires in 20 h / It ends tomorrow 08:00. / Renew it before then: clawtap reauth"
        );
        assert_eq!(
            broken(State::Expired, Some(-3), Need::First),
            "anthropic expired 3 h ago / Sign in again: clawtap reauth"
        );
        assert_eq!(
            broken(State::Missing, None, Need::Again),
            "anthropic is not signed in / Told again; it is so since yesterday 10:00. / Sign in: clawtap reauth"
        );
        let blind = News::Blind {
            blind: Blind {
                word: "timeout",
                what: "does not respond".into(),
                next_step: "Is it switched on?".into(),
                lasting: false,
            },
            since: hours(-1),
            need: Need::First,
        };
        assert_eq!(
            words(None, blind),
            "does not respond / Since today 11:00. Its logins are not known until then. / Is it switched on?"
        );
    }

    #[test]
    fn word_that_it_is_over_says_what_did_it_and_until_when() {
        let anthropic = Some("anthropic");
        let table = [
            (
                mended(anthropic, "expired", Fix::SignedIn, Some(24 * 364)),
                "anthropic works again / Signed in again: anthropic:claude-code. It lasts until 9 Mar 2027. / \
                 It was expired since today 10:00.",
            ),
            (
                mended(anthropic, "expiring", Fix::SignedIn, Some(24 * 30)),
                "anthropic is renewed / Signed in again: anthropic:claude-code. It lasts until Thu 9 Apr 12:00.",
            ),
            (
                mended(anthropic, "missing", Fix::OtherLogin, None),
                "anthropic is signed in / Another login does it now: anthropic:claude-code. / \
                 It was missing since today 10:00.",
            ),
            (
                mended(anthropic, "expired", Fix::RenewsItself, Some(5)),
                "anthropic works again / It renews itself now: anthropic:claude-code. / \
                 It was expired since today 10:00.",
            ),
            (
                mended(anthropic, "expired", Fix::NoLongerUsed, None),
                "anthropic is no longer used / No model uses it any more. / It was expired since today 10:00.",
            ),
            (
                mended(None, "timeout", Fix::InSight, None),
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
