//! The ssh connection that the sessions to a gateway share, whoever starts them, and the ports that it carries.
//!
//! The first session makes it and leaves it behind; it ends by itself when nobody has used it for a while. Where it
//! cannot be shared, each session makes its own.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::gateway::error::last_line;
use crate::gateway::host::{Gateway, Ssh, Transport};
use crate::gateway::ssh_args::{Sharing, shared_connection};
use crate::system::environment::Environment;
use crate::system::process::Invocation;
use crate::system::socket::{self, Place};
use crate::system::{System, files, placement};

/// For an order to the connection's ssh, which stays on this device or costs one round trip.
const ORDER: Duration = Duration::from_secs(10);
/// For a connection's ssh that may hang, to give its socket up.
const FAREWELL: Duration = Duration::from_secs(1);
/// How many connections are kept on this device, about. Each is a process, of which Android ends the 33rd of all apps.
const MOST_KEPT: usize = 8;
/// A socket's path must stay shorter than this on every system, and ssh appends 17 characters while it makes it.
const LONGEST_SOCKET: usize = 103 - 17;

/// The way to a gateway, as a session finds it.
pub(super) struct Route {
    pub(super) sharing: Sharing,
    /// Whether somebody already listened at the socket. Whether the connection leads anywhere is not known.
    pub(super) was_there: bool,
}

impl Route {
    /// The way that a session takes first.
    pub(super) fn to(gateway: &Gateway, environment: &Environment) -> Self {
        let shared = match &gateway.transport {
            Transport::Ssh(ssh) if ssh.multiplex => place(ssh, environment),
            Transport::Ssh(_) | Transport::Local => None,
        };
        match shared {
            Some((socket, was_there)) => Self {
                sharing: Sharing::Shared(socket),
                was_there,
            },
            None => Self {
                sharing: Sharing::AsConfigured,
                was_there: false,
            },
        }
    }

    /// The way past every shared connection.
    pub(super) fn direct() -> Self {
        Self {
            sharing: Sharing::Alone,
            was_there: false,
        }
    }

    /// Has nobody take this way any more. Sessions that others have on it go on.
    pub(super) fn close(&self, gateway: &Gateway, system: &System) {
        let (Transport::Ssh(ssh), Sharing::Shared(socket)) = (&gateway.transport, &self.sharing)
        else {
            return;
        };
        let place = socket::look(socket);
        let stopped =
            place == Place::Listening && order(ssh, socket, "stop", &[], FAREWELL, system).is_ok();
        if place != Place::Free && !stopped {
            // Failing means that the next session comes by here as well.
            let _ = placement::remove(socket);
        }
    }
}

/// Whether a connection to it is kept, which needs no key any more.
pub(crate) fn is_kept(gateway: &Gateway, environment: &Environment) -> bool {
    Route::to(gateway, environment).was_there
}

/// A gateway, and the ports of this device that lead there.
pub(crate) struct Connection<'a> {
    pub(crate) gateway: Gateway,
    system: &'a System,
}

impl<'a> Connection<'a> {
    /// Prepares it: the first session makes the connection.
    pub(crate) fn to(gateway: &Gateway, system: &'a System) -> Self {
        Self {
            gateway: gateway.clone(),
            system,
        }
    }

    /// Has a port of this device lead to the same port of the gateway's loopback, for as long as the value lives.
    ///
    /// # Errors
    /// Why it cannot, in ssh's words or ours.
    pub(crate) fn forward(&self, from: Ipv4Addr, port: u16) -> Result<Forward<'_>, String> {
        let words = vec!["-L".into(), format!("{from}:{port}:127.0.0.1:{port}")];
        self.order("forward", &words, ORDER, self.system)?;
        Ok(Forward {
            connection: self,
            words,
        })
    }

    fn order(
        &self,
        order: &str,
        words: &[String],
        patience: Duration,
        system: &System,
    ) -> Result<(), String> {
        let Transport::Ssh(ssh) = &self.gateway.transport else {
            return Err("the gateway is this machine".into());
        };
        let Sharing::Shared(socket) = Route::to(&self.gateway, &self.system.environment).sharing
        else {
            return Err("the connection cannot be shared here".into());
        };
        self::order(ssh, &socket, order, words, patience, system)
    }
}

/// A forwarded port. Dropping it gives the port back.
pub(crate) struct Forward<'a> {
    connection: &'a Connection<'a>,
    words: Vec<String>,
}

impl Drop for Forward<'_> {
    fn drop(&mut self) {
        // Also when everything else was ended: the connection outlives us. Without one there is no forward either.
        let unstoppable = self.connection.system.unstoppable();
        let _ = self
            .connection
            .order("cancel", &self.words, FAREWELL, &unstoppable);
    }
}

/// Tells a connection's ssh something.
fn order(
    ssh: &Ssh,
    socket: &Path,
    order: &str,
    words: &[String],
    patience: Duration,
    system: &System,
) -> Result<(), String> {
    let line = shared_connection(ssh, socket, order, words);
    let program = system.environment.program(line.program);
    let program = program.ok_or("ssh is not installed here")?;
    let invocation = Invocation::new(program, patience).arguments(line.arguments);
    let finished = system.processes.run(&invocation);
    let finished = finished.map_err(|error| error.to_string())?;
    if finished.succeeded() {
        return Ok(());
    }
    let said = last_line(&String::from_utf8_lossy(&finished.stderr));
    Err(said.map_or_else(|| "ssh refused".into(), |line| line.to_string()))
}

