//! What `--fix` may do: nothing that loses anything, or that a person would want to be asked about.

use std::path::PathBuf;

/// One safe change on this device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Mending {
    /// Sets the permissions of a file or folder, which lie beneath the ones that it has.
    Permissions { path: PathBuf, mode: u32 },
    /// Makes a folder for its owner only, with those above it.
    Folder(PathBuf),
    /// Removes the socket of a connection that nobody keeps any more.
    Socket(PathBuf),
}
