//! What this device keeps between runs: the state folder and what is in it.

use std::path::PathBuf;

use crate::doctor::finding::Finding;
use crate::doctor::fix::Fix;
use crate::hint::Hint;

/// How the places stand in which something is kept.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Facts {
    /// The state folder, if it is there.
    pub(crate) state: Option<Folder>,
    /// What is wrong with files in it, in the words of those who read them.
    pub(crate) faults: Vec<String>,
}

/// A folder of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Folder {
    pub(crate) path: PathBuf,
    /// As a person writes it.
    pub(crate) spelled: String,
    pub(crate) mode: u32,
    pub(crate) is_own: bool,
    pub(crate) takes_files: bool,
}

pub(crate) fn findings(facts: &Facts) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(folder) = &facts.state {
        let spelled = &folder.spelled;
        if !folder.takes_files {
            let what = format!("nothing can be remembered in {spelled}");
            let next = Hint::run(
                "See whose it is, and whether there is room",
                format!("ls -ld {spelled}; df -h ~"),
            );
            findings.push(Finding::problem("state-folder", what).next(next));
        }
        findings.extend(closable("state-folder", folder, "others may look into"));
    }
    for fault in &facts.faults {
        let finding = Finding::note("state", fault);
        findings.push(finding.next(Hint::only("clawtap monitor")));
    }
    findings
}

fn closable(check: &'static str, folder: &Folder, what: &str) -> Option<Finding> {
    (folder.is_own && folder.mode & 0o077 != 0).then(|| {
        let (spelled, mode) = (&folder.spelled, folder.mode);
        Finding::warning(check, format!("{what} {spelled} ({mode:03o})"))
            .next(Hint::only(format!("chmod go= {spelled}")))
            .mended_by(Fix {
                path: folder.path.clone(),
                mode: mode & 0o700,
            })
    })
}

#[cfg(test)]
mod tests {
    use super::{Facts, Folder, findings};
    use crate::doctor::finding::Severity;
    use crate::doctor::fix::Fix;

    fn folder() -> Folder {
        Folder {
            path: "/home/me/.local/state/clawtap".into(),
            spelled: "~/.local/state/clawtap".into(),
            mode: 0o700,
            is_own: true,
            takes_files: true,
        }
    }

    #[test]
    fn nothing_is_said_of_what_is_in_order() {
        assert_eq!(findings(&Facts::default()), []);
        let fine = Facts {
            state: Some(folder()),
            ..Facts::default()
        };
        assert_eq!(findings(&fine), []);
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
        let others = Folder {
            is_own: false,
            ..open.clone()
        };
        let state = |state| Facts {
            state: Some(state),
            ..Facts::default()
        };
        let closing = Some(Fix {
            path: folder().path,
            mode: 0o700,
        });
        assert_eq!(findings(&state(others.clone())), []);
        let table = [
            (state(open.clone()), Severity::Warning, closing.clone()),
            (state(full), Severity::Problem, None),
            (
                Facts {
                    faults: vec!["cannot use alerts.json".into()],
                    ..Facts::default()
                },
                Severity::Note,
                None,
            ),
        ];
        for (facts, severity, mending) in table {
            let found = findings(&facts);
            assert_eq!(found.len(), 1, "{found:?}");
            assert_eq!((found[0].severity, &found[0].mending), (severity, &mending));
            assert!(found[0].next.is_some());
        }
    }
}
