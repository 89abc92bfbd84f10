//! The command line of ssh, and of `sh` if the gateway is this machine.

use std::ffi::OsString;
use std::path::Path;

use crate::gateway::host::{Ssh, Transport};
use crate::gateway::script::remote_command;

/// ssh's `ConnectTimeout`, in seconds; it includes the handshake.
pub(crate) const CONNECT_TIMEOUT_S: u64 = 15;

/// How long a master lives after its last session, in s: longer than the default interval of `--watch` (60 s).
const CONTROL_PERSIST: &str = "ControlPersist=90";

/// Whether ssh may ask the person at the terminal for a passphrase or password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BatchMode {
    Off,
    On,
}

/// A program, not yet looked up on `PATH`, and its arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CommandLine {
    pub(crate) program: &'static str,
    pub(crate) arguments: Vec<OsString>,
}

/// The command that runs a program in a shell on the gateway, without a terminal (`-T`).
pub(crate) fn shell_on(transport: &Transport, batch_mode: BatchMode, program: &str) -> CommandLine {
    shell(transport, "-T", batch_mode, program)
}

/// The command that runs a program on a pseudo-terminal of the gateway, even if clawtap's own streams are not a
/// terminal (`-tt`). On this machine the caller must provide the pseudo-terminal.
pub(crate) fn terminal_on(transport: &Transport, program: &str) -> CommandLine {
    shell(transport, "-tt", BatchMode::On, program)
}

fn shell(
    transport: &Transport,
    terminal: &str,
    batch_mode: BatchMode,
    program: &str,
) -> CommandLine {
    match transport {
        Transport::Local => CommandLine {
            program: "sh",
            arguments: vec!["-c".into(), program.into()],
        },
        Transport::Ssh(ssh) => {
            let mut arguments = vec![terminal.into()];
            arguments.extend(connection_args(ssh, batch_mode));
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

/// The command line that controls the master of a connection (`ssh -O`).
pub(crate) fn control_command(ssh: &Ssh, command: &str, words: &[String]) -> CommandLine {
    let mut arguments: Vec<OsString> = vec!["-O".into(), command.into()];
    arguments.extend(words.iter().map(OsString::from));
    if let Some(socket) = &ssh.control_path {
        arguments.extend(["-o".into(), control_path(socket)]);
    }
    arguments.extend(destination_args(ssh));
    arguments.extend(["--".into(), ssh.target.as_str().into()]);
    CommandLine {
        program: "ssh",
        arguments,
    }
}

fn control_path(socket: &Path) -> OsString {
    let mut option = OsString::from("ControlPath=");
    option.push(socket);
    option
}

/// The options of every connection. They override `ssh_config`: no forwarded agent, ports or display, no
/// `LocalCommand` or `RemoteCommand`, and an unknown host key is never accepted. A lost network is noticed within
/// 20 s (`ServerAliveInterval`), by an idle master too.
fn connection_args(ssh: &Ssh, batch_mode: BatchMode) -> Vec<OsString> {
    let mut arguments = Vec::new();
    let batch = match batch_mode {
        BatchMode::Off => "BatchMode=no",
        BatchMode::On => "BatchMode=yes",
    };
    for option in [
        batch,
        "StrictHostKeyChecking=yes",
        "LogLevel=ERROR",
        "ServerAliveInterval=5",
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
    if let Some(socket) = &ssh.control_path {
        for option in [
            control_path(socket),
            "ControlMaster=auto".into(),
            CONTROL_PERSIST.into(),
        ] {
            arguments.extend(["-o".into(), option]);
        }
    }
    arguments.extend(destination_args(ssh));
    arguments
}

/// The options from the configuration: ssh's configuration file, the port and the key.
pub(crate) fn destination_args(ssh: &Ssh) -> Vec<OsString> {
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
    use super::{BatchMode, shell_on};
    use crate::gateway::host::{Ssh, Target, Transport};
    use crate::gateway::script::remote_command;

    #[test]
    fn the_target_cannot_be_an_option_and_the_command_is_fixed() {
        let transport = Transport::Ssh(Ssh {
            target: Target::parse("me@home").unwrap(),
            port: Some(2222),
            identity_file: Some("/keys/a key".into()),
            config: None,
            control_path: None,
        });
        let line = shell_on(&transport, BatchMode::On, "true");
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
