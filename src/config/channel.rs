//! Channels: the ways by which a message reaches a person. A new one is a means here, and a file of its own.

use std::path::PathBuf;
use std::time::Duration;

/// A configured channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Channel {
    /// What a person calls it; no two have the same.
    pub(crate) name: String,
    /// It gets only what no other channel could deliver.
    pub(crate) fallback: bool,
    pub(crate) means: Means,
}

/// The name of the channel that is there where no other is.
pub(crate) const PRINTED: &str = "printed";

impl Channel {
    /// What is printed.
    pub(crate) fn output() -> Self {
        Self {
            name: PRINTED.into(),
            fallback: false,
            means: Means::Output,
        }
    }
}

/// The channels to go by: the configured ones. A phone tells what no other channel could deliver, or everything if there
/// is no other, whether or not that is configured.
pub(crate) fn in_use(configured: &[Channel], on_a_phone: bool) -> Vec<Channel> {
    let mut channels = configured.to_vec();
    let has_phone = channels.iter().any(|it| it.means == Means::Phone);
    if on_a_phone && !has_phone {
        channels.push(Channel {
            name: free_name("phone", &channels),
            fallback: !channels.is_empty(),
            means: Means::Phone,
        });
    }
    channels
}

/// This word, or with a number if a channel is called so already.
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Means {
    Ntfy(Ntfy),
    /// A notification of this phone.
    Phone,
    OpenClaw(OpenClaw),
    Command(Command),
    /// What this process prints, which whoever started it reads; where nothing else is configured.
    Output,
}

/// A topic of an ntfy server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ntfy {
    /// `https://ntfy.sh`, without a slash at the end.
    pub(crate) server: String,
    pub(crate) topic: String,
    pub(crate) token: Option<Token>,
}

impl Ntfy {
    /// The server, as messages show it.
    pub(crate) fn host(&self) -> &str {
        let server = &self.server;
        server.split_once("://").map_or(server, |(_, host)| host)
    }
}

/// Where an access token is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Token {
    File(PathBuf),
    /// A program that prints it.
    Command(Vec<String>),
}

/// A message that OpenClaw sends itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OpenClaw {
    /// Whom to, as `openclaw message send --target` takes it; a Telegram group begins with a dash.
    pub(crate) target: String,
    /// By which of OpenClaw's channels: `whatsapp`, `telegram`, …; OpenClaw's own choice if this is not set.
    pub(crate) channel: Option<String>,
    /// The gateway that sends it; the one it is about if this is not set.
    pub(crate) gateway: Option<String>,
    /// How long OpenClaw may take.
    pub(crate) limit: Duration,
}

/// A program that gets the message as JSON on standard input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Command {
    /// At least one word.
    pub(crate) run: Vec<String>,
    pub(crate) limit: Duration,
}

/// Why a message did not go out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Undelivered {
    /// The end of a sentence that begins with the channel's name.
    pub(crate) reason: String,
    /// How long the other side asked us to wait.
    pub(crate) retry_after: Option<Duration>,
}

impl Undelivered {
    /// For the next run to try again.
    pub(crate) fn because(reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
            retry_after: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Channel, Command, Means, in_use};
    use std::time::Duration;

    fn channel(name: &str, fallback: bool, means: Means) -> Channel {
        Channel {
            name: name.into(),
            fallback,
            means,
        }
    }

    #[test]
    fn a_phone_is_a_channel_itself_and_the_last_one() {
        let command = || {
            Means::Command(Command {
                run: vec!["a".into()],
                limit: Duration::from_secs(1),
            })
        };
        let mail = channel("mail", false, command());
        let phone = channel("mine", false, Means::Phone);
        let fallback = |name| channel(name, true, Means::Phone);
        let odd = channel("phone", false, command());
        let table = [
            (vec![], false, vec![]),
            (vec![], true, vec![channel("phone", false, Means::Phone)]),
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
