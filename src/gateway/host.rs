//! A gateway's identity: its name, the transport, and which OpenClaw to ask.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;

use crate::hint::Hint;

/// The default time limit for OpenClaw on a gateway. Its first run after an install takes up to 40 s.
pub(crate) const DEFAULT_LIMIT: Duration = Duration::from_secs(45);

/// A gateway, as configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Gateway {
    pub(crate) name: Name,
    pub(crate) transport: Transport,
    /// openclaw's command line on the gateway; searched for if not set.
    pub(crate) openclaw: Option<Vec<String>>,
    /// OpenClaw's `--agent`.
    pub(crate) agent: Option<Identifier>,
    /// OpenClaw's `--profile`.
    pub(crate) profile: Option<Identifier>,
    /// How long OpenClaw may take.
    pub(crate) limit: Duration,
}

impl Gateway {
    /// A gateway with defaults for everything but its target.
    pub(crate) fn at(name: Name, target: Target) -> Self {
        Self {
            name,
            transport: Transport::Ssh(Ssh {
                target,
                port: None,
                identity_file: None,
                config: None,
                control_path: None,
            }),
            openclaw: None,
            agent: None,
            profile: None,
            limit: DEFAULT_LIMIT,
        }
    }
}

impl Gateway {
    /// This machine as a gateway, with defaults.
    pub(crate) fn local(name: Name) -> Self {
        Self {
            name,
            transport: Transport::Local,
            openclaw: None,
            agent: None,
            profile: None,
            limit: DEFAULT_LIMIT,
        }
    }

    /// The hint to run a command on the gateway: first `ssh`, if that is another machine, then the command.
    pub(crate) fn there(&self, command: &str) -> Hint {
        match &self.transport {
            Transport::Ssh(ssh) => Hint::only(format!("ssh {}", ssh.words())).then(command),
            Transport::Local => Hint::only(command),
        }
    }

    /// The hint to run OpenClaw on the gateway, by its configured command and profile, with these arguments.
    pub(crate) fn openclaw_there(&self, arguments: &str) -> Hint {
        let mut words = match &self.openclaw {
            Some(words) => words.join(" "),
            None => "openclaw".into(),
        };
        if let Some(profile) = &self.profile {
            words.push_str(&format!(" --profile {}", profile.as_str()));
        }
        self.there(&format!("{words} {arguments}"))
    }

    /// Whether every value that is set here is the same in `known`.
    pub(crate) fn leaves_open(&self, known: &Self) -> bool {
        fn open<T: PartialEq>(said: Option<&T>, known: Option<&T>) -> bool {
            said.is_none() || said == known
        }
        let way = match (&self.transport, &known.transport) {
            (Transport::Ssh(said), Transport::Ssh(known)) => {
                said.target == known.target
                    && open(said.port.as_ref(), known.port.as_ref())
                    && open(said.identity_file.as_ref(), known.identity_file.as_ref())
                    && open(said.config.as_ref(), known.config.as_ref())
            }
            (said, known) => said == known,
        };
        way && open(self.openclaw.as_ref(), known.openclaw.as_ref())
            && open(self.agent.as_ref(), known.agent.as_ref())
            && open(self.profile.as_ref(), known.profile.as_ref())
    }
}

/// How a gateway is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Transport {
    /// With the OpenSSH client of this device.
    Ssh(Ssh),
    /// The gateway is this machine.
    Local,
}

impl Transport {
    /// The options of ssh; None for this machine.
    pub(crate) const fn ssh(&self) -> Option<&Ssh> {
        match self {
            Self::Ssh(ssh) => Some(ssh),
            Self::Local => None,
        }
    }

    /// Whether both have the same target, whatever their port and key.
    pub(crate) fn is_same_place(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Ssh(one), Self::Ssh(other)) => one.target == other.target,
            (one, other) => one == other,
        }
    }
}

/// The options of ssh for a gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ssh {
    pub(crate) target: Target,
    pub(crate) port: Option<u16>,
    pub(crate) identity_file: Option<PathBuf>,
    /// Instead of `~/.ssh/config`.
    pub(crate) config: Option<PathBuf>,
    /// The socket of the command's `ControlMaster`, where it has one.
    pub(crate) control_path: Option<PathBuf>,
}

impl Ssh {
    /// The arguments of `ssh` to show in a hint.
    pub(crate) fn words(&self) -> String {
        let mut words = String::new();
        if let Some(port) = self.port {
            words.push_str(&format!("-p {port} "));
        }
        words.push_str(self.target.as_str());
        words
    }
}

/// A host, `user@host` or an alias of `ssh_config`: not an option of ssh, and without shell metacharacters.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Target(String);

impl TryFrom<String> for Target {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text)
    }
}

