//! Host keys: the offered key, its fingerprint, and pinning exactly that key.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::gateway::error::{self, ErrorKind, GatewayError};
use crate::gateway::host::Ssh;
use crate::gateway::ssh_args::{CONNECT_TIMEOUT_S, destination_args};
use crate::system::process::{Finished, Invocation};
use crate::system::{System, files};
use crate::text::Text;

/// The limit for programs that do not use the network.
const LOCAL_STEP: Duration = Duration::from_secs(10);
/// The largest `known_hosts` content one host may offer, in bytes.
const LARGEST_OFFER: u64 = 64 * 1024;

/// A host's offered key, not trusted yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Offer {
    /// Lines of `known_hosts`, written by ssh itself.
    lines: String,
    /// "ED25519 SHA256:…"
    pub(crate) fingerprint: String,
}

/// Asks a host for its key without signing in; jumps and aliases of `ssh_config` apply.
///
/// ssh writes the key to a temporary `known_hosts`; the files that it trusts are not changed.
pub(crate) fn offered(ssh: &Ssh, system: &System) -> Result<Offer, GatewayError> {
    let failed = |error: std::io::Error| {
        let detail = Text::clean(&error.to_string());
        GatewayError::new(ErrorKind::HostKeyUnknown).saying(Some(detail))
    };
    let folder = files::scratch_folder(&system.environment.temporary_folder()).map_err(failed)?;
    let file = folder.path().join("known_hosts");
    let mut arguments: Vec<OsString> = vec!["-T".into()];
    for option in [
        "BatchMode=yes",
        "StrictHostKeyChecking=accept-new",
        "GlobalKnownHostsFile=/dev/null",
        "PreferredAuthentications=none",
        "UpdateHostKeys=no",
        "CheckHostIP=no",
        "ControlPath=none",
        "ClearAllForwardings=yes",
        "PermitLocalCommand=no",
        "RemoteCommand=none",
        "LogLevel=ERROR",
    ] {
        arguments.extend(["-o".into(), option.into()]);
    }
    let known_hosts = file.to_string_lossy().replace('%', "%%");
    arguments.extend([
        "-o".into(),
        format!("UserKnownHostsFile=\"{known_hosts}\"").into(),
    ]);
    arguments.extend([
        "-o".into(),
        format!("ConnectTimeout={CONNECT_TIMEOUT_S}").into(),
    ]);
    arguments.extend(destination_args(ssh));
    arguments.extend(["--".into(), ssh.target.as_str().into(), "true".into()]);
    let limit = Duration::from_secs(CONNECT_TIMEOUT_S) + LOCAL_STEP;
    let finished = run("ssh", arguments, limit, system)?;
    let lines = files::read_text_if_there(&file, LARGEST_OFFER)
        .map_err(failed)?
        .unwrap_or_default();
    if lines.trim().is_empty() {
        return Err(error::of_ssh(&finished.stderr));
    }
    let arguments = vec!["-l".into(), "-f".into(), file.into()];
    let shown = run("ssh-keygen", arguments, LOCAL_STEP, system)?;
    let fingerprint = read_fingerprint(&String::from_utf8_lossy(&shown.stdout))
        .ok_or_else(|| error::of_ssh(&shown.stderr))?;
    Ok(Offer { lines, fingerprint })
}

/// Adds an offered key to the `known_hosts` that ssh uses for this host, and returns the path of that file.
pub(crate) fn pin(offer: &Offer, ssh: &Ssh, system: &System) -> Result<PathBuf, GatewayError> {
    let failed = |detail: &str| {
        GatewayError::new(ErrorKind::HostKeyUnknown).saying(Some(Text::clean(detail)))
    };
    let mut arguments: Vec<OsString> = vec!["-G".into()];
    arguments.extend(destination_args(ssh));
    arguments.extend(["--".into(), ssh.target.as_str().into()]);
    let settings = run("ssh", arguments, LOCAL_STEP, system)?;
    let file = read_known_hosts(
        &String::from_utf8_lossy(&settings.stdout),
        system.environment.home().as_deref(),
    )
    .ok_or_else(|| failed("ssh keeps no known_hosts for it"))?;
    files::append_private(&file, &offer.lines)
        .map_err(|error| failed(&format!("{}: {error}", file.display())))?;
    Ok(file)
}

fn run(
    name: &str,
    arguments: Vec<OsString>,
    limit: Duration,
    system: &System,
) -> Result<Finished, GatewayError> {
    let missing = || GatewayError::new(ErrorKind::NoSsh);
    let program = system.environment.program(name).ok_or_else(missing)?;
    let invocation = Invocation::new(program, limit).arguments(arguments);
    system.processes.run(&invocation).map_err(|_| missing())
}

/// Parses a line of `ssh-keygen -l`: `256 SHA256:… host (ED25519)`.
fn read_fingerprint(shown: &str) -> Option<String> {
    let mut words = shown.lines().next()?.split_whitespace();
    let hash = words.nth(1)?;
    let kind = words.next_back()?.trim_matches(['(', ')']);
    hash.contains(':')
        .then(|| Text::clean(&format!("{kind} {hash}")).to_string())
}

/// The first file of `userknownhostsfile` in what `ssh -G` prints.
fn read_known_hosts(settings: &str, home: Option<&Path>) -> Option<PathBuf> {
    let value = settings
        .lines()
        .find_map(|line| line.strip_prefix("userknownhostsfile "))?;
    let first = value.split_whitespace().next()?;
    match (first.strip_prefix("~/"), home) {
        _ if first == "none" || first == "/dev/null" => None,
        (Some(rest), Some(home)) => Some(home.join(rest)),
        _ => Some(PathBuf::from(first)),
    }
}

#[cfg(test)]
mod tests {
    use super::{read_fingerprint, read_known_hosts};
    use std::path::{Path, PathBuf};

    #[test]
    fn the_fingerprint_is_shown_with_its_kind() {
        let shown = "256 SHA256:Rk5v/a+b host.example (ED25519)\n";
        assert_eq!(
            read_fingerprint(shown).as_deref(),
            Some("ED25519 SHA256:Rk5v/a+b")
        );
        assert_eq!(read_fingerprint("no key here\n"), None);
        assert_eq!(read_fingerprint(""), None);
    }

    #[test]
    fn the_key_goes_where_ssh_looks_for_it() {
        let settings =
            "user me\nuserknownhostsfile /home/me/.ssh/known_hosts /home/me/.ssh/known_hosts2\n";
        let home = Some(Path::new("/home/me"));
        assert_eq!(
            read_known_hosts(settings, home),
            Some(PathBuf::from("/home/me/.ssh/known_hosts"))
        );
        assert_eq!(
            read_known_hosts("userknownhostsfile ~/k\n", home),
            Some(PathBuf::from("/home/me/k"))
        );
        assert_eq!(
            read_known_hosts("userknownhostsfile /dev/null\n", home),
            None
        );
    }
}
