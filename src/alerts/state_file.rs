//! The file of what the monitor remembers, used by one run at a time.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::alerts::state::Memory;
use crate::error::{Error, Kind};
use crate::system::environment::Environment;
use crate::system::files::{self, FileLock};

/// Its name in the state folder.
const FILE: &str = "alerts.json";
/// The largest memory that is read, in bytes.
const LARGEST: u64 = 8 * 1024 * 1024;
/// How long another run may take to deliver its alerts.
const PATIENCE: Duration = Duration::from_secs(5 * 60);

/// The right to work with the memory, until it is dropped.
pub(crate) struct StateFile<'a> {
    path: PathBuf,
    environment: &'a Environment,
    /// None where there is no place for a lock, nor then for the memory.
    _held: Option<FileLock>,
}

impl<'a> StateFile<'a> {
    /// Takes the memory in hand, after waiting for another run to be done with it.
    ///
    /// # Errors
    /// When there is no home folder, or the other run does not come to its end.
    pub(crate) fn begin(environment: &'a Environment) -> Result<Self, Error> {
        let folder = environment.state_folder()?;
        let held = match FileLock::wait(&folder.join("alerts.lock"), PATIENCE) {
            Ok(None) => {
                return Err(
                    Error::new(Kind::Machine, "another clawtap monitor is still running")
                        .hint("See what it does: ps -ef | grep clawtap"),
                );
            }
            Ok(held) => held,
            Err(_) => None,
        };
        Ok(Self {
            path: folder.join(FILE),
            environment,
            _held: held,
        })
    }

    /// What was kept.
    ///
    /// # Errors
    /// What was wrong with it, for a person.
    pub(crate) fn read(&self) -> Result<Memory, String> {
        read(&self.path, self.environment)
    }

    /// Puts aside what cannot be read: at worst, something is told twice.
    pub(crate) fn put_aside(&self) {
        // Where it cannot be moved, it is written over.
        let _ = files::rename(&self.path, &self.path.with_extension("json.bad"));
    }

    /// Keeps it: the next run finds either this or what was kept before.
    ///
    /// # Errors
    /// Why it is not kept.
    pub(crate) fn write(&self, memory: &Memory) -> Result<(), Error> {
        files::write_private(&self.path, memory.to_text().as_bytes()).map_err(|error| {
            let path = self.environment.display_path(&self.path);
            Error::new(
                Kind::Machine,
                format!("cannot remember what was told, in {path}: {error}"),
            )
            .hint("Make room, and check the folder's permissions")
        })
    }
}

/// What is wrong with what was kept, for a person who only looks.
pub(crate) fn fault(environment: &Environment) -> Option<String> {
    let path = environment.state_folder().ok()?.join(FILE);
    read(&path, environment).err()
}

/// What was kept, for whoever only looks, and waits for nobody; nothing where it cannot be read.
pub(crate) fn look(environment: &Environment) -> Option<Memory> {
    read(&environment.state_folder().ok()?.join(FILE), environment).ok()
}

fn read(path: &Path, environment: &Environment) -> Result<Memory, String> {
    let text = match files::read_text_if_there(path, LARGEST) {
        Ok(text) => Memory::parse(&text.unwrap_or_default()),
        Err(error) => Err(error.to_string()),
    };
    let path = environment.display_path(path);
    text.map_err(|reason| format!("cannot use {path}: {reason}; it begins anew"))
}
