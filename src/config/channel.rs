//! Channels: how a message is delivered. A new one is a `ChannelKind` here, and a file in `alerts/channels/`.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Deserializer};
use url::Url;

use crate::config::fields::{Number, Program, checked, expand, path};
use crate::text::Text;

/// The default ntfy server.
pub(crate) const NTFY_SERVER: &str = "https://ntfy.sh";

/// The default time limit for the program of `[alerts.command]`.
const COMMAND_LIMIT: Duration = Duration::from_secs(30);

/// The default time limit for OpenClaw to send a message: it needs about 5 s, but 36 s were seen for a first message.
pub(super) const OPENCLAW_LIMIT: Duration = Duration::from_secs(60);

/// A configured channel.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Channel {
    #[serde(deserialize_with = "checked_name")]
    pub(crate) name: String,
    /// Whether it gets only alerts that no other channel could deliver.
    #[serde(default)]
    pub(crate) fallback: bool,
    pub(crate) kind: ChannelKind,
}

/// The name of the channel that is used if there is no other.
pub(crate) const PRINTED: &str = "printed";

impl Channel {
    /// The channel that prints to standard output.
    pub(crate) fn output() -> Self {
        Self {
            name: PRINTED.into(),
            fallback: false,
            kind: ChannelKind::Output,
        }
    }
}

/// The channels to use: the configured ones, and on a phone its notifications too. If they are not configured, they
/// get what no other channel could deliver, or everything if there is no other channel.
pub(crate) fn in_use(configured: &[Channel], on_a_phone: bool) -> Vec<Channel> {
    let mut channels = configured.to_vec();
    let has_phone = channels.iter().any(|it| it.kind == ChannelKind::Phone);
    if on_a_phone && !has_phone {
        channels.push(Channel {
            name: free_name("phone", &channels),
            fallback: !channels.is_empty(),
            kind: ChannelKind::Phone,
        });
    }
    channels
}

/// A channel name from this word, with a number if a channel has that name already.
pub(crate) fn free_name(word: &str, channels: &[Channel]) -> String {
    let taken = |name: &str| channels.iter().any(|channel| channel.name == name);
    let mut name = word.to_owned();
    let mut number = 1;
    while taken(&name) {
        number += 1;
        name = format!("{word}-{number}");
    }
    name
}

/// How a channel delivers.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ChannelKind {
    Ntfy(Ntfy),
    /// A notification of this phone.
    #[serde(deserialize_with = "no_keys")]
    Phone,
    OpenClaw(OpenClaw),
    Command(Command),
    /// Standard output, if no channel is configured.
    #[serde(skip)]
    Output,
}

impl ChannelKind {
    /// Expands `~/` in the paths of files and in the program to run.
    pub(super) fn expand(&mut self, home: Option<&Path>) {
        match self {
            Self::Ntfy(ntfy) => {
                if let Some(Token::File(path)) = &mut ntfy.token {
                    expand(path, home);
                }
            }
            Self::Command(command) => {
                let mut path = PathBuf::from(&command.run[0]);
                expand(&mut path, home);
                if let Some(path) = path.to_str() {
                    path.clone_into(&mut command.run[0]);
                }
            }
            Self::Phone | Self::OpenClaw(_) | Self::Output => {}
        }
    }
}

/// A topic of an ntfy server.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "NtfyKeys")]
pub(crate) struct Ntfy {
    /// `https://ntfy.sh`, without a slash at the end.
    pub(crate) server: String,
    pub(crate) topic: String,
    pub(crate) token: Option<Token>,
}

/// Where an access token is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Token {
    File(PathBuf),
    /// A program that prints it.
    Command(Vec<String>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "[alerts.ntfy]")]
struct NtfyKeys {
    #[serde(default, deserialize_with = "checked_server")]
    url: Option<String>,
    #[serde(default, deserialize_with = "checked_topic")]
    topic: Option<String>,
    #[serde(default, deserialize_with = "path")]
    token_file: Option<PathBuf>,
    token_command: Option<Program>,
}

impl TryFrom<NtfyKeys> for Ntfy {
    type Error = &'static str;

    fn try_from(keys: NtfyKeys) -> Result<Self, Self::Error> {
        let no_topic = "the key `topic` is missing\nMake one: clawtap monitor ntfy";
        Ok(Self {
            server: keys.url.unwrap_or_else(|| NTFY_SERVER.into()),
            topic: keys.topic.ok_or(no_topic)?,
            token: match (keys.token_file, keys.token_command) {
                (Some(_), Some(_)) => {
                    return Err("the keys `token_command` and `token_file` exclude each other");
                }
                (Some(path), None) => Some(Token::File(path)),
                (None, Some(program)) => Some(Token::Command(program.0)),
                (None, None) => None,
            },
        })
    }
}

impl Ntfy {
    /// The server, as messages show it.
    pub(crate) fn host(&self) -> &str {
        let server = &self.server;
        server.split_once("://").map_or(server, |(_, host)| host)
    }
}

