//! The monitor's state between runs: the last condition of each subject, and its incident.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::alerts::policy::Level;
use crate::text::Text;

/// The version of the file's format.
const SCHEMA: u32 = 2;
/// The time without an observation after which a gateway's state is removed.
const FORGOTTEN: TimeDelta = TimeDelta::days(90);

/// The content of `alerts.json`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct AlertState {
    schema: u32,
    /// By [`key`].
    pub(crate) gateways: BTreeMap<String, GatewayState>,
    /// By the channel's name.
    pub(crate) channels: BTreeMap<String, ChannelState>,
}

/// The part of the file that is read before its version is known.
#[derive(Deserialize)]
struct Version {
    #[serde(default)]
    schema: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct GatewayState {
    pub(crate) observed_at: DateTime<Utc>,
    /// The gateway as a whole: whether it can be asked.
    #[serde(default)]
    pub(crate) whole: SubjectState,
    /// By provider.
    #[serde(default)]
    pub(crate) providers: BTreeMap<String, SubjectState>,
}

/// The stored state of one subject.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct SubjectState {
    pub(crate) last: Option<Observed>,
    pub(crate) incident: Option<Incident>,
    /// The end of an incident, until all pending channels have delivered it.
    pub(crate) resolution: Option<Resolution>,
}

/// A condition in short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Observed {
    /// `ok`, `expiring`, or the word of a problem.
    pub(crate) word: String,
    pub(crate) profile: Option<String>,
    pub(crate) ends: Option<DateTime<Utc>>,
}

/// A subject that is broken or expires soon, from the first observation to the end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Incident {
    pub(crate) opened: DateTime<Utc>,
    /// `None` while it works, but expires soon.
    pub(crate) outage: Option<Outage>,
    /// Whether an outage was not transient, or longer than the grace of transient problems. Only then are its notices
    /// due, and its end goes to every channel that is not a fallback.
    pub(crate) confirmed: bool,
    /// By channel.
    pub(crate) cursors: BTreeMap<String, Cursor>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Outage {
    pub(crate) since: DateTime<Utc>,
    /// The number of consecutive checks that observed it.
    pub(crate) checks: u32,
}

/// The levels of an incident that one channel has delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Cursor {
    /// The highest level that it delivered, and the time of its last delivery.
    pub(crate) delivered: Option<(Level, DateTime<Utc>)>,
    /// The level that it could not deliver at the last try.
    pub(crate) failed: Option<Level>,
}

/// The end of an incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Resolution {
    /// The word of the problem.
    pub(crate) was: String,
    pub(crate) since: DateTime<Utc>,
    pub(crate) cause: Cause,
    pub(crate) profile: Option<String>,
    /// When it expires now.
    pub(crate) until: Option<DateTime<Utc>>,
    /// The channels that have not delivered it, and whether the last try failed.
    pub(crate) pending: BTreeMap<String, bool>,
}

/// What resolved an incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Cause {
    /// The same login lasts longer.
    SignedIn,
    /// Another login is used now.
    OtherLogin,
    /// A credential outside the stored logins is used now.
    OtherCredential,
    RenewsItself,
    /// OpenClaw uses the login again: its pause is over, or a new login is in its place.
    PauseOver,
    Unused,
    /// The gateway can be asked again.
    Reachable,
}

/// The retry state of a channel.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct ChannelState {
    /// The number of failures since the last delivery.
    pub(crate) failures: u32,
    /// Failed notices are not retried before this time.
    pub(crate) retry_after: Option<DateTime<Utc>>,
}

