//! The memory: what was seen last time, and who was told of it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::text::Text;

/// The version of the file's form. A newer one adds keys, which are kept.
const SCHEMA: u32 = 1;
/// After this long without a sight a gateway is forgotten: it is no longer configured.
const FORGOTTEN: TimeDelta = TimeDelta::days(90);

/// Everything that is remembered from run to run; the file `alerts.json`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Memory {
    #[serde(default)]
    schema: u32,
    /// By the gateway's name, and its agent behind a slash where there is one.
    #[serde(default)]
    pub(crate) gateways: BTreeMap<String, GatewayMemory>,
    /// By the channel's name.
    #[serde(default)]
    pub(crate) channels: BTreeMap<String, ChannelMemory>,
    #[serde(flatten)]
    added: Map<String, Value>,
}

/// What is remembered of a gateway.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct GatewayMemory {
    /// When it was last looked at, whatever came of it.
    pub(crate) seen_at: DateTime<Utc>,
    /// Whether it can be asked.
    #[serde(default)]
    pub(crate) sight: Thread,
    /// By provider.
    #[serde(default)]
    pub(crate) routes: BTreeMap<String, Thread>,
    #[serde(flatten)]
    added: Map<String, Value>,
}

/// What is remembered of one thing that can go wrong and be mended again.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Thread {
    /// How it stood last time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) standing: Option<Standing>,
    /// What is wrong, from its first sign to its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) trouble: Option<Trouble>,
    /// Trouble that is over, until everybody who has to know does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) mended: Option<Mended>,
    #[serde(flatten)]
    added: Map<String, Value>,
}

/// How something stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Standing {
    /// `ok`, `expiring`, or the word of what is wrong.
    pub(crate) word: String,
    /// The login that it depends on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) profile: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) ends: Option<DateTime<Utc>>,
    pub(crate) since: DateTime<Utc>,
}

/// Something that is wrong, or soon will be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Trouble {
    /// When it was first seen.
    pub(crate) since: DateTime<Utc>,
    /// Since when it does not work at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) broken_since: Option<DateTime<Utc>>,
    /// In how many checks one after the other it did not work.
    #[serde(default)]
    pub(crate) broken_checks: u32,
    /// Whether it did not work for long enough that everybody has to hear of it.
    #[serde(default)]
    pub(crate) alarming: bool,
    /// What was told, by channel.
    #[serde(default)]
    pub(crate) told: BTreeMap<String, Vec<Told>>,
    /// What a channel could not deliver at the last try.
    #[serde(default)]
    pub(crate) failed: BTreeMap<String, Told>,
}

/// What a channel delivered, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Told {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) profile: Option<String>,
    /// `expiring`, or the word of what is wrong.
    pub(crate) word: String,
    /// The rung of the ladder, where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) hours: Option<u32>,
    pub(crate) at: DateTime<Utc>,
}

/// Trouble that is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Mended {
    /// The word of what was wrong.
    pub(crate) was: String,
    pub(crate) since: DateTime<Utc>,
    pub(crate) at: DateTime<Utc>,
    pub(crate) fix: Fix,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) profile: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) until: Option<DateTime<Utc>>,
    /// The rung that is told along with it, because the new end is near as well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) hours: Option<u32>,
    /// The channels that have to hear of it.
    pub(crate) to: BTreeSet<String>,
    /// Those that could not deliver it at the last try.
    #[serde(default)]
    pub(crate) failed: BTreeSet<String>,
}

/// What ended a trouble.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Fix {
    /// The same login lasts longer.
    SignedIn,
    /// Another login does it now.
    OtherLogin,
    /// A credential that is no stored login.
    OtherCredential,
    RenewsItself,
    /// OpenClaw left it alone for a while, which is over.
    PauseOver,
    NoLongerUsed,
    /// The gateway can be asked again.
    InSight,
    /// What a newer version wrote.
    #[serde(other)]
    Unknown,
}

/// How a channel has been doing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct ChannelMemory {
    /// Since the last delivery.
    #[serde(default)]
    pub(crate) failures: u32,
    /// What it could not deliver is not tried again before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) not_before: Option<DateTime<Utc>>,
    #[serde(flatten)]
    added: Map<String, Value>,
}

