//! The keys that a gateway is shown, and its own that is known here.

use std::path::PathBuf;

use crate::doctor::finding::{Finding, Severity};
use crate::doctor::fix::Fix;
use crate::gateway::host::{Gateway, Transport};
use crate::gateway::ssh_client::Agent;
use crate::hint::Hint;

/// How one key stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key {
    pub(crate) path: PathBuf,
    /// As a person writes it.
    pub(crate) spelled: String,
    /// Its permissions; nothing if there is no such file.
    pub(crate) mode: Option<u32>,
    /// Whether it is the person's own: ssh looks at no other's permissions.
    pub(crate) is_own: bool,
    pub(crate) lock: Lock,
    /// Whether its public half lies beside it.
    pub(crate) has_public: bool,
}

/// Whether a key needs a passphrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lock {
    Open,
    Passphrase,
    Unknown,
}

/// What came of showing the keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Welcome {
    /// They, or something else, let us in.
    LetIn,
    /// A connection was there already: somebody may have typed a passphrase for it.
    AlreadyIn,
    Refused,
    /// It did not come to that.
    Unknown,
}

/// The keys for one gateway, and what is known of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Facts {
    /// Those that ssh tries.
    pub(crate) keys: Vec<Key>,
    pub(crate) agent: Agent,
    pub(crate) welcome: Welcome,
    /// Whether the gateway's host key is known, and in which file; nothing if that cannot be told.
    pub(crate) known_in: Option<Result<String, ()>>,
}

impl Lock {
    /// By the beginning of a key's file. OpenSSH's own format names its cipher there, in base64.
    pub(crate) fn of(beginning: &str) -> Self {
        /// `openssh-key-v1`, a zero, and `none` with its length before it.
        const OPEN: &str = "b3BlbnNzaC1rZXktdjEAAAAABG5vbmU";
        let Some((_, rest)) = beginning.split_once("-----BEGIN ") else {
            return Self::Unknown;
        };
        let (kind, body) = rest.split_once('\n').unwrap_or((rest, ""));
        match kind.trim_end() {
            "OPENSSH PRIVATE KEY-----" if body.trim_start().starts_with(OPEN) => Self::Open,
            "OPENSSH PRIVATE KEY-----" | "ENCRYPTED PRIVATE KEY-----" => Self::Passphrase,
            _ if body.contains("ENCRYPTED") => Self::Passphrase,
            _ => Self::Open,
        }
    }
}

pub(crate) fn findings(facts: &Facts, gateway: &Gateway) -> Vec<Finding> {
    let Transport::Ssh(ssh) = &gateway.transport else {
        return Vec::new();
    };
    let mut findings: Vec<Finding> = facts.keys.iter().filter_map(open_to_others).collect();
    let there: Vec<&Key> = facts.keys.iter().filter(|key| key.mode.is_some()).collect();
    let may_have_keys = matches!(facts.agent, Agent::HasKeys | Agent::Unknown);
    let target = ssh.words();
    match (&ssh.identity_file, &facts.keys[..]) {
        (Some(_), [key, ..]) if key.mode.is_none() && !(key.has_public && may_have_keys) => {
            let key = &key.spelled;
            findings.push(
                Finding::problem("key", format!("there is no key {key}")).next(
                    Hint::run("Make it", format!("ssh-keygen -t ed25519 -f {key}"))
                        .then(format!("ssh-copy-id -i {key} {target}")),
                ),
            );
        }
        (None, _) if there.is_empty() && !may_have_keys && facts.welcome == Welcome::Refused => {
            findings.push(
                Finding::problem("key", "there is no ssh key here").next(
                    Hint::run("Make one", "ssh-keygen -t ed25519")
                        .then(format!("ssh-copy-id {target}")),
                ),
            );
        }
        _ => {}
    }
    let is_locked = !there.is_empty() && there.iter().all(|key| key.lock == Lock::Passphrase);
    let is_needed = matches!(facts.welcome, Welcome::Refused | Welcome::AlreadyIn);
    if is_locked && is_needed && !may_have_keys {
        findings.push(locked(there[0], facts.agent));
    } else if facts.welcome == Welcome::Refused {
        let without = there.iter().find(|key| !key.has_public);
        findings.extend(without.map(|key| {
            let key = &key.spelled;
            Finding::note("public-key", format!("no {key}.pub lies beside its key")).next(
                Hint::run("Make it", format!("ssh-keygen -y -f {key} > {key}.pub")),
            )
        }));
    }
    let is_fine = findings
        .iter()
        .all(|finding| finding.severity < Severity::Warning);
    let is_in = matches!(facts.welcome, Welcome::LetIn | Welcome::AlreadyIn);
    if is_fine && !there.is_empty() && is_in {
        let names: Vec<&str> = there.iter().map(|key| key.spelled.as_str()).collect();
        let what = match names[..] {
            [only] => format!("key {only}"),
            _ => format!("keys {}", names.join(", ")),
        };
        findings.push(Finding::ok("key", what));
    }
    findings.extend(host_key(facts, gateway));
    findings
}

