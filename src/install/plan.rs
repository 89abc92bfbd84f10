//! Decides what to change, from the desired files and the present ones; pure.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::install::mark::{Origin, marked};
use crate::system::placement::FileKind;

/// The desired files and folders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Desired {
    /// Parents before their children.
    pub(crate) folders: Vec<PathBuf>,
    pub(crate) files: Vec<DesiredFile>,
}

/// A file that should be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DesiredFile {
    pub(crate) path: PathBuf,
    pub(crate) content: Vec<u8>,
    pub(crate) mode: u32,
}

impl DesiredFile {
    /// A text, which gets its mark.
    pub(crate) fn marked(path: PathBuf, text: &str, mode: u32) -> Self {
        let content = marked(text).into_bytes();
        Self {
            path,
            content,
            mode,
        }
    }
}

/// What is at a path, and who wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) found: FileKind,
    pub(crate) origin: Origin,
}

/// What is at each path of a plan.
pub(crate) type Places = BTreeMap<PathBuf, Place>;

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Change {
    MakeFolder(PathBuf),
    Write { file: DesiredFile, new: bool },
    Remove(PathBuf),
}

/// A path that is left alone although a desired file belongs there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Conflict {
    pub(crate) path: PathBuf,
    pub(crate) why: Why,
}

/// Why a path is left alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Why {
    /// A file that clawtap did not write.
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
    /// The end of a sentence that begins with the path.
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::Foreign => "is somebody else's",
            Self::Changed => "was changed since",
            Self::NotAFile => "is no file",
            Self::NotAFolder => "is no folder",
            Self::LinkedFolder => "is a link, and Termux:Widget runs nothing behind one",
        }
    }

    /// Whether it blocks the whole plan until a person moves it away.
    pub(crate) const fn is_blocking(self) -> bool {
        matches!(self, Self::NotAFolder | Self::LinkedFolder)
    }
}

/// The changes, and what is left alone.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Plan {
    pub(crate) changes: Vec<Change>,
    /// How many files are up to date.
    pub(crate) unchanged: usize,
    pub(crate) conflicts: Vec<Conflict>,
}

/// How to get from what is there to what is wanted, without a change to anything that is not ours. `former` are files
/// of ours that go unless they are wanted.
pub(crate) fn install(desired: &Desired, former: &[PathBuf], there: &Places, force: bool) -> Plan {
    let mut plan = Plan::default();
    for folder in &desired.folders {
        plan.need_folder(folder, there.get(folder));
    }
    for file in &desired.files {
        plan.need_file(file, there.get(&file.path), force);
    }
    let is_desired = |path: &&PathBuf| desired.files.iter().any(|file| file.path == **path);
    for path in former.iter().filter(|path| !is_desired(path)) {
        plan.drop_file(path, there.get(path), force);
    }
    plan
}

/// Plans the removal of our files. Changed ones and those of others stay.
pub(crate) fn uninstall(files: &[PathBuf], there: &Places, force: bool) -> Plan {
    let mut plan = Plan::default();
    for path in files {
        plan.drop_file(path, there.get(path), force);
    }
    plan
}

impl Plan {
    fn need_folder(&mut self, folder: &Path, place: Option<&Place>) {
        match place.map(|place| &place.found) {
            None | Some(FileKind::Nothing) => {
                self.changes.push(Change::MakeFolder(folder.to_path_buf()));
            }
            Some(FileKind::Folder) => {}
            Some(FileKind::Link) => self.conflict(folder, Why::LinkedFolder),
            Some(FileKind::File { .. } | FileKind::Other) => self.conflict(folder, Why::NotAFolder),
        }
    }

    fn need_file(&mut self, file: &DesiredFile, place: Option<&Place>, force: bool) {
        let origin = place.map(|place| place.origin);
        let why = match place.map(|place| &place.found) {
            None | Some(FileKind::Nothing) => None,
            Some(FileKind::File {
                content: Some(content),
                mode,
            }) if *content == file.content && *mode == file.mode => {
                self.unchanged += 1;
                return;
            }
            Some(FileKind::File { .. }) if origin == Some(Origin::Ours) => None,
            Some(FileKind::File { .. }) if origin == Some(Origin::Changed) => Some(Why::Changed),
            Some(FileKind::File { .. }) => Some(Why::Foreign),
            Some(FileKind::Folder) => return self.conflict(&file.path, Why::NotAFile),
            Some(FileKind::Link | FileKind::Other) => Some(Why::NotAFile),
        };
        match why {
            Some(why) if !force => self.conflict(&file.path, why),
            _ => self.changes.push(Change::Write {
                file: file.clone(),
                new: place.is_none_or(|place| place.found == FileKind::Nothing),
            }),
        }
    }