/// Where a connection's socket is or can be, and whether somebody listens there; nothing where there is no fit place.
fn place(ssh: &Ssh, environment: &Environment) -> Option<(PathBuf, bool)> {
    let name = socket_name(ssh);
    let mut fit = folders(environment)
        .into_iter()
        .filter(|folder| is_fit(&folder.join(&name)) && files::ensure_private_dir(folder).is_ok());
    fit.find_map(|folder| {
        let path = folder.join(&name);
        match socket::look(&path) {
            Place::Listening => return Some((path, true)),
            Place::Free | Place::Abandoned => {}
            // It is in our own folder, under a name of ours, and of no use.
            Place::Foreign => placement::remove(&path).ok()?,
        }
        let room = socket::listening_in(&folder) < MOST_KEPT && files::takes_files(&folder);
        room.then_some((path, false))
    })
}

/// The folders for sockets, the best first, whether they are there or not.
pub(crate) fn folders(environment: &Environment) -> Vec<PathBuf> {
    let parents = [
        environment.path("XDG_RUNTIME_DIR"),
        Some(environment.temporary_folder()),
    ];
    let parents = parents.into_iter().flatten();
    let mut folders: Vec<PathBuf> = parents
        .map(|folder| folder.join(format!("clawtap-{}", files::own_user())))
        .collect();
    folders.dedup();
    folders
}

/// The same for all that lead to the same place in the same way.
fn socket_name(ssh: &Ssh) -> String {
    let mut hasher = DefaultHasher::new();
    (
        ssh.target.as_str(),
        ssh.port,
        &ssh.identity_file,
        &ssh.config,
    )
        .hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// Whether ssh takes this path as it is: short, and nothing in it that its configuration expands or divides at.
fn is_fit(socket: &Path) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+".contains(c);
    let text = socket.to_str();
    text.is_some_and(|text| text.len() <= LONGEST_SOCKET && text.chars().all(plain))
}

/// What ssh wrote, without what it says of a shared connection before it makes another one by itself.
///
/// The beginnings of its lines are those of OpenSSH 9.2.
pub(super) fn without_sharing(stderr: &[u8]) -> Vec<u8> {
    let lines = stderr.split_inclusive(|&byte| byte == b'\n');
    lines
        .filter(|line| !is_of_sharing(line))
        .flatten()
        .copied()
        .collect()
}

/// Whether ssh complains of the connection that it was to share.
pub(super) fn complains_of_sharing(stderr: &[u8]) -> bool {
    stderr.split(|&byte| byte == b'\n').any(is_of_sharing)
}

fn is_of_sharing(line: &[u8]) -> bool {
    const BEGINNINGS: [&str; 7] = [
        "ControlPath ",
        "ControlSocket ",
        "Control socket ",
        "mux_client_",
        "muxclient: ",
        "muxserver_listen: ",
        "unix_listener: ",
    ];
    BEGINNINGS
        .iter()
        .any(|beginning| line.starts_with(beginning.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::{MOST_KEPT, Route, complains_of_sharing, is_fit, without_sharing};
    use crate::gateway::host::{Gateway, Name, Target};
    use crate::gateway::ssh_args::Sharing;
    use crate::system::environment::Environment;
    use std::os::unix::net::UnixListener;
    use std::path::Path;

    #[test]
    fn a_socket_has_a_short_and_plain_path() {
        let termux = "/data/data/com.termux/files/usr/tmp/clawtap-10234/0123456789abcdef";
        assert!(is_fit(Path::new(termux)));
        assert!(!is_fit(Path::new(&format!("/{}", "x".repeat(90)))));
        assert!(!is_fit(Path::new("/tmp/%h/0123456789abcdef")));
        assert!(!is_fit(Path::new("/my folder/0123456789abcdef")));
    }

    #[test]
    fn only_so_many_connections_are_kept() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().to_str().unwrap();
        let environment = Environment::from([("XDG_RUNTIME_DIR", path), ("TMPDIR", "/proc")]);
        let to = |host: &str| {
            let gateway = Gateway::at(Name::parse("home").unwrap(), Target::parse(host).unwrap());
            Route::to(&gateway, &environment)
        };
        let mut kept = Vec::new();
        for number in 0..MOST_KEPT {
            let route = to(&format!("host-{number}"));
            let Sharing::Shared(socket) = route.sharing else {
                panic!("{number}")
            };
            kept.push(UnixListener::bind(socket).unwrap());
        }
        assert_eq!(to("one-more").sharing, Sharing::AsConfigured);
        assert!(to("host-3").was_there);
        kept.pop();
        assert_ne!(to("one-more").sharing, Sharing::AsConfigured);
    }

    #[test]
    fn what_ssh_says_of_a_shared_connection_is_not_what_openclaw_says() {
        let said = "mux_client_request_session: session request failed: Session open refused by peer\r\n\
                    openclaw: something is wrong\n\
                    ControlSocket /tmp/clawtap-0/0 already exists, disabling multiplexing\r\n";
        assert!(complains_of_sharing(said.as_bytes()));
        let rest = without_sharing(said.as_bytes());
        assert_eq!(rest, b"openclaw: something is wrong\n");
        assert!(!complains_of_sharing(&rest));
    }
}
