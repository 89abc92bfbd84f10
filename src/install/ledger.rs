//! The file in which we remember what was installed, and carrying out a plan under its protection.

use std::collections::BTreeSet;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use crate::error::{Error, Kind};
use crate::install::manifest::Manifest;
use crate::install::plan::{Change, Places, Plan};
use crate::system::environment::Environment;
use crate::system::files;
use crate::system::placement::{self, UNFINISHED, look};

/// The largest manifest that is read, in bytes.
const LARGEST: u64 = 4 * 1024 * 1024;
const AGAIN: &str = "Check the folder and the space left, then run it again: it goes on from there";

/// What is remembered apart from everything else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Subject {
    pub(crate) file: &'static str,
    /// The command that writes it all again.
    pub(crate) renewal: &'static str,
}

/// The shortcuts on the home screen.
pub(crate) const WIDGETS: Subject = Subject {
    file: "widgets.json",
    renewal: "clawtap widgets install --force",
};

/// The units of systemd.
pub(crate) const SYSTEMD_TIMER: Subject = Subject {
    file: "monitor-systemd.json",
    renewal: "clawtap monitor install --systemd",
};

/// The script of Android's job.
pub(crate) const TERMUX_JOB: Subject = Subject {
    file: "monitor-termux-job.json",
    renewal: "clawtap monitor install --termux-job",
};

/// Where the manifest is.
pub(crate) struct Ledger<'a> {
    pub(crate) path: PathBuf,
    subject: Subject,
    environment: &'a Environment,
}

impl<'a> Ledger<'a> {
    /// The one of this home folder.
    pub(crate) fn of(subject: Subject, environment: &'a Environment) -> Result<Self, Error> {
        let folder = environment.state_folder()?;
        Ok(Self {
            path: folder.join(subject.file),
            subject,
            environment,
        })
    }

    /// What is remembered; nothing if nothing ever was.
    pub(crate) fn read(&self) -> Result<Option<Manifest>, Error> {
        let text = files::read_text_if_there(&self.path, LARGEST);
        let text = text.map_err(|error| self.cannot("read", &self.path, &error))?;
        text.map(|text| Manifest::parse(&text))
            .transpose()
            .map_err(|reason| {
                let path = self.environment.display_path(&self.path);
                Error::new(Kind::Machine, format!("cannot use {path}: {reason}"))
                    .hint(format!("Move it away, then: {}", self.subject.renewal))
            })
    }

    /// Keeps others from installing meanwhile. Returns what keeps them, and the folders it had to make.
    pub(crate) fn lock(&self) -> Result<(File, Vec<PathBuf>), Error> {
        let folder = self.folder();
        let made = placement::missing_folders(folder);
        let locked = files::make_private_folder(folder).and_then(|()| files::lock_folder(folder));
        match locked {
            Ok(lock) => Ok((lock, made)),
            Err(error) => Err(self.cannot("write to", folder, &error)),
        }
    }

    /// Looks at places.
    pub(crate) fn survey<'p>(
        &self,
        paths: impl Iterator<Item = &'p Path>,
    ) -> Result<Places, Error> {
        paths
            .map(|path| match look(path) {
                Ok(found) => Ok((path.to_path_buf(), found)),
                Err(error) => Err(self.cannot("look at", path, &error)),
            })
            .collect()
    }

    /// Plans, and carries the plan out if it changes anything: then it is made again, now that nobody else changes
    /// anything.
    pub(crate) fn install(
        &self,
        decide: impl Fn(&Manifest) -> Result<Plan, Error>,
    ) -> Result<Plan, Error> {
        let known = self.read()?.unwrap_or_default();
        let plan = decide(&known)?;
        if plan.changes.is_empty() && plan.after == known {
            return Ok(plan);
        }
        let (_held, made) = self.lock()?;
        let known = self.read()?.unwrap_or_default();
        let mut all = known.clone();
        all.folders.splice(0..0, made);
        let plan = decide(&all)?;
        self.apply(&plan, &known)?;
        Ok(plan)
    }

    /// Carries out what is decided while nobody else changes anything.
    pub(crate) fn uninstall(
        &self,
        decide: impl Fn(&Manifest) -> Result<Plan, Error>,
    ) -> Result<Plan, Error> {
        let _held = self.lock()?;
        let known = self.read()?.unwrap_or_default();
        let plan = decide(&known)?;
        self.apply(&plan, &known)?;
        Ok(plan)
    }

    /// Carries out a plan. Wherever it is ended, what is remembered covers what was done.
    fn apply(&self, plan: &Plan, known: &Manifest) -> Result<(), Error> {
        if plan.during != *known {
            self.write(&plan.during)?;
        }
        for folder in folders_of(&plan.during) {
            // What a run that was killed had not finished.
            let unfinished = folder.join(UNFINISHED);
            placement::remove(&unfinished)
                .or_else(absent)
                .map_err(|error| self.cannot("remove", &unfinished, &error))?;
        }
        let holds_us = |change: &&Change| matches!(change, Change::RemoveFolder(folder) if self.path.starts_with(folder));
        for change in plan.changes.iter().filter(|change| !holds_us(change)) {
            self.perform(change)?;
        }
        if plan.after.is_empty() {
            placement::remove(&self.path)
                .map_err(|error| self.cannot("remove", &self.path, &error))?;
        } else if plan.after != plan.during {
            self.write(&plan.after)?;
        }
        for change in plan.changes.iter().filter(holds_us) {
            self.perform(change)?;
        }
        Ok(())
    }

    fn perform(&self, change: &Change) -> Result<(), Error> {
        let (verb, path, done) = match change {
            Change::MakeFolder(path) => ("make", path, placement::make_folder(path)),
            Change::Write { file, .. } => {
                let done = placement::place(&file.path, &file.content, file.mode);
                ("write", &file.path, done)
            }
            Change::Remove(path) => ("remove", path, placement::remove(path)),
            Change::RemoveFolder(path) => ("remove", path, placement::remove_if_empty(path)),
        };
        done.map_err(|error| self.cannot(verb, path, &error))
    }

    /// Remembers this from now on.
    pub(crate) fn write(&self, manifest: &Manifest) -> Result<(), Error> {
        let text = manifest.to_text().map_err(io::Error::other);
        text.and_then(|text| placement::place(&self.path, text.as_bytes(), 0o600))
            .map_err(|error| self.cannot("write", &self.path, &error))
    }

    fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(&self.path)
    }

    fn cannot(&self, verb: &str, path: &Path, error: &io::Error) -> Error {
        let path = self.environment.display_path(path);
        Error::new(Kind::Machine, format!("cannot {verb} {path}: {error}")).hint(AGAIN)
    }
}

fn folders_of(manifest: &Manifest) -> BTreeSet<&Path> {
    let parents = manifest
        .files
        .iter()
        .filter_map(|entry| entry.path.parent());
    parents.collect()
}

/// Below something that is no folder there is nothing to remove.
fn absent(error: io::Error) -> io::Result<()> {
    match error.kind() {
        io::ErrorKind::NotADirectory => Ok(()),
        _ => Err(error),
    }
}
