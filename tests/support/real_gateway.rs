//! A gateway with the real programs, which `tests/install-openclaw` and `tests/install-claude-code` install.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::GatewayHome;
use super::identity::Identity;
use super::sshd::Sshd;

/// Held by whoever has OpenClaw wait for `OpenAI`'s answer: it always does so at port 1455.
pub(crate) static OPENAI_PORT: Port = Port(Mutex::new(()));

pub(crate) struct Port(Mutex<()>);

impl Port {
    /// Waits until nobody else has it.
    pub(crate) fn lock(&self) -> MutexGuard<'_, ()> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The real OpenClaw and the real Claude Code in one home, behind a real sshd. All they know of the internet is
/// the identity server.
pub(crate) struct RealGateway {
    pub(crate) sshd: Sshd,
    pub(crate) identity: Identity,
    pub(crate) home: GatewayHome,
}

impl RealGateway {
    /// With OpenClaw where nvm and npm put it, and Claude Code where its own installer does.
    pub(crate) fn start() -> Self {
        let home = with_nvm("v26.10.0", "node").link(".local/bin/claude", claude());
        let identity = Identity::start();
        let bin = |name: &str| home.path().join(name);
        let sshd = Sshd::of(&home)
            .path(&[
                &bin(".local/bin"),
                &bin(".nvm/versions/node/v26.10.0/bin"),
                "/usr/bin".as_ref(),
                "/bin".as_ref(),
            ])
            .variable("HTTPS_PROXY", &identity.proxy())
            .variable("NODE_EXTRA_CA_CERTS", &identity.authority())
            .start();
        Self {
            sshd,
            identity,
            home,
        }
    }
}

impl RealGateway {
    /// Has the real OpenClaw run this command line, with a line on its standard input, as a person would.
    #[track_caller]
    pub(crate) fn openclaw(&self, words: &str, line: &str) {
        let mut openclaw = self
            .sshd
            .client()
            .args(["127.0.0.1", &format!("openclaw {words}")])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .expect("ssh starts");
        let mut stdin = openclaw.stdin.take().expect("piped");
        writeln!(stdin, "{line}").expect("it reads");
        drop(stdin);
        assert!(openclaw.wait().expect("it ends").success(), "{words}");
    }
}

/// A fresh home with OpenClaw and this node as nvm and npm put them there.
pub(crate) fn with_nvm(version: &str, node: &str) -> GatewayHome {
    let bin = format!(".nvm/versions/node/{version}/bin");
    GatewayHome::new()
        .link(&format!("{bin}/node"), real_openclaw(node).join("node"))
        .link(
            &format!("{bin}/openclaw"),
            real_openclaw("node_modules/openclaw/openclaw.mjs"),
        )
}

/// A place in the installation of OpenClaw and its Node.
pub(crate) fn real_openclaw(name: &str) -> PathBuf {
    installed("openclaw-2026.9.6", "tests/install-openclaw").join(name)
}

fn claude() -> PathBuf {
    installed("claude-code-2.1.330", "tests/install-claude-code").join("claude")
}

fn installed(name: &str, script: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = root.join("target").join(name);
    assert!(
        folder.join("complete").exists(),
        "{name} is not installed; run {script}"
    );
    folder
}
