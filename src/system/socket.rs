//! Sockets in the file system: whether somebody listens at one.

use std::fs;
use std::io;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};

use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType};

use crate::system::files;

/// What is at the place of a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Free,
    /// A socket of ours, at which somebody listens. Whether they answer is not known.
    Listening,
    /// A socket of ours, which nobody listens at any more.
    Abandoned,
    /// A link, a file, a folder, or something of somebody else.
    Foreign,
}

/// Looks at a place. It never waits, whoever listens there.
pub(crate) fn look(path: &Path) -> Place {
    match fs::symlink_metadata(path) {
        Ok(found) if found.file_type().is_socket() && found.uid() == files::own_user() => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Place::Free,
        Ok(_) | Err(_) => return Place::Foreign,
    }
    match connect(path) {
        // A queue that is full has an owner who does not look at it.
        Ok(()) | Err(rustix::io::Errno::AGAIN) => Place::Listening,
        Err(rustix::io::Errno::NOENT) => Place::Free,
        Err(rustix::io::Errno::CONNREFUSED) => Place::Abandoned,
        Err(_) => Place::Foreign,
    }
}

/// At how many sockets of a folder somebody listens.
pub(crate) fn listening_in(folder: &Path) -> usize {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .filter(|entry| look(&entry.path()) == Place::Listening)
        .count()
}

/// The sockets of a folder at which nobody listens any more.
pub(crate) fn abandoned_in(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let paths = entries.map(|entry| entry.path());
    let mut abandoned: Vec<PathBuf> = paths
        .filter(|path| look(path) == Place::Abandoned)
        .collect();
    abandoned.sort();
    abandoned
}

fn connect(path: &Path) -> rustix::io::Result<()> {
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let socket = rustix::net::socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None)?;
    rustix::net::connect(&socket, &SocketAddrUnix::new(path)?)
}

#[cfg(test)]
mod tests {
    use super::{Place, look};
    use std::os::unix::net::UnixListener;

    #[test]
    fn who_listens_is_told_from_who_did_and_from_what_is_no_socket() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        assert_eq!(look(&at("socket")), Place::Free);
        assert_eq!(look(&at("missing/socket")), Place::Free);
        let listener = UnixListener::bind(at("socket")).unwrap();
        assert_eq!(look(&at("socket")), Place::Listening);
        std::os::unix::fs::symlink(at("socket"), at("link")).unwrap();
        assert_eq!(look(&at("link")), Place::Foreign);
        drop(listener);
        assert_eq!(look(&at("socket")), Place::Abandoned);
        std::fs::write(at("file"), "").unwrap();
        assert_eq!(look(&at("file")), Place::Foreign);
        assert_eq!(look(folder.path()), Place::Foreign);
    }

    #[test]
    fn a_queue_that_nobody_looks_at_does_not_hold_us() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("socket");
        let flags = super::SocketFlags::CLOEXEC;
        let (family, kind) = (super::AddressFamily::UNIX, super::SocketType::STREAM);
        let listener = rustix::net::socket_with(family, kind, flags, None).unwrap();
        rustix::net::bind(&listener, &super::SocketAddrUnix::new(&path).unwrap()).unwrap();
        rustix::net::listen(&listener, 0).unwrap();
        let _waiting = std::os::unix::net::UnixStream::connect(&path).unwrap();
        assert_eq!(look(&path), Place::Listening);
    }
}
