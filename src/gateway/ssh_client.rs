//! This device's ssh: its version, its settings for a gateway, and its agent. Nothing here connects.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::gateway::host::Ssh;
use crate::gateway::ssh_args::destination_args;
use crate::system::System;
use crate::system::process::{Finished, Invocation};

/// The limit for programs that do not use the network; `ssh -G` may run commands (`Match exec` in `ssh_config`).
const LOCAL_STEP: Duration = Duration::from_secs(10);

/// ssh's settings for a gateway, from `ssh -G`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Resolved {
    /// The name of its host key in `known_hosts`: an alias, or the host with its port unless that is 22.
    pub(crate) known_as: String,
    /// The files with known host keys, the person's own first.
    pub(crate) known_hosts: Vec<PathBuf>,
    /// The key files that ssh tries, whether they exist or not.
    pub(crate) keys: Vec<PathBuf>,
    /// Whether the agent of `SSH_AUTH_SOCK` is asked for keys; None if another agent is.
    pub(crate) asks_agent: Option<bool>,
    /// Whether sessions share a connection by the person's own settings (`ControlMaster` and `ControlPath`).
    pub(crate) has_control_path: bool,
}

/// The state of the ssh agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Agent {
    None,
    /// `SSH_AUTH_SOCK` names one that does not answer.
    Dead,
    Empty,
    HasKeys,
    /// The agent could not be asked, or it is set in `ssh_config` (`IdentityAgent`).
    Unknown,
}

/// The output of `ssh -V`; None if ssh cannot be run.
pub(crate) fn version(system: &System) -> Option<String> {
    let finished = run("ssh", vec!["-V".into()], system)?;
    // Some builds print it on standard output.
    let said = [finished.stderr, finished.stdout].concat();
    Some(String::from_utf8_lossy(&said).trim().to_owned())
}

/// Asks ssh for its settings for a gateway (`ssh -G`).
///
/// # Errors
/// ssh's message about what is wrong with its settings; empty if ssh cannot be run.
pub(crate) fn resolve(ssh: &Ssh, system: &System) -> Result<Resolved, String> {
    let mut arguments: Vec<OsString> = vec!["-G".into()];
    arguments.extend(destination_args(ssh));
    arguments.extend(["--".into(), ssh.target.as_str().into()]);
    let finished = run("ssh", arguments, system).ok_or_else(String::new)?;
    if !finished.succeeded() {
        return Err(String::from_utf8_lossy(&finished.stderr).into_owned());
    }
    let settings = String::from_utf8_lossy(&finished.stdout);
    Ok(read(&settings, system.environment.home().as_deref()))
}

/// Whether a host's key is in a file of known host keys (`ssh-keygen -F`); None if unknown.
pub(crate) fn knows(file: &Path, host: &str, system: &System) -> Option<bool> {
    let arguments = vec!["-F".into(), host.into(), "-f".into(), file.into()];
    let finished = run("ssh-keygen", arguments, system)?;
    Some(finished.succeeded() && !finished.stdout.is_empty())
}

/// The state of the agent of `SSH_AUTH_SOCK`, by the exit code of `ssh-add -l`: 0 has keys, 1 empty, 2 no answer.
pub(crate) fn agent(system: &System) -> Agent {
    use crate::system::process::Ending;
    if system.environment.path("SSH_AUTH_SOCK").is_none() {
        return Agent::None;
    }
    let finished = run("ssh-add", vec!["-l".into()], system);
    match finished.map(|finished| finished.ending) {
        Some(Ending::Exited(0)) => Agent::HasKeys,
        Some(Ending::Exited(1)) => Agent::Empty,
        Some(Ending::Exited(2) | Ending::TimedOut) => Agent::Dead,
        _ => Agent::Unknown,
    }
}

fn run(name: &str, arguments: Vec<OsString>, system: &System) -> Option<Finished> {
    let program = system.environment.program(name)?;
    let invocation = Invocation::new(program, LOCAL_STEP).arguments(arguments);
    system.processes.run(&invocation).ok()
}

/// Parses the output of `ssh -G`: one setting per line, its name in lower case.
fn read(settings: &str, home: Option<&Path>) -> Resolved {
    let values = |name: &'static str| {
        let pairs = settings.lines().filter_map(|line| line.split_once(' '));
        pairs.filter(move |pair| pair.0 == name).map(|pair| pair.1)
    };
    let first = |name| values(name).next();
    let path = |text: &str| match (text.strip_prefix("~/"), home) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => PathBuf::from(text),
    };
    let host = first("hostname").unwrap_or_default().to_lowercase();
    let known_as = match (
        first("hostkeyalias").filter(|it| *it != "none"),
        first("port"),
    ) {
        (Some(alias), _) => alias.to_owned(),
        (None, None | Some("22")) => host,
        (None, Some(port)) => format!("[{host}]:{port}"),
    };
    let known_hosts = ["userknownhostsfile", "globalknownhostsfile"];
    let files = known_hosts.into_iter().flat_map(values);
    let files = files.flat_map(str::split_whitespace);
    Resolved {
        known_as,
        known_hosts: files
            .filter(|file| *file != "none" && *file != "/dev/null")
            .map(path)
            .collect(),
        keys: values("identityfile")
            .filter(|it| *it != "none")
            .map(path)
            .collect(),
        asks_agent: match first("identityagent") {
            None | Some("SSH_AUTH_SOCK" | "$SSH_AUTH_SOCK" | "${SSH_AUTH_SOCK}") => Some(true),
            Some("none") => Some(false),
            Some(_) => None,
        },
        has_control_path: first("controlpath").is_some_and(|it| it != "none")
            && first("controlmaster").is_some_and(|it| it != "false" && it != "no"),
    }
}

#[cfg(test)]
mod tests {
    use super::read;
    use std::path::{Path, PathBuf};

    #[test]
    fn what_ssh_makes_of_a_gateway_is_read_from_its_settings() {
        let settings = "host home\nuser me\nhostname Home.Example\nport 2222\n\
            identityfile ~/.ssh/id_rsa\nidentityfile /keys/a key\n\
            globalknownhostsfile /etc/ssh/ssh_known_hosts\n\
            userknownhostsfile /home/me/.ssh/known_hosts /dev/null\n";
        let resolved = read(settings, Some(Path::new("/home/me")));
        assert_eq!(resolved.known_as, "[home.example]:2222");
        assert_eq!(
            resolved.keys,
            ["/home/me/.ssh/id_rsa", "/keys/a key"].map(PathBuf::from)
        );
        let files = ["/home/me/.ssh/known_hosts", "/etc/ssh/ssh_known_hosts"];
        assert_eq!(resolved.known_hosts, files.map(PathBuf::from));
        assert_eq!(resolved.asks_agent, Some(true));
    }

    #[test]
    fn a_host_key_is_kept_under_its_alias_or_the_host() {
        let table = [
            ("hostname h\nport 22\n", "h"),
            ("hostname h\nport 23\n", "[h]:23"),
            ("hostname h\nport 23\nhostkeyalias box\n", "box"),
            ("hostname h\nport 22\nhostkeyalias none\n", "h"),
        ];
        for (settings, expected) in table {
            assert_eq!(read(settings, None).known_as, expected);
        }
    }

    #[test]
    fn which_agent_is_asked_is_told_apart() {
        let table = [
            ("", Some(true)),
            ("identityagent SSH_AUTH_SOCK\n", Some(true)),
            ("identityagent none\n", Some(false)),
            ("identityagent /run/agent\n", None),
        ];
        for (settings, expected) in table {
            assert_eq!(read(settings, None).asks_agent, expected, "{settings}");
        }
    }
}
