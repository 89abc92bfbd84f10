//! Places that other programs read too: looked at without following links, filled whole or not at all.

use std::fs::{self, DirBuilder};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use crate::system::{files, temp_file};

/// What a file is called while it is being written. It is hidden, and the next run of any kind removes it.
pub(crate) const UNFINISHED: &str = ".clawtap-unfinished";
/// The largest file whose content is looked at, in bytes; ours are far smaller.
const LARGEST: u64 = 256 * 1024;

/// What is at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Found {
    Nothing,
    /// A file; without its content where that is too large or not ours to read.
    File {
        content: Option<Vec<u8>>,
        mode: u32,
    },
    /// A folder, with the names in it.
    Folder(Vec<String>),
    Link,
    /// A pipe, a socket or a device.
    Other,
}

/// Looks at a place, not through a link that is there.
///
/// # Errors
/// When that is forbidden. That something on the way is no folder is an answer: nothing is there.
pub(crate) fn look(path: &Path) -> io::Result<Found> {
    use io::ErrorKind::{NotADirectory, NotFound};
    let metadata = match path.symlink_metadata() {
        Ok(metadata) => metadata,
        Err(error) if matches!(error.kind(), NotFound | NotADirectory) => {
            return Ok(Found::Nothing);
        }
        Err(error) => return Err(error),
    };
    let kind = metadata.file_type();
    Ok(if kind.is_symlink() {
        Found::Link
    } else if kind.is_dir() {
        let names =
            fs::read_dir(path)?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()));
        Found::Folder(names.collect::<io::Result<_>>()?)
    } else if kind.is_file() {
        Found::File {
            content: files::read(path, LARGEST).ok(),
            mode: metadata.permissions().mode() & 0o7777,
        }
    } else {
        Found::Other
    })
}

/// A folder and those it is in, as far as they are not there; each after the one it is in.
pub(crate) fn missing_folders(folder: &Path) -> Vec<PathBuf> {
    let missing = folder
        .ancestors()
        .take_while(|folder| matches!(look(folder), Ok(Found::Nothing)));
    let mut missing: Vec<PathBuf> = missing.map(Path::to_path_buf).collect();
    missing.reverse();
    missing
}

/// Makes one folder, open to its owner only. One that is there already stays as it is.
pub(crate) fn make_folder(path: &Path) -> io::Result<()> {
    match DirBuilder::new().mode(0o700).create(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
        other => other,
    }
}

/// Writes a file under a hidden name beside its place, which it then takes, from a link too.
pub(crate) fn place(path: &Path, content: &[u8], mode: u32) -> io::Result<()> {
    let _writing = temp_file::writing();
    let unfinished = path.with_file_name(UNFINISHED);
    remove(&unfinished)?;
    let written = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(mode)
        .open(&unfinished)
        .and_then(|mut file| {
            file.write_all(content)?;
            // The umask does not decide here.
            file.set_permissions(fs::Permissions::from_mode(mode))?;
            file.sync_all()
        })
        .and_then(|()| fs::rename(&unfinished, path));
    if written.is_err() {
        // The first error is the one to tell.
        let _ = remove(&unfinished);
    }
    written
}

/// Renames a file.
pub(crate) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    fs::rename(from, to)
}

/// Removes a file or a link; one that is not there is removed already.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// Removes a folder if nothing is in it.
pub(crate) fn remove_if_empty(path: &Path) -> io::Result<()> {
    use io::ErrorKind::{DirectoryNotEmpty, NotFound};
    match fs::remove_dir(path) {
        Err(error) if matches!(error.kind(), NotFound | DirectoryNotEmpty) => Ok(()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::{Found, UNFINISHED, look, make_folder, place, remove_if_empty};
    use std::fs;
    use std::os::unix::fs::symlink;

    #[test]
    fn a_link_is_a_link_wherever_it_leads() {
        let home = tempfile::tempdir().unwrap();
        let link = home.path().join("link");
        symlink(home.path(), &link).unwrap();
        assert_eq!(look(&link).unwrap(), Found::Link);
        assert!(make_folder(&home.path().join("a")).is_ok());
        fs::write(home.path().join("file"), "").unwrap();
        let below_a_file = home.path().join("file/x");
        assert_eq!(look(&below_a_file).unwrap(), Found::Nothing);
    }

    #[test]
    fn a_placed_file_takes_the_place_of_a_link_and_not_of_its_target() {
        let home = tempfile::tempdir().unwrap();
        let (target, link) = (home.path().join("target"), home.path().join("link"));
        fs::write(&target, "theirs").unwrap();
        symlink(&target, &link).unwrap();
        fs::write(home.path().join(UNFINISHED), "of a run that was killed").unwrap();
        place(&link, b"ours", 0o700).unwrap();
        let ours = Found::File {
            content: Some(b"ours".to_vec()),
            mode: 0o700,
        };
        assert_eq!(look(&link).unwrap(), ours);
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
    fn a_folder_with_something_in_it_stays() {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join("file"), "").unwrap();
        remove_if_empty(home.path()).unwrap();
        assert!(home.path().join("file").exists());
        remove_if_empty(&home.path().join("nowhere")).unwrap();
    }
}
