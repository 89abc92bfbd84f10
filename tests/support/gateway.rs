//! A gateway's home folder, in which the fake openclaw finds how to behave.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::fixture;
use super::processes::end_all;

/// The home of a gateway's user. What is written to `reply/` decides what `tests/fakes/gateway/openclaw`
/// does; it works through the fake ssh and through a real sshd alike.
pub(crate) struct GatewayHome {
    folder: TempDir,
}

impl GatewayHome {
    pub(crate) fn new() -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        fs::create_dir(folder.path().join("reply")).expect("a fresh folder");
        Self { folder }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// A document of the corpus, such as `2026.9.6/token_ok_am`, with the exit code that came with it.
    pub(crate) fn document(self, name: &str) -> Self {
        let exit = fs::read_to_string(fixture(&format!("corpus/{name}.expect")))
            .expect("a known document");
        fs::copy(
            fixture(&format!("corpus/{name}.json")),
            self.reply_file("document"),
        )
        .expect("a known document");
        self.exit(exit.trim())
    }

    /// Exactly these bytes on standard output.
    pub(crate) fn stdout(self, bytes: impl AsRef<[u8]>) -> Self {
        fs::write(self.reply_file("document"), bytes).expect("a fresh folder");
        self
    }

    pub(crate) fn stderr(self, bytes: impl AsRef<[u8]>) -> Self {
        fs::write(self.reply_file("stderr"), bytes).expect("a fresh folder");
        self
    }

    pub(crate) fn exit(self, code: &str) -> Self {
        fs::write(self.reply_file("exit"), code).expect("a fresh folder");
        self
    }

    /// Shell commands that the fake runs before it answers.
    pub(crate) fn first(self, script: &str) -> Self {
        self.reply("first", script)
    }

    /// Whatever else the fakes heed, by the name that they know it by.
    pub(crate) fn reply(self, name: &str, content: &str) -> Self {
        fs::write(self.reply_file(name), content).expect("a fresh folder");
        self
    }

    /// A file in this home.
    pub(crate) fn file(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().expect("a name has a parent")).expect("a fresh folder");
        fs::write(path, content).expect("a fresh folder");
        self
    }

    /// A shell script in this home that can be run.
    pub(crate) fn program(self, name: &str, script: &str) -> Self {
        let path = self.path().join(name);
        let gateway = self.file(name, format!("#!/bin/sh\n{script}\n"));
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("it is ours");
        gateway
    }

    /// A link in this home, such as a version manager or npm makes.
    pub(crate) fn link(self, name: &str, target: impl AsRef<Path>) -> Self {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().expect("a name has a parent")).expect("a fresh folder");
        std::os::unix::fs::symlink(target, path).expect("a fresh folder");
        self
    }

    /// What openclaw was called with, a line for each call.
    pub(crate) fn calls(&self) -> String {
        fs::read_to_string(self.path().join("calls")).unwrap_or_default()
    }

    /// A file of this home, if it is there.
    pub(crate) fn read(&self, name: &str) -> Option<String> {
        fs::read_to_string(self.path().join(name)).ok()
    }

    /// The secret that OpenClaw's store holds for a profile.
    pub(crate) fn stored(&self, profile: &str) -> Option<String> {
        let store = self.read(&format!("store-{profile}"))?;
        let lines = store.split_inclusive('\n');
        Some(lines.filter(|line| !line.starts_with("expires ")).collect())
    }

    /// Until when what it holds there is valid, in milliseconds since 1970.
    pub(crate) fn stored_until(&self, profile: &str) -> Option<i64> {
        let store = self.read(&format!("store-{profile}"))?;
        let mut lines = store.lines();
        lines
            .find_map(|line| line.strip_prefix("expires "))?
            .parse()
            .ok()
    }

    fn reply_file(&self, name: &str) -> PathBuf {
        self.path().join("reply").join(name)
    }
}

impl Drop for GatewayHome {
    fn drop(&mut self) {
        // Those that a failed test left.
        end_all(self.path());
    }
}
