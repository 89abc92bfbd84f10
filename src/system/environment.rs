//! The environment of the process, read once; and the only module with Android's differences.
//!
//! Termux has no `/tmp` and no `/bin/sh`. In its Google Play build programs are run by the system's linker, so that
//! the system reports the linker as the running executable.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use crate::error::Error;

/// Termux's prefix if `PREFIX` is not set.
const TERMUX_PREFIX: &str = "/data/data/com.termux/files/usr";

/// Environment variables, name and working directory of the process, as one value that tests can construct.
#[derive(Debug, Clone, Default)]
pub(crate) struct Environment {
    variables: BTreeMap<OsString, OsString>,
    /// The name or path that the program was started by (`argv[0]`).
    called_as: Option<PathBuf>,
    /// The running executable, as the system reports it.
    executable: Option<PathBuf>,
    folder: Option<PathBuf>,
    android: bool,
}

impl Environment {
    /// Reads the environment of this process.
    pub(crate) fn of_process() -> Self {
        Self {
            variables: std::env::vars_os().collect(),
            called_as: std::env::args_os().next().map(PathBuf::from),
            executable: std::env::current_exe().ok(),
            folder: std::env::current_dir().ok(),
            android: cfg!(target_os = "android"),
        }
    }

    /// A variable that is set and not empty.
    pub(crate) fn path(&self, name: &str) -> Option<PathBuf> {
        self.variable(name).map(PathBuf::from)
    }

    /// A variable that is set, not empty and valid UTF-8.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.variable(name)?.to_str()
    }

    /// The user's home folder.
    pub(crate) fn home(&self) -> Option<PathBuf> {
        self.path("HOME")
    }

    /// Whether the operating system is Android, not only a home folder that looks like Termux's.
    pub(crate) fn is_android(&self) -> bool {
        self.android
    }

    /// Termux's prefix, if there is one.
    pub(crate) fn termux_prefix(&self) -> Option<PathBuf> {
        let named = self
            .path("PREFIX")
            .filter(|prefix| prefix.join("bin/termux-info").exists());
        named.or_else(|| self.android.then(|| TERMUX_PREFIX.into()))
    }

    /// A path for a person: short, with `~` for the home folder.
    pub(crate) fn display_path(&self, path: &Path) -> String {
        let below_home = self
            .home()
            .and_then(|home| path.strip_prefix(home).ok().map(Path::to_path_buf));
        match below_home {
            Some(rest) => format!("~/{}", rest.display()),
            None => path.display().to_string(),
        }
    }

    /// The folder for state that outlives a run: below `XDG_STATE_HOME`, or `~/.local/state`.
    ///
    /// # Errors
    /// When neither that nor `HOME` is set.
    pub(crate) fn state_folder(&self) -> Result<PathBuf, Error> {
        let folder = self.path("XDG_STATE_HOME");
        let folder = folder.or_else(|| Some(self.home()?.join(".local/state")));
        Ok(folder.ok_or_else(no_home)?.join("clawtap"))
    }

    /// Where temporary files go.
    pub(crate) fn temporary_folder(&self) -> PathBuf {
        self.path("TMPDIR")
            .or_else(|| Some(self.termux_prefix()?.join("tmp")))
            .unwrap_or_else(|| PathBuf::from("/tmp"))
    }

    /// Finds a program on `PATH`, and failing that in Termux's prefix.
    pub(crate) fn program(&self, name: &str) -> Option<PathBuf> {
        let on_path = self.variable("PATH").and_then(|path| find(name, path));
        on_path.or_else(|| find(name, self.termux_prefix()?.join("bin").as_os_str()))
    }

    /// The absolute path.
    pub(crate) fn absolute(&self, path: &Path) -> PathBuf {
        match &self.folder {
            // Through its components, which removes "./" from the middle.
            Some(folder) => folder.join(path).components().collect(),
            None => path.to_path_buf(),
        }
    }

    /// The path of this program: the one that Termux's exec reports, or that of `argv[0]`, or the system's, unless
    /// that is the linker.
    pub(crate) fn own_path(&self) -> Option<PathBuf> {
        let called = || {
            let name = self.called_as.as_deref()?;
            if name.components().count() > 1 {
                Some(self.absolute(name))
            } else {
                find(name.to_str()?, self.variable("PATH")?)
            }
        };
        let is_linker = |path: &Path| {
            let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
            name.starts_with("linker")
        };
        self.path("TERMUX_EXEC__PROC_SELF_EXE")
            .filter(|path| path.is_absolute())
            .or_else(called)
            .or_else(|| self.executable.clone().filter(|path| !is_linker(path)))
    }

    fn variable(&self, name: &str) -> Option<&OsStr> {
        let value = self.variables.get(OsStr::new(name))?;
        (!value.is_empty()).then_some(value)
    }
}

