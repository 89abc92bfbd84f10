//! Changes permissions of this user's own files only, never through a link.

use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

use rustix::fs::OFlags;

use crate::system::files::own_user;

/// Sets the permissions of a file or folder; refuses any for other users.
///
/// # Errors
/// Why the permissions are unchanged, in words.
pub(crate) fn set_mode(path: &Path, mode: u32) -> Result<(), String> {
    if mode & 0o7077 != 0 {
        return Err("others would be given permissions".into());
    }
    let found = fs::symlink_metadata(path).map_err(in_words)?;
    if found.is_symlink() {
        return Err("it is a link".into());
    }
    expect_own(&found)?;
    expect_own(&folder_of(path)?)?;
    // The path may have become a link or a pipe since: O_NOFOLLOW refuses a link, O_NONBLOCK does not wait for a pipe.
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let file = fs::OpenOptions::new()
        .read(true)
        .custom_flags(flags.bits().cast_signed())
        .open(path)
        .map_err(in_words)?;
    let found = file.metadata().map_err(in_words)?;
    expect_own(&found)?;
    if found.is_file() && found.nlink() > 1 {
        return Err("it has another name elsewhere".into());
    }
    if !found.is_file() && !found.is_dir() {
        return Err("it is no file and no folder".into());
    }
    file.set_permissions(fs::Permissions::from_mode(mode))
        .map_err(in_words)
}

fn folder_of(path: &Path) -> Result<Metadata, String> {
    let folder = path.parent().ok_or("it is in no folder")?;
    fs::metadata(folder).map_err(in_words)
}

fn expect_own(found: &Metadata) -> Result<(), String> {
    if found.uid() == own_user() {
        Ok(())
    } else {
        Err("it is somebody else's, or in a folder of theirs".into())
    }
}

#[expect(clippy::needless_pass_by_value, reason = "errors are handed on")]
fn in_words(error: io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "it is not there any more".into(),
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::set_mode;
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::os::unix::net::UnixListener;
    use std::path::Path;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    fn open_file(path: &Path) {
        fs::write(path, "x").unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(0o644)).unwrap();
    }

    #[test]
    fn a_file_and_a_folder_are_closed_to_others() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("file");
        open_file(&file);
        assert_eq!(set_mode(&file, 0o600), Ok(()));
        assert_eq!(set_mode(home.path(), 0o500), Ok(()));
        assert_eq!((mode(&file), mode(home.path())), (0o600, 0o500));
    }

    #[test]
    fn whatever_else_it_leads_to_is_left_as_it_is() {
        let home = tempfile::tempdir().unwrap();
        let name = |name: &str| home.path().join(name);
        open_file(&name("theirs"));
        symlink(name("theirs"), name("link")).unwrap();
        open_file(&name("twice"));
        fs::hard_link(name("twice"), name("again")).unwrap();
        let _listener = UnixListener::bind(name("socket")).unwrap();
        open_file(&name("file"));
        let table = [
            ("link", 0o600, "it is a link"),
            ("again", 0o600, "it has another name elsewhere"),
            ("gone", 0o600, "it is not there any more"),
            ("file", 0o640, "others would be given permissions"),
            ("file", 0o4700, "others would be given permissions"),
        ];
        for (path, wanted, expected) in table {
            assert_eq!(
                set_mode(&name(path), wanted),
                Err(expected.into()),
                "{path}"
            );
        }
        assert!(set_mode(&name("socket"), 0o600).is_err());
        for path in ["theirs", "twice", "file"] {
            assert_eq!(mode(&name(path)), 0o644, "{path}");
        }
        if rustix::process::geteuid().as_raw() != 0 {
            assert!(set_mode(Path::new("/etc"), 0o700).is_err());
        }
    }
}
