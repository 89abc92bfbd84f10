//! One ssh connection for a command that asks several times: OpenSSH's `ControlMaster`, in a private folder.
//!
//! The first session opens the connection, later ones reuse it, and dropping the value closes it. If the person's
//! own `ssh_config` sets a `ControlPath`, sessions share that connection instead, and it is never closed here.

use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::TempDir;

use crate::gateway::failure_reason::last_line;
use crate::gateway::host::{Gateway, Ssh, Transport};
use crate::gateway::ssh_args::control_command;
use crate::gateway::ssh_client;
use crate::system::System;
use crate::system::files;
use crate::system::process::{Invocation, Waiting};
use crate::system::temp_file::{self, SOCKET};

/// The limit for a command to the master, which stays on this device or costs one round trip.
const CONTROL: Duration = Duration::from_secs(10);
/// The limit for `check`, `cancel` and `exit`, sent to a master that may hang.
const FAREWELL: Duration = Duration::from_secs(1);
/// With more gateways than this no masters are started: each is a process, and Android kills child processes beyond
/// 32 over all apps.
const MOST: usize = 8;
/// A socket's path must stay shorter than this on every system, and ssh appends 17 characters while it makes it.
const LONGEST_SOCKET: usize = 103 - 17;

/// The connection of one command to one gateway.
pub(crate) struct ControlMaster<'a> {
    /// The gateway, with this connection's socket as its `control_path`.
    pub(crate) gateway: Gateway,
    system: &'a System,
    /// The socket's folder, if the connection belongs to this command.
    folder: Option<TempDir>,
    /// While held, Ctrl-C (SIGINT) does not end the process at once, so that `drop` can close the connection.
    _waiting: Waiting<'a>,
}

impl<'a> ControlMaster<'a> {
    /// Prepares a connection, which the first session opens. If no folder suits its socket, each session opens its own.
    pub(crate) fn prepare(gateway: &Gateway, system: &'a System) -> Self {
        // Before the folder is made, so that a signal that comes meanwhile leaves none behind.
        let waiting = system.processes.waiting();
        let mut gateway = gateway.clone();
        let folder = match &mut gateway.transport {
            Transport::Ssh(ssh) if ssh.control_path.is_none() && !has_control_path(ssh, system) => {
                let folder = private_folder(system);
                ssh.control_path = folder.as_ref().map(socket_in);
                folder
            }
            Transport::Ssh(_) | Transport::Local => None,
        };
        Self {
            gateway,
            system,
            folder,
            _waiting: waiting,
        }
    }

    /// Forwards a local port to the same port on the gateway's loopback until the result is dropped (`ssh -L`).
    ///
    /// # Errors
    /// The last line of ssh's standard error, or why ssh did not run.
    pub(crate) fn forward(&self, from: Ipv4Addr, port: u16) -> Result<Forward<'_>, String> {
        let words = vec!["-L".into(), format!("{from}:{port}:127.0.0.1:{port}")];
        control(&self.gateway, "forward", &words, CONTROL, self.system)?;
        Ok(Forward {
            master: self,
            words,
        })
    }
}

impl Drop for ControlMaster<'_> {
    fn drop(&mut self) {
        let is_up = |folder: &TempDir| files::exists(&socket_in(folder));
        if self.folder.as_ref().is_some_and(is_up) {
            // Runs even after Ctrl-C. A master that does not answer exits by itself when idle (`ControlPersist`).
            let system = self.system.unstoppable();
            let _ = control(&self.gateway, "exit", &[], FAREWELL, &system);
        }
        if let Some(folder) = self.folder.take() {
            temp_file::remove_folder(folder);
        }
    }
}

/// A forwarded port. Dropping it cancels the forward (`ssh -O cancel`).
pub(crate) struct Forward<'a> {
    master: &'a ControlMaster<'a>,
    words: Vec<String>,
}

impl Drop for Forward<'_> {
    fn drop(&mut self) {
        // Needed if the master is the person's own, which outlives this command.
        let system = self.master.system.unstoppable();
        let gateway = &self.master.gateway;
        let _ = control(gateway, "cancel", &self.words, FAREWELL, &system);
    }
}

/// Prepares a connection for each gateway and sets its `control_path`; none if there are more than `MOST`.
pub(crate) fn prepare_each<'a>(
    gateways: &mut [Gateway],
    system: &'a System,
) -> Vec<ControlMaster<'a>> {
    if gateways.len() > MOST {
        return Vec::new();
    }
    let prepared = |gateway: &mut Gateway| {
        let master = ControlMaster::prepare(gateway, system);
        *gateway = master.gateway.clone();
        master
    };
    gateways.iter_mut().map(prepared).collect()
}

