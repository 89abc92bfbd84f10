//! The state folder and its files.

use crate::alerts::state_file;
use crate::context::Context;
use crate::doctor::finding::{Finding, Place};
use crate::hint::Hint;
use crate::system::files;

/// More than a run writes, in bytes: an empty file is made where the disk is full as well.
const ENOUGH: usize = 256 * 1024;

pub(crate) fn check(context: &Context) -> Vec<Finding> {
    let environment = &context.system.environment;
    let mut findings = Vec::new();
    if let Ok(path) = environment.state_folder()
        && let Some(mode) = files::mode(&path)
    {
        let folder = Folder {
            place: Place::of(&path, environment),
            mode,
            is_own: files::is_own(&path),
            takes_files: files::has_room(&path, ENOUGH),
        };
        findings.extend(folder.judge());
    }
    if let Some(fault) = state_file::fault(environment) {
        findings.push(Finding::note("state", fault).next(Hint::only("clawtap monitor")));
    }
    findings
}

/// The state folder.
#[derive(Debug, Clone)]
struct Folder {
    place: Place,
    mode: u32,
    is_own: bool,
    takes_files: bool,
}

impl Folder {
    fn judge(&self) -> Vec<Finding> {
        const CHECK: &str = "state-folder";
        let Self { place, mode, .. } = self;
        let mut findings = Vec::new();
        if !self.takes_files {
            let what = format!("nothing can be remembered in {place}");
            let words = "See whose it is, and whether there is room";
            let next = Hint::run(words, format!("ls -ld {place}; df -h ~"));
            findings.push(Finding::problem(CHECK, what).next(next));
        }
        if self.is_own && mode & 0o077 != 0 {
            let what = format!("others may look into {place} ({mode:03o})");
            findings.push(Finding::warning(CHECK, what).closed(place, *mode));
        }
        findings
    }
}

#[cfg(test)]
mod tests {
    use super::Folder;
    use crate::doctor::finding::Severity::{Problem, Warning};
    use crate::doctor::samples::place;

    fn folder() -> Folder {
        Folder {
            place: place("~/.local/state/clawtap"),
            mode: 0o700,
            is_own: true,
            takes_files: true,
        }
    }

    #[test]
    fn nothing_is_said_of_a_folder_that_is_in_order_or_of_another_user() {
        assert_eq!(folder().judge(), []);
        let others = Folder {
            mode: 0o750,
            is_own: false,
            ..folder()
        };
        assert_eq!(others.judge(), []);
    }

    #[test]
    fn each_fault_has_its_next_step() {
        let open = Folder {
            mode: 0o750,
            ..folder()
        };
        let full = Folder {
            takes_files: false,
            ..folder()
        };
        for (folder, severity, mode) in [(open, Warning, Some(0o700)), (full, Problem, None)] {
            let found = folder.judge();
            assert_eq!(found.len(), 1, "{found:?}");
            assert_eq!(found[0].severity, severity);
            assert_eq!(found[0].fix.as_ref().map(|fix| fix.mode), mode);
            assert!(found[0].next.is_some());
        }
    }
}
