//! Inspects installed files, and applies a plan.

use std::io;
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::install::mark::Origin;
use crate::install::plan::{Change, Place, Places, Plan};
use crate::install::unmarked::Unmarked;
use crate::system::environment::Environment;
use crate::system::placement::{self, FileKind, inspect};

const AGAIN: &str = "Check the folder and the space left, then run it again: it goes on from there";

/// Installed files of one kind.
pub(crate) struct Files<'a> {
    unmarked: Unmarked,
    environment: &'a Environment,
}

impl<'a> Files<'a> {
    /// The kind that the versions before the mark listed in this ledger.
    pub(crate) fn of(ledger: &str, environment: &'a Environment) -> Result<Self, Error> {
        Ok(Self {
            unmarked: Unmarked::of(ledger, environment)?,
            environment,
        })
    }

    /// What is at these paths, and who wrote it.
    pub(crate) fn survey(&self, paths: impl IntoIterator<Item = PathBuf>) -> Result<Places, Error> {
        let inspected = |path: PathBuf| {
            let found = inspect(&path).map_err(|error| self.cannot("look at", &path, &error))?;
            let origin = match &found {
                FileKind::File {
                    content: Some(content),
                    ..
                } => self.unmarked.origin(&path, content),
                _ => Origin::Foreign,
            };
            Ok((path, Place { found, origin }))
        };
        paths.into_iter().map(inspected).collect()
    }

    /// The names in a folder; none if it does not exist.
    pub(crate) fn names(&self, folder: &Path) -> Result<Vec<String>, Error> {
        placement::names(folder).map_err(|error| self.cannot("look into", folder, &error))
    }

    /// Applies a plan. After an interruption, the next run completes it.
    pub(crate) fn apply(&self, plan: &Plan) -> Result<(), Error> {
        for change in &plan.changes {
            let (verb, path, done) = match change {
                Change::MakeFolder(path) => ("make", path, placement::make_folder(path)),
                Change::Write { file, .. } => {
                    let done = placement::place(&file.path, &file.content, file.mode);
                    ("write", &file.path, done)
                }
                Change::Remove(path) => ("remove", path, placement::remove(path)),
            };
            done.map_err(|error| self.cannot(verb, path, &error))?;
        }
        Ok(())
    }

    /// Removes the old ledger after a plan for everything that it lists, unless some of that was left alone.
    pub(crate) fn forget_ledger(&self, plan: &Plan) {
        if let Some(ledger) = self.unmarked.ledger()
            && plan.conflicts.is_empty()
        {
            // A ledger that stays is harmless: the next install or uninstall removes it.
            let _ = placement::remove(ledger);
            self.remove_empty(ledger.parent());
        }
    }

    /// Removes these folders and their parents, as far as they are empty and below the home folder.
    pub(crate) fn remove_empty(&self, folders: impl IntoIterator<Item = impl AsRef<Path>>) {
        for folder in folders {
            if let Some(home) = self.environment.home() {
                placement::remove_empty_folders(folder.as_ref(), &home);
            }
        }
    }

    fn cannot(&self, verb: &str, path: &Path, error: &io::Error) -> Error {
        let path = self.environment.display_path(path);
        Error::machine(format!("cannot {verb} {path}: {error}")).hint(AGAIN)
    }
}
