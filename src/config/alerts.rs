//! `[alerts]`: what `clawtap monitor` tells, when, and by which channels.

use std::path::{Path, PathBuf};
use std::time::Duration;

use url::Url;

use crate::config::channel::{Channel, Command, Means, Ntfy, OpenClaw, Token, free_name};
use crate::config::file::{checked, expand, path, program};
use crate::config::quiet_hours::QuietHours;
use crate::config::value::{ConfigError, Table, Value};
use crate::error::{Error, Kind};
use crate::gateway::host::Gateway;
use crate::suggest::nearest;
use crate::system::environment::Environment;
use crate::text::Text;

/// Where topics are unless something else is configured.
pub(crate) const NTFY_SERVER: &str = "https://ntfy.sh";

/// How long a program of the person's own may take.
const COMMAND_LIMIT: Duration = Duration::from_secs(30);

/// How long OpenClaw may take to send a message: some 5 s, but 36 s were seen for a first one.
const OPENCLAW_LIMIT: Duration = Duration::from_secs(60);

/// When to tell what, and by which channels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Alerts {
    /// Hours before an expiry at which it is told, the longest first; each once.
    pub(crate) warn_hours: Vec<u32>,
    /// Hours after which what is still broken is told again; 0 is never.
    pub(crate) remind_hours: u32,
    pub(crate) quiet: Option<QuietHours>,
    /// In the order of the file.
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

/// Reads the table. `~/` in it means `home`; a message of OpenClaw's own may be sent by one of the `gateways`.
pub(super) fn read(
    mut table: Table,
    home: Option<&Path>,
    gateways: &[Gateway],
) -> Result<Alerts, ConfigError> {
    let default = Alerts::default();
    let warn_hours = table.take("warn_hours");
    let remind_hours = table.take("remind_hours");
    let quiet = table.take("quiet");
    let means: [(_, _, Option<Value>, Reader); 4] = [
        ("ntfy", "[alerts.ntfy]", table.take("ntfy"), ntfy),
        ("phone", "[alerts.phone]", table.take("phone"), |_, _, _| {
            Ok(Means::Phone)
        }),
        (
            "openclaw",
            "[alerts.openclaw]",
            table.take("openclaw"),
            openclaw,
        ),
        (
            "command",
            "[alerts.command]",
            table.take("command"),
            command,
        ),
    ];
    table.finish()?;
    let mut channels: Vec<(usize, Channel)> = Vec::new();
    for (word, title, value, reader) in means {
        let Some(value) = value else { continue };
        let tables = value.one_or_more_tables(title)?;
        let several = tables.len() > 1;
        for (number, mut table) in (1..).zip(tables) {
            let place = table.place();
            let twice = table.mistake("two channels have the same name");
            let name = match table.take("name") {
                Some(value) => checked(&value, channel_name)?,
                None if several => format!("{word}-{number}"),
                None => word.to_owned(),
            };
            let fallback = match table.take("fallback") {
                Some(value) => value.boolean()?,
                None => false,
            };
            let means = reader(&mut table, home, gateways)?;
            table.finish()?;
            if channels.iter().any(|(_, other)| other.name == name) {
                return Err(twice);
            }
            channels.push((
                place,
                Channel {
                    name,
                    fallback,
                    means,
                },
            ));
        }
    }
    channels.sort_by_key(|(place, _)| *place);
    Ok(Alerts {
        warn_hours: match warn_hours {
            Some(value) => hours(value.numbers(1..=8760)?),
            None => default.warn_hours,
        },
        remind_hours: match remind_hours {
            Some(value) => u32::try_from(value.number(0..=8760)?).unwrap_or(u32::MAX),
            None => default.remind_hours,
        },
        quiet: quiet
            .map(|value| checked(&value, QuietHours::parse))
            .transpose()?,
        channels: channels.into_iter().map(|(_, channel)| channel).collect(),
    })
}

