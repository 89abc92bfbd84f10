//! Shortcuts on the home screen: whether they are there, and Termux:Widget can run them.

use std::collections::BTreeSet;
use std::path::Path;

use crate::doctor::finding::{Finding, Place};
use crate::error::Error;
use crate::hint::Hint;
use crate::install::ledger::{Ledger, Subject, WIDGETS};
use crate::install::manifest::{Entry, Manifest};
use crate::install::script::program_of;
use crate::install::widgets::FOLDERS;
use crate::system::environment::Environment;
use crate::system::files;
use crate::system::placement::{Found, look};

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
    match (installed(WIDGETS, environment), environment.home()) {
        (Ok(Some(known)), Some(home)) => Shortcuts::look(&known, &home, environment).judge(),
        (Ok(_), _) => {
            let finding = Finding::note(CHECK, "no shortcuts on the home screen");
            vec![finding.next(Hint::only(RENEW))]
        }
        // Why nothing is kept at all is told of this device.
        (Err(_), _) if !keeps_state(environment) => Vec::new(),
        (Err(error), _) => vec![Finding::error(CHECK, error)],
    }
}

/// What was installed, if anything is.
pub(crate) fn installed(
    subject: Subject,
    environment: &Environment,
) -> Result<Option<Manifest>, Error> {
    let known = Ledger::of(subject, environment)?.read()?;
    Ok(known.filter(|known| !known.files.is_empty()))
}

fn keeps_state(environment: &Environment) -> bool {
    let folder = environment.state_folder().ok();
    folder.is_none_or(|it| files::is_folder(&it) || !files::exists(&it))
}

impl Shortcuts {
    fn look(known: &Manifest, home: &Path, environment: &Environment) -> Self {
        let folders = FOLDERS.iter().filter_map(|folder| {
            let path = home.join(folder);
            Some(Folder {
                is_link: matches!(look(&path), Ok(Found::Link)),
                mode: files::mode(&path)?,
                place: Place::of(&path, environment),
            })
        });
        let mut faults = Vec::new();
        let mut gone = None;
        for entry in &known.files {
            let found = look(&entry.path).ok();
            let place = || Place::of(&entry.path, environment);
            faults.extend(fault(entry, found.as_ref()).map(|fault| (place(), fault)));
            if let Some(Found::File {
                content: Some(content),
                ..
            }) = found
                && entry.wrote(&content)
            {
                let program = program_of(&String::from_utf8_lossy(&content));
                gone = gone.or(program.filter(|program| !files::is_file(program)));
            }
        }
        let scripts = known.files.iter().filter(|it| is_script(it));
        let labels: BTreeSet<_> = scripts.filter_map(|it| it.path.file_name()).collect();
        Self {
            folders: folders.collect(),
            count: labels.len(),
            faults,
            gone: gone.map(|program| environment.display_path(&program)),
        }
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

fn fault(entry: &Entry, found: Option<&Found>) -> Option<Fault> {
    match found {
        Some(Found::File {
            content: Some(content),
            mode,
        }) if entry.wrote(content) => {
            (is_script(entry) && mode & 0o100 == 0).then_some(Fault::NotExecutable)
        }
        Some(Found::File { .. }) => Some(Fault::Changed),
        _ => Some(Fault::Missing),
    }
}

fn is_script(entry: &Entry) -> bool {
    !entry.path.to_string_lossy().ends_with(".png")
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
            // Whoever may only look harms nobody.
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
