//! Claude Code on a gateway, and its login.

use chrono::TimeDelta;

use crate::doctor::finding::Finding;
use crate::doctor::openclaw::folder;
use crate::duration::humanize;
use crate::gateway::claude_login::{ClaudeSource, Fault};
use crate::gateway::host::Gateway;
use crate::gateway::inspect::{Inspection, Program};

/// `source` is where Claude Code keeps its login; `is_used`, whether OpenClaw uses Anthropic's models.
pub(super) fn check(
    found: &Inspection,
    source: Option<&ClaudeSource>,
    is_used: bool,
    gateway: &Gateway,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    match &found.claude {
        Some(program) => findings.push(Finding::ok("claude-code", installed(program))),
        None if is_used => findings.push(
            Finding::note(
                "claude-code",
                "no Claude Code there: no setup token can be made",
            )
            .next(
                gateway
                    .there("npm install -g @anthropic-ai/claude-code")
                    .after("For that"),
            ),
        ),
        None => {}
    }
    let Some(source) = source else {
        return findings;
    };
    match source.login {
        Ok(expiry) if expiry.left > TimeDelta::zero() => {
            let left = humanize(expiry.left);
            findings.push(Finding::ok(
                "claude-login",
                format!("Claude Code's login has {left} left"),
            ));
        }
        // It renews itself with its next use; only a sync would have to wait for that.
        Ok(expiry) => findings.push(
            Finding::note(
                "claude-login",
                format!(
                    "Claude Code's login ended {} ago; its next use renews it",
                    humanize(expiry.left)
                ),
            )
            .next(gateway.there("claude -p ok").after("Before a sync")),
        ),
        // Who signs in to OpenClaw itself needs none.
        Err(Fault::Missing | Fault::NoLogin) => {}
        Err(fault) => findings.push(
            Finding::warning("claude-login", fault.what(source.place.as_str()))
                .next(fault.next_step()),
        ),
    }
    findings
}

fn installed(program: &Program) -> String {
    let place = folder(program.place.as_str());
    match &program.version {
        Some(version) => format!("Claude Code {version} in {place}"),
        None => format!("Claude Code in {place}"),
    }
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::doctor::finding::{Finding, Severity};
    use crate::doctor::samples::gateway;
    use crate::gateway::claude_login::{ClaudeExpiry, ClaudeSource, Fault};
    use crate::gateway::inspect::{Inspection, Program};
    use crate::text::Text;
    use chrono::TimeDelta;

    fn source(login: Result<i64, Fault>) -> ClaudeSource {
        ClaudeSource {
            place: Text::clean("~/.claude/.credentials.json"),
            login: login.map(|hours| ClaudeExpiry {
                expires_ms: 0,
                left: TimeDelta::hours(hours),
            }),
        }
    }

    #[test]
    fn its_login_is_told_by_what_is_to_be_done_about_it() {
        let found = Inspection {
            claude: Some(Program {
                place: Text::clean("~/.local/bin/claude"),
                version: Some(Text::clean("2.1.330")),
            }),
            ..Inspection::default()
        };
        let table = [
            (
                Ok(5),
                Some((Severity::Ok, "Claude Code's login has 5 h left")),
            ),
            (
                Ok(-5),
                Some((
                    Severity::Note,
                    "Claude Code's login ended 5 h ago; its next use renews it",
                )),
            ),
            (Err(Fault::Missing), None),
            (
                Err(Fault::OpenToOthers),
                Some((
                    Severity::Warning,
                    "~/.claude/.credentials.json is open to other users",
                )),
            ),
        ];
        for (login, expected) in table {
            let found = check(&found, Some(&source(login)), true, &gateway());
            assert_eq!(found[0].what, "Claude Code 2.1.330 in ~/.local/bin");
            let login = found.get(1).map(|it| (it.severity, it.what.as_str()));
            assert_eq!(login, expected);
            let fine = |it: &Finding| it.severity == Severity::Ok || it.next.is_some();
            assert!(found.iter().all(fine), "{found:?}");
        }
    }

    #[test]
    fn it_is_missed_only_where_it_is_of_use() {
        let nothing = Inspection::default();
        let missing = source(Err(Fault::Missing));
        assert_eq!(check(&nothing, Some(&missing), false, &gateway()), []);
        let found = check(&nothing, Some(&missing), true, &gateway());
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].severity, Severity::Note);
    }
}
