//! The connection to a gateway: whether it works, and its latency.

use std::time::Duration;

use crate::doctor::finding::Finding;
use crate::gateway::error::{ErrorKind, GatewayError};
use crate::gateway::host::{Gateway, Transport};
use crate::gateway::inspect::Inspection;

/// After this time without an answer a shared connection counts as dead.
const SLOW: Duration = Duration::from_secs(3);
const CHECK: &str = "reach";

/// The result of offering this device's keys to the ssh server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AuthResult {
    /// The server accepted a key, or another proof of identity.
    LetIn,
    /// A connection was there already, so a person may have typed a passphrase for it.
    AlreadyIn,
    Refused,
    /// The connection failed before that.
    Unknown,
}

impl AuthResult {
    pub(super) fn of(failure: Option<&GatewayError>, was_connected: bool) -> Self {
        match failure.map(|failure| failure.kind) {
            Some(ErrorKind::Refused) => Self::Refused,
            // These come after the keys.
            Some(ErrorKind::NoShell | ErrorKind::WindowsShell | ErrorKind::CutOff) => Self::LetIn,
            Some(kind) if !is_reached(kind) => Self::Unknown,
            _ if was_connected => Self::AlreadyIn,
            _ => Self::LetIn,
        }
    }
}

/// Whether a gateway ran clawtap's script, with any result.
pub(super) const fn is_reached(problem: ErrorKind) -> bool {
    matches!(
        problem,
        ErrorKind::TooLarge
            | ErrorKind::NoOpenClaw
            | ErrorKind::NoCommand
            | ErrorKind::NoNode
            | ErrorKind::NodeTooOld
            | ErrorKind::OpenClawTimeout
            | ErrorKind::NoAnswer
            | ErrorKind::Unreadable
            | ErrorKind::NeedsDoctor
            | ErrorKind::NeedsAgent
            | ErrorKind::NotAllowed
            | ErrorKind::Busy
            | ErrorKind::Crashed
            | ErrorKind::Killed
            | ErrorKind::DoesNotRun
            | ErrorKind::OpenClawError
    )
}

/// Why a gateway did not run our script.
pub(super) fn unreached(failure: &GatewayError, gateway: &Gateway) -> Finding {
    Finding::problem(CHECK, said(failure)).next(failure.next_step(gateway))
}

/// `was_connected`: whether the gateway was asked over an existing `ControlMaster`.
pub(super) fn check(found: &Inspection, was_connected: bool, gateway: &Gateway) -> Vec<Finding> {
    let mut findings = Vec::new();
    match &gateway.transport {
        Transport::Local => findings.push(Finding::ok(CHECK, "it is this machine")),
        Transport::Ssh(_) => {
            let answered_in = found.answered_in;
            findings.extend(answered_in.map(|took| answered(took, was_connected, gateway)));
            let shell = found.shell.as_ref();
            let login_shell = |name| Finding::ok("login-shell", format!("login shell {name}"));
            findings.extend(shell.map(login_shell));
        }
    }
    if found.lines_before > 0 {
        let lines = match found.lines_before {
            1 => "a line".into(),
            number => format!("{number} lines"),
        };
        let what = format!("its login prints {lines} first, which are passed over");
        findings.push(Finding::note("login-output", what));
    }
    findings
}

fn answered(took: Duration, was_connected: bool, gateway: &Gateway) -> Finding {
    let time = in_seconds(took);
    if !was_connected {
        return Finding::ok(CHECK, format!("signs us in and answers in {time}"));
    }
    if took < SLOW {
        return Finding::ok(CHECK, format!("answers in {time}"));
    }
    let look = gateway.there("cat .profile .bashrc");
    Finding::warning(CHECK, format!("answers only after {time}"))
        .next(look.after("See what its login does so long"))
}

/// The error, with the words of ssh or OpenClaw where they add to it.
pub(super) fn said(failure: &GatewayError) -> String {
    let what = failure.kind.what();
    let tells_more = matches!(
        failure.kind,
        ErrorKind::SshConfig
            | ErrorKind::CannotStart
            | ErrorKind::Unreachable
            | ErrorKind::NoShell
            | ErrorKind::WindowsShell
            | ErrorKind::NodeTooOld
            | ErrorKind::NoCommand
            | ErrorKind::Unreadable
            | ErrorKind::NeedsDoctor
            | ErrorKind::NeedsAgent
            | ErrorKind::NotAllowed
            | ErrorKind::Busy
            | ErrorKind::Crashed
            | ErrorKind::OpenClawError
    );
    match &failure.detail {
        Some(detail) if tells_more => format!("{what}: {detail}"),
        _ => what.into(),
    }
}

/// "83 ms", "1.4 s"
fn in_seconds(duration: Duration) -> String {
    match duration.as_millis() {
        0 => "1 ms".into(),
        millis @ 1..1000 => format!("{millis} ms"),
        _ => format!("{:.1} s", duration.as_secs_f64()),
    }
}

#[cfg(test)]
mod tests {
    use super::{check, unreached};
    use crate::doctor::finding::{Finding, Severity};
    use crate::doctor::samples::gateway;
    use crate::gateway::error::{ErrorKind, GatewayError};
    use crate::gateway::host::{Gateway, Name};
    use crate::gateway::inspect::Inspection;
    use crate::text::Text;
    use std::time::Duration;

    fn after(millis: u64, was_connected: bool) -> Finding {
        let found = Inspection {
            answered_in: Some(Duration::from_millis(millis)),
            ..Inspection::default()
        };
        check(&found, was_connected, &gateway()).remove(0)
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
        let found = unreached(&failure, &gateway());
        assert_eq!(found.what, "cannot be reached: No route to host");
        assert_eq!(found.severity, Severity::Problem);
        assert!(found.step().ends_with("ssh me@home.example"));
    }

    #[test]
    fn the_shell_and_its_noise_are_told_of_a_login_only() {
        let found = Inspection {
            answered_in: Some(Duration::from_millis(5)),
            shell: Some(Text::clean("zsh")),
            lines_before: 2,
            ..Inspection::default()
        };
        let whats = |gateway: &Gateway| -> Vec<String> {
            check(&found, true, gateway)
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