/// The error where `HOME` is needed and not set.
pub(crate) fn no_home() -> Error {
    Error::configuration("HOME is not set").hint("Set HOME to your home folder")
}

fn find(name: &str, folders: &OsStr) -> Option<PathBuf> {
    which::which_in_global(name, Some(folders)).ok()?.next()
}

#[cfg(test)]
impl<const N: usize> From<[(&str, &str); N]> for Environment {
    fn from(pairs: [(&str, &str); N]) -> Self {
        let variables = pairs
            .map(|(name, value)| (name.into(), value.into()))
            .into();
        Self {
            variables,
            ..Self::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Environment;
    use std::path::{Path, PathBuf};

    fn on_android() -> Environment {
        Environment {
            android: true,
            ..Environment::default()
        }
    }

    #[test]
    fn an_empty_variable_counts_as_unset() {
        assert_eq!(Environment::from([("HOME", "")]).home(), None);
    }

    #[test]
    fn paths_below_the_home_folder_are_spelled_short() {
        let environment = Environment::from([("HOME", "/home/me")]);
        let table = [
            ("/home/me/.config/clawtap", "~/.config/clawtap"),
            ("/home/mean", "/home/mean"),
            ("relative", "relative"),
        ];
        for (path, expected) in table {
            assert_eq!(environment.display_path(Path::new(path)), expected);
        }
    }

    #[test]
    fn temporary_files_stay_inside_termux() {
        let in_termux = Path::new("/data/data/com.termux/files/usr/tmp");
        assert_eq!(on_android().temporary_folder(), in_termux);
        assert_eq!(Environment::default().temporary_folder(), Path::new("/tmp"));
        let chosen = Environment::from([("TMPDIR", "/elsewhere")]);
        assert_eq!(chosen.temporary_folder(), Path::new("/elsewhere"));
    }

    #[test]
    fn the_shell_is_the_one_on_path() {
        assert!(
            Environment::from([("PATH", "/usr/bin:/bin")])
                .program("sh")
                .is_some()
        );
        let prefix = tempfile::tempdir().expect("a temporary folder");
        std::fs::create_dir(prefix.path().join("bin")).expect("a fresh folder");
        std::fs::write(prefix.path().join("bin/termux-info"), "").expect("a fresh folder");
        let elsewhere = Environment {
            android: true,
            ..Environment::from([("PREFIX", prefix.path().to_str().expect("UTF-8"))])
        };
        assert_eq!(
            elsewhere.program("sh"),
            None,
            "there is no /bin/sh to fall back on"
        );
    }

    #[test]
    fn the_linker_is_never_taken_for_the_program() {
        let play = Environment {
            called_as: Some("/data/data/com.termux/files/usr/bin/clawtap".into()),
            executable: Some("/apex/com.android.runtime/bin/linker64".into()),
            ..Environment::from([("TERMUX_EXEC__PROC_SELF_EXE", "/data/app/clawtap")])
        };
        assert_eq!(play.own_path(), Some(PathBuf::from("/data/app/clawtap")));
        let without = Environment {
            variables: [].into(),
            ..play
        };
        let called = PathBuf::from("/data/data/com.termux/files/usr/bin/clawtap");
        assert_eq!(without.own_path(), Some(called));
        let nameless = Environment {
            called_as: None,
            ..without
        };
        assert_eq!(nameless.own_path(), None);
    }

    #[test]
    fn a_bare_or_relative_name_is_made_whole() {
        let bare = Environment {
            called_as: Some("sh".into()),
            ..Environment::from([("PATH", "/bin")])
        };
        assert_eq!(bare.own_path(), Some(PathBuf::from("/bin/sh")));
        let relative = Environment {
            called_as: Some("./target/clawtap".into()),
            folder: Some("/src".into()),
            ..Environment::default()
        };
        assert_eq!(
            relative.own_path(),
            Some(PathBuf::from("/src/target/clawtap"))
        );
    }
}
