//! The keys for one gateway, and whether its own is known here.

use std::path::Path;

use crate::commands::Session;
use crate::doctor::keys::{Facts, Key, Lock, Welcome};
use crate::gateway::client::{self, Agent, Resolved};
use crate::gateway::identity::Ssh;
use crate::system::files;

/// How much of a key's file tells whether it needs a passphrase, in bytes.
const BEGINNING: u64 = 128;

/// Looks at everything on this device that the gateway's ssh goes by; nothing where ssh does not say what that is.
/// What came of it all is still to be known.
pub(super) fn look(ssh: &Ssh, session: &Session) -> Option<Facts> {
    let (environment, processes) = (&session.environment, &session.processes);
    let resolved = client::resolve(ssh, processes, environment).ok()?;
    let keys = match &ssh.identity_file {
        // The one that is named comes first, and no other is tried.
        Some(file) => vec![key(file, session)],
        None => resolved
            .keys
            .iter()
            .map(|file| key(file, session))
            .collect(),
    };
    Some(Facts {
        keys,
        agent: match resolved.asks_agent {
            Some(true) => client::agent(processes, environment),
            Some(false) => Agent::None,
            None => Agent::Unknown,
        },
        welcome: Welcome::Unknown,
        known_in: known_in(&resolved, session),
    })
}

fn key(path: &Path, session: &Session) -> Key {
    let beginning = files::beginning(path, BEGINNING);
    let beginning = beginning.as_ref().map(|bytes| std::str::from_utf8(bytes));
    let mut public = path.as_os_str().to_owned();
    public.push(".pub");
    Key {
        path: path.to_path_buf(),
        spelled: session.environment.spelled(path),
        mode: files::mode(path),
        is_own: files::is_own(path),
        lock: match beginning {
            Some(Ok(text)) => Lock::of(text),
            Some(Err(_)) | None => Lock::Unknown,
        },
        has_public: files::is_there(Path::new(&public)),
    }
}

fn known_in(resolved: &Resolved, session: &Session) -> Option<Result<String, ()>> {
    let (environment, processes) = (&session.environment, &session.processes);
    let there = resolved
        .known_hosts
        .iter()
        .filter(|file| files::is_there(file));
    for file in there {
        if client::knows(file, &resolved.known_as, processes, environment)? {
            return Some(Ok(environment.spelled(file)));
        }
    }
    Some(Err(()))
}
