//! What the process was started with, read once.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

/// The environment variables, as one value that can be handed around and made up in tests.
#[derive(Debug, Clone, Default)]
pub(crate) struct Environment {
    variables: BTreeMap<OsString, OsString>,
}

impl Environment {
    /// Reads the environment of this process.
    pub(crate) fn of_process() -> Self {
        Self {
            variables: std::env::vars_os().collect(),
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

    /// Where temporary files go. Android has no `/tmp`; Termux keeps one under its prefix.
    pub(crate) fn temporary_folder(&self) -> PathBuf {
        self.path("TMPDIR")
            .or_else(|| self.path("PREFIX").map(|prefix| prefix.join("tmp")))
            .unwrap_or_else(|| PathBuf::from("/tmp"))
    }

    /// Finds a program on `PATH`.
    pub(crate) fn program(&self, name: &str) -> Option<PathBuf> {
        let path = self.variable("PATH")?;
        which::which_in_global(name, Some(path)).ok()?.next()
    }

    fn variable(&self, name: &str) -> Option<&OsStr> {
        let value = self.variables.get(OsStr::new(name))?;
        (!value.is_empty()).then_some(value)
    }
}

#[cfg(test)]
impl<const N: usize> From<[(&str, &str); N]> for Environment {
    fn from(pairs: [(&str, &str); N]) -> Self {
        Self {
            variables: pairs
                .map(|(name, value)| (name.into(), value.into()))
                .into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Environment;
    use std::path::Path;

    #[test]
    fn an_empty_variable_counts_as_unset() {
        assert_eq!(Environment::from([("HOME", "")]).home(), None);
    }

    #[test]
    fn temporary_files_stay_inside_termux() {
        let termux = Environment::from([("PREFIX", "/data/data/com.termux/files/usr")]);
        assert_eq!(
            termux.temporary_folder(),
            Path::new("/data/data/com.termux/files/usr/tmp")
        );
    }
}
