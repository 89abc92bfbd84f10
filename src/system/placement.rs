//! Inspects and replaces files that other programs read too, without following links.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

use crate::system::{files, temp_file};

/// The largest file whose content is read, in bytes; clawtap's own files are far smaller.
const LARGEST: u64 = 256 * 1024;

/// What is at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum FileKind {
    Nothing,
    /// A file; without its content if that is too large or not readable by this user.
    File {
        content: Option<Vec<u8>>,
        mode: u32,
    },
    Folder,
    Link,
    /// A pipe, a socket or a device.
    Other,
}

/// Inspects a path without following a link.
///
/// # Errors
/// When that is forbidden. A parent that is no folder is not an error: nothing is at the path.
pub(crate) fn inspect(path: &Path) -> io::Result<FileKind> {
    use io::ErrorKind::{NotADirectory, NotFound};
    let metadata = match path.symlink_metadata() {
        Ok(metadata) => metadata,
        Err(error) if matches!(error.kind(), NotFound | NotADirectory) => {
            return Ok(FileKind::Nothing);
        }
        Err(error) => return Err(error),
    };
    let kind = metadata.file_type();
    Ok(if kind.is_symlink() {
        FileKind::Link
    } else if kind.is_dir() {
        FileKind::Folder
    } else if kind.is_file() {
        FileKind::File {
            content: files::read(path, LARGEST).ok(),
            mode: metadata.permissions().mode() & 0o7777,
        }
    } else {
        FileKind::Other
    })
}

/// The names in a folder that are UTF-8, sorted; none if there is no such folder.
pub(crate) fn names(folder: &Path) -> io::Result<Vec<String>> {
    use io::ErrorKind::{NotADirectory, NotFound};
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries.collect::<io::Result<Vec<_>>>()?,
        Err(error) if matches!(error.kind(), NotFound | NotADirectory) => Vec::new(),
        Err(error) => return Err(error),
    };
    let names = entries.iter().map(|entry| entry.file_name().into_string());
    let mut names: Vec<String> = names.flatten().collect();
    names.sort();
    Ok(names)
}

/// A folder and its parents, as far as they are missing; parents first.
pub(crate) fn missing_folders(folder: &Path) -> Vec<PathBuf> {
    let missing = folder
        .ancestors()
        .take_while(|folder| matches!(inspect(folder), Ok(FileKind::Nothing)));
    let mut missing: Vec<PathBuf> = missing.map(Path::to_path_buf).collect();
    missing.reverse();
    missing
}

/// Makes one folder, open to its owner only (0700). An existing one is unchanged.
pub(crate) fn make_folder(path: &Path) -> io::Result<()> {
    match DirBuilder::new().mode(0o700).create(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
        other => other,
    }
}

/// Replaces what is at a path by a file with these permissions, whatever the umask; of a link, the link itself.
pub(crate) fn place(path: &Path, content: &[u8], mode: u32) -> io::Result<()> {
    files::replace(path, content, Some(mode), files::Care::OnDisk)
}

/// Removes a file or a link; a missing one is not an error.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// Removes a folder and its parents, as far as they are empty, up to `top`, which is not removed.
pub(crate) fn remove_empty_folders(folder: &Path, top: &Path) {
    let below_top = |folder: &&Path| *folder != top && folder.starts_with(top);
    for folder in folder.ancestors().take_while(below_top) {
        if fs::remove_dir(folder).is_err() {
            return;
        }
    }
}

/// Removes temporary files of a killed run from a folder.
pub(crate) fn remove_unfinished(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if temp_file::is_temporary(&entry.file_name()) {
            // A file that could not be removed is removed by a later write.
            let _ = fs::remove_file(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{FileKind, inspect, make_folder, place, remove_empty_folders, remove_unfinished};
    use std::fs;
    use std::os::unix::fs::symlink;

    #[test]
    fn a_link_is_a_link_wherever_it_leads() {
        let home = tempfile::tempdir().unwrap();
        let link = home.path().join("link");
        symlink(home.path(), &link).unwrap();
        assert_eq!(inspect(&link).unwrap(), FileKind::Link);
        assert!(make_folder(&home.path().join("a")).is_ok());
        fs::write(home.path().join("file"), "").unwrap();
        let below_a_file = home.path().join("file/x");
        assert_eq!(inspect(&below_a_file).unwrap(), FileKind::Nothing);
    }

    #[test]
    fn a_placed_file_takes_the_place_of_a_link_and_not_of_its_target() {
        let home = tempfile::tempdir().unwrap();
        let (target, link) = (home.path().join("target"), home.path().join("link"));
        fs::write(&target, "theirs").unwrap();
        symlink(&target, &link).unwrap();
        place(&link, b"ours", 0o700).unwrap();
        let ours = FileKind::File {
            content: Some(b"ours".to_vec()),
            mode: 0o700,
        };
        assert_eq!(inspect(&link).unwrap(), ours);
        assert_eq!(fs::read_to_string(&target).unwrap(), "theirs");
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 2);
    }

    #[test]
    fn what_cannot_take_its_place_leaves_nothing_behind() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("folder");
        fs::create_dir(&folder).unwrap();
        assert!(place(&folder, b"x", 0o600).is_err());
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1);
    }

    #[test]
    fn empty_folders_go_up_to_the_first_with_something_in_it_and_up_to_the_top() {
        let home = tempfile::tempdir().unwrap();
        let top = home.path().join("top");
        fs::create_dir_all(top.join("a/b")).unwrap();
        fs::write(top.join("a/file"), "").unwrap();
        remove_empty_folders(&top.join("a/b"), &top);
        assert!(top.join("a/file").exists() && !top.join("a/b").exists());
        fs::remove_file(top.join("a/file")).unwrap();
        remove_empty_folders(&top.join("a"), &top);
        assert!(top.exists() && !top.join("a").exists());
        remove_empty_folders(&top, &top);
        remove_empty_folders(home.path(), &top);
        assert!(top.exists());
    }

    #[test]
    fn only_what_was_never_finished_is_removed() {
        let home = tempfile::tempdir().unwrap();
        for name in [".clawtap-abc123", ".theirs", "clawtap-x"] {
            fs::write(home.path().join(name), "").unwrap();
        }
        remove_unfinished(home.path());
        assert!(!home.path().join(".clawtap-abc123").exists());
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 2);
    }
}
