//! Wording: an alert becomes a message that says what, of which gateway, and what to do next.

use chrono::{DateTime, FixedOffset, TimeDelta, Utc};

use crate::alert::decide::{About, Alert, News};
use crate::alert::memory::{Fix, Mended};
use crate::alert::message::{Message, Severity};
use crate::alert::observation::Blind;
use crate::alert::sight::EXPIRING;
use crate::alert::thread::Need;
use crate::login::provider;
use crate::render::notification::{self, Notification};
use crate::render::summary;
use crate::status::assessment::Assessment;
use crate::status::login::State;
use crate::status::text::Text;
use crate::status::verdict::{Concern, Verdict};

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

/// The line about an alert, as it is printed and written down.
pub(crate) fn line(alert: &Alert, now: DateTime<Utc>, local: Local) -> String {
    format!(
        "{}: {}",
        alert.about.gateway,
        Words::of(alert, now, local).title
    )
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
            News::Broken {
                concern,
                since,
                need,
            } => Self::of_breakage(concern, *since, *need, now, &when),
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
        let concern = Concern {
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
            title: summary::of_concern(&concern),
            body: format!("It ends {}.\n{}", when(at), provider::next_step(&concern)),
            page: provider::page(&concern).map(str::to_owned),
        }
    }

    fn of_breakage(
        concern: &Concern,
        since: DateTime<Utc>,
        need: Need,
        now: DateTime<Utc>,
        when: &dyn Fn(DateTime<Utc>) -> String,
    ) -> Self {
        let ended = match concern.state {
            State::Expired => concern.left.and_then(|left| now.checked_add_signed(left)),
            _ => None,
        };
        let mut body = match (need, &concern.detail) {
            (Need::Again, _) => format!("Told again; it is so since {}.\n", when(since)),
            (Need::First, Some(detail)) => format!("{detail}.\n"),
            (Need::First, None) => String::new(),
        };
        body.push_str(&provider::next_step(concern));
        Self {
            severity: Severity::Critical,
            event: concern.state.word(),
            profile: concern.login.as_ref().map(ToString::to_string),
            ends: ended,
            title: summary::of_concern(concern),
            body,
            page: provider::page(concern).map(str::to_owned),
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
            Fix::InSight => "It can be asked again.".into(),
            Fix::Unknown => String::new(),
        };
        let until = match (mended.until, mended.fix) {
            (Some(until), fix) if fix != Fix::RenewsItself => {
                format!(" It lasts until {}.", when(until))
            }
            _ => String::new(),
        };
        let since = when(mended.since);
        let was = match mended.was.as_str() {
            _ if about.provider.is_none() => format!(" It could not be since {since}."),
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
