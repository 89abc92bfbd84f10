//! The home folder in which a test runs clawtap.

use std::path::Path;
use std::time::Duration;

use rustix::process::{Signal, kill_process};
use tempfile::TempDir;

use super::processes::{processes_in, processes_of, wait_at_most};

/// How long what is asked to end may take.
const GRACE: Duration = Duration::from_secs(2);

/// It is empty at first. Dropping it ends what was started in it and still runs, such as the connections that a
/// person's own ssh keeps, and removes it.
pub(crate) struct Home {
    folder: TempDir,
    temporary: TempDir,
}

impl Home {
    pub(crate) fn new() -> Self {
        let folder = || TempDir::new().expect("a temporary folder");
        Self {
            folder: folder(),
            temporary: folder(),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Its own folder for temporary files and sockets, outside of it.
    pub(crate) fn temporary(&self) -> &Path {
        self.temporary.path()
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let running = || {
            let ours = processes_of(self.path()).into_iter().map(|(id, _)| id);
            ours.chain(processes_in(self.path())).collect::<Vec<_>>()
        };
        let end = |signal| {
            let ids = running();
            for id in &ids {
                // Failing means that it ended by itself meanwhile.
                let _ = kill_process(*id, signal);
            }
            ids.len()
        };
        // An ssh that is asked takes its socket along.
        if end(Signal::TERM) > 0 && !wait_at_most(GRACE, || running().is_empty()) {
            end(Signal::KILL);
        }
    }
}
