//! One sign-in per gateway at a time, and where the person is with it.

use std::path::PathBuf;
use std::time::Duration;

use crate::error::Error;
use crate::gateway::host::Name;
use crate::system::environment::Environment;
use crate::system::files::{self, FileLock};

/// The longest page that is remembered, in bytes.
const LONGEST: u64 = 16 * 1024;

/// The right to sign in on a gateway; given back when dropped.
pub(crate) struct SignInLock {
    file: PathBuf,
    _held: FileLock,
}

/// What came of asking for it.
pub(crate) enum Attempt {
    Acquired(SignInLock),
    /// Somebody is at it already, at this page.
    Busy(Option<String>),
}

impl SignInLock {
    /// Asks for a gateway's.
    pub(crate) fn of(gateway: &Name, environment: &Environment) -> Result<Attempt, Error> {
        Self::after(gateway, Duration::ZERO, environment)
    }

    /// Asks for a gateway's, and waits for whoever has it.
    pub(crate) fn after(
        gateway: &Name,
        patience: Duration,
        environment: &Environment,
    ) -> Result<Attempt, Error> {
        let folder = environment.state_folder()?;
        let file = folder.join(format!("sign-in/{gateway}"));
        let failed = |error| {
            let file = environment.display_path(&file);
            let message = format!("{gateway}: cannot write {file}: {error}");
            Error::machine(message).hint("Nothing was changed; check the folder and the space left")
        };
        if let Some(held) = FileLock::wait(&file, patience).map_err(failed)? {
            return Ok(Attempt::Acquired(Self { file, _held: held }));
        }
        let page = files::read_text_if_there(&file, LONGEST).map_err(failed)?;
        Ok(Attempt::Busy(page.filter(|page| !page.is_empty())))
    }

    /// Remembers the page for whoever comes second. Without it they are told just the same.
    pub(crate) fn note(&self, page: &str) {
        let _ = files::overwrite(&self.file, page);
    }
}

impl Drop for SignInLock {
    fn drop(&mut self) {
        self.note("");
    }
}
