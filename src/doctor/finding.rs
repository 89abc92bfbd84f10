//! Findings: what the doctor reports.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::gateway::host::Name;
use crate::gateway::script::quoted;
use crate::hint::Hint;
use crate::system::environment::Environment;

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    /// What was checked, in a word for programs that never changes its meaning: `known-host`, `openclaw-version`.
    pub(crate) check: &'static str,
    pub(crate) severity: Severity,
    /// What was found, for a person, in about 36 columns. What comes from a gateway is clean by now.
    pub(crate) what: String,
    /// The next step, a command where there is one.
    pub(crate) next: Option<Hint>,
    /// What `--fix` does about it, where that is safe.
    pub(crate) fix: Option<Fix>,
    /// The result of the fix, or why it was not done; None without `--fix`.
    pub(crate) fixed: Option<Result<(), String>>,
}

/// A safe change on this device: permissions of a file or folder, which give nothing to other users.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fix {
    pub(crate) place: Place,
    pub(crate) mode: u32,
}

/// A file or folder on this device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) path: PathBuf,
    /// As a person writes it.
    pub(crate) shown: String,
}

/// From good to bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Severity {
    Ok,
    /// Information only.
    Note,
    /// It works, but not always, or not for long, or less safely than it should.
    Warning,
    /// Something does not work.
    Problem,
}

/// The area of a group of findings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Area {
    /// This device: the configuration, ssh, its keys.
    Device,
    Gateway(Name),
    /// Termux and its apps.
    Phone,
    Alerts,
}

/// The findings of one area, in the order of reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Section {
    pub(crate) area: Area,
    pub(crate) findings: Vec<Finding>,
}

impl Finding {
    /// All is well.
    pub(crate) fn ok(check: &'static str, what: impl Into<String>) -> Self {
        Self::new(check, Severity::Ok, what)
    }

    /// Information only.
    pub(crate) fn note(check: &'static str, what: impl Into<String>) -> Self {
        Self::new(check, Severity::Note, what)
    }

    /// It may become a problem.
    pub(crate) fn warning(check: &'static str, what: impl Into<String>) -> Self {
        Self::new(check, Severity::Warning, what)
    }

    /// It does not work.
    pub(crate) fn problem(check: &'static str, what: impl Into<String>) -> Self {
        Self::new(check, Severity::Problem, what)
    }

    fn new(check: &'static str, severity: Severity, what: impl Into<String>) -> Self {
        Self {
            check,
            severity,
            what: what.into(),
            next: None,
            fix: None,
            fixed: None,
        }
    }

    /// It could not be checked.
    pub(crate) fn error(check: &'static str, error: Error) -> Self {
        Self {
            next: error.hint,
            ..Self::problem(check, error.message)
        }
    }

    /// Says what to do next.
    pub(crate) fn next(mut self, step: impl Into<Hint>) -> Self {
        self.next = Some(step.into());
        self
    }

    /// Adds the fix of `--fix`, and the command for a person.
    pub(crate) fn fixed_by(mut self, place: &Place, mode: u32) -> Self {
        let place = place.clone();
        let fix = self.fix.insert(Fix { place, mode });
        self.next = Some(Hint::only(fix.command()));
        self
    }

    /// Has what only its owner needs taken from all others.
    pub(crate) fn closed(self, place: &Place, mode: u32) -> Self {
        let next = Hint::only(format!("chmod go= {place}"));
        self.fixed_by(place, mode & 0o700).next(next)
    }

    /// What to do next, in words; empty where there is nothing to do.
    #[cfg(test)]
    pub(crate) fn step(&self) -> &str {
        self.next.as_ref().map_or("", Hint::as_str)
    }

    /// How it stands now: what was fixed is as it should be.
    pub(crate) const fn left(&self) -> Severity {
        match self.fixed {
            Some(Ok(())) => Severity::Ok,
            Some(Err(_)) | None => self.severity,
        }
    }
}

impl Fix {
    /// As a person would type it.
    pub(crate) fn command(&self) -> String {
        let Place { path, shown } = &self.place;
        let is_plain = |c: char| c.is_alphanumeric() || "~/._-+@%:".contains(c);
        let word = if shown.chars().all(is_plain) {
            shown.clone()
        } else {
            quoted(&path.display().to_string())
        };
        format!("chmod {:o} {word}", self.mode)
    }
}

impl Place {
    pub(crate) fn of(path: &Path, environment: &Environment) -> Self {
        Self {
            path: path.to_path_buf(),
            shown: environment.display_path(path),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.shown)
    }
}

impl Area {
    /// The word for it, as in `--json`.
    pub(crate) const fn word(&self) -> &'static str {
        match self {
            Self::Device => "device",
            Self::Gateway(_) => "gateway",
            Self::Phone => "phone",
            Self::Alerts => "alerts",
        }
    }
}

impl Severity {
    /// The word for it, as in `--json`.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Problem => "problem",
        }
    }
}

/// The worst of what is left of all findings; `Ok` if there are none.
pub(crate) fn worst(sections: &[Section]) -> Severity {
    let findings = sections.iter().flat_map(|section| &section.findings);
    findings.map(Finding::left).max().unwrap_or(Severity::Ok)
}

#[cfg(test)]
mod tests {
    use super::Fix;
    use crate::doctor::samples::place;

    #[test]
    fn a_fix_is_a_line_that_a_shell_takes() {
        let table = [
            ("~/.config/a", "chmod 600 ~/.config/a"),
            ("~/it's", r"chmod 600 '/home/me/it'\''s'"),
        ];
        for (shown, expected) in table {
            let fix = Fix {
                place: place(shown),
                mode: 0o600,
            };
            assert_eq!(fix.command(), expected);
        }
    }
}
