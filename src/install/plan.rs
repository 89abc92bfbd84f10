//! What to change, decided from what is wanted, what is there and what we remember; pure.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::install::manifest::{Entry, Manifest, fingerprint};
use crate::install::widgets::Scope;
use crate::system::placement::{Found, UNFINISHED};

/// What should be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// Each after the one it is in.
    pub(crate) folders: Vec<PathBuf>,
    pub(crate) files: Vec<DesiredFile>,
}

/// A file that should be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DesiredFile {
    pub(crate) path: PathBuf,
    pub(crate) content: Vec<u8>,
    pub(crate) mode: u32,
    /// The gateway it is for; none if for all.
    pub(crate) gateway: Option<String>,
    pub(crate) live: bool,
}

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Change {
    MakeFolder(PathBuf),
    Write {
        file: DesiredFile,
        new: bool,
    },
    Remove(PathBuf),
    /// Nothing else will be in it by then.
    RemoveFolder(PathBuf),
}

/// A place that is left as it is, although something else belongs there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Conflict {
    pub(crate) path: PathBuf,
    pub(crate) why: Why,
}

/// Why a place is left alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Why {
    /// Somebody else's file.
    Foreign,
    /// Ours, and changed since.
    Changed,
    /// Something that is no file, where a file belongs.
    NotAFile,
    /// Something that is no folder, where a folder belongs.
    NotAFolder,
    /// A link where a folder belongs: Termux:Widget runs nothing behind one.
    LinkedFolder,
}

impl Why {
    /// The end of a sentence that begins with the place.
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::Foreign => "is somebody else's",
            Self::Changed => "was changed since",
            Self::NotAFile => "is no file",
            Self::NotAFolder => "is no folder",
            Self::LinkedFolder => "is a link, and Termux:Widget runs nothing behind one",
        }
    }

    /// Whether nothing at all can be done before a person has cleared the place.
    pub(crate) const fn is_blocking(self) -> bool {
        matches!(self, Self::NotAFolder | Self::LinkedFolder)
    }
}

/// Everything that is going to happen, and what to remember before and after it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Plan {
    pub(crate) changes: Vec<Change>,
    /// Files that are as they should be.
    pub(crate) unchanged: usize,
    pub(crate) conflicts: Vec<Conflict>,
    /// Covers every moment of the changes: what was ours and what is about to be.
    pub(crate) during: Manifest,
    pub(crate) after: Manifest,
}

/// What is at every place that matters.
pub(crate) type Places = BTreeMap<PathBuf, Found>;

/// Every place to look at before planning.
pub(crate) fn places<'a>(
    wanted: &'a Wanted,
    manifest: &'a Manifest,
) -> impl Iterator<Item = &'a Path> {
    let wanted_files = wanted.files.iter().map(|file| file.path.as_path());
    let known_files = manifest.files.iter().map(|entry| entry.path.as_path());
    let folders = wanted.folders.iter().chain(&manifest.folders);
    folders
        .map(PathBuf::as_path)
        .chain(wanted_files)
        .chain(known_files)
}

/// How to get from what is there to what is wanted, without touching anything that is not ours.
pub(crate) fn install(
    wanted: &Wanted,
    scope: &Scope,
    known: &Manifest,
    there: &Places,
    force: bool,
) -> Plan {
    let mut plan = Plan::knowing(known);
    for folder in &wanted.folders {
        plan.need_folder(folder, found(there, folder));
    }
    for file in &wanted.files {
        plan.need_file(
            file,
            known.entry(&file.path),
            found(there, &file.path),
            force,
        );
    }
    let is_wanted = |entry: &Entry| wanted.files.iter().any(|file| file.path == entry.path);
    let in_scope = |entry: &Entry| match scope {
        Scope::All => true,
        Scope::Gateway(name) => entry.gateway.as_ref() == Some(name),
    };
    for entry in &known.files {
        if in_scope(entry) && !is_wanted(entry) {
            plan.drop_file(entry, found(there, &entry.path), force);
        }
    }
    plan
}

/// How to undo what was installed, or of that only the live rows. A file that a person changed stays. The file at
/// `ledger` goes when nothing is left to remember.
pub(crate) fn uninstall(
    known: &Manifest,
    there: &Places,
    ledger: &Path,
    only_live: bool,
    force: bool,
) -> Plan {
    let mut plan = Plan::knowing(known);
    for entry in &known.files {
        if entry.live || !only_live {
            plan.drop_file(entry, found(there, &entry.path), force);
        }
    }
    if !only_live {
        plan.drop_empty_folders(&known.folders, there, ledger);
    }
    plan
}