/// What the upstream scripts' variables add: `WARN_HOURS` is the ladder, `NOTIFY_NTFY` a topic, `NOTIFY_PHONE` whom
/// OpenClaw sends a message.
pub(super) fn with_variables(
    mut alerts: Alerts,
    environment: &Environment,
) -> Result<Alerts, Error> {
    let wrong = |name: &str, reason: String| {
        Error::new(
            Kind::Configuration,
            format!("{name} is not usable: {reason}"),
        )
    };
    if let Some(text) = environment.text("WARN_HOURS") {
        alerts.warn_hours = hours_of(text).map_err(|reason| {
            wrong("WARN_HOURS", reason).hint("Set it to hours, such as 24,6,1")
        })?;
    }
    if let Some(text) = environment.text("NOTIFY_NTFY") {
        let ntfy = ntfy_of(text)
            .map_err(|reason| wrong("NOTIFY_NTFY", reason).hint("Set it to an ntfy topic"))?;
        alerts.add("ntfy", Means::Ntfy(ntfy));
    }
    if let Some(text) = environment.text("NOTIFY_PHONE") {
        let target = target(text).map_err(|reason| {
            wrong("NOTIFY_PHONE", reason).hint("Set it to a number, such as +15551234567")
        })?;
        let openclaw = OpenClaw {
            target,
            channel: None,
            gateway: None,
            limit: OPENCLAW_LIMIT,
        };
        alerts.add("openclaw", Means::OpenClaw(openclaw));
    }
    Ok(alerts)
}

fn hours_of(text: &str) -> Result<Vec<u32>, String> {
    let numbers = text.split([',', ' ']).filter(|word| !word.is_empty());
    let numbers = numbers.map(|word| match word.parse() {
        Ok(number @ 1..=8760) => Ok(number),
        _ => Err(format!("{} is no number of hours", Text::clean(word))),
    });
    let numbers: Vec<u64> = numbers.collect::<Result<_, _>>()?;
    if numbers.is_empty() {
        return Err("there are no hours in it".into());
    }
    Ok(hours(numbers))
}

impl Alerts {
    /// Adds a channel, unless one delivers to the same place already.
    fn add(&mut self, word: &str, means: Means) {
        if self.channels.iter().any(|channel| channel.means == means) {
            return;
        }
        self.channels.push(Channel {
            name: free_name(word, &self.channels),
            fallback: false,
            means,
        });
    }
}

/// What a person calls a channel.
fn channel_name(text: &str) -> Result<String, String> {
    if text.chars().count() > 64 || Text::clean(text).as_str() != text {
        return Err("a name is one plain line of 64 characters at most".into());
    }
    Ok(text.to_owned())
}

type Reader = fn(&mut Table, Option<&Path>, &[Gateway]) -> Result<Means, ConfigError>;

/// The rungs of the ladder, the longest first, each once.
pub(super) fn hours(numbers: Vec<u64>) -> Vec<u32> {
    let mut hours: Vec<u32> = numbers
        .into_iter()
        .filter_map(|number| u32::try_from(number).ok())
        .collect();
    hours.sort_unstable_by(|a, b| b.cmp(a));
    hours.dedup();
    hours
}

fn ntfy(table: &mut Table, home: Option<&Path>, _: &[Gateway]) -> Result<Means, ConfigError> {
    let no_topic = ConfigError {
        hint: Some("Make one: clawtap monitor ntfy".into()),
        ..table.mistake("[alerts.ntfy] needs a `topic`")
    };
    let server = table.take("url");
    let topic = table.take("topic");
    let token_file = table.take("token_file");
    let token_command = table.take("token_command");
    Ok(Means::Ntfy(Ntfy {
        server: match server {
            Some(value) => checked(&value, self::server)?,
            None => NTFY_SERVER.into(),
        },
        topic: checked(&topic.ok_or(no_topic)?, self::topic)?,
        token: match (token_file, token_command) {
            (Some(_), Some(value)) => {
                return Err(value.mistake("and `token_file` exclude each other"));
            }
            (Some(value), None) => Some(Token::File(path(&value, home)?)),
            (None, Some(value)) => Some(Token::Command(program(&value)?)),
            (None, None) => None,
        },
    }))
}

