//! An event of the history, and its line in the file.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::text::Text;

/// The longest line that is read, in bytes; none that is written is longer.
const LONGEST_LINE: usize = 64 * 1024;

/// A changed condition, or an alert. Times are to the second. Names come from gateways: they are sanitized when
/// written and when read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub(crate) enum Event {
    /// A provider's login has a different state or expiry than at the last check. The time left at any moment until
    /// the next change follows from `ends`.
    State {
        #[serde(with = "moment")]
        at: DateTime<Utc>,
        gateway: String,
        /// OpenClaw's agent, where one is configured.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        agent: Option<String>,
        provider: String,
        /// The login that serves the provider, as OpenClaw calls it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        profile: Option<String>,
        /// The word of a `State`, or why the gateway could not be asked: `unreachable`, `timeout`, …
        state: String,
        #[serde(
            default,
            with = "optional_moment",
            skip_serializing_if = "Option::is_none"
        )]
        ends: Option<DateTime<Utc>>,
    },
    /// An alert, and the channels that delivered it.
    Alert {
        #[serde(with = "moment")]
        at: DateTime<Utc>,
        gateway: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        provider: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        profile: Option<String>,
        /// A message's word for programs: `expiring`, `recovered`, …
        event: String,
        title: String,
        /// The channels that delivered it.
        #[serde(default)]
        delivered: Vec<String>,
        /// The channels that could not deliver it.
        #[serde(default)]
        failed: Vec<String>,
    },
}

impl Event {
    /// When it was written.
    pub(crate) const fn at(&self) -> DateTime<Utc> {
        match self {
            Self::State { at, .. } | Self::Alert { at, .. } => *at,
        }
    }

    /// The gateway's name.
    pub(crate) fn gateway(&self) -> &str {
        match self {
            Self::State { gateway, .. } | Self::Alert { gateway, .. } => gateway,
        }
    }

    /// Its line in the file, with the line break.
    pub(crate) fn line(&self) -> String {
        // It contains only strings, so serialising cannot fail.
        serde_json::to_string(&self.clone().cleaned()).unwrap_or_default() + "\n"
    }

    /// Parses a line without its line break; `None` if it is invalid, or of a kind that this version does not know.
    pub(crate) fn of_line(line: &[u8]) -> Option<Self> {
        if line.len() > LONGEST_LINE {
            return None;
        }
        let event: Self = serde_json::from_slice(line).ok()?;
        Some(event.cleaned())
    }

    fn cleaned(mut self) -> Self {
        let clean = |text: &mut String| *text = Text::clean(text).to_string();
        let channels = |names: &mut Vec<String>| {
            names.truncate(MOST_CHANNELS);
            names.iter_mut().for_each(clean);
        };
        match &mut self {
            Self::State {
                gateway,
                agent,
                provider,
                profile,
                state,
                ..
            } => {
                [gateway, provider, state].into_iter().for_each(clean);
                agent.iter_mut().chain(profile).for_each(clean);
            }
            Self::Alert {
                gateway,
                provider,
                profile,
                event,
                title,
                delivered,
                failed,
                ..
            } => {
                [gateway, event, title].into_iter().for_each(clean);
                provider.iter_mut().chain(profile).for_each(clean);
                [delivered, failed].into_iter().for_each(channels);
            }
        }
        self
    }
}

/// The most channels of an alert that are read.
const MOST_CHANNELS: usize = 30;

/// A moment as RFC 3339, in UTC and to the second.
mod moment {
    use chrono::{DateTime, SecondsFormat, Utc};
    use serde::{Deserialize, Deserializer, Serializer, de};

    pub(super) fn serialize<S: Serializer>(
        moment: &DateTime<Utc>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&moment.to_rfc3339_opts(SecondsFormat::Secs, true))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<DateTime<Utc>, D::Error> {
        let text = String::deserialize(deserializer)?;
        let moment = DateTime::parse_from_rfc3339(&text).map_err(de::Error::custom)?;
        Ok(moment.with_timezone(&Utc))
    }
}

mod optional_moment {
    use chrono::{DateTime, Utc};
    use serde::{Deserialize, Deserializer, Serializer};

