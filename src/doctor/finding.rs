//! Findings: how one thing stands, and what to do about it.

use crate::doctor::fix::Fix;
use crate::gateway::host::Name;
use crate::hint::Hint;

/// How one thing stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    /// What was looked at, in a word for programs that never changes its meaning: `known-host`, `openclaw-version`.
    pub(crate) check: &'static str,
    pub(crate) severity: Severity,
    /// What was found, for a person, in about 36 columns. What comes from a gateway is clean by now.
    pub(crate) what: String,
    /// The next thing to do, a command where there is one.
    pub(crate) next: Option<Hint>,
    /// What `--fix` does about it, where that is safe.
    pub(crate) mending: Option<Fix>,
    /// What came of that, or why it was not done; nothing if nobody asked for it.
    pub(crate) mended: Option<Result<(), String>>,
}

/// From good to bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Severity {
    Ok,
    /// Nothing that can be told from here; a thing to know.
    Note,
    /// It works, but not always, or not for long, or less safely than it should.
    Warning,
    /// Something does not work.
    Problem,
}

/// What a group of findings is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Area {
    /// This device: the configuration, ssh, its keys.
    Device,
    Gateway(Name),
    /// Termux and its apps.
    Phone,
    Alerts,
}

/// Findings about the same thing, in the order in which they should be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Section {
    pub(crate) area: Area,
    pub(crate) findings: Vec<Finding>,
}

impl Finding {
    /// A thing that is as it should be.
    pub(crate) fn ok(check: &'static str, what: impl Into<String>) -> Self {
        Self::new(check, Severity::Ok, what)
    }

    /// A thing to know.
    pub(crate) fn note(check: &'static str, what: impl Into<String>) -> Self {
        Self::new(check, Severity::Note, what)
    }

    /// A thing that may come to trouble.
    pub(crate) fn warning(check: &'static str, what: impl Into<String>) -> Self {
        Self::new(check, Severity::Warning, what)
    }

    /// A thing that does not work.
    pub(crate) fn problem(check: &'static str, what: impl Into<String>) -> Self {
        Self::new(check, Severity::Problem, what)
    }

    fn new(check: &'static str, severity: Severity, what: impl Into<String>) -> Self {
        Self {
            check,
            severity,
            what: what.into(),
            next: None,
            mending: None,
            mended: None,
        }
    }

    /// Says what to do next.
    pub(crate) fn next(mut self, step: impl Into<Hint>) -> Self {
        self.next = Some(step.into());
        self
    }

    /// Says what `--fix` does about it.
    pub(crate) fn mended_by(mut self, mending: Fix) -> Self {
        self.mending = Some(mending);
        self
    }

    /// What to do next, in words; empty where there is nothing to do.
    #[cfg(test)]
    pub(crate) fn step(&self) -> &str {
        self.next.as_ref().map_or("", Hint::as_str)
    }

    /// How it stands now: what was mended is as it should be.
    pub(crate) const fn left(&self) -> Severity {
        match self.mended {
            Some(Ok(())) => Severity::Ok,
            Some(Err(_)) | None => self.severity,
        }
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
