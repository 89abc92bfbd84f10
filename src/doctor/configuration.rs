//! The configuration: whether it is there, can be read, and is nobody else's to read.

use std::path::PathBuf;

use crate::doctor::finding::Finding;
use crate::doctor::fix::Fix;
use crate::error::Error;
use crate::hint::Hint;

/// What was found where the configuration should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Facts {
    pub(crate) path: PathBuf,
    /// As a person writes it.
    pub(crate) spelled: String,
    /// Its permissions; nothing if there is no file.
    pub(crate) mode: Option<u32>,
    /// How many gateways it has, or what is wrong in it.
    pub(crate) gateways: Result<usize, Error>,
}

pub(crate) fn findings(facts: &Facts) -> Vec<Finding> {
    const CHECK: &str = "configuration";
    let spelled = &facts.spelled;
    let mut findings = vec![match (&facts.gateways, facts.mode) {
        (Err(error), _) => {
            let finding = Finding::problem(CHECK, &error.message);
            match &error.hint {
                Some(hint) => finding.next(hint.clone()),
                None => finding.next(format!("Edit {spelled}")),
            }
        }
        (Ok(1..), None) => Finding::note(
            CHECK,
            format!("there is no {spelled}; OPENCLAW_SERVER says where to ask"),
        ),
        (Ok(0), None) => Finding::problem(CHECK, format!("there is no {spelled}"))
            .next(Hint::only("clawtap init me@gateway")),
        (Ok(0), _) => Finding::problem(CHECK, format!("no gateway is in {spelled}"))
            .next(Hint::only("clawtap init me@gateway")),
        (Ok(1), _) => Finding::ok(CHECK, format!("{spelled}: 1 gateway")),
        (Ok(number), _) => Finding::ok(CHECK, format!("{spelled}: {number} gateways")),
    }];
    // A command in it is run, and a topic in it is a password.
    if let Some(mode) = facts.mode.filter(|mode| mode & 0o077 != 0) {
        let mode_told = format!("others may read {spelled} ({mode:03o})");
        findings.push(
            Finding::warning("configuration-permissions", mode_told)
                .next(Hint::only(format!("chmod 600 {spelled}")))
                .mended_by(Fix {
                    path: facts.path.clone(),
                    mode: 0o600,
                }),
        );
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::{Facts, findings};
    use crate::doctor::finding::Severity;
    use crate::error::{Error, Kind};

    fn facts() -> Facts {
        Facts {
            path: "/home/me/.config/clawtap/config.toml".into(),
            spelled: "~/.config/clawtap/config.toml".into(),
            mode: Some(0o600),
            gateways: Ok(2),
        }
    }

    #[test]
    fn each_state_of_the_configuration_is_told_apart() {
        let broken = Error::new(Kind::Configuration, "config.toml, line 3: unknown key");
        let table = [
            (facts(), Severity::Ok),
            (
                Facts {
                    gateways: Ok(0),
                    ..facts()
                },
                Severity::Problem,
            ),
            (
                Facts {
                    mode: None,
                    ..facts()
                },
                Severity::Note,
            ),
            (
                Facts {
                    mode: None,
                    gateways: Ok(0),
                    ..facts()
                },
                Severity::Problem,
            ),
            (
                Facts {
                    gateways: Err(broken),
                    ..facts()
                },
                Severity::Problem,
            ),
        ];
        for (facts, expected) in table {
            let found = findings(&facts);
            assert_eq!(found.len(), 1, "{found:?}");
            assert_eq!(found[0].severity, expected, "{found:?}");
            assert_eq!(found[0].next.is_some(), expected == Severity::Problem);
        }
    }

    #[test]
    fn a_configuration_that_others_can_read_is_closed_to_them() {
        let found = findings(&Facts {
            mode: Some(0o644),
            ..facts()
        });
        assert_eq!(found[1].severity, Severity::Warning);
        assert!(found[1].mending.is_some());
    }
}
