//! OpenClaw on a gateway: path, version, features it is too old for, and errors.

use std::time::Duration;

use crate::doctor::connection::said;
use crate::doctor::finding::Finding;
use crate::gateway::error::{ErrorKind, GatewayError};
use crate::gateway::host::Gateway;
use crate::gateway::inspect::{Inspection, Program};
use crate::gateway::models_auth::PIPE_SINCE;
use crate::gateway::status::Reply;
use crate::hint::Hint;
use crate::text::Text;

/// The oldest version whose answers are known.
const KNOWN_SINCE: [u32; 3] = [2026, 1, 24];

/// `config` is the configuration, as a person writes its path.
pub(super) fn check(
    reply: &Reply,
    found: &Inspection,
    gateway: &Gateway,
    config: &str,
) -> Vec<Finding> {
    let version = reply.version.as_ref();
    let version = version.and_then(|text| numbers(text.as_str()));
    let place = reply.openclaw.as_ref();
    let mut findings: Vec<Finding> = place
        .map(|place| installed(place, version, found))
        .into_iter()
        .collect();
    findings.extend(found.another.as_ref().map(|another| twice(another, found)));
    findings.extend(version.and_then(|version| too_old(version, gateway)));
    match failure(reply) {
        Some(failure) => findings.push(broken(failure, found.node.as_ref(), gateway, config)),
        None => findings.extend(slow(reply.took, gateway, config)),
    }
    findings
}

/// Why OpenClaw could not report its logins.
pub(super) fn failure(reply: &Reply) -> Option<&GatewayError> {
    reply
        .outcome
        .as_ref()
        .err()
        .or(reply.openclaw_error.as_ref())
}

fn installed(place: &Text, version: Option<[u32; 3]>, found: &Inspection) -> Finding {
    let place = found.display_path(place.as_str());
    let place = folder(place.as_str());
    let what = match version {
        Some(version) => format!("openclaw {} in {place}", dotted(version)),
        // Why it does not say which it is comes next.
        None => format!("openclaw in {place}"),
    };
    Finding::ok("openclaw", what)
}

/// Another version beside the one that is asked: whoever types `openclaw` there may get that one.
fn twice(another: &Program, found: &Inspection) -> Finding {
    let place = found.display_path(another.place.as_str());
    let version = another.version.as_ref().map_or("?", Text::as_str);
    let what = format!("another openclaw, {version}, in {}", folder(place.as_str()));
    Finding::warning("two-openclaws", what).next("Keep one of the two, or update both")
}

/// Where a program is; a name alone is on `PATH`.
pub(super) fn folder(path: &str) -> &str {
    match path.rsplit_once('/') {
        Some(("", _)) => "/",
        Some((folder, _)) => folder,
        None => path,
    }
}

fn too_old(version: [u32; 3], gateway: &Gateway) -> Option<Finding> {
    const CHECK: &str = "openclaw-version";
    let update = gateway.openclaw_there("update").after("Update it");
    if version < KNOWN_SINCE {
        let what = format!("OpenClaw {} is older than any we know", dotted(version));
        return Some(Finding::warning(CHECK, what).next(update));
    }
    let since = numbers(PIPE_SINCE).filter(|since| version < *since)?;
    let what = format!(
        "no sync, setup token or API key sign-in: they need OpenClaw {}.{}",
        since[0], since[1]
    );
    Some(Finding::warning(CHECK, what).next(update))
}

fn broken(
    failure: &GatewayError,
    node: Option<&Program>,
    gateway: &Gateway,
    config: &str,
) -> Finding {
    let name = &gateway.name;
    let mut what = said(failure);
    let next = match (failure.kind, node) {
        (ErrorKind::NodeTooOld, Some(node)) => {
            what.push_str(&format!("; it is in {}", folder(node.place.as_str())));
            gateway.there(newer_node(node))
        }
        (ErrorKind::NoNode, _) => gateway
            .there("node --version")
            .after("Install Node there, then"),
        (ErrorKind::NoOpenClaw, _) => gateway.there("command -v openclaw").after(format!(
            "Install it there, or set openclaw for [[gateway]] {name} in {config} to its path"
        )),
        (ErrorKind::OpenClawTimeout, _) => more_time(gateway, config),
        _ => failure.next_step(gateway),
    };
    Finding::problem("openclaw-answer", what).next(next)
}

/// How the one who installed this node would update it.
fn newer_node(node: &Program) -> &'static str {
    let installers = [
        ("/.nvm/", "nvm install node && nvm alias default node"),
        ("/fnm/", "fnm install --latest && fnm default latest"),
        ("/.volta/", "volta install node@latest"),
        ("/mise/", "mise use --global node@latest"),
        ("/homebrew/", "brew upgrade node"),
        ("/.linuxbrew/", "brew upgrade node"),
        ("/com.termux/", "pkg upgrade nodejs"),
    ];
    let place = node.place.as_str();
    let installer = installers.iter().find(|(mark, _)| place.contains(mark));
    installer.map_or(
        "install a newer Node (nodejs.org/download)",
        |(_, command)| command,
    )
}

/// Close to the limit, a busy day is one day too many.
fn slow(took: Duration, gateway: &Gateway, config: &str) -> Option<Finding> {
    let limit = gateway.limit;
    (took * 3 > limit * 2).then(|| {
        let what = format!(
            "its status took {} s, and is given up after {} s",
            took.as_secs(),
            limit.as_secs()
        );
        Finding::warning("time-limit", what).next(more_time(gateway, config))
    })
}

fn more_time(gateway: &Gateway, config: &str) -> Hint {
    let (limit, name) = (gateway.limit.as_secs() * 2, &gateway.name);
    format!("Allow it more: timeout_s = {limit} for [[gateway]] {name} in {config}").into()
}

