//! clawtap's files without a mark: icons, and files of the versions before the mark, which listed each path with a hash
//! in a ledger in the state folder.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::error::Error;
use crate::install::mark::{self, Origin, hash};
use crate::install::widgets::icons;
use crate::system::environment::Environment;
use crate::system::files;

/// The ledgers of shortcuts, of systemd's units and of the script of Android's job.
pub(crate) const WIDGETS: &str = "widgets.json";
pub(crate) const SYSTEMD: &str = "monitor-systemd.json";
pub(crate) const ANDROID_JOB: &str = "monitor-termux-job.json";
/// The largest ledger that is read, in bytes.
const LARGEST: u64 = 4 * 1024 * 1024;

/// Our files without a mark.
pub(crate) struct Unmarked {
    hashes: BTreeSet<String>,
    paths: BTreeSet<PathBuf>,
    /// The ledger, if there is one.
    ledger: Option<PathBuf>,
}

#[derive(Deserialize)]
struct Ledger {
    files: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    path: PathBuf,
    fingerprints: Vec<String>,
}

impl Unmarked {
    /// The icons, and what a ledger has.
    pub(crate) fn of(ledger: &str, environment: &Environment) -> Result<Self, Error> {
        let path = environment.state_folder()?.join(ledger);
        let text = files::read(&path, LARGEST).ok();
        let ledger: Option<Ledger> = text
            .map(|text| serde_json::from_slice(&text))
            .transpose()
            .map_err(|error| {
                let path = environment.display_path(&path);
                Error::machine(format!("cannot use {path}: {error}"))
                    .hint("Move it away; the files that it lists are left alone then")
            })?;
        let mut unmarked = Self {
            hashes: icons().map(hash_of).collect(),
            paths: BTreeSet::new(),
            ledger: ledger.is_some().then_some(path),
        };
        for entry in ledger.into_iter().flat_map(|ledger| ledger.files) {
            unmarked.hashes.extend(entry.fingerprints);
            unmarked.paths.insert(entry.path);
        }
        Ok(unmarked)
    }

    /// Who wrote the file at a path.
    pub(crate) fn origin(&self, path: &Path, content: &[u8]) -> Origin {
        match mark::origin(content) {
            Origin::Foreign if self.hashes.contains(&hash_of(content)) => Origin::Ours,
            Origin::Foreign if self.paths.contains(path) => Origin::Changed,
            origin => origin,
        }
    }

    /// The ledger, if there is one.
    pub(crate) fn ledger(&self) -> Option<&Path> {
        self.ledger.as_deref()
    }
}

fn hash_of(content: &[u8]) -> String {
    format!("{:016x}", hash(content))
}
