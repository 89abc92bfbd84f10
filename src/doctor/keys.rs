//! The keys that this device shows to a gateway.

use crate::context::Context;
use crate::doctor::connection::AuthResult;
use crate::doctor::finding::{Finding, Severity};
use crate::doctor::key_file::{Encryption, KeyFile};
use crate::doctor::known_host::HostKey;
use crate::gateway::host::{Gateway, Ssh};
use crate::gateway::ssh_client::{self, Agent};
use crate::hint::Hint;

/// The files on this device that ssh reads for one gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Keys {
    /// Those that ssh tries, whether they are there or not.
    files: Vec<KeyFile>,
    agent: Agent,
    pub(super) host_key: HostKey,
}

impl Keys {
    /// Nothing where ssh does not say what it goes by.
    pub(super) fn inspect(ssh: &Ssh, context: &Context) -> Option<Self> {
        let (system, environment) = (&context.system, &context.system.environment);
        let resolved = ssh_client::resolve(ssh, system).ok()?;
        // The one that is named comes first, and no other is tried.
        let named = ssh.identity_file.as_ref().map(std::slice::from_ref);
        let paths = named.unwrap_or(&resolved.keys).iter();
        Some(Self {
            files: paths.map(|path| KeyFile::read(path, environment)).collect(),
            agent: match resolved.asks_agent {
                Some(true) => ssh_client::agent(system),
                Some(false) => Agent::None,
                None => Agent::Unknown,
            },
            host_key: HostKey::look_up(&resolved, system),
        })
    }

    pub(super) fn judge(&self, auth: AuthResult, gateway: &Gateway, ssh: &Ssh) -> Vec<Finding> {
        let mut findings: Vec<Finding> = self.files.iter().filter_map(open_to_others).collect();
        let there: Vec<&KeyFile> = self.files.iter().filter(|it| it.mode.is_some()).collect();
        findings.extend(self.missing(auth, ssh));
        let is_locked = |key: &&KeyFile| key.encryption == Encryption::Passphrase;
        let is_needed = matches!(auth, AuthResult::Refused | AuthResult::AlreadyIn);
        match there.first() {
            Some(first) if is_needed && !self.agent_may_help() && there.iter().all(is_locked) => {
                findings.push(locked(first, self.agent));
            }
            _ if auth == AuthResult::Refused => {
                findings.extend(
                    there
                        .iter()
                        .find(|key| !key.has_public)
                        .map(|key| without_public(key)),
                );
            }
            _ => {}
        }
        let is_fine = findings.iter().all(|it| it.severity < Severity::Warning);
        let is_in = matches!(auth, AuthResult::LetIn | AuthResult::AlreadyIn);
        if is_fine && is_in && !there.is_empty() {
            let names: Vec<&str> = there.iter().map(|it| it.place.shown.as_str()).collect();
            let word = if there.len() == 1 { "key" } else { "keys" };
            findings.push(Finding::ok("key", format!("{word} {}", names.join(", "))));
        }
        findings.extend(self.host_key.judge(auth, gateway, ssh));
        findings
    }

    /// A key that is named and not there, or no key at all where one is needed.
    fn missing(&self, auth: AuthResult, ssh: &Ssh) -> Option<Finding> {
        let target = ssh.words();
        match (&ssh.identity_file, &self.files[..]) {
            // The agent may have it, and the public half says which.
            (Some(_), [key, ..])
                if key.mode.is_none() && !(key.has_public && self.agent_may_help()) =>
            {
                let key = &key.place;
                let next = Hint::run("Make it", format!("ssh-keygen -t ed25519 -f {key}"))
                    .then(format!("ssh-copy-id -i {key} {target}"));
                Some(Finding::problem("key", format!("there is no key {key}")).next(next))
            }
            (None, files)
                if auth == AuthResult::Refused
                    && !self.agent_may_help()
                    && files.iter().all(|it| it.mode.is_none()) =>
            {
                let next = Hint::run("Make one", "ssh-keygen -t ed25519")
                    .then(format!("ssh-copy-id {target}"));
                Some(Finding::problem("key", "there is no ssh key here").next(next))
            }
            _ => None,
        }
    }

    const fn agent_may_help(&self) -> bool {
        matches!(self.agent, Agent::HasKeys | Agent::Unknown)
    }
}

fn open_to_others(key: &KeyFile) -> Option<Finding> {
    let mode = key.mode.filter(|mode| key.is_own && mode & 0o077 != 0)?;
    let place = &key.place;
    let what = format!("others may read {place} ({mode:03o}): ssh does not use it");
    Some(Finding::problem("key-permissions", what).closed(place, mode))
}

fn locked(key: &KeyFile, agent: Agent) -> Finding {
    let key = &key.place;
    let agent = match agent {
        Agent::Dead => "; the agent does not answer",
        Agent::Empty => "; the agent has no key",
        Agent::None | Agent::HasKeys | Agent::Unknown => "",
    };
    let what = format!("{key} has a passphrase: no widget or timer can use it{agent}");
    let next = Hint::run("Give it to an agent", format!("ssh-add {key}"))
        .say(", or take the passphrase off: ")
        .command(format!("ssh-keygen -p -f {key}"));
    Finding::warning("key-passphrase", what).next(next)
}

fn without_public(key: &KeyFile) -> Finding {
    let key = &key.place;
    let next = Hint::run("Make it", format!("ssh-keygen -y -f {key} > {key}.pub"));
    Finding::note("public-key", format!("no {key}.pub lies beside its key")).next(next)
}

