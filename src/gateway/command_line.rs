//! The command line of ssh, and of the shell that stands in for it on this machine.

use std::ffi::OsString;

use crate::gateway::identity::{Ssh, Way};
use crate::gateway::request::remote_command;

/// How long a connection may take to be made, in seconds; ssh's own limit, on the handshake too.
pub(crate) const CONNECT_TIMEOUT_S: u64 = 15;

/// Whether ssh may ask the person at the terminal for a passphrase or password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Questions {
    Allowed,
    Forbidden,
}

/// A program and its arguments; the program is still to be found on `PATH`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CommandLine {
    pub(crate) program: &'static str,
    pub(crate) arguments: Vec<OsString>,
}

/// The command that has a shell on the gateway run a program.
pub(crate) fn shell_on(way: &Way, questions: Questions, program: &str) -> CommandLine {
    match way {
        Way::Local => CommandLine {
            program: "sh",
            arguments: vec!["-c".into(), program.into()],
        },
        Way::Ssh(ssh) => {
            let mut arguments = connection(ssh, questions);
            arguments.extend([
                "--".into(),
                ssh.target.as_str().into(),
                remote_command(program).into(),
            ]);
            CommandLine {
                program: "ssh",
                arguments,
            }
        }
    }
}

/// The options of every connection. They outrank what the alias in `ssh_config` may say: no forwarded
/// agent, ports or display, no command of its own, and an unknown host key is never accepted.
fn connection(ssh: &Ssh, questions: Questions) -> Vec<OsString> {
    let mut arguments = vec!["-T".into()];
    let batch = match questions {
        Questions::Allowed => "BatchMode=no",
        Questions::Forbidden => "BatchMode=yes",
    };
    for option in [
        batch,
        "StrictHostKeyChecking=yes",
        "LogLevel=ERROR",
        "ServerAliveInterval=10",
        "ServerAliveCountMax=3",
        "ClearAllForwardings=yes",
        "ForwardAgent=no",
        "ForwardX11=no",
        "PermitLocalCommand=no",
        "RemoteCommand=none",
        "UpdateHostKeys=no",
    ] {
        arguments.extend(["-o".into(), option.into()]);
    }
    arguments.extend([
        "-o".into(),
        format!("ConnectTimeout={CONNECT_TIMEOUT_S}").into(),
    ]);
    arguments.extend(whereabouts(ssh));
    arguments
}

/// Where the host is and with which key: the options that follow from the configuration.
pub(crate) fn whereabouts(ssh: &Ssh) -> Vec<OsString> {
    let mut arguments: Vec<OsString> = Vec::new();
    if let Some(config) = &ssh.config {
        arguments.extend(["-F".into(), config.clone().into()]);
    }
    if let Some(port) = ssh.port {
        arguments.extend(["-p".into(), port.to_string().into()]);
    }
    if let Some(file) = &ssh.identity_file {
        arguments.extend(["-i".into(), file.clone().into()]);
        arguments.extend(["-o".into(), "IdentitiesOnly=yes".into()]);
    }
    arguments
}

#[cfg(test)]
mod tests {
    use super::{Questions, shell_on};
    use crate::gateway::identity::{Ssh, Target, Way};
    use crate::gateway::request::remote_command;

    #[test]
    fn the_target_cannot_be_an_option_and_the_command_is_fixed() {
        let way = Way::Ssh(Ssh {
            target: Target::parse("me@home").unwrap(),
            port: Some(2222),
            identity_file: Some("/keys/a key".into()),
            config: None,
        });
        let line = shell_on(&way, Questions::Forbidden, "true");
        let words: Vec<_> = line
            .arguments
            .iter()
            .map(|word| word.to_str().unwrap())
            .collect();
        assert!(
            words.ends_with(&["--", "me@home", &remote_command("true")]),
            "{words:?}"
        );
        assert!(words.contains(&"BatchMode=yes") && words.contains(&"StrictHostKeyChecking=yes"));
        let at = words.iter().position(|&word| word == "-i").unwrap();
        assert_eq!(words[at + 1], "/keys/a key");
    }
}