impl AlertState {
    /// Parses the text that another run wrote. The file may have been tampered with, so it is cleaned like a gateway's
    /// answer.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        if text.trim().is_empty() {
            return Ok(Self::default());
        }
        let words = |error: serde_json::Error| error.to_string();
        let version: Version = serde_json::from_str(text).map_err(words)?;
        if version.schema != SCHEMA {
            return Err("another version wrote it".into());
        }
        let mut state: Self = serde_json::from_str(text).map_err(words)?;
        for gateway in state.gateways.values_mut() {
            let is_clean = |provider: &String| Text::clean(provider).as_str() == provider;
            gateway.providers.retain(|provider, _| is_clean(provider));
            gateway.subjects_mut().for_each(SubjectState::clean);
        }
        Ok(state)
    }

    /// The text that is stored.
    pub(crate) fn to_text(&self) -> String {
        let stored = Self {
            schema: SCHEMA,
            ..self.clone()
        };
        // Only strings, numbers and maps with string keys, so serialising cannot fail.
        serde_json::to_string(&stored).unwrap_or_default()
    }

    /// Limits times to the present, because they are in the future after the clock was set back, and removes gateways,
    /// except those of `keys`, that were not observed for `FORGOTTEN`.
    pub(crate) fn settle(&mut self, keys: &BTreeSet<String>, now: DateTime<Utc>) {
        self.gateways
            .retain(|key, gateway| keys.contains(key) || now - gateway.observed_at < FORGOTTEN);
        for gateway in self.gateways.values_mut() {
            gateway.observed_at = gateway.observed_at.min(now);
            gateway
                .subjects_mut()
                .for_each(|subject| subject.settle(now));
        }
    }
}

impl GatewayState {
    pub(crate) fn new(now: DateTime<Utc>) -> Self {
        Self {
            observed_at: now,
            whole: SubjectState::default(),
            providers: BTreeMap::new(),
        }
    }

    /// A provider, or the gateway as a whole.
    pub(crate) fn subject_mut(&mut self, provider: Option<&str>) -> Option<&mut SubjectState> {
        match provider {
            Some(provider) => self.providers.get_mut(provider),
            None => Some(&mut self.whole),
        }
    }

    fn subjects_mut(&mut self) -> impl Iterator<Item = &mut SubjectState> {
        self.providers.values_mut().chain([&mut self.whole])
    }
}

impl SubjectState {
    /// Whether there is nothing to store.
    pub(crate) fn is_empty(&self) -> bool {
        self.last.is_none() && self.incident.is_none() && self.resolution.is_none()
    }

    fn clean(&mut self) {
        let clean = |text: &mut String| *text = Text::clean(text).to_string();
        if let Some(last) = &mut self.last {
            clean(&mut last.word);
            last.profile.iter_mut().for_each(clean);
        }
        if let Some(resolution) = &mut self.resolution {
            clean(&mut resolution.was);
            resolution.profile.iter_mut().for_each(clean);
        }
    }

    fn settle(&mut self, now: DateTime<Utc>) {
        if let Some(incident) = &mut self.incident {
            incident.opened = incident.opened.min(now);
            if let Some(outage) = &mut incident.outage {
                outage.since = outage.since.min(now);
            }
            for cursor in incident.cursors.values_mut() {
                if let Some((_, at)) = &mut cursor.delivered {
                    *at = (*at).min(now);
                }
            }
        }
        if let Some(resolution) = &mut self.resolution {
            resolution.since = resolution.since.min(now);
        }
    }
}

/// The key of a gateway: its name, and its agent after a slash if one is configured.
pub(crate) fn key(gateway: &str, agent: Option<&str>) -> String {
    match agent {
        Some(agent) => format!("{gateway}/{agent}"),
        None => gateway.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::AlertState;
    use serde_json::json;

    #[test]
    fn what_was_tampered_with_is_cleaned_like_a_gateways_answer() {
        let at = "2026-09-20T10:00:00Z";
        let (raw, clean) = ("\u{1b}[31mred\u{202e}\n", "red");
        let subject = |text| {
            json!({
                "last": { "word": text, "profile": text, "ends": null },
                "resolution": {
                    "was": text, "profile": text, "since": at, "until": null, "cause": "signed-in",
                    "pending": { "ntfy": false },
                },
            })
        };
        let state = |providers| json!({ "schema": 2, "gateways": { "home": { "observed_at": at, "providers": providers } } });
        let tampered = state(json!({ "anthropic": subject(raw), "xai\u{7f}": subject(clean) }));
        let expected = state(json!({ "anthropic": subject(clean) }));
        assert_eq!(
            AlertState::parse(&tampered.to_string()),
            Ok(AlertState::parse(&expected.to_string()).unwrap())
        );
    }

    #[test]
    fn what_another_version_wrote_is_not_used() {
        for text in ["{}", r#"{"schema": 1}"#, r#"{"schema": 3}"#] {
            assert_eq!(
                AlertState::parse(text),
                Err("another version wrote it".into())
            );
        }
        assert!(AlertState::parse(&AlertState::default().to_text()).is_ok());
    }
}