impl Memory {
    /// Reads what another run wrote. It may have been tampered with, and is cleaned like a gateway's answer.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        if text.trim().is_empty() {
            return Ok(Self::default());
        }
        let mut memory: Self =
            serde_json::from_slice(text.as_bytes()).map_err(|error| error.to_string())?;
        for gateway in memory.gateways.values_mut() {
            let is_clean = |provider: &String| Text::clean(provider).as_str() == provider;
            gateway.routes.retain(|provider, _| is_clean(provider));
            for thread in gateway.routes.values_mut().chain([&mut gateway.sight]) {
                thread.clean();
            }
        }
        Ok(memory)
    }

    /// As it is kept.
    pub(crate) fn to_text(&self) -> String {
        let kept = Self {
            schema: self.schema.max(SCHEMA),
            ..self.clone()
        };
        // Strings, numbers and maps with string keys: nothing that JSON could not hold.
        serde_json::to_string(&kept).unwrap_or_default()
    }

    /// Makes sense of times that a clock which was set back has left in the future, and forgets gateways that have
    /// not been looked at for long, other than these.
    pub(crate) fn settle(&mut self, keys: &BTreeSet<String>, now: DateTime<Utc>) {
        self.gateways
            .retain(|key, gateway| keys.contains(key) || now - gateway.seen_at < FORGOTTEN);
        for gateway in self.gateways.values_mut() {
            gateway.seen_at = gateway.seen_at.min(now);
            for thread in gateway.routes.values_mut().chain([&mut gateway.sight]) {
                thread.settle(now);
            }
        }
    }
}

impl GatewayMemory {
    /// Of a gateway that is looked at for the first time.
    pub(crate) fn new(now: DateTime<Utc>) -> Self {
        Self {
            seen_at: now,
            sight: Thread::default(),
            routes: BTreeMap::new(),
            added: Map::new(),
        }
    }
}

impl Thread {
    fn clean(&mut self) {
        let clean = |text: &mut String| *text = Text::clean(text).to_string();
        let clean_all = |word: &mut String, profile: &mut Option<String>| {
            clean(word);
            profile.iter_mut().for_each(clean);
        };
        if let Some(standing) = &mut self.standing {
            clean_all(&mut standing.word, &mut standing.profile);
        }
        if let Some(trouble) = &mut self.trouble {
            let told = trouble.told.values_mut().flatten();
            for told in told.chain(trouble.failed.values_mut()) {
                clean_all(&mut told.word, &mut told.profile);
            }
        }
        if let Some(mended) = &mut self.mended {
            clean_all(&mut mended.was, &mut mended.profile);
        }
    }

    fn settle(&mut self, now: DateTime<Utc>) {
        if let Some(standing) = &mut self.standing {
            standing.since = standing.since.min(now);
        }
        if let Some(trouble) = &mut self.trouble {
            trouble.since = trouble.since.min(now);
            trouble.broken_since = trouble.broken_since.map(|since| since.min(now));
            for told in trouble.told.values_mut().flatten() {
                told.at = told.at.min(now);
            }
        }
        if let Some(mended) = &mut self.mended {
            mended.since = mended.since.min(now);
            mended.at = mended.at.min(now);
        }
    }
}

/// What a gateway is remembered by.
pub(crate) fn key(gateway: &str, agent: Option<&str>) -> String {
    match agent {
        Some(agent) => format!("{gateway}/{agent}"),
        None => gateway.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::Memory;
    use serde_json::json;

    #[test]
    fn what_somebody_wrote_into_it_is_cleaned_like_a_gateways_answer() {
        let at = "2026-09-20T10:00:00Z";
        let (raw, clean) = ("\u{1b}[31mred\u{202e}\n", "red");
        let route = |text| {
            let told = json!({ "profile": text, "word": text, "at": at });
            json!({
                "standing": { "word": text, "profile": text, "since": at },
                "trouble": { "since": at, "told": { "ntfy": [told] }, "failed": { "ntfy": told } },
                "mended": { "was": text, "profile": text, "since": at, "at": at, "fix": "signed-in", "to": ["ntfy"] },
            })
        };
        let memory =
            |routes| json!({ "gateways": { "home": { "seen_at": at, "routes": routes } } });
        let tampered = memory(json!({ "anthropic": route(raw), "xai\u{7f}": route(clean) }));
        let expected = memory(json!({ "anthropic": route(clean) }));
        assert_eq!(
            Memory::parse(&tampered.to_string()),
            Memory::parse(&expected.to_string())
        );
    }
}
