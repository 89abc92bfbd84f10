//! Shortcuts on the home screen: whether they are there, and Termux:Widget can run them.

use crate::doctor::finding::{Finding, Place};
use crate::error::Error;
use crate::hint::Hint;
use crate::install::files::Files;
use crate::install::inventory::{Inventory, is_script};
use crate::install::mark::Origin;
use crate::install::plan;
use crate::install::preview::trouble;
use crate::install::script::program_of;
use crate::install::unmarked::WIDGETS;
use crate::install::widgets::FOLDERS;
use crate::system::environment::{Environment, no_home};
use crate::system::files;
use crate::system::placement::{FileKind, inspect};

const CHECK: &str = "widgets";
const RENEW: &str = "clawtap widgets install";

/// What was found where the shortcuts should be.
#[derive(Debug, Clone)]
struct Shortcuts {
    /// The folders that Termux:Widget reads, as far as they are there.
    folders: Vec<Folder>,
    /// How many shortcuts there should be.
    count: usize,
    /// The files that are not as they were installed.
    faults: Vec<(Place, Fault)>,
    /// What the scripts start, as a person writes it, if that is gone.
    gone: Option<String>,
}

#[derive(Debug, Clone)]
struct Folder {
    place: Place,
    is_link: bool,
    mode: u32,
}

/// How a file is not as it was installed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// Nothing is there, or no file.
    Missing,
    /// A script that its owner may not run.
    NotExecutable,
    /// A person's own by now.
    Changed,
}

pub(crate) fn check(environment: &Environment) -> Vec<Finding> {
    match Shortcuts::inspect(environment) {
        Ok(Some(shortcuts)) => shortcuts.judge(),
        Ok(None) => {
            let finding = Finding::note(CHECK, "no shortcuts on the home screen");
            vec![finding.next(Hint::only(RENEW))]
        }
        Err(error) => vec![Finding::error(CHECK, error)],
    }
}

/// Whether any shortcut is installed.
pub(crate) fn are_installed(environment: &Environment) -> bool {
    matches!(Shortcuts::inspect(environment), Ok(Some(_)))
}

impl Shortcuts {
    /// Nothing where none is installed.
    fn inspect(environment: &Environment) -> Result<Option<Self>, Error> {
        let home = environment.home().ok_or_else(no_home)?;
        let folders = FOLDERS.iter().filter_map(|folder| {
            let path = home.join(folder);
            Some(Folder {
                is_link: matches!(inspect(&path), Ok(FileKind::Link)),
                mode: files::mode(&path)?,
                place: Place::of(&path, environment),
            })
        });
        let folders: Vec<Folder> = folders.collect();
        let shortcuts = match Inventory::of(&home, &Files::of(WIDGETS, environment)?) {
            Ok(inventory) if inventory.shortcuts.is_empty() => return Ok(None),
            Ok(inventory) => inventory.shortcuts,
            // The permissions of the folder are a separate finding.
            Err(_) if folders.iter().any(|it| it.mode & 0o700 != 0o700) => Vec::new(),
            Err(error) => return Err(error),
        };
        let mut faults = Vec::new();
        let mut programs = Vec::new();
        for (path, place) in shortcuts.iter().flat_map(|shortcut| &shortcut.files) {
            let fault = fault(place, is_script(path));
            faults.extend(fault.map(|fault| (Place::of(path, environment), fault)));
            if let FileKind::File {
                content: Some(content),
                ..
            } = &place.found
                && place.origin == Origin::Ours
            {
                programs.extend(program_of(&String::from_utf8_lossy(content)));
            }
        }
        let gone = programs.iter().find(|program| !files::is_file(program));
        Ok(Some(Self {
            folders,
            count: shortcuts.len(),
            faults,
            gone: gone.map(|program| environment.display_path(program)),
        }))
    }

    fn judge(&self) -> Vec<Finding> {
        let mut findings: Vec<Finding> = self.folders.iter().filter_map(Folder::judge).collect();
        let of_kind = |kind| self.faults.iter().filter(move |(_, fault)| *fault == kind);
        let count = |kind| of_kind(kind).count();
        if let Some(program) = &self.gone {
            let what = format!("the shortcuts start {program}, which is gone");
            findings.push(Finding::problem("widgets-program", what).next(Hint::only(RENEW)));
        }
        if let number @ 1.. = count(Fault::Missing) {
            let what = format!("missing of the shortcuts: {}", counted(number));
            findings.push(Finding::problem(CHECK, what).next(Hint::only(RENEW)));
        }
        findings.extend(of_kind(Fault::NotExecutable).map(|(place, _)| {
            let what = format!("cannot be run: {place}");
            Finding::problem("widgets-permissions", what).fixed_by(place, 0o700)
        }));
        if findings.is_empty() {
            let what = match count(Fault::Changed) {
                0 => format!("{} shortcuts, as installed", self.count),
                own => format!("{} shortcuts, {} of your own", self.count, counted(own)),
            };
            findings.push(Finding::ok(CHECK, what));
        }
        findings
    }
}

