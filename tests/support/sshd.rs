//! A real sshd on loopback, with its own keys, which logs everybody into a gateway's home folder.
//!
//! It needs no root and no entry in any system file: the listener is ours, and each connection is served by
//! an `sshd -i`, as inetd would start it. A forced command puts the session into the gateway's home, under
//! the login shell and the `PATH` that the test chose.

use std::ffi::OsString;
use std::fs::{self, File};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use super::processes::{end_all, wait_until};
use super::{Clawtap, GatewayHome, fakes};

/// An sshd that is being put together; `start` starts it.
#[must_use = "nobody listens before `start`"]
pub(crate) struct Setup {
    home: PathBuf,
    login_shell: PathBuf,
    path: Vec<PathBuf>,
    environment: String,
    options: String,
}

impl Setup {
    /// With another login shell than `/bin/sh`, by its name.
    pub(crate) fn login_shell(mut self, name: &str) -> Self {
        self.login_shell = program(name);
        self
    }

    /// With this program as its login shell.
    pub(crate) fn login_shell_at(mut self, shell: &Path) -> Self {
        self.login_shell = shell.to_path_buf();
        self
    }

    /// With exactly these folders on the gateway's `PATH`.
    pub(crate) fn path(mut self, folders: &[&Path]) -> Self {
        self.path = folders.iter().map(|folder| folder.to_path_buf()).collect();
        self
    }

    /// With this variable in every session's environment.
    pub(crate) fn variable(mut self, name: &str, value: &str) -> Self {
        self.environment.push_str(&format!(" \"{name}={value}\""));
        self
    }

    /// A further line for `sshd_config`.
    pub(crate) fn option(mut self, line: &str) -> Self {
        self.options.push_str(line);
        self.options.push('\n');
        self
    }

    /// Makes the keys and listens.
    pub(crate) fn start(self) -> Sshd {
        let folder = TempDir::new().expect("a temporary folder");
        for key in ["host_key", "user_key"] {
            make_key(&folder.path().join(key));
        }
        let at = |name: &str| folder.path().join(name);
        fs::copy(at("user_key.pub"), at("authorized_keys")).expect("a fresh folder");
        fs::write(at("sshd_config"), self.server_config(folder.path())).expect("a fresh folder");
        fs::write(at("ssh_config"), client_config(folder.path())).expect("a fresh folder");
        if rustix::process::geteuid().is_root() {
            // Where a privileged sshd locks its unprivileged half in; its service makes it at boot.
            let _ = fs::create_dir("/run/sshd");
        }
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let port = listener.local_addr().expect("bound").port();
        let connections = Arc::default();
        let closing = Arc::new(AtomicBool::new(false));
        let sshd = Sshd {
            host: thread::spawn({
                let folder = folder.path().to_path_buf();
                let (connections, closing) = (Arc::clone(&connections), Arc::clone(&closing));
                move || serve(&listener, &folder, &connections, &closing)
            })
            .into(),
            home: self.home,
            folder,
            port,
            connections,
            closing,
        };
        sshd.know_host_key("host_key.pub");
        sshd
    }

    fn server_config(&self, folder: &Path) -> String {
        let path = std::env::join_paths(&self.path).expect("folders without colons");
        format!(
            "HostKey {folder}/host_key\n\
             AuthorizedKeysFile {folder}/authorized_keys\n\
             PidFile none\n\
             UsePAM no\n\
             StrictModes no\n\
             PermitRootLogin yes\n\
             PasswordAuthentication no\n\
             KbdInteractiveAuthentication no\n\
             UseDNS no\n\
             ForceCommand exec '{login}'\n\
             SetEnv \"HOME={home}\" \"PATH={path}\" \"SHELL={shell}\"{further}\n\
             {options}",
            folder = folder.display(),
            login = fakes("sshd").join("login").display(),
            home = self.home.display(),
            path = path.display(),
            shell = self.login_shell.display(),
            further = self.environment,
            options = self.options,
        )
    }
}