    fn drop_file(&mut self, path: &Path, place: Option<&Place>, force: bool) {
        match place.map(|place| place.origin) {
            Some(Origin::Changed) if !force => self.conflict(path, Why::Changed),
            Some(Origin::Ours | Origin::Changed) => {
                self.changes.push(Change::Remove(path.to_path_buf()));
            }
            Some(Origin::Foreign) | None => {}
        }
    }

    fn conflict(&mut self, path: &Path, why: Why) {
        self.conflicts.push(Conflict {
            path: path.to_path_buf(),
            why,
        });
    }

    /// The path that blocks the whole plan.
    pub(crate) fn barrier(&self) -> Option<&Conflict> {
        self.conflicts
            .iter()
            .find(|conflict| conflict.why.is_blocking())
    }
}

#[cfg(test)]
mod tests {
    use super::{Change, Desired, DesiredFile, Place, Places, Plan, Why, install, uninstall};
    use crate::install::mark::{Origin, marked, origin};
    use crate::system::placement::FileKind;
    use proptest::prelude::*;
    use std::path::PathBuf;

    fn desired(files: &[(&str, &str)]) -> Desired {
        let file = |(path, text): &(&str, &str)| DesiredFile::marked(path.into(), text, 0o700);
        Desired {
            folders: vec!["/h/s".into()],
            files: files.iter().map(file).collect(),
        }
    }

    fn file(content: &str, mode: u32) -> Place {
        Place {
            origin: origin(content.as_bytes()),
            found: FileKind::File {
                content: Some(content.into()),
                mode,
            },
        }
    }

    fn place(found: FileKind) -> Place {
        let origin = Origin::Foreign;
        Place { found, origin }
    }

    fn ours(there: &Places) -> Vec<PathBuf> {
        let ours = there
            .iter()
            .filter(|(_, place)| place.origin != Origin::Foreign);
        ours.map(|(path, _)| path.clone()).collect()
    }

    /// Does on a map what a plan would do on a disk, up to a number of changes.
    fn perform(plan: &Plan, there: &mut Places, most: usize) {
        for change in plan.changes.iter().take(most) {
            match change {
                Change::MakeFolder(path) => {
                    there.insert(path.clone(), place(FileKind::Folder));
                }
                Change::Write { file: written, .. } => {
                    let text = String::from_utf8_lossy(&written.content);
                    there.insert(written.path.clone(), file(&text, written.mode));
                }
                Change::Remove(path) => {
                    there.remove(path);
                }
            }
        }
    }

    #[test]
    fn a_foreign_file_is_left_and_only_replaced_by_force() {
        let desired = desired(&[("/h/s/a", "ours")]);
        let there: Places = [("/h/s/a".into(), file("theirs", 0o644))].into();
        let plan = install(&desired, &[], &there, false);
        assert_eq!(plan.conflicts[0].why, Why::Foreign);
        assert_eq!(plan.changes, [Change::MakeFolder("/h/s".into())]);
        let forced = install(&desired, &[], &there, true);
        assert_eq!((forced.conflicts.len(), forced.changes.len()), (0, 2));
        let plan = uninstall(&["/h/s/a".into()], &there, true);
        assert_eq!(plan, Plan::default());
    }

    #[test]
    fn a_changed_file_is_left_and_only_replaced_or_removed_by_force() {
        let desired = desired(&[("/h/s/a", "ours")]);
        let changed = marked("ours") + "\nmine";
        let there: Places = [("/h/s/a".into(), file(&changed, 0o700))].into();
        for plan in [
            install(&desired, &[], &there, false),
            uninstall(&["/h/s/a".into()], &there, false),
        ] {
            assert_eq!(plan.conflicts[0].why, Why::Changed);
        }
        for plan in [
            install(&desired, &[], &there, true),
            uninstall(&["/h/s/a".into()], &there, true),
        ] {
            assert_eq!(plan.conflicts, []);
            assert_ne!(plan.changes, []);
        }
    }

