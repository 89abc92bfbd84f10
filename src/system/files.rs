//! Files: read with a limit, written whole or not at all.

use std::fs::{self, DirBuilder, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use rustix::fs::{FlockOperation, OFlags};
use zeroize::Zeroizing;

use crate::system::temp_file;

/// Reads a file of at most `limit` bytes.
///
/// # Errors
/// When it cannot be read, is a folder, or is larger.
pub(crate) fn read(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    read_from(File::open(path)?, limit)
}

/// Reads standard input, at most `limit` bytes of it.
pub(crate) fn read_stdin(limit: u64) -> io::Result<Vec<u8>> {
    read_from(io::stdin().lock(), limit)
}

fn read_from(source: impl Read, limit: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.take(limit + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        return Err(io::Error::new(
            io::ErrorKind::FileTooLarge,
            format!("larger than {limit} bytes"),
        ));
    }
    Ok(bytes)
}

/// Reads a text file of at most `limit` bytes; `None` if there is no such file.
pub(crate) fn read_text_if_there(path: &Path, limit: u64) -> io::Result<Option<String>> {
    match read(path, limit) {
        Ok(bytes) => String::from_utf8(bytes)
            .map(Some)
            .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "not valid UTF-8")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// What is at a path; a symbolic link is not followed.
pub(crate) enum Inspected {
    Nothing,
    Link,
    /// A folder, a device or a pipe.
    Other,
    /// Something that this user may not read.
    Unreadable,
    File {
        /// Its permissions.
        mode: u32,
        /// Its content, which may be a secret; `None` if it is larger than the limit.
        bytes: Option<Zeroizing<Vec<u8>>>,
    },
}

/// Inspects a path without following a link, and reads at most `limit` bytes of the file.
pub(crate) fn inspect(path: &Path, limit: u64) -> Inspected {
    see_file(path, limit).unwrap_or_else(|error| match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Inspected::Nothing,
        _ => Inspected::Unreadable,
    })
}

fn see_file(path: &Path, limit: u64) -> io::Result<Inspected> {
    let found = fs::symlink_metadata(path)?;
    if found.is_symlink() {
        return Ok(Inspected::Link);
    }
    if !found.is_file() {
        return Ok(Inspected::Other);
    }
    // The path may have become a link or a pipe since: O_NOFOLLOW refuses a link, O_NONBLOCK does not wait for a pipe.
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let file = fs::OpenOptions::new()
        .read(true)
        .custom_flags(flags.bits().cast_signed())
        .open(path)?;
    let found = file.metadata()?;
    if !found.is_file() {
        return Ok(Inspected::Other);
    }
    let mut bytes = None;
    if found.len() <= limit {
        // As large as it can become: a buffer that grows leaves copies of the secret in freed memory.
        let room = usize::try_from(limit).unwrap_or(usize::MAX);
        let room = usize::try_from(found.len()).unwrap_or(room).min(room);
        let mut content = Zeroizing::new(Vec::with_capacity(room + 1));
        file.take(limit + 1).read_to_end(&mut content)?;
        bytes = Some(content).filter(|content| content.len() as u64 <= limit);
    }
    Ok(Inspected::File {
        mode: found.mode() & 0o7777,
        bytes,
    })
}

/// Writes a file that only its owner may read, atomically: to a sibling, which is then renamed to it.
///
/// Missing folders are made, 0700. Of a symbolic link, the target is replaced.
pub(crate) fn write_private(path: &Path, content: &[u8]) -> io::Result<()> {
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    make_private_folder(&parent(&path))?;
    // No mode is set: some file systems of a phone do not support permissions.
    replace(&path, content, None, Care::OnDisk)
}

/// Writes a private file whose content can be had again: without fsync, so that the file may be empty after a loss of
/// power.
pub(crate) fn write_expendable(path: &Path, content: &[u8]) -> io::Result<()> {
    make_private_folder(&parent(path))?;
    replace(path, content, None, Care::Whole)
}

/// What the replacement of a file has to survive.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Care {
    /// The end of this process: no fsync.
    Whole,
    /// A loss of power: fsync.
    OnDisk,
}

/// Writes a file that every user may read (0644, whatever the umask), atomically, in an existing folder: to a sibling,
/// which is then renamed to it. Of a symbolic link, the target is replaced.
pub(crate) fn write_public(path: &Path, content: &[u8]) -> io::Result<()> {
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    replace(&path, content, Some(0o644), Care::OnDisk)
}