impl Folder {
    fn judge(&self) -> Option<Finding> {
        const CHECK: &str = "widgets-folder";
        let Self { place, mode, .. } = self;
        if self.is_link {
            let what = format!("{place} is a link: Termux:Widget runs nothing behind one");
            let next = Hint::from("Make it a folder, then:").below(RENEW);
            return Some(Finding::problem(CHECK, what).next(next));
        }
        let what = format!("{place} has permissions {:03o}", mode & 0o777);
        let finding = match mode {
            mode if mode & 0o700 != 0o700 => Finding::problem(CHECK, what),
            // Another user who can write there has scripts of his own run.
            mode if mode & 0o022 != 0 => Finding::warning(CHECK, what),
            _ => return None,
        };
        Some(finding.fixed_by(place, 0o700))
    }
}

fn fault(place: &plan::Place, is_script: bool) -> Option<Fault> {
    trouble(place, is_script)?;
    Some(match &place.found {
        FileKind::File { .. } if place.origin == Origin::Ours => Fault::NotExecutable,
        FileKind::File { .. } => Fault::Changed,
        _ => Fault::Missing,
    })
}

/// "1 file", "3 files"
fn counted(files: usize) -> String {
    match files {
        1 => "1 file".into(),
        _ => format!("{files} files"),
    }
}

#[cfg(test)]
mod tests {
    use super::{Fault, Folder, Shortcuts};
    use crate::doctor::finding::{Place, Severity};
    use crate::doctor::samples::place;

    fn found(folders: Vec<Folder>, faults: Vec<(Place, Fault)>, gone: Option<&str>) -> Shortcuts {
        Shortcuts {
            folders,
            count: 5,
            faults,
            gone: gone.map(String::from),
        }
    }

    fn folder(mode: u32, is_link: bool) -> Folder {
        Folder {
            place: place("~/.shortcuts"),
            is_link,
            mode,
        }
    }

    fn fault(kind: Fault) -> (Place, Fault) {
        (place("~/.shortcuts/OpenClaw guide"), kind)
    }

    #[test]
    fn each_state_of_the_shortcuts_is_told_apart() {
        use Fault::{Changed, Missing, NotExecutable};
        use Severity::{Ok, Problem, Warning};
        let fine = || folder(0o700, false);
        let table = [
            (
                found(vec![fine()], vec![], None),
                Ok,
                "5 shortcuts, as installed",
                false,
            ),
            (
                found(vec![fine()], vec![fault(Changed)], None),
                Ok,
                "5 shortcuts, 1 file of your own",
                false,
            ),
            (
                found(vec![], vec![fault(Missing), fault(Missing)], None),
                Problem,
                "missing of the shortcuts: 2 files",
                false,
            ),
            (
                found(vec![fine()], vec![fault(NotExecutable)], None),
                Problem,
                "cannot be run: ~/.shortcuts/OpenClaw guide",
                true,
            ),
            (
                found(vec![folder(0o700, true)], vec![], None),
                Problem,
                "~/.shortcuts is a link: Termux:Widget runs nothing behind one",
                false,
            ),
            (
                found(vec![folder(0o600, false)], vec![], None),
                Problem,
                "~/.shortcuts has permissions 600",
                true,
            ),
            (
                found(vec![folder(0o770, false)], vec![], None),
                Warning,
                "~/.shortcuts has permissions 770",
                true,
            ),
            // Read access for others is harmless.
            (
                found(vec![folder(0o755, false)], vec![], None),
                Ok,
                "5 shortcuts, as installed",
                false,
            ),
            (
                found(vec![fine()], vec![], Some("~/bin/clawtap")),
                Problem,
                "the shortcuts start ~/bin/clawtap, which is gone",
                false,
            ),
        ];
        for (shortcuts, severity, what, is_fixable) in table {
            let found = shortcuts.judge();
            let [finding] = &found[..] else {
                panic!("{found:?}")
            };
            assert_eq!((finding.severity, finding.what.as_str()), (severity, what));
            assert_eq!(finding.fix.is_some(), is_fixable, "{what}");
            assert_eq!(finding.next.is_some(), severity != Ok, "{what}");
        }
    }
}