    #[expect(clippy::ref_option, reason = "serde calls it like this")]
    pub(super) fn serialize<S: Serializer>(
        moment: &Option<DateTime<Utc>>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match moment {
            Some(moment) => super::moment::serialize(moment, serializer),
            None => serializer.serialize_none(),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<DateTime<Utc>>, D::Error> {
        // An end that cannot be parsed is unknown.
        let text = Option::<String>::deserialize(deserializer)?;
        let moment = text.and_then(|text| DateTime::parse_from_rfc3339(&text).ok());
        Ok(moment.map(|moment| moment.with_timezone(&Utc)))
    }
}

#[cfg(test)]
mod tests {
    use super::{Event, LONGEST_LINE};
    use chrono::{DateTime, Utc};
    use proptest::prelude::*;

    fn moment(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn the_lines_are_those_that_older_versions_wrote() {
        let state = Event::State {
            at: moment("2026-09-14T14:05:00.9Z"),
            gateway: "home".into(),
            agent: None,
            provider: "anthropic".into(),
            profile: Some("anthropic:claude-code".into()),
            state: "expiring".into(),
            ends: Some(moment("2026-09-15T08:00:00Z")),
        };
        assert_eq!(
            state.line(),
            "{\"kind\":\"state\",\"at\":\"2026-09-14T14:05:00Z\",\"gateway\":\"home\",\
             \"provider\":\"anthropic\",\"profile\":\"anthropic:claude-code\",\"state\":\"expiring\",\
             \"ends\":\"2026-09-15T08:00:00Z\"}\n"
        );
        let alert = Event::Alert {
            at: moment("2026-09-14T14:05:00Z"),
            gateway: "home".into(),
            provider: None,
            profile: None,
            event: "unreachable".into(),
            title: "home: cannot be\nreached".into(),
            delivered: vec!["ntfy".into()],
            failed: vec![],
        };
        assert_eq!(
            alert.line(),
            "{\"kind\":\"alert\",\"at\":\"2026-09-14T14:05:00Z\",\"gateway\":\"home\",\
             \"event\":\"unreachable\",\"title\":\"home: cannot be reached\",\
             \"delivered\":[\"ntfy\"],\"failed\":[]}\n"
        );
    }

    #[test]
    fn a_line_of_another_version_is_read_as_far_as_it_is_understood() {
        let known = br#"{"kind":"state","at":"2026-09-14T14:05:00+02:00","gateway":"home","provider":"p","state":"new","more":[1]}"#;
        let Some(Event::State {
            at, state, ends, ..
        }) = Event::of_line(known)
        else {
            panic!("it is understood");
        };
        assert_eq!(at, moment("2026-09-14T12:05:00Z"));
        assert_eq!((state.as_str(), ends), ("new", None));
        let table: [&[u8]; 6] = [
            br#"{"kind":"renewal","at":"2026-09-14T14:05:00Z","gateway":"home"}"#,
            br#"{"kind":"state","at":"yesterday","gateway":"home","provider":"p","state":"ok"}"#,
            br#"{"kind":"state","at":"2026-09-14T14:05:00Z","gateway":"ho"#,
            b"\0\0\0\0",
            b"\xff\xfe",
            b"",
        ];
        for line in table {
            assert_eq!(Event::of_line(line), None, "{line:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn what_was_written_is_read_again(
            at in -62_000_000_000_i64..250_000_000_000,
            ends in proptest::option::of(-62_000_000_000_i64..250_000_000_000),
            texts in proptest::array::uniform5(any::<String>()),
        ) {
            let [gateway, agent, provider, profile, state] = texts;
            let seconds = |seconds| DateTime::from_timestamp(seconds, 0).unwrap();
            let event = Event::State {
                at: seconds(at),
                gateway,
                agent: Some(agent),
                provider,
                profile: Some(profile),
                state,
                ends: ends.map(seconds),
            };
            let line = event.line();
            prop_assert!(line.len() <= LONGEST_LINE);
            let line = line.strip_suffix('\n').unwrap();
            prop_assert!(!line.contains('\n'));
            prop_assert_eq!(Event::of_line(line.as_bytes()), Some(event.cleaned()));
        }

        #[test]
        fn no_line_is_too_long_to_be_read_again(text in "\\PC{200,300}", many in 0_usize..50) {
            let event = Event::Alert {
                at: DateTime::UNIX_EPOCH,
                gateway: text.clone(),
                provider: Some(text.clone()),
                profile: Some(text.clone()),
                event: text.clone(),
                title: text.clone(),
                delivered: vec![text.clone(); many],
                failed: vec![text; many],
            };
            prop_assert!(Event::of_line(event.line().trim_end().as_bytes()).is_some());
        }
    }
}