/// Writes a sibling, and renames it to the path.
pub(super) fn replace(
    path: &Path,
    content: &[u8],
    mode: Option<u32>,
    care: Care,
) -> io::Result<()> {
    let _writing = temp_file::writing();
    // Removed by its guard when anything below fails.
    let sibling = temp_file::file_in(&parent(path))?;
    sibling.as_file().write_all(content)?;
    if let Some(mode) = mode {
        let permissions = fs::Permissions::from_mode(mode);
        sibling.as_file().set_permissions(permissions)?;
    }
    if care == Care::OnDisk {
        sibling.as_file().sync_all()?;
    }
    sibling.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// Replaces a private text file by the result of `change` on its content, which is empty if there is no file. Takes the
/// folder's lock (flock), so that two of these updates do not overlap.
pub(crate) fn update_private<E: From<io::Error>>(
    path: &Path,
    limit: u64,
    change: impl FnOnce(String) -> Result<String, E>,
) -> Result<(), E> {
    let folder = parent(path);
    make_private_folder(&folder)?;
    let _held = lock_folder(&folder)?;
    let before = read_text_if_there(path, limit)?.unwrap_or_default();
    write_private(path, change(before)?.as_bytes())?;
    Ok(())
}

/// Takes an exclusive lock (flock) on a folder until the result is dropped.
pub(crate) fn lock_folder(folder: &Path) -> io::Result<File> {
    let file = File::open(folder)?;
    // Not `File::lock`, which always fails on Android.
    rustix::fs::flock(&file, FlockOperation::LockExclusive)?;
    Ok(file)
}

/// An exclusive lock (flock) on a file, until this is dropped or its process ends.
pub(crate) struct FileLock(#[expect(dead_code, reason = "closing it gives it back")] File);

impl FileLock {
    /// Locks a private file, which is made if missing; `None` if it is locked already.
    pub(crate) fn of(path: &Path) -> io::Result<Option<Self>> {
        make_private_folder(&parent(path))?;
        let mut options = fs::OpenOptions::new();
        let file = options.write(true).create(true).mode(0o600).open(path)?;
        match rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Some(Self(file))),
            Err(rustix::io::Errno::WOULDBLOCK) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The same, after waiting at most `patience` for the lock.
    pub(crate) fn wait(path: &Path, patience: Duration) -> io::Result<Option<Self>> {
        let until = Instant::now() + patience;
        loop {
            match Self::of(path)? {
                None if Instant::now() < until => thread::sleep(Duration::from_millis(50)),
                outcome => return Ok(outcome),
            }
        }
    }
}

/// Overwrites an existing file in place: its inode, and so a lock on it, stays the same.
pub(crate) fn overwrite(path: &Path, text: &str) -> io::Result<()> {
    fs::OpenOptions::new()
        .write(true)
        .truncate(true)
        .open(path)?
        .write_all(text.as_bytes())
}

/// Renames a file, replacing what is at `to`.
pub(crate) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    fs::rename(from, to)
}

/// Writes a script that only its owner may read and run.
pub(crate) fn write_script(path: &Path, content: &str) -> io::Result<()> {
    let _writing = temp_file::writing();
    write_private(path, content.as_bytes())?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o700))
}

/// Makes a folder and its parents, open to their owner only (0700); existing ones are unchanged.
pub(crate) fn make_private_folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Appends lines to a private file in one write; makes the file if missing, and completes its last line first.
pub(crate) fn append_private(path: &Path, lines: &str) -> io::Result<()> {
    make_private_folder(&parent(path))?;
    let mut file = fs::OpenOptions::new()
        .read(true)
        .append(true)
        .create(true)
        .mode(0o600)
        .open(path)?;
    let mut last = [b'\n'];
    if file.metadata()?.len() > 0 {
        file.seek(SeekFrom::End(-1))?;
        file.read_exact(&mut last)?;
    }
    let gap = if last == [b'\n'] { "" } else { "\n" };
    file.write_all(format!("{gap}{lines}").as_bytes())
}