fn found<'a>(there: &'a Places, path: &Path) -> &'a Found {
    there.get(path).unwrap_or(&Found::Nothing)
}

impl Plan {
    /// Nothing to do yet, and all that is known to be kept.
    fn knowing(known: &Manifest) -> Self {
        Self {
            during: known.clone(),
            after: known.clone(),
            ..Self::default()
        }
    }

    fn need_folder(&mut self, folder: &Path, found: &Found) {
        match found {
            Found::Folder(_) => {}
            Found::Nothing => {
                self.changes.push(Change::MakeFolder(folder.to_path_buf()));
                for manifest in [&mut self.during, &mut self.after] {
                    if !manifest.folders.iter().any(|known| known == folder) {
                        manifest.folders.push(folder.to_path_buf());
                    }
                }
            }
            Found::Link => self.conflict(folder, Why::LinkedFolder),
            Found::File { .. } | Found::Other => self.conflict(folder, Why::NotAFolder),
        }
    }

    fn need_file(&mut self, file: &DesiredFile, known: Option<&Entry>, found: &Found, force: bool) {
        let as_wanted = |content: &Option<Vec<u8>>| content.as_ref() == Some(&file.content);
        let is_ours = |content: &Option<Vec<u8>>| matches!((known, content), (Some(entry), Some(content)) if entry.wrote(content));
        let why = match found {
            Found::Nothing => None,
            Found::File { content, mode } if as_wanted(content) && *mode == file.mode => {
                self.unchanged += 1;
                self.remember(file);
                return;
            }
            Found::File { content, .. } if as_wanted(content) || is_ours(content) => None,
            Found::File { .. } if known.is_some() => Some(Why::Changed),
            Found::File { .. } => Some(Why::Foreign),
            Found::Folder(_) => return self.conflict(&file.path, Why::NotAFile),
            Found::Link | Found::Other => Some(Why::NotAFile),
        };
        match why {
            Some(why) if !force => self.conflict(&file.path, why),
            _ => {
                self.changes.push(Change::Write {
                    file: file.clone(),
                    new: *found == Found::Nothing,
                });
                self.remember(file);
            }
        }
    }

    fn drop_file(&mut self, entry: &Entry, found: &Found, force: bool) {
        let why = match found {
            Found::Nothing => None,
            Found::File {
                content: Some(content),
                ..
            } if entry.wrote(content) => None,
            Found::File { .. } => Some(Why::Changed),
            Found::Folder(_) => return self.conflict(&entry.path, Why::NotAFile),
            Found::Link | Found::Other => Some(Why::NotAFile),
        };
        match why {
            Some(why) if !force => return self.conflict(&entry.path, why),
            None if *found == Found::Nothing => {}
            _ => self.changes.push(Change::Remove(entry.path.clone())),
        }
        self.after.files.retain(|known| known.path != entry.path);
    }

    fn drop_empty_folders(&mut self, folders: &[PathBuf], there: &Places, ledger: &Path) {
        let forgotten = self.after.files.is_empty();
        for folder in folders.iter().rev() {
            let goes = |name: &String| {
                let path = folder.join(name);
                name == UNFINISHED
                    || (forgotten && path == ledger)
                    || self.changes.iter().any(|change| match change {
                        Change::Remove(gone) | Change::RemoveFolder(gone) => *gone == path,
                        Change::MakeFolder(_) | Change::Write { .. } => false,
                    })
            };
            let empties = match found(there, folder) {
                Found::Folder(names) => names.iter().all(goes),
                _ => false,
            };
            if empties {
                self.changes.push(Change::RemoveFolder(folder.clone()));
            }
        }
        if forgotten {
            // What is still in a folder is somebody else's, and so is the folder from now on.
            self.after.folders.clear();
        }
    }

    /// Before the changes both contents are ours, after them only the new one.
    fn remember(&mut self, file: &DesiredFile) {
        let entry = Entry {
            path: file.path.clone(),
            gateway: file.gateway.clone(),
            live: file.live,
            fingerprints: vec![fingerprint(&file.content)],
        };
        let of_path = |known: &&mut Entry| known.path == entry.path;
        match self.during.files.iter_mut().find(of_path) {
            Some(known) if known.wrote(&file.content) => {}
            Some(known) => known.fingerprints.extend(entry.fingerprints.clone()),
            None => self.during.files.push(entry.clone()),
        }
        match self.after.files.iter_mut().find(of_path) {
            Some(known) => *known = entry,
            None => self.after.files.push(entry),
        }
    }