/// The first version in a text, such as `OpenClaw 2026.9.6 (eb377ac)`.
fn numbers(text: &str) -> Option<[u32; 3]> {
    let start = text.find(|c: char| c.is_ascii_digit())?;
    let mut parts = text[start..]
        .split(|c: char| !c.is_ascii_digit())
        .map_while(|part| part.parse().ok());
    Some([parts.next()?, parts.next()?, parts.next().unwrap_or(0)])
}

fn dotted([year, month, number]: [u32; 3]) -> String {
    format!("{year}.{month}.{number}")
}

#[cfg(test)]
mod tests {
    use super::{check, numbers};
    use crate::doctor::finding::{Finding, Severity};
    use crate::doctor::samples::gateway;
    use crate::gateway::error::{ErrorKind, GatewayError};
    use crate::gateway::inspect::{Inspection, Program};
    use crate::gateway::status::Reply;
    use crate::status::stores;
    use crate::text::Text;
    use chrono::DateTime;
    use std::time::Duration;

    const CONFIG: &str = "~/.config/clawtap/config.toml";

    fn found(
        version: &str,
        took: u64,
        failure: Option<&GatewayError>,
        node: Option<&str>,
    ) -> Vec<Finding> {
        let inspection = Inspection {
            node: node.map(|place| Program {
                place: Text::clean(place),
                version: None,
            }),
            ..Inspection::default()
        };
        let reply = Reply {
            outcome: failure.map_or_else(
                || Ok(stores::report(Vec::new(), "", DateTime::UNIX_EPOCH)),
                |it| Err(it.clone()),
            ),
            openclaw_error: None,
            openclaw: Some(Text::clean("/usr/bin/openclaw")),
            version: Some(Text::clean(version)),
            claude: None,
            took: Duration::from_secs(took),
        };
        check(&reply, &inspection, &gateway(), CONFIG)
    }

    #[test]
    fn an_old_version_is_told_with_what_it_costs() {
        let costs = "no sync, setup token or API key sign-in: they need OpenClaw 2026.6";
        let table = [
            ("OpenClaw 2026.9.6 (eb377ac)", None),
            ("2026.6.0", None),
            ("2026.10.1", None),
            ("2027.1.1", None),
            ("2026.5.12", Some(costs)),
            ("2026.1.24-3", Some(costs)),
            (
                "2026.1.23",
                Some("OpenClaw 2026.1.23 is older than any we know"),
            ),
            (
                "2025.12.30",
                Some("OpenClaw 2025.12.30 is older than any we know"),
            ),
        ];
        for (version, expected) in table {
            let found = found(version, 4, None, None);
            assert!(found[0].what.starts_with("openclaw 202"), "{found:?}");
            assert!(found[0].what.ends_with(" in /usr/bin"), "{found:?}");
            let old = found.get(1);
            assert_eq!(old.map(|old| old.what.as_str()), expected, "{version}");
            assert!(old.is_none_or(
                |old| old.step() == "Update it: ssh me@home.example, then: openclaw update"
            ));
        }
    }

    #[test]
    fn a_status_that_takes_most_of_its_time_is_warned_of() {
        assert_eq!(found("2026.9.6", 30, None, None).len(), 1);
        let late = &found("2026.9.6", 31, None, None)[1];
        assert_eq!(late.severity, Severity::Warning);
        assert_eq!(
            late.what,
            "its status took 31 s, and is given up after 45 s"
        );
        let next =
            "Allow it more: timeout_s = 90 for [[gateway]] home in ~/.config/clawtap/config.toml";
        assert_eq!(late.step(), next);
    }

    #[test]
    fn a_node_that_is_too_old_is_updated_as_it_was_installed() {
        let table = [
            ("~/.nvm/versions/node/v20.20.2/bin/node", "nvm install node"),
            ("~/.volta/bin/node", "volta install"),
            ("/opt/homebrew/bin/node", "brew upgrade node"),
            ("/usr/bin/node", "install a newer Node"),
        ];
        for (place, next) in table {
            let said = Text::clean("openclaw: Node 20.20.2: use 24.16+");
            let failure = GatewayError::new(ErrorKind::NodeTooOld).saying(Some(said));
            let found = &found("", 1, Some(&failure), Some(place))[1];
            assert_eq!(found.severity, Severity::Problem);
            assert!(found.what.contains("use 24.16+"), "{}", found.what);
            let then = format!("ssh me@home.example, then: {next}");
            assert!(found.step().starts_with(&then), "{found:?}");
        }
    }

    #[test]
    fn whatever_keeps_openclaw_from_answering_is_a_problem_with_a_next_step() {
        let table = [
            (ErrorKind::NoOpenClaw, "command -v openclaw"),
            (ErrorKind::NoNode, "node --version"),
            (ErrorKind::NeedsDoctor, "openclaw doctor --fix"),
            (ErrorKind::OpenClawError, "openclaw doctor"),
            (ErrorKind::OpenClawTimeout, "timeout_s = 90"),
        ];
        for (problem, next) in table {
            let found = found("", 1, Some(&GatewayError::new(problem)), None);
            let last = found.last().unwrap();
            assert_eq!(
                (last.check, last.severity),
                ("openclaw-answer", Severity::Problem)
            );
            assert!(last.step().contains(next), "{last:?}");
        }
    }

    #[test]
    fn a_version_is_found_in_what_is_said_around_it() {
        assert_eq!(numbers("OpenClaw 2026.9.6 (eb377ac)"), Some([2026, 9, 6]));
        assert_eq!(numbers("2026.10"), Some([2026, 10, 0]));
        for none in ["", "no idea", "7", "99999999999.1.1"] {
            assert_eq!(numbers(none), None, "{none}");
        }
    }
}