/// The length of a file, in bytes; 0 if there is none.
pub(crate) fn length(path: &Path) -> io::Result<u64> {
    match fs::metadata(path) {
        Ok(found) => Ok(found.len()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
        Err(error) => Err(error),
    }
}

/// Reads the end of a file, at most `limit` bytes; empty if there is no file.
pub(crate) fn read_end(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    match File::open(path) {
        Ok(mut file) => {
            let length = file.metadata()?.len();
            file.seek(SeekFrom::Start(length.saturating_sub(limit)))?;
            file.take(limit).read_to_end(&mut bytes)?;
            Ok(bytes)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(bytes),
        Err(error) => Err(error),
    }
}

/// Whether this many bytes can be stored in a folder now: writes a temporary file, and removes it.
pub(crate) fn has_room(folder: &Path, bytes: usize) -> bool {
    let file = tempfile::NamedTempFile::new_in(folder);
    file.and_then(|mut file| file.write_all(&vec![0; bytes]))
        .is_ok()
}

/// The effective user id of this process.
pub(crate) fn own_user() -> u32 {
    rustix::process::geteuid().as_raw()
}

/// Makes a private folder (0700) that is removed with everything in it when dropped.
pub(crate) fn scratch_folder(parent: &Path) -> io::Result<tempfile::TempDir> {
    temp_file::folder_in(parent)
}

/// Whether a folder contains a file whose name `accepts` accepts; false if there is no folder.
pub(crate) fn holds(folder: &Path, accepts: impl Fn(&str) -> bool) -> bool {
    fs::read_dir(folder).is_ok_and(|entries| {
        entries
            .flatten()
            .any(|entry| entry.file_name().to_str().is_some_and(&accepts))
    })
}

/// Removes the files of a folder that were last written before a moment. Errors are ignored.
pub(crate) fn remove_unchanged_since(folder: &Path, moment: DateTime<Utc>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let written = entry.metadata().and_then(|found| found.modified());
        if written.is_ok_and(|written| DateTime::<Utc>::from(written) < moment) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// The permission bits of the file that a path leads to; `None` if there is none, or it cannot be inspected.
pub(crate) fn mode(path: &Path) -> Option<u32> {
    let metadata = fs::metadata(path).ok()?;
    Some(metadata.permissions().mode() & 0o7777)
}

/// The first bytes of a file, which may contain a secret; `None` if it cannot be read.
pub(crate) fn beginning(path: &Path, length: u64) -> Option<Zeroizing<Vec<u8>>> {
    let mut options = fs::OpenOptions::new();
    // Opening a pipe does not block.
    let flags = OFlags::NONBLOCK.bits().cast_signed();
    let file = options.read(true).custom_flags(flags).open(path).ok()?;
    let mut bytes = Zeroizing::new(Vec::with_capacity(usize::try_from(length).ok()?));
    file.take(length).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

/// Whether a path is a file or folder that this user owns, and no link.
pub(crate) fn is_own(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|found| found.uid() == own_user() && !found.is_symlink())
}

/// Whether this is a file that can be replaced: no folder, device or pipe.
pub(crate) fn is_file(path: &Path) -> bool {
    path.is_file()
}

/// Whether this is a folder, or leads to one.
pub(crate) fn is_folder(path: &Path) -> bool {
    path.is_dir()
}

/// Whether a path leads to something.
pub(crate) fn exists(path: &Path) -> bool {
    path.exists()
}

fn parent(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_path_buf(),
        _ => PathBuf::from("."),
    }
}

#[cfg(test)]
mod tests {
    use super::{append_private, read, write_private, write_public};
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_written_file_and_its_folder_are_private() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("a/b/config.toml");
        write_private(&file, b"one").unwrap();
        write_private(&file, b"two").unwrap();
        assert_eq!(std::fs::read(&file).unwrap(), b"two");
        let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&file), 0o600);
        assert_eq!(mode(file.parent().unwrap()), 0o700);
        let names = std::fs::read_dir(file.parent().unwrap()).unwrap().count();
        assert_eq!(names, 1, "a temporary sibling was left behind");
    }

    #[test]
    fn a_link_to_the_file_stays_a_link() {
        let home = tempfile::tempdir().unwrap();
        let (real, link) = (home.path().join("real"), home.path().join("link"));
        std::fs::write(&real, "old").unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        write_private(&link, b"new").unwrap();
        assert!(link.is_symlink());
        assert_eq!(std::fs::read(&real).unwrap(), b"new");
    }

    #[test]
    fn a_public_file_is_for_everybody_and_makes_no_folder() {
        let home = tempfile::tempdir().unwrap();
        let (real, link) = (home.path().join("real.prom"), home.path().join("link.prom"));
        write_public(&real, b"old").unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        write_public(&link, b"new").unwrap();
        assert!(link.is_symlink());
        assert_eq!(std::fs::read(&real).unwrap(), b"new");
        let mode = real.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o644);
        let names = std::fs::read_dir(home.path()).unwrap().count();
        assert_eq!(names, 2, "a temporary sibling was left behind");
        let missing = home.path().join("missing/metrics.prom");
        assert!(write_public(&missing, b"").is_err());
        assert!(!home.path().join("missing").exists());
    }

    #[test]
    fn appending_begins_on_a_line_of_its_own() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("known_hosts");
        std::fs::write(&file, "no newline").unwrap();
        append_private(&file, "next\n").unwrap();
        assert_eq!(
            std::fs::read_to_string(&file).unwrap(),
            "no newline\nnext\n"
        );
    }

    #[test]
    fn a_file_over_the_limit_is_refused() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("file");
        std::fs::write(&file, "12345").unwrap();
        assert_eq!(read(&file, 5).unwrap(), b"12345");
        assert!(read(&file, 4).is_err());
    }
}
