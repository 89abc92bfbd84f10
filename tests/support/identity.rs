//! The servers that a gateway signs in at, played on loopback; `tests/fakes/identity/identity` says how.

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use super::fakes;
use super::processes::wait_until;
use super::sshd::program;

/// Running servers, whose tokens are made up. Dropping them ends them.
pub(crate) struct Identity {
    folder: TempDir,
    server: Child,
    port: String,
}

impl Identity {
    /// Makes its certificates and listens.
    pub(crate) fn start() -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let server = Command::new(program("python3"))
            .arg(fakes("identity").join("identity"))
            .arg(folder.path())
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .stdin(Stdio::null())
            .spawn()
            .expect("python3 starts");
        let mut identity = Self {
            folder,
            server,
            port: String::new(),
        };
        let port = identity.path("port");
        assert!(wait_until(|| port.exists()), "it does not listen");
        identity.port = fs::read_to_string(port).expect("a whole file");
        identity.tell("token", &Self::token());
        identity
    }

    /// Anthropic's access token that it hands out, as long as a real one.
    pub(crate) fn token() -> String {
        format!("sk-ant-oat01-{:x<95}", "MADE-UP-")
    }

    /// A person signs in at this address with a browser: the code that the page then shows.
    pub(crate) fn code_at(address: &str) -> String {
        let address = url::Url::parse(address).expect("an address");
        let mut pairs = address.query_pairs();
        let long = pairs.find(|(name, _)| name == "code_challenge");
        // Claude Code's short form is a letter or two for the scopes, then the challenge.
        let short = || {
            let query = address.query().expect("a question");
            let first = query.split('&').next().expect("its first part");
            first[first.len() - 43..].to_owned()
        };
        let challenge = long.map_or_else(short, |(_, challenge)| challenge.into_owned());
        format!("made-up-{challenge}#made-up-state")
    }

    /// Where a gateway's `HTTPS_PROXY` points: to these servers and no others.
    pub(crate) fn proxy(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The file for `NODE_EXTRA_CA_CERTS`.
    pub(crate) fn authority(&self) -> String {
        self.path("ca.pem").display().to_string()
    }

    /// Tokens expire after so many seconds.
    pub(crate) fn lifetime(&self, seconds: u64) {
        self.tell("lifetime", &seconds.to_string());
    }

    /// Every code is refused: somebody was too slow.
    pub(crate) fn codes_expire(&self) {
        self.tell("reply", "expired");
    }

    /// Every request is answered with an error of the server.
    pub(crate) fn is_down(&self) {
        self.tell("reply", "down");
    }

    /// Every connection ends before the answer.
    pub(crate) fn hangs_up(&self) {
        self.tell("reply", "gone");
    }

    /// Every answer takes so many seconds.
    pub(crate) fn is_slow(&self, seconds: u64) {
        self.tell("delay", &seconds.to_string());
    }

    /// Everything works again.
    pub(crate) fn recovers(&self) {
        for name in ["reply", "delay", "lifetime"] {
            let _ = fs::remove_file(self.path(name));
        }
    }

    /// A person has typed the device code in.
    pub(crate) fn approve_device(&self) {
        self.tell("approved", "");
    }

    /// The requests so far, a line each, without the programs' reports about themselves.
    pub(crate) fn requests(&self) -> Vec<String> {
        let all = fs::read_to_string(self.path("requests")).unwrap_or_default();
        let lines = all.lines().map(str::to_owned);
        lines
            .filter(|line| {
                !["event_logging", "/api/eval/"]
                    .iter()
                    .any(|noise| line.contains(noise))
            })
            .collect()
    }

    /// What was asked for at this host.
    pub(crate) fn requests_to(&self, host: &str) -> Vec<String> {
        let mut requests = self.requests();
        requests.retain(|request| request.contains(host));
        requests
    }

    fn tell(&self, name: &str, value: &str) {
        fs::write(self.path(name), value).expect("our folder");
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

impl Drop for Identity {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
