//! The configuration: whether it is there, can be read, and is closed to other users.

use crate::config::{self, Config};
use crate::context::Context;
use crate::doctor::finding::{Finding, Place};
use crate::error::Error;
use crate::hint::Hint;
use crate::system::files;

const CHECK: &str = "configuration";

pub(crate) fn check(config: &Result<Config, Error>, context: &Context) -> Vec<Finding> {
    let environment = &context.system.environment;
    let path = match config::config_path(context.config_path.as_deref(), environment) {
        Ok(path) => path,
        Err(error) => return vec![Finding::error(CHECK, error)],
    };
    let gateways = match config {
        Ok(config) => Ok(config.known.len()),
        Err(error) => match config::read_config(&path, environment) {
            Ok(config) if config.gateways.is_empty() => Ok(0),
            _ => Err(error.clone()),
        },
    };
    judge(&Place::of(&path, environment), files::mode(&path), gateways)
}

/// The configuration's path, as a person writes it.
pub(super) fn path(context: &Context) -> String {
    let environment = &context.system.environment;
    let path = config::config_path(context.config_path.as_deref(), environment);
    path.map_or_else(
        |_| "the configuration".into(),
        |path| environment.display_path(&path),
    )
}

/// By the permissions, nothing where there is no file; and how many gateways it has, or what is wrong in it.
fn judge(file: &Place, mode: Option<u32>, gateways: Result<usize, Error>) -> Vec<Finding> {
    let init = || Hint::only("clawtap init me@gateway");
    let mut findings = vec![match (gateways, mode) {
        (Err(error), _) => {
            let edit = || Hint::from(format!("Edit {file}"));
            let next = error.hint.unwrap_or_else(edit);
            Finding::problem(CHECK, error.message).next(next)
        }
        (Ok(1..), None) => {
            let what = format!("there is no {file}; OPENCLAW_SERVER says where to ask");
            Finding::note(CHECK, what)
        }
        (Ok(0), None) => Finding::problem(CHECK, format!("there is no {file}")).next(init()),
        (Ok(0), _) => Finding::problem(CHECK, format!("no gateway is in {file}")).next(init()),
        (Ok(1), _) => Finding::ok(CHECK, format!("{file}: 1 gateway")),
        (Ok(number), _) => Finding::ok(CHECK, format!("{file}: {number} gateways")),
    }];
    // A command in it is run, and a topic in it is a password.
    if let Some(mode) = mode.filter(|mode| mode & 0o077 != 0) {
        let what = format!("others may read {file} ({mode:03o})");
        let finding = Finding::warning("configuration-permissions", what);
        findings.push(finding.fixed_by(file, 0o600));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::judge;
    use crate::doctor::finding::Severity::{self, Note, Ok as Well, Problem};
    use crate::doctor::samples::place;
    use crate::error::{Error, Kind};

    const CLOSED: Option<u32> = Some(0o600);

    #[test]
    fn each_state_of_the_configuration_is_told_apart() {
        let broken = Error::new(Kind::Configuration, "config.toml, line 3: unknown key");
        let table = [
            (CLOSED, Ok(2), Well),
            (CLOSED, Ok(0), Problem),
            (None, Ok(2), Note),
            (None, Ok(0), Problem),
            (CLOSED, Err(broken), Problem),
        ];
        for (mode, gateways, expected) in table {
            let found = judge(&place("~/config.toml"), mode, gateways);
            assert_eq!(found.len(), 1, "{found:?}");
            assert_eq!(found[0].severity, expected, "{found:?}");
            assert_eq!(found[0].next.is_some(), expected == Problem);
        }
    }

    #[test]
    fn a_configuration_that_others_can_read_is_closed_to_them() {
        let found = judge(&place("~/config.toml"), Some(0o644), Ok(2));
        assert_eq!(found[1].severity, Severity::Warning);
        assert_eq!(found[1].step(), "chmod 600 ~/config.toml");
        assert!(found[1].fix.is_some());
    }
}