fn open_to_others(key: &Key) -> Option<Finding> {
    let mode = key.mode.filter(|mode| key.is_own && mode & 0o077 != 0)?;
    let spelled = &key.spelled;
    let what = format!("others may read {spelled} ({mode:03o}): ssh does not use it");
    let mending = Fix {
        path: key.path.clone(),
        mode: mode & 0o700,
    };
    let next = Hint::only(format!("chmod go= {spelled}"));
    Some(
        Finding::problem("key-permissions", what)
            .next(next)
            .mended_by(mending),
    )
}

fn locked(key: &Key, agent: Agent) -> Finding {
    let spelled = &key.spelled;
    let agent = match agent {
        Agent::Dead => "; the agent does not answer",
        Agent::Empty => "; the agent has no key",
        Agent::None | Agent::HasKeys | Agent::Unknown => "",
    };
    Finding::warning(
        "key-passphrase",
        format!("{spelled} has a passphrase: no widget or timer can use it{agent}"),
    )
    .next(
        Hint::run("Give it to an agent", format!("ssh-add {spelled}"))
            .say(", or take the passphrase off: ")
            .command(format!("ssh-keygen -p -f {spelled}")),
    )
}

fn host_key(facts: &Facts, gateway: &Gateway) -> Option<Finding> {
    let Transport::Ssh(ssh) = &gateway.transport else {
        return None;
    };
    match (facts.known_in.as_ref()?, facts.welcome) {
        (Ok(file), _) => Some(Finding::ok(
            "known-host",
            format!("its host key is in {file}"),
        )),
        // A certificate, or a command of ssh's settings, vouched for it.
        (Err(()), Welcome::LetIn | Welcome::AlreadyIn | Welcome::Refused) => None,
        (Err(()), Welcome::Unknown) => {
            let next = format!(
                "clawtap init {} --name {}",
                ssh.target.as_str(),
                gateway.name
            );
            let finding = Finding::warning("known-host", "its host key is not known yet");
            Some(finding.next(Hint::run("Once it answers", next)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Facts, Key, Lock, Welcome, findings};
    use crate::doctor::finding::{Finding, Severity};
    use crate::doctor::fix::Fix;
    use crate::doctor::samples::gateway;
    use crate::gateway::host::{Gateway, Name, Ssh, Target, Transport};
    use crate::gateway::ssh_client::Agent;

    fn key() -> Key {
        Key {
            path: "/home/me/.ssh/id".into(),
            spelled: "~/.ssh/id".into(),
            mode: Some(0o600),
            is_own: true,
            lock: Lock::Open,
            has_public: true,
        }
    }

    fn locked() -> Key {
        Key {
            lock: Lock::Passphrase,
            ..key()
        }
    }

    fn missing() -> Key {
        Key {
            mode: None,
            has_public: false,
            ..key()
        }
    }

    fn judged(keys: &[Key], agent: Agent, welcome: Welcome, gateway: &Gateway) -> Vec<Finding> {
        let facts = Facts {
            keys: keys.to_vec(),
            agent,
            welcome,
            known_in: None,
        };
        findings(&facts, gateway)
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
            (vec![locked()], Agent::None, Welcome::Refused, trouble),
            (vec![locked()], Agent::Dead, Welcome::Refused, trouble),
            (vec![locked()], Agent::Empty, Welcome::AlreadyIn, trouble),
            (vec![locked()], Agent::None, Welcome::LetIn, fine),
            (vec![locked()], Agent::HasKeys, Welcome::AlreadyIn, fine),
            (vec![locked()], Agent::Unknown, Welcome::Refused, None),
            (vec![locked()], Agent::None, Welcome::Unknown, None),
            (vec![locked(), key()], Agent::None, Welcome::Refused, None),
            (vec![key()], Agent::Dead, Welcome::LetIn, fine),
        ];
        for (keys, agent, welcome, expected) in table {
            let found = judged(&keys, agent, welcome, &gateway());
            assert_eq!(only(&found), expected, "{keys:?} {agent:?} {welcome:?}");
        }
        let found = &judged(&[locked()], Agent::Dead, Welcome::Refused, &gateway())[0];
        assert!(found.what.ends_with("use it; the agent does not answer"));
    }

    #[test]
    fn a_key_that_others_can_read_is_closed_to_them() {
        let open = Key {
            mode: Some(0o640),
            ..key()
        };
        let found = judged(
            std::slice::from_ref(&open),
            Agent::None,
            Welcome::Refused,
            &gateway(),
        );
        assert_eq!(only(&found), Some(("key-permissions", Severity::Problem)));
        let mending = Fix {
            path: "/home/me/.ssh/id".into(),
            mode: 0o600,
        };
        assert_eq!(found[0].mending, Some(mending));
        let others = Key {
            is_own: false,
            ..open
        };
        let found = judged(&[others], Agent::None, Welcome::LetIn, &gateway());
        assert_eq!(only(&found), Some(("key", Severity::Ok)));
    }

    #[test]
    fn a_key_that_is_not_there_is_missed_where_it_is_named_or_needed() {
        let problem = Some(("key", Severity::Problem));
        let none = || judged(&[missing()], Agent::None, Welcome::Refused, &gateway());
        assert_eq!(only(&none()), problem);
        assert!(none()[0].step().ends_with("ssh-copy-id me@home.example"));
        assert_eq!(
            only(&judged(
                &[missing()],
                Agent::None,
                Welcome::LetIn,
                &gateway()
            )),
            None
        );
        assert_eq!(
            only(&judged(
                &[missing()],
                Agent::HasKeys,
                Welcome::Refused,
                &gateway()
            )),
            None
        );
        let named = judged(&[missing()], Agent::HasKeys, Welcome::Unknown, &with_key());
        assert_eq!(only(&named), problem);
        let next = "Make it: ssh-keygen -t ed25519 -f ~/.ssh/id, then: ssh-copy-id -i ~/.ssh/id -p 2222 me@home.example";
        assert_eq!(named[0].step(), next);
        // The agent has it, and the public half says which.
        let public = Key {
            mode: None,
            ..key()
        };
        assert_eq!(
            only(&judged(
                &[public],
                Agent::HasKeys,
                Welcome::LetIn,
                &with_key()
            )),
            None
        );
    }

    #[test]
    fn a_public_half_is_missed_where_it_is_to_be_sent() {
        let alone = Key {
            has_public: false,
            ..key()
        };
        let found = judged(
            std::slice::from_ref(&alone),
            Agent::None,
            Welcome::Refused,
            &gateway(),
        );
        assert_eq!(only(&found), Some(("public-key", Severity::Note)));
        let found = judged(&[alone], Agent::None, Welcome::LetIn, &gateway());
        assert_eq!(only(&found), Some(("key", Severity::Ok)));
    }

    #[test]
    fn a_host_key_that_is_not_known_is_told_unless_ssh_has_said_so() {
        let known = |known_in, welcome| {
            let facts = Facts {
                keys: Vec::new(),
                agent: Agent::None,
                welcome,
                known_in,
            };
            findings(&facts, &gateway()).first().map(|it| it.severity)
        };
        let file = || Some(Ok("~/.ssh/known_hosts".into()));
        assert_eq!(known(file(), Welcome::LetIn), Some(Severity::Ok));
        assert_eq!(
            known(Some(Err(())), Welcome::Unknown),
            Some(Severity::Warning)
        );
        assert_eq!(known(Some(Err(())), Welcome::LetIn), None);
        assert_eq!(known(None, Welcome::Unknown), None);
        let here = Gateway::local(Name::parse("here").unwrap());
        assert_eq!(judged(&[missing()], Agent::None, Welcome::LetIn, &here), []);
    }

    #[test]
    fn a_lock_shows_in_how_a_key_begins() {
        let openssh = "-----BEGIN OPENSSH PRIVATE KEY-----\n";
        let table = [
            (
                format!("{openssh}b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAAB"),
                Lock::Open,
            ),
            (
                format!("{openssh}b3BlbnNzaC1rZXktdjEAAAAACmFlczI1Ni1jdHIAAAAGYmNyeXB0"),
                Lock::Passphrase,
            ),
            (
                "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES\n".into(),
                Lock::Passphrase,
            ),
            (
                "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA".into(),
                Lock::Open,
            ),
            (
                "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIFHDBOBgkq".into(),
                Lock::Passphrase,
            ),
            (
                "-----BEGIN PRIVATE KEY-----\r\nMC4CAQAwBQYDK2Vw".into(),
                Lock::Open,
            ),
            ("ssh-ed25519 AAAA".into(), Lock::Unknown),
            (String::new(), Lock::Unknown),
        ];
        for (beginning, expected) in table {
            assert_eq!(Lock::of(&beginning), expected, "{beginning}");
        }
    }
}
