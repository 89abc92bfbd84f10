//! The way to a gateway: whether it leads there, how long it takes, and what stands at its end.

use std::time::Duration;

use crate::doctor::finding::Finding;
use crate::gateway::error::{ErrorKind, GatewayError};
use crate::gateway::host::{Gateway, Transport};
use crate::text::Text;

/// Past this a kept connection counts as one that nobody answers on, and another one is made.
const SLOW: Duration = Duration::from_secs(3);

/// How the way to a gateway was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Facts<'a> {
    /// Nothing, or why nothing came back.
    pub(crate) failure: Option<&'a GatewayError>,
    /// How long the gateway took to say anything.
    pub(crate) answered_in: Option<Duration>,
    /// Whether that was over a connection that was there already.
    pub(crate) was_connected: bool,
    /// The name of the login shell.
    pub(crate) shell: Option<&'a Text>,
    /// In how many lines the login spoke first.
    pub(crate) lines_before: usize,
}

/// Whether a gateway ran our program, whatever came of it.
pub(crate) const fn is_reached(problem: ErrorKind) -> bool {
    matches!(
        problem,
        ErrorKind::TooLarge
            | ErrorKind::NoOpenClaw
            | ErrorKind::NoNode
            | ErrorKind::NodeTooOld
            | ErrorKind::OpenClawTimeout
            | ErrorKind::NoAnswer
            | ErrorKind::Unreadable
            | ErrorKind::NeedsDoctor
            | ErrorKind::OpenClawError
    )
}

pub(crate) fn findings(facts: &Facts<'_>, gateway: &Gateway) -> Vec<Finding> {
    const CHECK: &str = "reach";
    if let Some(failure) = facts.failure {
        return vec![Finding::problem(CHECK, said(failure)).next(failure.next_step(gateway))];
    }
    let mut findings = Vec::new();
    match (&gateway.transport, facts.answered_in) {
        (Transport::Local, _) => findings.push(Finding::ok(CHECK, "it is this machine")),
        (Transport::Ssh(_), None) => {}
        (Transport::Ssh(_), Some(took)) if facts.was_connected && took >= SLOW => findings.push(
            Finding::warning(CHECK, format!("answers only after {}", spoken(took))).next(
                gateway
                    .there("cat .profile .bashrc")
                    .after("See what its login does so long"),
            ),
        ),
        (Transport::Ssh(_), Some(took)) if facts.was_connected => {
            findings.push(Finding::ok(CHECK, format!("answers in {}", spoken(took))));
        }
        (Transport::Ssh(_), Some(took)) => findings.push(Finding::ok(
            CHECK,
            format!("signs us in and answers in {}", spoken(took)),
        )),
    }
    if let (Transport::Ssh(_), Some(shell)) = (&gateway.transport, facts.shell) {
        findings.push(Finding::ok("login-shell", format!("login shell {shell}")));
    }
    if facts.lines_before > 0 {
        let lines = match facts.lines_before {
            1 => "a line".into(),
            number => format!("{number} lines"),
        };
        findings.push(Finding::note(
            "login-output",
            format!("its login prints {lines} first, which are passed over"),
        ));
    }
    findings
}

/// What went wrong, and what ssh or OpenClaw said of it where that says more.
pub(crate) fn said(failure: &GatewayError) -> String {
    let what = failure.kind.what();
    let tells_more = matches!(
        failure.kind,
        ErrorKind::SshConfig
            | ErrorKind::CannotStart
            | ErrorKind::Unreachable
            | ErrorKind::NoShell
            | ErrorKind::NodeTooOld
            | ErrorKind::Unreadable
            | ErrorKind::NeedsDoctor
            | ErrorKind::OpenClawError
    );
    match &failure.detail {
        Some(detail) if tells_more => format!("{what}: {detail}"),
        _ => what.into(),
    }
}

/// "83 ms", "1.4 s"
fn spoken(duration: Duration) -> String {
    match duration.as_millis() {
        0 => "1 ms".into(),
        millis @ 1..1000 => format!("{millis} ms"),
        _ => format!("{:.1} s", duration.as_secs_f64()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Facts, findings};
    use crate::doctor::finding::{Finding, Severity};
    use crate::doctor::samples::gateway;
    use crate::gateway::error::{ErrorKind, GatewayError};
    use crate::gateway::host::{Gateway, Name};
    use crate::text::Text;
    use std::time::Duration;

    fn after(millis: u64, was_connected: bool) -> Finding {
        let facts = Facts {
            failure: None,
            answered_in: Some(Duration::from_millis(millis)),
            was_connected,
            shell: None,
            lines_before: 0,
        };
        findings(&facts, &gateway()).remove(0)
    }

    #[test]
    fn the_answer_time_is_that_of_the_connection_there_is() {
        let table = [
            (after(0, true), "answers in 1 ms", Severity::Ok),
            (after(83, true), "answers in 83 ms", Severity::Ok),
            (after(2999, true), "answers in 3.0 s", Severity::Ok),
            (
                after(3100, true),
                "answers only after 3.1 s",
                Severity::Warning,
            ),
            (
                after(1420, false),
                "signs us in and answers in 1.4 s",
                Severity::Ok,
            ),
            (
                after(4000, false),
                "signs us in and answers in 4.0 s",
                Severity::Ok,
            ),
        ];
        for (found, what, severity) in table {
            assert_eq!((found.what.as_str(), found.severity), (what, severity));
            assert_eq!(found.next.is_some(), severity == Severity::Warning);
        }
    }

    #[test]
    fn what_ssh_said_stands_beside_what_it_means() {
        let failure =
            GatewayError::new(ErrorKind::Unreachable).saying(Some(Text::clean("No route to host")));
        let facts = Facts {
            failure: Some(&failure),
            answered_in: None,
            was_connected: false,
            shell: None,
            lines_before: 0,
        };
        let [found] = &findings(&facts, &gateway())[..] else {
            panic!("not one finding")
        };
        assert_eq!(found.what, "cannot be reached: No route to host");
        assert_eq!(found.severity, Severity::Problem);
        assert!(
            found
                .next
                .as_ref()
                .unwrap()
                .as_str()
                .ends_with("ssh me@home.example")
        );
    }

    #[test]
    fn the_shell_and_its_noise_are_told_of_a_login_only() {
        let shell = Text::clean("zsh");
        let facts = Facts {
            failure: None,
            answered_in: Some(Duration::from_millis(5)),
            was_connected: true,
            shell: Some(&shell),
            lines_before: 2,
        };
        let whats = |gateway: &Gateway| -> Vec<String> {
            findings(&facts, gateway)
                .into_iter()
                .map(|it| it.what)
                .collect()
        };
        assert_eq!(
            whats(&gateway()),
            [
                "answers in 5 ms",
                "login shell zsh",
                "its login prints 2 lines first, which are passed over"
            ]
        );
        let here = Gateway::local(Name::parse("here").unwrap());
        assert_eq!(whats(&here)[0], "it is this machine");
        assert!(!whats(&here).iter().any(|what| what.contains("zsh")));
    }
}
