//! The host key of a gateway: whether it is known on this device.

use crate::doctor::connection::AuthResult;
use crate::doctor::finding::Finding;
use crate::gateway::host::{Gateway, Ssh};
use crate::gateway::ssh_client::{self, Resolved};
use crate::hint::Hint;
use crate::system::{System, files};

/// Where a host key was looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum HostKey {
    /// In this file, as a person writes its path.
    KnownIn(String),
    NotKnown,
    /// The files cannot be searched.
    Unclear,
}

impl HostKey {
    pub(super) fn look_up(resolved: &Resolved, system: &System) -> Self {
        let files = resolved.known_hosts.iter();
        for file in files.filter(|file| files::exists(file)) {
            match ssh_client::knows(file, &resolved.known_as, system) {
                Some(true) => return Self::KnownIn(system.environment.display_path(file)),
                Some(false) => {}
                None => return Self::Unclear,
            }
        }
        Self::NotKnown
    }

    /// Nothing where ssh got past the host key without these files: by a certificate, or a command of its settings.
    pub(super) fn judge(&self, auth: AuthResult, gateway: &Gateway, ssh: &Ssh) -> Option<Finding> {
        const CHECK: &str = "known-host";
        match self {
            Self::KnownIn(file) => Some(Finding::ok(CHECK, format!("its host key is in {file}"))),
            Self::NotKnown if auth == AuthResult::Unknown => {
                let (target, name) = (ssh.target.as_str(), &gateway.name);
                let init = format!("clawtap init {target} --name {name}");
                let finding = Finding::warning(CHECK, "its host key is not known yet");
                Some(finding.next(Hint::run("Once it answers", init)))
            }
            Self::NotKnown | Self::Unclear => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::HostKey;
    use crate::doctor::connection::AuthResult;
    use crate::doctor::finding::Severity;
    use crate::doctor::samples::gateway;

    #[test]
    fn a_host_key_that_is_not_known_is_told_unless_ssh_got_past_it() {
        let gateway = gateway();
        let ssh = gateway.transport.ssh().unwrap();
        let file = HostKey::KnownIn("~/.ssh/known_hosts".into());
        let table = [
            (file, AuthResult::LetIn, Some(Severity::Ok)),
            (
                HostKey::NotKnown,
                AuthResult::Unknown,
                Some(Severity::Warning),
            ),
            (HostKey::NotKnown, AuthResult::LetIn, None),
            (HostKey::Unclear, AuthResult::Unknown, None),
        ];
        for (host_key, auth, expected) in table {
            let found = host_key.judge(auth, &gateway, ssh);
            assert_eq!(found.map(|it| it.severity), expected, "{host_key:?}");
        }
    }
}
