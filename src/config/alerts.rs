//! `[alerts]`: when `clawtap monitor` alerts, and by which channels.

use serde::{Deserialize, Deserializer, de::Error as _};

use crate::config::channel::{Channel, ChannelKind, NTFY_SERVER, Ntfy, OPENCLAW_LIMIT, OpenClaw};
use crate::config::channel::{free_name, server, topic, word};
use crate::config::fields::{Number, one_or_many};
use crate::config::quiet_hours::QuietHours;
use crate::error::Error;
use crate::system::environment::Environment;
use crate::text::Text;

/// The settings of `[alerts]`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "[alerts]")]
pub(crate) struct Alerts {
    /// Thresholds in hours before an expiry, the largest first, without duplicates.
    #[serde(deserialize_with = "warn_hours")]
    pub(crate) warn_hours: Vec<u32>,
    /// Hours between reminders of a login that is still broken; 0 is never.
    #[serde(deserialize_with = "remind_hours")]
    pub(crate) remind_hours: u32,
    pub(crate) quiet: Option<QuietHours>,
    /// In the order of the file.
    #[serde(skip)]
    pub(crate) channels: Vec<Channel>,
}

impl Default for Alerts {
    fn default() -> Self {
        Self {
            warn_hours: vec![24, 6, 1],
            remind_hours: 24,
            quiet: None,
            channels: Vec::new(),
        }
    }
}

fn warn_hours<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u32>, D::Error> {
    let expected = "a number from 1 to 8760, or a list of such";
    let numbers: Vec<Number<1, 8760>> = one_or_many(deserializer, expected)?;
    if numbers.is_empty() {
        return Err(D::Error::custom("must not be empty"));
    }
    Ok(longest_first(numbers.into_iter().map(|number| number.0)))
}

fn remind_hours<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    Number::<0, 8760>::deserialize(deserializer).map(|number| number.0)
}

/// The thresholds, the longest first, each once.
fn longest_first(hours: impl Iterator<Item = u32>) -> Vec<u32> {
    let mut hours: Vec<u32> = hours.collect();
    hours.sort_unstable_by(|a, b| b.cmp(a));
    hours.dedup();
    hours
}

impl Alerts {
    /// Applies the variables of OpenClaw's own phone scripts: `WARN_HOURS` are the thresholds, `NOTIFY_NTFY` is a
    /// topic, `NOTIFY_PHONE` the recipient of a message that OpenClaw sends.
    pub(super) fn add_variables(&mut self, environment: &Environment) -> Result<(), Error> {
        let wrong = |name: &str, reason: String| {
            Error::configuration(format!("{name} is not usable: {reason}"))
        };
        if let Some(text) = environment.text("WARN_HOURS") {
            self.warn_hours = hours_of(text).map_err(|reason| {
                wrong("WARN_HOURS", reason).hint("Set it to hours, such as 24,6,1")
            })?;
        }
        if let Some(text) = environment.text("NOTIFY_NTFY") {
            let ntfy = ntfy_of(text)
                .map_err(|reason| wrong("NOTIFY_NTFY", reason).hint("Set it to an ntfy topic"))?;
            self.add("ntfy", ChannelKind::Ntfy(ntfy));
        }
        if let Some(text) = environment.text("NOTIFY_PHONE") {
            let target = word(text).map_err(|reason| {
                wrong("NOTIFY_PHONE", reason).hint("Set it to a number, such as +15551234567")
            })?;
            let openclaw = OpenClaw {
                target,
                channel: None,
                gateway: None,
                limit: OPENCLAW_LIMIT,
            };
            self.add("openclaw", ChannelKind::OpenClaw(openclaw));
        }
        Ok(())
    }

    /// Adds a channel, unless one delivers to the same place already.
    fn add(&mut self, word: &str, kind: ChannelKind) {
        if self.channels.iter().any(|channel| channel.kind == kind) {
            return;
        }
        self.channels.push(Channel {
            name: free_name(word, &self.channels),
            fallback: false,
            kind,
        });
    }
}

fn hours_of(text: &str) -> Result<Vec<u32>, String> {
    let numbers = text.split([',', ' ']).filter(|word| !word.is_empty());
    let numbers = numbers.map(|word| match word.parse() {
        Ok(number @ 1..=8760) => Ok(number),
        _ => Err(format!("{} is no number of hours", Text::clean(word))),
    });
    let numbers: Vec<u32> = numbers.collect::<Result<_, _>>()?;
    if numbers.is_empty() {
        return Err("there are no hours in it".into());
    }
    Ok(longest_first(numbers.into_iter()))
}

/// Parses `NOTIFY_NTFY`: a topic alone, or with its server before it.
fn ntfy_of(text: &str) -> Result<Ntfy, String> {
    let (server, topic) = match text.rsplit_once('/') {
        Some((server, topic)) if server.contains("://") => (self::server(server)?, topic),
        Some((server, topic)) => (self::server(&format!("https://{server}"))?, topic),
        None => (NTFY_SERVER.to_owned(), text),
    };
    Ok(Ntfy {
        server,
        topic: self::topic(topic)?,
        token: None,
    })
}

#[cfg(test)]
mod tests;
