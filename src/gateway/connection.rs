//! One ssh connection that the sessions of a command share, and the ports that it carries.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::gateway::command_line::shared_connection;
use crate::gateway::failure::last_line;
use crate::gateway::identity::{Gateway, Ssh, Way};
use crate::system::environment::Environment;
use crate::system::files;
use crate::system::process::{Invocation, Processes};

/// For an order to the connection's ssh, which stays on this device or costs one round trip.
const ORDER: Duration = Duration::from_secs(10);
/// A socket's path must stay shorter than this on every system, and ssh appends 17 characters while it makes it.
const LONGEST_SOCKET: usize = 103 - 17;

/// The way to a gateway over a connection that its sessions share. Dropping it closes the connection.
pub(crate) struct Connection<'a> {
    pub(crate) gateway: Gateway,
    processes: &'a Processes,
    environment: &'a Environment,
}

impl<'a> Connection<'a> {
    /// Prepares it: the first session makes the connection. Where it cannot be shared, each session makes its own.
    pub(crate) fn to(
        gateway: &Gateway,
        processes: &'a Processes,
        environment: &'a Environment,
    ) -> Self {
        let mut gateway = gateway.clone();
        if let Way::Ssh(ssh) = &mut gateway.way {
            ssh.shared = socket(ssh, environment);
        }
        Self {
            gateway,
            processes,
            environment,
        }
    }

    /// Has a port of this device lead to the same port of the gateway's loopback, for as long as the value lives.
    ///
    /// # Errors
    /// Why it cannot, in ssh's words or ours.
    pub(crate) fn forward(&self, from: Ipv4Addr, port: u16) -> Result<Forward<'_>, String> {
        let words = vec!["-L".into(), format!("{from}:{port}:127.0.0.1:{port}")];
        self.order("forward", &words)?;
        Ok(Forward {
            connection: self,
            words,
        })
    }

    fn order(&self, order: &str, words: &[String]) -> Result<(), String> {
        let Way::Ssh(ssh) = &self.gateway.way else {
            return Err("the gateway is this machine".into());
        };
        let socket = ssh.shared.as_deref();
        let socket = socket.ok_or("the connection cannot be shared here")?;
        let line = shared_connection(ssh, socket, order, words);
        let program = self.environment.program(line.program);
        let program = program.ok_or("ssh is not installed here")?;
        let invocation = Invocation::new(program, ORDER).arguments(line.arguments);
        let finished = self.processes.run(&invocation);
        let finished = finished.map_err(|error| error.to_string())?;
        if finished.succeeded() {
            return Ok(());
        }
        let said = last_line(&String::from_utf8_lossy(&finished.stderr));
        Err(said.map_or_else(|| "ssh refused".into(), |line| line.to_string()))
    }
}

impl Drop for Connection<'_> {
    fn drop(&mut self) {
        let socket = match &self.gateway.way {
            Way::Ssh(ssh) => ssh.shared.as_deref(),
            Way::Local => None,
        };
        if socket.is_some_and(files::is_there) {
            // It would end by itself a minute later.
            let _ = self.order("exit", &[]);
        }
    }
}

/// A forwarded port. Dropping it gives the port back.
pub(crate) struct Forward<'a> {
    connection: &'a Connection<'a>,
    words: Vec<String>,
}

impl Drop for Forward<'_> {
    fn drop(&mut self) {
        // Without a connection there is no forward either.
        let _ = self.connection.order("cancel", &self.words);
    }
}

/// Where the connection's socket is; nothing where there is no fit place for it.
fn socket(ssh: &Ssh, environment: &Environment) -> Option<PathBuf> {
    let folder = environment
        .path("XDG_RUNTIME_DIR")
        .unwrap_or_else(|| environment.temporary_folder());
    let folder = folder.join(format!("clawtap-{}", files::own_user()));
    let mut hasher = DefaultHasher::new();
    (
        ssh.target.as_str(),
        ssh.port,
        &ssh.identity_file,
        &ssh.config,
    )
        .hash(&mut hasher);
    let socket = folder.join(format!("{:016x}", hasher.finish()));
    (is_fit(&socket) && files::own_folder(&folder).is_ok()).then_some(socket)
}

/// Whether ssh takes this path as it is: short, and nothing in it that its configuration expands or divides at.
fn is_fit(socket: &Path) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+".contains(c);
    let text = socket.to_str();
    text.is_some_and(|text| text.len() <= LONGEST_SOCKET && text.chars().all(plain))
}

#[cfg(test)]
mod tests {
    use super::is_fit;
    use std::path::Path;

    #[test]
    fn a_socket_has_a_short_and_plain_path() {
        let termux = "/data/data/com.termux/files/usr/tmp/clawtap-10234/0123456789abcdef";
        assert!(is_fit(Path::new(termux)));
        assert!(!is_fit(Path::new(&format!("/{}", "x".repeat(90)))));
        assert!(!is_fit(Path::new("/tmp/%h/0123456789abcdef")));
        assert!(!is_fit(Path::new("/my folder/0123456789abcdef")));
    }
}
