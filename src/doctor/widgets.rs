//! Shortcuts on the home screen: whether they are there, and Termux:Widget can run them.

use std::path::PathBuf;

use crate::doctor::finding::Finding;
use crate::doctor::fix::Fix;
use crate::hint::Hint;

/// What was found where the shortcuts should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Facts {
    NotInstalled,
    Installed {
        /// The folders that Termux:Widget reads, as far as they are there.
        folders: Vec<Folder>,
        /// How many shortcuts there should be.
        shortcuts: usize,
        faults: Vec<Fault>,
        /// What the scripts start, as a person writes it, if that is gone.
        gone: Option<String>,
    },
}

/// One folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Folder {
    pub(crate) path: PathBuf,
    pub(crate) spelled: String,
    pub(crate) is_link: bool,
    pub(crate) mode: u32,
}

/// One file that is not as it was installed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) path: PathBuf,
    pub(crate) spelled: String,
    pub(crate) kind: FaultKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FaultKind {
    /// Nothing is there, or no file.
    Missing,
    /// A script that its owner may not run.
    NotExecutable,
    /// A person's own by now.
    Changed,
}

const RENEW: &str = "clawtap widgets install";

pub(crate) fn findings(facts: &Facts) -> Vec<Finding> {
    let Facts::Installed {
        folders,
        shortcuts,
        faults,
        gone,
    } = facts
    else {
        return vec![
            Finding::note("widgets", "no shortcuts on the home screen").next(Hint::only(RENEW)),
        ];
    };
    let mut findings: Vec<Finding> = folders.iter().filter_map(folder).collect();
    if let Some(program) = gone {
        let what = format!("the shortcuts start {program}, which is gone");
        findings.push(Finding::problem("widgets-program", what).next(Hint::only(RENEW)));
    }
    let count = |kind| faults.iter().filter(|fault| fault.kind == kind).count();
    if let number @ 1.. = count(FaultKind::Missing) {
        let what = format!("missing of the shortcuts: {}", files(number));
        findings.push(Finding::problem("widgets", what).next(Hint::only(RENEW)));
    }
    let not_executable = faults
        .iter()
        .filter(|it| it.kind == FaultKind::NotExecutable);
    findings.extend(not_executable.map(|fault| {
        let Fault { path, spelled, .. } = fault;
        let mending = Fix {
            path: path.clone(),
            mode: 0o700,
        };
        let what = format!("cannot be run: {spelled}");
        mended(
            "widgets-permissions",
            Finding::problem,
            what,
            mending,
            spelled,
        )
    }));
    if findings.is_empty() {
        findings.push(match count(FaultKind::Changed) {
            0 => Finding::ok("widgets", format!("{shortcuts} shortcuts, as installed")),
            number => {
                let changed = files(number);
                Finding::ok(
                    "widgets",
                    format!("{shortcuts} shortcuts, {changed} of your own"),
                )
            }
        });
    }
    findings
}

fn folder(folder: &Folder) -> Option<Finding> {
    let Folder { path, spelled, .. } = folder;
    if folder.is_link {
        let what = format!("{spelled} is a link: Termux:Widget runs nothing behind one");
        let next = Hint::from("Make it a folder, then:").below(RENEW);
        return Some(Finding::problem("widgets-folder", what).next(next));
    }
    let level = match folder.mode {
        mode if mode & 0o700 != 0o700 => Finding::problem,
        // Whoever can write there has his own run.
        mode if mode & 0o022 != 0 => Finding::warning,
        _ => return None,
    };
    let mending = Fix {
        path: path.clone(),
        mode: 0o700,
    };
    let what = format!("{spelled} has permissions {:03o}", folder.mode & 0o777);
    Some(mended("widgets-folder", level, what, mending, spelled))
}

fn mended(
    check: &'static str,
    level: fn(&'static str, String) -> Finding,
    what: String,
    mending: Fix,
    spelled: &str,
) -> Finding {
    let next = mending.line(|_| spelled.to_owned());
    level(check, what).next(Hint::only(next)).mended_by(mending)
}

/// "1 file", "3 files"
fn files(number: usize) -> String {
    match number {
        1 => "1 file".into(),
        _ => format!("{number} files"),
    }
}

#[cfg(test)]
mod tests {
    use super::{Facts, Fault, FaultKind, Folder, findings};
    use crate::doctor::finding::Severity;

    fn installed(folders: Vec<Folder>, faults: Vec<Fault>, gone: Option<&str>) -> Facts {
        Facts::Installed {
            folders,
            shortcuts: 5,
            faults,
            gone: gone.map(String::from),
        }
    }

    fn folder(mode: u32, is_link: bool) -> Folder {
        Folder {
            path: "/home/.shortcuts".into(),
            spelled: "~/.shortcuts".into(),
            is_link,
            mode,
        }
    }

    fn fault(kind: FaultKind) -> Fault {
        Fault {
            path: "/home/.shortcuts/OpenClaw guide".into(),
            spelled: "~/.shortcuts/OpenClaw guide".into(),
            kind,
        }
    }

    #[test]
    fn each_state_of_the_shortcuts_is_told_apart() {
        use FaultKind::{Changed, Missing, NotExecutable};
        use Severity::{Note, Ok, Problem, Warning};
        let fine = || folder(0o700, false);
        let table = [
            (
                Facts::NotInstalled,
                Note,
                "no shortcuts on the home screen",
                false,
            ),
            (
                installed(vec![fine()], vec![], None),
                Ok,
                "5 shortcuts, as installed",
                false,
            ),
            (
                installed(vec![fine()], vec![fault(Changed)], None),
                Ok,
                "5 shortcuts, 1 file of your own",
                false,
            ),
            (
                installed(vec![], vec![fault(Missing), fault(Missing)], None),
                Problem,
                "missing of the shortcuts: 2 files",
                false,
            ),
            (
                installed(vec![fine()], vec![fault(NotExecutable)], None),
                Problem,
                "cannot be run: ~/.shortcuts/OpenClaw guide",
                true,
            ),
            (
                installed(vec![folder(0o700, true)], vec![], None),
                Problem,
                "~/.shortcuts is a link: Termux:Widget runs nothing behind one",
                false,
            ),
            (
                installed(vec![folder(0o600, false)], vec![], None),
                Problem,
                "~/.shortcuts has permissions 600",
                true,
            ),
            (
                installed(vec![folder(0o770, false)], vec![], None),
                Warning,
                "~/.shortcuts has permissions 770",
                true,
            ),
            // Whoever may only look harms nobody.
            (
                installed(vec![folder(0o755, false)], vec![], None),
                Ok,
                "5 shortcuts, as installed",
                false,
            ),
            (
                installed(vec![fine()], vec![], Some("~/bin/clawtap")),
                Problem,
                "the shortcuts start ~/bin/clawtap, which is gone",
                false,
            ),
        ];
        for (facts, severity, what, is_mendable) in table {
            let found = findings(&facts);
            let [finding] = &found[..] else {
                panic!("{found:?}")
            };
            assert_eq!((finding.severity, finding.what.as_str()), (severity, what));
            assert_eq!(finding.mending.is_some(), is_mendable, "{what}");
            assert_eq!(finding.next.is_some(), severity != Ok, "{what}");
        }
    }
}