    fn conflict(&mut self, path: &Path, why: Why) {
        self.conflicts.push(Conflict {
            path: path.to_path_buf(),
            why,
        });
    }

    /// What bars the way to everything.
    pub(crate) fn barrier(&self) -> Option<&Conflict> {
        self.conflicts
            .iter()
            .find(|conflict| conflict.why.is_blocking())
    }
}

#[cfg(test)]
mod tests {
    use super::{Change, DesiredFile, Places, Plan, Wanted, Why, install, uninstall};
    use crate::install::manifest::Manifest;
    use crate::install::widgets::Scope;
    use crate::system::placement::Found;
    use proptest::prelude::*;
    use std::path::{Path, PathBuf};

    fn file(path: &str, content: &str) -> DesiredFile {
        DesiredFile {
            path: path.into(),
            content: content.into(),
            mode: 0o700,
            gateway: None,
            live: false,
        }
    }

    fn wanted(files: &[(&str, &str)]) -> Wanted {
        Wanted {
            folders: vec!["/h/s".into()],
            files: files.iter().map(|(path, text)| file(path, text)).collect(),
        }
    }

    /// Does on a map what a plan would do on a disk, up to a number of changes.
    fn perform(plan: &Plan, there: &mut Places, most: usize) {
        for change in plan.changes.iter().take(most) {
            match change {
                Change::MakeFolder(path) => {
                    there.insert(path.clone(), Found::Folder(Vec::new()));
                }
                Change::Write { file, .. } => {
                    let found = Found::File {
                        content: Some(file.content.clone()),
                        mode: file.mode,
                    };
                    there.insert(file.path.clone(), found);
                }
                Change::Remove(path) | Change::RemoveFolder(path) => {
                    there.remove(path);
                }
            }
        }
        list_folders(there);
    }

    fn list_folders(there: &mut Places) {
        let paths: Vec<PathBuf> = there.keys().cloned().collect();
        for (folder, found) in there.iter_mut() {
            if let Found::Folder(names) = found {
                let inside = paths.iter().filter(|path| path.parent() == Some(folder));
                *names = inside
                    .filter_map(|path| Some(path.file_name()?.to_str()?.to_owned()))
                    .collect();
            }
        }
    }

    fn foreign(text: &str) -> Found {
        Found::File {
            content: Some(text.into()),
            mode: 0o644,
        }
    }

    #[test]
    fn a_foreign_file_is_left_and_only_replaced_by_force() {
        let wanted = wanted(&[("/h/s/a", "ours")]);
        let there: Places = [("/h/s/a".into(), foreign("theirs"))].into();
        let known = Manifest::default();
        let plan = install(&wanted, &Scope::All, &known, &there, false);
        assert_eq!(plan.conflicts[0].why, Why::Foreign);
        assert_eq!(plan.changes, [Change::MakeFolder("/h/s".into())]);
        assert_eq!(plan.during.files, []);
        let forced = install(&wanted, &Scope::All, &known, &there, true);
        assert_eq!((forced.conflicts.len(), forced.changes.len()), (0, 2));
    }

    #[test]
    fn what_bars_the_way_is_not_forced() {
        for (found, why) in [
            (foreign("x"), Why::NotAFolder),
            (Found::Other, Why::NotAFolder),
            (Found::Link, Why::LinkedFolder),
        ] {
            let there: Places = [("/h/s".into(), found)].into();
            let plan = install(
                &wanted(&[]),
                &Scope::All,
                &Manifest::default(),
                &there,
                true,
            );
            assert_eq!(plan.barrier().map(|conflict| conflict.why), Some(why));
        }
        let folder: Places = [("/h/s/a".into(), Found::Folder(Vec::new()))].into();
        let wanted = wanted(&[("/h/s/a", "ours")]);
        let plan = install(&wanted, &Scope::All, &Manifest::default(), &folder, true);
        assert_eq!(plan.conflicts[0].why, Why::NotAFile);
        assert!(plan.barrier().is_none());
    }