/// A message that OpenClaw sends itself.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, expecting = "[alerts.openclaw]")]
pub(crate) struct OpenClaw {
    /// The recipient, as for `openclaw message send --target`; the id of a Telegram group begins with a dash.
    #[serde(deserialize_with = "checked_word")]
    pub(crate) target: String,
    /// OpenClaw's channel: `whatsapp`, `telegram`, …; OpenClaw chooses one if this is not set.
    #[serde(default, deserialize_with = "checked_channel")]
    pub(crate) channel: Option<String>,
    /// The gateway that sends the message; by default the gateway that the alert is about.
    pub(crate) gateway: Option<String>,
    /// How long OpenClaw may take.
    #[serde(
        rename = "timeout_s",
        default = "openclaw_limit",
        deserialize_with = "limit"
    )]
    pub(crate) limit: Duration,
}

/// A program that gets the message as JSON on standard input.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, expecting = "[alerts.command]")]
pub(crate) struct Command {
    /// At least one word.
    #[serde(deserialize_with = "program")]
    pub(crate) run: Vec<String>,
    #[serde(
        rename = "timeout_s",
        default = "command_limit",
        deserialize_with = "limit"
    )]
    pub(crate) limit: Duration,
}

fn no_keys<'de, D: Deserializer<'de>>(deserializer: D) -> Result<(), D::Error> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields, expecting = "[alerts.phone]")]
    struct NoKeys {}

    NoKeys::deserialize(deserializer).map(|NoKeys {}| ())
}

fn checked_name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    checked(deserializer, |text| match text {
        "" => Err("must not be empty".into()),
        _ if text.chars().count() > 64 || Text::clean(text).as_str() != text => {
            Err("a name is one plain line of 64 characters at most".into())
        }
        _ => Ok(text.to_owned()),
    })
}

const fn openclaw_limit() -> Duration {
    OPENCLAW_LIMIT
}

const fn command_limit() -> Duration {
    COMMAND_LIMIT
}

fn limit<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let seconds = Number::<1, 300>::deserialize(deserializer)?;
    Ok(Duration::from_secs(seconds.0.into()))
}

fn program<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    Program::deserialize(deserializer).map(|program| program.0)
}

fn checked_server<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    checked(deserializer, server).map(Some)
}

fn checked_topic<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    checked(deserializer, topic).map(Some)
}

fn checked_word<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    checked(deserializer, word)
}

fn checked_channel<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    checked_word(deserializer).map(Some)
}

/// Checks an ntfy server's URL; the result has no slash at the end, so that a path can be appended.
///
/// # Errors
/// What is wrong with it, in words.
pub(crate) fn server(text: &str) -> Result<String, String> {
    let no_address = || String::from("it is no address such as https://ntfy.sh");
    // The URL parser is built without the tables for internationalised names (IDNA), so no Unicode and no punycode.
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

/// Checks a topic's name.
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

/// Checks an argument for OpenClaw.
///
/// # Errors
/// What is wrong with it, in words.
pub(super) fn word(text: &str) -> Result<String, String> {
    if text.is_empty() {
        return Err("must not be empty".into());
    }
    if text.chars().any(char::is_control) || text.trim() != text {
        return Err("it has spaces around it, or control characters".into());
    }
    if text.len() > 200 {
        return Err("it has more than 200 characters".into());
    }
    Ok(text.to_owned())
}

/// Why a message was not delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DeliveryError {
    /// The end of a sentence that begins with the channel's name.
    pub(crate) reason: String,
    /// How long the server asked us to wait.
    pub(crate) retry_after: Option<Duration>,
}

impl DeliveryError {
    /// An error without a waiting time: the next run tries again.
    pub(crate) fn because(reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
            retry_after: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Channel, ChannelKind, Command, in_use};
    use std::time::Duration;

    fn channel(name: &str, fallback: bool, kind: ChannelKind) -> Channel {
        Channel {
            name: name.into(),
            fallback,
            kind,
        }
    }

    #[test]
    fn a_phone_is_a_channel_itself_and_the_last_one() {
        let command = || {
            ChannelKind::Command(Command {
                run: vec!["a".into()],
                limit: Duration::from_secs(1),
            })
        };
        let mail = channel("mail", false, command());
        let phone = channel("mine", false, ChannelKind::Phone);
        let fallback = |name| channel(name, true, ChannelKind::Phone);
        let odd = channel("phone", false, command());
        let table = [
            (vec![], false, vec![]),
            (
                vec![],
                true,
                vec![channel("phone", false, ChannelKind::Phone)],
            ),
            (vec![mail.clone()], false, vec![mail.clone()]),
            (
                vec![mail.clone()],
                true,
                vec![mail.clone(), fallback("phone")],
            ),
            (vec![phone.clone(), mail.clone()], true, vec![phone, mail]),
            (vec![odd.clone()], true, vec![odd, fallback("phone-2")]),
        ];
        for (configured, on_a_phone, expected) in table {
            assert_eq!(in_use(&configured, on_a_phone), expected);
        }
    }
}
