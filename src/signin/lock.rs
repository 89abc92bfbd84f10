//! The lock of a gateway's sign-in or sync (flock); its file contains the page that is open.

use std::path::PathBuf;
use std::time::Duration;

use crate::error::Error;
use crate::gateway::host::Name;
use crate::system::environment::Environment;
use crate::system::files::{self, FileLock};

/// The longest page address that is stored, in bytes.
const LONGEST: u64 = 16 * 1024;

/// The lock; released on drop.
pub(crate) struct SignInLock {
    file: PathBuf,
    _held: FileLock,
}

/// The result of trying to lock.
pub(crate) enum Attempt {
    Acquired(SignInLock),
    /// Another sign-in holds the lock, with this page open.
    Busy(Option<String>),
}

impl SignInLock {
    /// Tries to take the lock, without waiting.
    pub(crate) fn try_lock(gateway: &Name, environment: &Environment) -> Result<Attempt, Error> {
        Self::lock_within(gateway, Duration::ZERO, environment)
    }

    /// Tries to take the lock, and waits for it at most for `patience`.
    pub(crate) fn lock_within(
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

    /// Writes the open page into the lock's file, so that a second sign-in can open it again. An error is ignored.
    pub(crate) fn write_page(&self, page: &str) {
        let _ = files::overwrite(&self.file, page);
    }
}

impl Drop for SignInLock {
    fn drop(&mut self) {
        self.write_page("");
    }
}