/// A running sshd. Dropping it ends all sessions and everything that was started in them.
pub(crate) struct Sshd {
    home: PathBuf,
    folder: TempDir,
    port: u16,
    host: Option<JoinHandle<()>>,
    connections: Connections,
    closing: Arc<AtomicBool>,
}

type Connections = Arc<Mutex<Vec<(TcpStream, Child)>>>;

impl Sshd {
    /// An sshd for this gateway, whose openclaw is the fake, found on `PATH`.
    pub(crate) fn of(gateway: &GatewayHome) -> Setup {
        Setup {
            home: gateway.path().to_path_buf(),
            login_shell: "/bin/sh".into(),
            path: vec![fakes("gateway"), "/usr/bin".into(), "/bin".into()],
            environment: String::new(),
            options: String::new(),
        }
    }

    /// clawtap with this gateway, called home, in its configuration, and the real ssh on its `PATH`.
    pub(crate) fn clawtap(&self) -> Clawtap {
        self.clawtap_with("")
    }

    /// The same with further lines for the gateway's table.
    pub(crate) fn clawtap_with(&self, lines: &str) -> Clawtap {
        let ssh = program("ssh");
        Clawtap::new()
            .path(&[ssh.parent().expect("a program is in a folder")])
            .config(&(self.table("home") + lines))
    }

    /// The real ssh, on its way to this gateway.
    #[cfg(feature = "test-openclaw")]
    pub(crate) fn client(&self) -> Command {
        let mut ssh = Command::new(program("ssh"));
        ssh.args(["-o", "BatchMode=yes", "-p", &self.port.to_string(), "-F"])
            .arg(self.ssh_config())
            .arg("-i")
            .arg(self.user_key())
            .env_clear();
        ssh
    }

    /// This gateway in clawtap's configuration.
    pub(crate) fn table(&self, name: &str) -> String {
        format!(
            "[[gateway]]\nname = \"{name}\"\nssh = \"127.0.0.1\"\nport = {port}\n\
             identity_file = \"{key}\"\nssh_config = \"{config}\"\n",
            port = self.port,
            key = self.user_key().display(),
            config = self.ssh_config().display(),
        )
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// The client's key.
    pub(crate) fn user_key(&self) -> PathBuf {
        self.folder.path().join("user_key")
    }

    /// The client's settings.
    pub(crate) fn ssh_config(&self) -> PathBuf {
        self.folder.path().join("ssh_config")
    }

    /// `clawtap init` of this gateway, to which a person adds what is to be tried.
    pub(crate) fn init_arguments(&self) -> [OsString; 8] {
        [
            "init".into(),
            "127.0.0.1".into(),
            "--port".into(),
            self.port.to_string().into(),
            "--identity-file".into(),
            self.user_key().into(),
            "--ssh-config".into(),
            self.ssh_config().into(),
        ]
    }

    /// The public half of its host key.
    pub(crate) fn host_key(&self) -> PathBuf {
        self.folder.path().join("host_key.pub")
    }

    /// Lets in a key that is not the client's, and no other.
    pub(crate) fn refuse_the_key(&self) {
        make_key(&self.folder.path().join("other_key"));
        let from = self.folder.path().join("other_key.pub");
        fs::copy(from, self.folder.path().join("authorized_keys")).expect("our folder");
    }

    /// Has the client's key need this passphrase.
    pub(crate) fn lock_the_key(&self, passphrase: &str) {
        let status = Command::new(program("ssh-keygen"))
            .args(["-q", "-p", "-P", "", "-N", passphrase, "-f"])
            .arg(self.user_key())
            .stdout(Stdio::null())
            .status()
            .expect("ssh-keygen starts");
        assert!(status.success(), "ssh-keygen failed");
    }

    /// The client has never been here.
    pub(crate) fn forget_host_key(&self) {
        fs::write(self.folder.path().join("known_hosts"), "").expect("our folder");
    }

    /// The client has met somebody else at this address.
    pub(crate) fn change_host_key(&self) {
        make_key(&self.folder.path().join("earlier_key"));
        self.know_host_key("earlier_key.pub");
    }

    /// The host keys that the client has pinned.
    pub(crate) fn known_hosts(&self) -> String {
        fs::read_to_string(self.folder.path().join("known_hosts")).expect("our folder")
    }

    /// Breaks every connection, in the middle of whatever it carries.
    pub(crate) fn hang_up(&self) {
        for (stream, _) in &*lock(&self.connections) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    /// How many connections were made so far.
    pub(crate) fn connections(&self) -> usize {
        lock(&self.connections).len()
    }

    fn know_host_key(&self, file: &str) {
        let key = fs::read_to_string(self.folder.path().join(file)).expect("a key");
        let line = format!("[127.0.0.1]:{} {key}", self.port);
        fs::write(self.folder.path().join("known_hosts"), line).expect("our folder");
    }
}

impl Drop for Sshd {
    #[allow(
        clippy::print_stderr,
        reason = "the log of a failed test; a benchmark shares this file"
    )]
    fn drop(&mut self) {
        self.closing.store(true, Ordering::SeqCst);
        // Wakes the thread that accepts connections.
        drop(TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)));
        let served = self.host.take().map(JoinHandle::join);
        self.hang_up();
        for (_, child) in &mut *lock(&self.connections) {
            signal(child, Signal::CONT);
            let ended = wait_until(|| !matches!(child.try_wait(), Ok(None)));
            if !ended {
                let _ = child.kill();
                let _ = child.wait();
            }
        }
        end_all(&self.home);
        if thread::panicking() {
            let log = fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
            eprintln!("sshd said:\n{log}");
        } else {
            assert!(matches!(served, Some(Ok(()))), "sshd could not be started");
        }
    }
}