    #[test]
    fn an_upgrade_rewrites_what_is_ours_and_removes_what_is_no_longer_wanted() {
        let mut there = Places::new();
        let old = wanted(&[("/h/s/a", "1"), ("/h/s/gone", "1"), ("/h/s/edited", "1")]);
        let first = install(&old, &Scope::All, &Manifest::default(), &there, false);
        perform(&first, &mut there, usize::MAX);
        there.insert("/h/s/edited".into(), foreign("mine now"));
        let new = wanted(&[("/h/s/a", "2")]);
        let plan = install(&new, &Scope::All, &first.after, &there, false);
        let done: Vec<_> = plan
            .changes
            .iter()
            .map(|change| match change {
                Change::Write { file, new } => format!("write {} {new}", file.path.display()),
                Change::Remove(path) => format!("remove {}", path.display()),
                other => format!("{other:?}"),
            })
            .collect();
        assert_eq!(done, ["write /h/s/a false", "remove /h/s/gone"]);
        assert_eq!(plan.conflicts[0].why, Why::Changed);
        let known = plan.during.entry(Path::new("/h/s/a")).unwrap();
        assert!(known.wrote(b"1") && known.wrote(b"2"));
        assert!(!plan.after.entry(Path::new("/h/s/a")).unwrap().wrote(b"1"));
        assert!(plan.after.entry(Path::new("/h/s/edited")).is_some());
    }

    #[test]
    fn a_wrong_mode_is_mended() {
        let wanted = wanted(&[("/h/s/a", "ours")]);
        let there: Places = [("/h/s/a".into(), foreign("ours"))].into();
        let plan = install(&wanted, &Scope::All, &Manifest::default(), &there, false);
        assert!(matches!(plan.changes[1], Change::Write { new: false, .. }));
    }

    const LEDGER: &str = "/state/widgets.json";
    const NAMES: [&str; 4] = ["/h/s/a", "/h/s/b", "/h/s/c", "/h/s/d"];

    prop_compose! {
        fn some_files()(texts in prop::collection::vec(prop::option::of("[xyz]"), 4)) -> Vec<(usize, String)> {
            texts.into_iter().enumerate().filter_map(|(index, text)| Some((index, text?))).collect()
        }
    }

    fn of(files: &[(usize, String)]) -> Wanted {
        let named: Vec<_> = files
            .iter()
            .map(|(index, text)| (NAMES[*index], text.as_str()))
            .collect();
        wanted(&named)
    }

    proptest! {
        #[test]
        fn wherever_it_is_killed_a_second_run_repairs_and_uninstall_restores(
            theirs in some_files(), first in some_files(), second in some_files(),
            killed_at in 0_usize..8, folder_is_theirs: bool,
        ) {
            let mut there = Places::new();
            if folder_is_theirs || !theirs.is_empty() {
                there.insert("/h/s".into(), Found::Folder(Vec::new()));
            }
            for (index, text) in &theirs {
                // Theirs never happen to be what ours would be.
                there.insert(NAMES[*index].into(), foreign(&format!("their {text}")));
            }
            list_folders(&mut there);
            let before = there.clone();

            let plan = install(&of(&first), &Scope::All, &Manifest::default(), &there, false);
            perform(&plan, &mut there, usize::MAX);
            let known = plan.after;
            let plan = install(&of(&second), &Scope::All, &known, &there, false);
            perform(&plan, &mut there, killed_at);
            let known = plan.during;

            let mut undone = there.clone();
            perform(&uninstall(&known, &there, LEDGER.as_ref(), false, false), &mut undone, usize::MAX);
            prop_assert_eq!(&undone, &before, "killed after {} changes", killed_at);

            let plan = install(&of(&second), &Scope::All, &known, &there, false);
            perform(&plan, &mut there, usize::MAX);
            let again = install(&of(&second), &Scope::All, &plan.after, &there, false);
            prop_assert_eq!(&again.changes, &[]);
            for (index, text) in &second {
                let path = PathBuf::from(NAMES[*index]);
                let taken = theirs.iter().any(|(other, _)| other == index);
                let ours = Found::File { content: Some(text.clone().into_bytes()), mode: 0o700 };
                prop_assert_eq!(there.get(&path) == Some(&ours), !taken);
            }
            let plan = uninstall(&again.after, &there, LEDGER.as_ref(), false, false);
            perform(&plan, &mut there, usize::MAX);
            prop_assert_eq!(there, before);
            prop_assert!(plan.after.is_empty());
        }
    }
}
