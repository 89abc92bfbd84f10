//! Temporary files and folders, removed on drop, or by a later run after a kill.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::{NamedTempFile, TempDir};

/// The prefix of temporary names. No extension: programs that watch the folder by extension ignore it.
const TEMPORARY: &str = ".clawtap-";
/// The name of a socket in such a folder.
pub(crate) const SOCKET: &str = "s";
/// The age from which a temporary file or folder was left by a killed run: no file takes that long to write.
const ABANDONED_AFTER: Duration = Duration::from_secs(60 * 60);

/// Makes a file in this folder that only its owner may read, and that is removed when dropped. Removes abandoned ones
/// first.
pub(super) fn file_in(folder: &Path) -> io::Result<NamedTempFile> {
    remove_abandoned(folder);
    tempfile::Builder::new()
        .prefix(TEMPORARY)
        .tempfile_in(folder)
        .map_err(without_place)
}

/// Makes a folder that only its owner may open, and that is removed when dropped. Removes abandoned ones first.
pub(super) fn folder_in(parent: &Path) -> io::Result<TempDir> {
    remove_abandoned(parent);
    tempfile::Builder::new()
        .prefix(TEMPORARY)
        .permissions(fs::Permissions::from_mode(0o700))
        .tempdir_in(parent)
        .map_err(without_place)
}

/// Removes a folder of [`folder_in`] that contains a socket at most; this needs no permission to list it.
pub(crate) fn remove_folder(folder: TempDir) {
    let path = folder.keep();
    // A folder that could not be removed is removed by a later command.
    let _ = fs::remove_file(path.join(SOCKET));
    let _ = fs::remove_dir(path);
}

/// Removes the random path of the temporary file from an error's text, to which the tempfile crate adds it.
fn without_place(error: io::Error) -> io::Error {
    match error.to_string().split_once(" at path ") {
        Some((wrong, _)) => io::Error::new(error.kind(), wrong),
        None => error,
    }
}

/// Whether this is the name of one of clawtap's temporary files or folders.
pub(super) fn is_temporary(name: &OsStr) -> bool {
    name.as_bytes().starts_with(TEMPORARY.as_bytes())
}

/// Removes a folder's temporary files and folders that a killed run has left. A folder whose socket answers is in use.
fn remove_abandoned(folder: &Path) {
    let is_abandoned = |entry: &fs::DirEntry| {
        let is_ours = is_temporary(&entry.file_name());
        let age = || entry.metadata().ok()?.modified().ok()?.elapsed().ok();
        is_ours && age().is_some_and(|age| age > ABANDONED_AFTER)
    };
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if !is_abandoned(&entry) {
            continue;
        }
        let path = entry.path();
        let _ = match entry.file_type() {
            Ok(kind) if kind.is_dir() && UnixStream::connect(path.join(SOCKET)).is_err() => {
                fs::remove_dir_all(path)
            }
            Ok(kind) if kind.is_dir() => Ok(()),
            _ => fs::remove_file(path),
        };
    }
}

/// Held shared while a file is written; held exclusively, it guarantees that none is half-written, and none is begun.
static WRITING: RwLock<()> = RwLock::new(());

/// Marks that a file is being written, until dropped.
pub(super) fn writing() -> RwLockReadGuard<'static, ()> {
    WRITING.read().unwrap_or_else(PoisonError::into_inner)
}

/// Waits until no file is half-written, for 2 s at most, in case a disk does not respond. No file is begun until the
/// result is dropped.
pub(super) fn finish_writing() -> Option<RwLockWriteGuard<'static, ()>> {
    let until = Instant::now() + Duration::from_secs(2);
    loop {
        match WRITING.try_write() {
            Ok(alone) => return Some(alone),
            Err(_) if Instant::now() < until => thread::sleep(Duration::from_millis(1)),
            Err(_) => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{SOCKET, folder_in};
    use std::fs::File;
    use std::path::Path;
    use std::time::{Duration, SystemTime};

    use crate::system::files::{write_private, write_public};

    #[test]
    fn a_file_that_was_never_finished_goes_with_the_next_write_an_hour_later() {
        let home = tempfile::tempdir().unwrap();
        let [abandoned, current, foreign] =
            [".clawtap-abc123", ".clawtap-def456", ".theirs"].map(|name| home.path().join(name));
        let long_ago = SystemTime::now() - Duration::from_secs(2 * 60 * 60);
        for (file, is_old) in [(&abandoned, true), (&current, false), (&foreign, true)] {
            let file = File::create(file).unwrap();
            if is_old {
                file.set_modified(long_ago).unwrap();
            }
        }
        write_private(&home.path().join("state.json"), b"{}").unwrap();
        let left = [&abandoned, &current, &foreign].map(|file| file.exists());
        assert_eq!(left, [false, true, true]);
    }

    #[test]
    fn what_is_wrong_is_told_without_the_name_of_a_temporary_file() {
        let error = write_public(Path::new("/proc/metrics.prom"), b"").unwrap_err();
        assert_eq!(error.to_string(), "No such file or directory (os error 2)");
    }

    #[test]
    fn a_folder_whose_owner_was_killed_goes_unless_its_socket_answers() {
        let home = tempfile::tempdir().unwrap();
        let [left, in_use] = [".clawtap-abc123", ".clawtap-def456"].map(|it| home.path().join(it));
        let long_ago = SystemTime::now() - Duration::from_secs(2 * 60 * 60);
        for folder in [&left, &in_use] {
            std::fs::create_dir(folder).unwrap();
        }
        let _listener = std::os::unix::net::UnixListener::bind(in_use.join(SOCKET)).unwrap();
        for folder in [&left, &in_use] {
            File::open(folder).unwrap().set_modified(long_ago).unwrap();
        }
        drop(folder_in(home.path()).unwrap());
        assert_eq!([left.exists(), in_use.exists()], [false, true]);
    }
}