/// An ntfy server's address, as every later part is put behind it.
///
/// # Errors
/// What is wrong with it, in words.
pub(crate) fn server(text: &str) -> Result<String, String> {
    let no_address = || String::from("it is no address such as https://ntfy.sh");
    // The parser has no tables for other letters than ASCII's, encoded ones included.
    let in_disguise = text.to_ascii_lowercase().contains("xn--");
    if !text.is_ascii() || text.contains('%') || in_disguise {
        return Err(no_address());
    }
    let url = Url::parse(text).map_err(|_| no_address())?;
    let bare = url.query().is_none() && url.fragment().is_none() && url.path() == "/";
    if !["https", "http"].contains(&url.scheme()) || url.host().is_none() || !bare {
        return Err(no_address());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("a password does not belong there; use token_file".into());
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

/// A topic's name.
///
/// # Errors
/// What is wrong with it, in words.
pub(crate) fn topic(text: &str) -> Result<String, String> {
    let fine = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if text.is_empty() || text.len() > 64 || !text.chars().all(fine) {
        return Err("a topic has letters, digits, - and _, 64 at most".into());
    }
    Ok(text.to_owned())
}

/// The topic that upstream's `NOTIFY_NTFY` names: alone, or with its server before it.
///
/// # Errors
/// What is wrong with it, in words.
pub(super) fn ntfy_of(text: &str) -> Result<Ntfy, String> {
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

fn openclaw(
    table: &mut Table,
    _: Option<&Path>,
    gateways: &[Gateway],
) -> Result<Means, ConfigError> {
    let no_target = table.mistake("[alerts.openclaw] needs a `target`");
    let target = table.take("target");
    let channel = table.take("channel");
    let gateway = table.take("gateway");
    let limit = table.take("timeout_s");
    Ok(Means::OpenClaw(OpenClaw {
        target: checked(&target.ok_or(no_target)?, self::target)?,
        channel: channel
            .map(|value| checked(&value, self::target))
            .transpose()?,
        gateway: gateway.map(|value| known(&value, gateways)).transpose()?,
        limit: seconds(limit, OPENCLAW_LIMIT)?,
    }))
}

/// A word for OpenClaw.
///
/// # Errors
/// What is wrong with it, in words.
pub(super) fn target(text: &str) -> Result<String, String> {
    if text.chars().any(char::is_control) || text.trim() != text {
        return Err("it has spaces around it, or control characters".into());
    }
    if text.len() > 200 {
        return Err("it has more than 200 characters".into());
    }
    Ok(text.to_owned())
}

fn command(table: &mut Table, home: Option<&Path>, _: &[Gateway]) -> Result<Means, ConfigError> {
    let no_program = table.mistake("[alerts.command] needs `run`");
    let run = table.take("run");
    let limit = table.take("timeout_s");
    let mut run = program(&run.ok_or(no_program)?)?;
    let path: PathBuf = expand(&run[0], home);
    if let Some(path) = path.to_str() {
        path.clone_into(&mut run[0]);
    }
    Ok(Means::Command(Command {
        run,
        limit: seconds(limit, COMMAND_LIMIT)?,
    }))
}

fn seconds(value: Option<Value>, unless_set: Duration) -> Result<Duration, ConfigError> {
    match value {
        Some(value) => Ok(Duration::from_secs(value.number(1..=300)?)),
        None => Ok(unless_set),
    }
}

/// The name of a configured gateway.
fn known(value: &Value, gateways: &[Gateway]) -> Result<String, ConfigError> {
    let name = value.string()?;
    let names: Vec<&str> = gateways.iter().map(|it| it.name.as_str()).collect();
    if names.contains(&name) {
        return Ok(name.to_owned());
    }
    Err(ConfigError {
        hint: match nearest(name, names.iter().copied()) {
            Some(near) => Some(format!("Did you mean {near}?")),
            None if names.is_empty() => None,
            None => Some(format!("Configured: {}", names.join(", "))),
        },
        ..value.mistake("names no [[gateway]]")
    })
}

#[cfg(test)]
mod tests;
