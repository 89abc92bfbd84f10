//! The keys for one gateway, and whether its own is known here.

use std::path::Path;

use crate::context::Context;
use crate::doctor::keys::{Facts, Key, Lock, Welcome};
use crate::gateway::host::Ssh;
use crate::gateway::ssh_client::{self, Agent, Resolved};
use crate::system::files;

/// How much of a key's file tells whether it needs a passphrase, in bytes.
const BEGINNING: u64 = 128;

/// Looks at everything on this device that the gateway's ssh goes by; nothing where ssh does not say what that is.
/// What came of it all is still to be known.
pub(super) fn look(ssh: &Ssh, context: &Context) -> Option<Facts> {
    let (system, _environment) = (&context.system, &context.system.environment);
    let resolved = ssh_client::resolve(ssh, system).ok()?;
    let keys = match &ssh.identity_file {
        // The one that is named comes first, and no other is tried.
        Some(file) => vec![key(file, context)],
        None => resolved
            .keys
            .iter()
            .map(|file| key(file, context))
            .collect(),
    };
    Some(Facts {
        keys,
        agent: match resolved.asks_agent {
            Some(true) => ssh_client::agent(system),
            Some(false) => Agent::None,
            None => Agent::Unknown,
        },
        welcome: Welcome::Unknown,
        known_in: known_in(&resolved, context),
    })
}

fn key(path: &Path, context: &Context) -> Key {
    let beginning = files::beginning(path, BEGINNING);
    let beginning = beginning.as_ref().map(|bytes| std::str::from_utf8(bytes));
    let mut public = path.as_os_str().to_owned();
    public.push(".pub");
    Key {
        path: path.to_path_buf(),
        spelled: context.system.environment.display_path(path),
        mode: files::mode(path),
        is_own: files::is_own(path),
        lock: match beginning {
            Some(Ok(text)) => Lock::of(text),
            Some(Err(_)) | None => Lock::Unknown,
        },
        has_public: files::exists(Path::new(&public)),
    }
}

fn known_in(resolved: &Resolved, context: &Context) -> Option<Result<String, ()>> {
    let (system, environment) = (&context.system, &context.system.environment);
    let there = resolved
        .known_hosts
        .iter()
        .filter(|file| files::exists(file));
    for file in there {
        if ssh_client::knows(file, &resolved.known_as, system)? {
            return Some(Ok(environment.display_path(file)));
        }
    }
    Some(Err(()))
}