    #[test]
    fn what_bars_the_way_is_not_forced() {
        for (found, why) in [
            (file("x", 0o644).found, Why::NotAFolder),
            (FileKind::Other, Why::NotAFolder),
            (FileKind::Link, Why::LinkedFolder),
        ] {
            let there: Places = [("/h/s".into(), place(found))].into();
            let plan = install(&desired(&[]), &[], &there, true);
            assert_eq!(plan.barrier().map(|conflict| conflict.why), Some(why));
        }
        let folder: Places = [("/h/s/a".into(), place(FileKind::Folder))].into();
        let plan = install(&desired(&[("/h/s/a", "ours")]), &[], &folder, true);
        assert_eq!(plan.conflicts[0].why, Why::NotAFile);
        assert!(plan.barrier().is_none());
    }

    #[test]
    fn an_upgrade_rewrites_what_is_ours_and_removes_what_is_no_longer_wanted() {
        let mut there = Places::new();
        let old = desired(&[("/h/s/a", "1"), ("/h/s/gone", "1"), ("/h/s/edited", "1")]);
        perform(&install(&old, &[], &there, false), &mut there, usize::MAX);
        let edited = marked("1") + "mine now";
        there.insert("/h/s/edited".into(), file(&edited, 0o700));
        let plan = install(&desired(&[("/h/s/a", "2")]), &ours(&there), &there, false);
        let done: Vec<_> = plan
            .changes
            .iter()
            .map(|change| match change {
                Change::Write { file, new } => format!("write {} {new}", file.path.display()),
                Change::Remove(path) => format!("remove {}", path.display()),
                Change::MakeFolder(path) => format!("make {}", path.display()),
            })
            .collect();
        assert_eq!(done, ["write /h/s/a false", "remove /h/s/gone"]);
        assert_eq!(plan.conflicts[0].why, Why::Changed);
    }

    #[test]
    fn a_wrong_mode_is_mended() {
        let there: Places = [("/h/s/a".into(), file(&marked("ours"), 0o644))].into();
        let plan = install(&desired(&[("/h/s/a", "ours")]), &[], &there, false);
        assert!(matches!(plan.changes[1], Change::Write { new: false, .. }));
    }

    const NAMES: [&str; 4] = ["/h/s/a", "/h/s/b", "/h/s/c", "/h/s/d"];

    prop_compose! {
        fn some_files()(texts in prop::collection::vec(prop::option::of("[xyz]"), 4)) -> Vec<(usize, String)> {
            texts.into_iter().enumerate().filter_map(|(index, text)| Some((index, text?))).collect()
        }
    }

    fn of(files: &[(usize, String)]) -> Desired {
        let named = files
            .iter()
            .map(|(index, text)| (NAMES[*index], text.as_str()));
        desired(&named.collect::<Vec<_>>())
    }

    proptest! {
        #[test]
        fn wherever_it_is_killed_a_second_run_repairs_and_uninstall_restores(
            theirs in some_files(), first in some_files(), second in some_files(), killed_at in 0_usize..8,
        ) {
            let mut there: Places = [("/h/s".into(), place(FileKind::Folder))].into();
            for (index, text) in &theirs {
                there.insert(NAMES[*index].into(), file(text, 0o644));
            }
            let before = there.clone();
            perform(&install(&of(&first), &[], &there, false), &mut there, usize::MAX);
            let plan = install(&of(&second), &ours(&there), &there, false);
            perform(&plan, &mut there, killed_at);

            let mut undone = there.clone();
            perform(&uninstall(&ours(&there), &there, false), &mut undone, usize::MAX);
            prop_assert_eq!(&undone, &before, "killed after {} changes", killed_at);

            let plan = install(&of(&second), &ours(&there), &there, false);
            perform(&plan, &mut there, usize::MAX);
            let again = install(&of(&second), &ours(&there), &there, false);
            prop_assert_eq!(&again.changes, &[]);
            for (index, text) in &second {
                let taken = theirs.iter().any(|(other, _)| other == index);
                let is_there = there.get(&PathBuf::from(NAMES[*index])) == Some(&file(&marked(text), 0o700));
                prop_assert_eq!(is_there, !taken);
            }
            perform(&uninstall(&ours(&there), &there, false), &mut there, usize::MAX);
            prop_assert_eq!(there, before);
        }
    }
}