impl Target {
    /// Checks a target.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let (user, host) = match text.rsplit_once('@') {
            Some((user, host)) => (Some(user), host),
            None => (None, text),
        };
        if text.starts_with('-') || host.starts_with('-') {
            return Err("it begins with a dash".into());
        }
        if host.is_empty() || user == Some("") {
            return Err("it is not a host or user@host".into());
        }
        let allowed =
            |extra: &'static str| move |c: char| c.is_ascii_alphanumeric() || extra.contains(c);
        let stranger = |text: &str, extra| text.chars().find(|&c| !allowed(extra)(c));
        let stranger = user
            .and_then(|user| stranger(user, "._-+"))
            .or_else(|| stranger(host, "._-:%"));
        match stranger {
            Some(stranger) => Err(format!(
                "{} does not belong into a host name",
                spell(stranger)
            )),
            None if text.len() > 255 => Err("it is longer than any host name".into()),
            None => Ok(Self(text.to_owned())),
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The host without the user.
    pub(crate) fn host(&self) -> &str {
        self.0.rsplit_once('@').map_or(&self.0, |(_, host)| host)
    }
}

fn spell(character: char) -> String {
    match character {
        ' ' => "a space".into(),
        character if character.is_control() => "a control character".into(),
        character => format!("`{character}`"),
    }
}

/// A gateway's name: letters, digits, `-` and `_`, at most 64.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Name(String);

impl TryFrom<String> for Name {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text)
    }
}

impl Name {
    /// Checks a name.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let fine = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if text.is_empty() || text.len() > 64 || text.starts_with('-') || !text.chars().all(fine) {
            return Err("a name has letters, digits, - and _, 64 at most".into());
        }
        Ok(Self(text.to_owned()))
    }

    /// A name made from a host; other characters become dashes.
    pub(crate) fn from_host(host: &str) -> Self {
        let is_address = host.contains(':') || host.chars().all(|c| c.is_ascii_digit() || c == '.');
        let label = if is_address {
            host
        } else {
            host.split('.').next().unwrap_or(host)
        };
        let name: String = label
            .chars()
            .map(|c| {
                if c.is_ascii_alphanumeric() || c == '_' {
                    c
                } else {
                    '-'
                }
            })
            .take(64)
            .collect();
        let name = name.trim_matches('-');
        Self(if name.is_empty() {
            "gateway".into()
        } else {
            name.into()
        })
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

/// An agent id or profile name of OpenClaw: letters, digits, `.`, `-` and `_`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Identifier(String);

impl TryFrom<String> for Identifier {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text)
    }
}

impl Identifier {
    /// Checks an identifier.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let fine = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        if text.is_empty()
            || text.len() > 64
            || text.starts_with(['-', '.'])
            || !text.chars().all(fine)
        {
            return Err("it has letters, digits, . - and _, 64 at most".into());
        }
        Ok(Self(text.to_owned()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::{Name, Target};
    use proptest::prelude::*;

    #[test]
    fn targets_are_hosts_and_nothing_else() {
        for fine in [
            "home",
            "me@gateway.example.net",
            "me@10.0.0.7",
            "fe80::1%eth0",
            "my_alias",
            "a-b",
        ] {
            assert!(Target::parse(fine).is_ok(), "{fine}");
        }
        for bad in [
            "",
            "-oProxyCommand=x",
            "me@-oX",
            "@host",
            "me@",
            "a b",
            "a;b",
            "$(id)",
            "a\nb",
            "a'b",
            "a\"b",
            "a`b",
            "a|b",
            "a&b",
            "a/b",
            "~",
            "a\\b",
            "ho\u{202e}st",
            "höst",
            "ssh://host",
            "[::1]",
        ] {
            assert!(Target::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_gateway_is_named_after_its_host() {
        let table = [
            ("gateway.example.net", "gateway"),
            ("10.0.0.7", "10-0-0-7"),
            ("home", "home"),
            ("fe80::1%eth0", "fe80--1-eth0"),
            ("...", "gateway"),
        ];
        for (host, expected) in table {
            assert_eq!(Name::from_host(host).as_str(), expected);
        }
    }

    proptest! {
        #[test]
        fn a_name_from_any_host_is_a_name(host in any::<String>()) {
            let name = Name::from_host(&host);
            prop_assert_eq!(Name::parse(name.as_str()), Ok(name));
        }

        #[test]
        fn no_target_can_be_an_option_or_shell_syntax(text in any::<String>()) {
            if Target::parse(&text).is_ok() {
                prop_assert!(!text.starts_with('-'));
                let syntax = "'\"`$;|&<>()\\*?!#~{}[]/";
                let harmless = text.chars().all(|c| c.is_ascii_graphic() && !syntax.contains(c));
                prop_assert!(harmless);
            }
        }
    }
}
