//! `alerts.json`, the file of the monitor's state, locked (flock) so that one run at a time uses it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::alerts::state::AlertState;
use crate::error::Error;
use crate::hint::Hint;
use crate::system::environment::Environment;
use crate::system::files::{self, FileLock};

/// The file's name in the state folder.
const FILE: &str = "alerts.json";
/// The largest file that is read, in bytes.
const LARGEST: u64 = 8 * 1024 * 1024;
/// How long another run may take to deliver its alerts.
const PATIENCE: Duration = Duration::from_secs(5 * 60);

/// The state file, locked until this is dropped.
pub(crate) struct StateFile<'a> {
    path: PathBuf,
    environment: &'a Environment,
    /// `None` if the lock file cannot be created; the state file cannot be written then either.
    _lock: Option<FileLock>,
}

impl<'a> StateFile<'a> {
    /// Locks the file, after waiting for another run to end.
    ///
    /// # Errors
    /// When there is no home folder, or the other run does not end within `PATIENCE`.
    pub(crate) fn lock(environment: &'a Environment) -> Result<Self, Error> {
        let folder = environment.state_folder()?;
        let lock = match FileLock::wait(&folder.join("alerts.lock"), PATIENCE) {
            Ok(None) => {
                return Err(Error::machine("another clawtap monitor is still running")
                    .hint(Hint::run("See what it does", "ps -ef | grep clawtap")));
            }
            Ok(lock) => lock,
            Err(_) => None,
        };
        Ok(Self {
            path: folder.join(FILE),
            environment,
            _lock: lock,
        })
    }

    /// The state of the last run.
    ///
    /// # Errors
    /// What is wrong with the file, for a person.
    pub(crate) fn read(&self) -> Result<AlertState, String> {
        read(&self.path, self.environment)
    }

    /// Renames a file that cannot be parsed to `alerts.json.bad`. Without its state, a notice may be sent twice.
    pub(crate) fn set_aside(&self) {
        // If that fails, the next write replaces the file.
        let _ = files::rename(&self.path, &self.path.with_extension("json.bad"));
    }

    /// Replaces the file in one step.
    ///
    /// # Errors
    /// Why the old state was not replaced.
    pub(crate) fn write(&self, state: &AlertState) -> Result<(), Error> {
        files::write_private(&self.path, state.to_text().as_bytes()).map_err(|error| {
            let path = self.environment.display_path(&self.path);
            Error::machine(format!("cannot remember what was told, in {path}: {error}"))
                .hint("Make room, and check the folder's permissions")
        })
    }
}

/// What is wrong with the file, for a person; read without a lock.
pub(crate) fn fault(environment: &Environment) -> Option<String> {
    let path = environment.state_folder().ok()?.join(FILE);
    read(&path, environment).err()
}

/// The state, read without a lock; `None` if it cannot be read.
pub(crate) fn peek(environment: &Environment) -> Option<AlertState> {
    read(&environment.state_folder().ok()?.join(FILE), environment).ok()
}

fn read(path: &Path, environment: &Environment) -> Result<AlertState, String> {
    let text = match files::read_text_if_there(path, LARGEST) {
        Ok(text) => AlertState::parse(&text.unwrap_or_default()),
        Err(error) => Err(error.to_string()),
    };
    let path = environment.display_path(path);
    text.map_err(|reason| format!("cannot use {path}: {reason}; it begins anew"))
}