/// Whether a shared connection to the gateway is open (`ssh -O check`).
pub(crate) fn is_connected(gateway: &Gateway, system: &System) -> bool {
    control(gateway, "check", &[], FAREWELL, system).is_ok()
}

/// Sends a command to the master of a gateway's connection (`ssh -O`).
fn control(
    gateway: &Gateway,
    command: &str,
    words: &[String],
    limit: Duration,
    system: &System,
) -> Result<(), String> {
    let Transport::Ssh(ssh) = &gateway.transport else {
        return Err("the gateway is this machine".into());
    };
    let line = control_command(ssh, command, words);
    let program = system.environment.program(line.program);
    let program = program.ok_or("ssh is not installed here")?;
    let invocation = Invocation::new(program, limit).arguments(line.arguments);
    let finished = system.processes.run(&invocation);
    let finished = finished.map_err(|error| error.to_string())?;
    if finished.succeeded() {
        return Ok(());
    }
    let said = last_line(&String::from_utf8_lossy(&finished.stderr));
    Err(said.map_or_else(|| "ssh refused".into(), |line| line.to_string()))
}

/// Whether the person's own `ssh_config` sets up shared connections (`ControlMaster` and `ControlPath`).
fn has_control_path(ssh: &Ssh, system: &System) -> bool {
    ssh_client::resolve(ssh, system).is_ok_and(|resolved| resolved.has_control_path)
}

/// A new folder for a socket, accessible only to its owner; None if ssh would not accept a path in it.
fn private_folder(system: &System) -> Option<TempDir> {
    let environment = &system.environment;
    let runtime = environment.path("XDG_RUNTIME_DIR");
    let parents = [Some(environment.temporary_folder()), runtime];
    let folders = parents.into_iter().flatten();
    let mut folders = folders.filter_map(|parent| files::scratch_folder(&parent).ok());
    folders.find(|folder| is_fit(&socket_in(folder)))
}

fn socket_in(folder: &TempDir) -> PathBuf {
    folder.path().join(SOCKET)
}

/// Whether ssh uses this path unchanged: short, and without characters that it expands (`%`) or splits at (spaces).
fn is_fit(socket: &Path) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+".contains(c);
    let text = socket.to_str();
    text.is_some_and(|text| text.len() <= LONGEST_SOCKET && text.chars().all(plain))
}

#[cfg(test)]
mod tests {
    use super::{ControlMaster, is_fit, prepare_each};
    use crate::gateway::host::{Gateway, Name, Target, Transport};
    use crate::system::System;
    use std::path::{Path, PathBuf};

    fn gateway() -> Gateway {
        let target = Target::parse("me@a.example").unwrap();
        Gateway::at(Name::parse("home").unwrap(), target)
    }

    fn control_path(gateway: &Gateway) -> Option<PathBuf> {
        match &gateway.transport {
            Transport::Ssh(ssh) => ssh.control_path.clone(),
            Transport::Local => None,
        }
    }

    #[test]
    fn each_command_has_a_folder_of_its_own_that_goes_with_it() {
        let temporary = tempfile::tempdir().unwrap();
        let system = System::from([("TMPDIR", temporary.path().to_str().unwrap())]);
        let (one, other) = (
            ControlMaster::prepare(&gateway(), &system),
            ControlMaster::prepare(&gateway(), &system),
        );
        let (path, other_path) = (control_path(&one.gateway), control_path(&other.gateway));
        assert!(path.is_some() && path != other_path);
        let over_it = ControlMaster::prepare(&one.gateway, &system);
        assert_eq!(control_path(&over_it.gateway), path);
        drop((one, other, over_it));
        #[expect(clippy::disallowed_methods, reason = "the test looks at the machine")]
        let left = std::fs::read_dir(temporary.path()).unwrap().count();
        assert_eq!(left, 0);
    }

    #[test]
    fn where_no_socket_fits_each_session_makes_its_own_connection() {
        let system = System::from([("TMPDIR", "/proc")]);
        let master = ControlMaster::prepare(&gateway(), &system);
        assert_eq!(control_path(&master.gateway), None);
        let mut many = vec![gateway(); 9];
        assert!(prepare_each(&mut many, &system).is_empty());
    }

    #[test]
    fn a_path_is_plain_and_short() {
        let long = format!("/tmp/{}", "x".repeat(90));
        let table = [
            ("/tmp/clawtap-x/s", true),
            ("/data/data/com.termux/files/usr/tmp/clawtap-x/s", true),
            ("/tmp/my %h/s", false),
            ("/tmp/a b/s", false),
            (long.as_str(), false),
        ];
        for (path, fit) in table {
            assert_eq!(is_fit(Path::new(path)), fit, "{path}");
        }
    }
}