#[cfg(test)]
mod tests {
    use super::Keys;
    use crate::doctor::connection::AuthResult;
    use crate::doctor::finding::{Finding, Fix, Severity};
    use crate::doctor::key_file::{Encryption, KeyFile};
    use crate::doctor::known_host::HostKey;
    use crate::doctor::samples::{gateway, place};
    use crate::gateway::host::{Gateway, Ssh, Target, Transport};
    use crate::gateway::ssh_client::Agent;

    fn key() -> KeyFile {
        KeyFile {
            place: place("~/.ssh/id"),
            mode: Some(0o600),
            is_own: true,
            encryption: Encryption::None,
            has_public: true,
        }
    }

    fn locked() -> KeyFile {
        KeyFile {
            encryption: Encryption::Passphrase,
            ..key()
        }
    }

    fn missing() -> KeyFile {
        KeyFile {
            mode: None,
            has_public: false,
            ..key()
        }
    }

    fn judged(keys: &[KeyFile], agent: Agent, auth: AuthResult, gateway: &Gateway) -> Vec<Finding> {
        let keys = Keys {
            files: keys.to_vec(),
            agent,
            host_key: HostKey::Unclear,
        };
        keys.judge(auth, gateway, gateway.transport.ssh().unwrap())
    }

    /// A gateway with an `identity_file`.
    fn with_key() -> Gateway {
        Gateway {
            transport: Transport::Ssh(Ssh {
                target: Target::parse("me@home.example").unwrap(),
                port: Some(2222),
                identity_file: Some("/home/me/.ssh/id".into()),
                config: None,
                control_path: None,
            }),
            ..gateway()
        }
    }

    fn only(found: &[Finding]) -> Option<(&'static str, Severity)> {
        assert!(found.len() < 2, "{found:?}");
        found.first().map(|it| (it.check, it.severity))
    }

    #[test]
    fn a_passphrase_is_trouble_only_where_nobody_types_it_and_nobody_keeps_it() {
        use Severity::{Ok, Warning};
        let fine = Some(("key", Ok));
        let trouble = Some(("key-passphrase", Warning));
        let table = [
            (vec![locked()], Agent::None, AuthResult::Refused, trouble),
            (vec![locked()], Agent::Dead, AuthResult::Refused, trouble),
            (vec![locked()], Agent::Empty, AuthResult::AlreadyIn, trouble),
            (vec![locked()], Agent::None, AuthResult::LetIn, fine),
            (vec![locked()], Agent::HasKeys, AuthResult::AlreadyIn, fine),
            (vec![locked()], Agent::Unknown, AuthResult::Refused, None),
            (vec![locked()], Agent::None, AuthResult::Unknown, None),
            (
                vec![locked(), key()],
                Agent::None,
                AuthResult::Refused,
                None,
            ),
            (vec![key()], Agent::Dead, AuthResult::LetIn, fine),
        ];
        for (keys, agent, auth, expected) in table {
            let found = judged(&keys, agent, auth, &gateway());
            assert_eq!(only(&found), expected, "{keys:?} {agent:?} {auth:?}");
        }
        let found = &judged(&[locked()], Agent::Dead, AuthResult::Refused, &gateway())[0];
        assert!(found.what.ends_with("use it; the agent does not answer"));
    }

    #[test]
    fn a_key_that_others_can_read_is_closed_to_them() {
        let open = KeyFile {
            mode: Some(0o640),
            ..key()
        };
        let found = judged(
            std::slice::from_ref(&open),
            Agent::None,
            AuthResult::Refused,
            &gateway(),
        );
        assert_eq!(only(&found), Some(("key-permissions", Severity::Problem)));
        let fix = Fix {
            place: place("~/.ssh/id"),
            mode: 0o600,
        };
        assert_eq!(found[0].fix, Some(fix));
        let others = KeyFile {
            is_own: false,
            ..open
        };
        let found = judged(&[others], Agent::None, AuthResult::LetIn, &gateway());
        assert_eq!(only(&found), Some(("key", Severity::Ok)));
    }

    #[test]
    fn a_key_that_is_not_there_is_missed_where_it_is_named_or_needed() {
        let problem = Some(("key", Severity::Problem));
        let none = || judged(&[missing()], Agent::None, AuthResult::Refused, &gateway());
        assert_eq!(only(&none()), problem);
        assert!(none()[0].step().ends_with("ssh-copy-id me@home.example"));
        assert_eq!(
            only(&judged(
                &[missing()],
                Agent::None,
                AuthResult::LetIn,
                &gateway()
            )),
            None
        );
        assert_eq!(
            only(&judged(
                &[missing()],
                Agent::HasKeys,
                AuthResult::Refused,
                &gateway()
            )),
            None
        );
        let named = judged(
            &[missing()],
            Agent::HasKeys,
            AuthResult::Unknown,
            &with_key(),
        );
        assert_eq!(only(&named), problem);
        let next = "Make it: ssh-keygen -t ed25519 -f ~/.ssh/id, then: ssh-copy-id -i ~/.ssh/id -p 2222 me@home.example";
        assert_eq!(named[0].step(), next);
        // The agent has it, and the public half says which.
        let public = KeyFile {
            mode: None,
            ..key()
        };
        assert_eq!(
            only(&judged(
                &[public],
                Agent::HasKeys,
                AuthResult::LetIn,
                &with_key()
            )),
            None
        );
    }

    #[test]
    fn a_public_half_is_missed_where_it_is_to_be_sent() {
        let alone = KeyFile {
            has_public: false,
            ..key()
        };
        let found = judged(
            std::slice::from_ref(&alone),
            Agent::None,
            AuthResult::Refused,
            &gateway(),
        );
        assert_eq!(only(&found), Some(("public-key", Severity::Note)));
        let found = judged(&[alone], Agent::None, AuthResult::LetIn, &gateway());
        assert_eq!(only(&found), Some(("key", Severity::Ok)));
    }
}