/// Serves connections until told to close.
fn serve(
    listener: &TcpListener,
    folder: &Path,
    connections: &Mutex<Vec<(TcpStream, Child)>>,
    closing: &AtomicBool,
) {
    let sshd = program("sshd");
    let log = File::create(folder.join("log")).expect("our folder");
    for stream in listener.incoming() {
        let stream = stream.expect("a connection");
        if closing.load(Ordering::SeqCst) {
            return;
        }
        let end = || OwnedFd::from(stream.try_clone().expect("a connection"));
        let child = Command::new(&sshd)
            .args(["-i", "-e", "-f"])
            .arg(folder.join("sshd_config"))
            .env_clear()
            .stdin(Stdio::from(end()))
            .stdout(Stdio::from(end()))
            .stderr(log.try_clone().expect("our file"))
            .spawn()
            .expect("sshd starts");
        lock(connections).push((stream, child));
    }
}

/// Settings for the client that keep it away from the files of whoever runs the tests.
fn client_config(folder: &Path) -> String {
    format!(
        "UserKnownHostsFile {}/known_hosts\nGlobalKnownHostsFile /dev/null\nIdentityAgent none\n",
        folder.display()
    )
}

fn make_key(file: &Path) {
    let status = Command::new(program("ssh-keygen"))
        .args(["-q", "-t", "ed25519", "-N", "", "-C", "made up", "-f"])
        .arg(file)
        .stdin(Stdio::null())
        .status()
        .expect("ssh-keygen starts");
    assert!(status.success(), "ssh-keygen failed");
}

/// A program of this machine, which `tests/run` has installed.
pub(crate) fn program(name: &str) -> PathBuf {
    let places = "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin";
    let found = which::which_in_global(name, Some(places))
        .ok()
        .and_then(|mut found| found.next());
    found.unwrap_or_else(|| panic!("{name} is not installed; tests/run installs it"))
}

fn signal(child: &Child, signal: Signal) {
    // Failing means that it has ended.
    let _ = kill_process(Pid::from_child(child), signal);
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
