//! The gateway's host: OpenClaw's process on it, and room to write.

use crate::doctor::finding::Finding;
use crate::gateway::host::Gateway;
use crate::gateway::inspect::Inspection;
use crate::status::process::Process;
use crate::text::Text;

/// Below this much free space, in KiB, OpenClaw cannot write what it needs.
const FULL: u64 = 1024;
/// Below this much free space, in KiB, OpenClaw's logs soon fill the rest.
const SCARCE: u64 = 100 * 1024;

pub(super) fn check(found: &Inspection, gateway: &Gateway) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(found.process.as_ref().map(|is| process(is, gateway)));
    findings.extend(room(found.free_kib, gateway));
    for place in &found.read_only {
        let what = format!("{place} cannot be written there: no login can be saved");
        let next = gateway.there("ls -ld ~ ~/.openclaw; mount | grep ro,");
        findings.push(Finding::problem("disk", what).next(next.after("See whose it is")));
    }
    findings
}

fn process(process: &Process, gateway: &Gateway) -> Finding {
    const CHECK: &str = "gateway-process";
    match process {
        Process::Running => Finding::ok(CHECK, "its gateway process runs"),
        Process::Starting => Finding::note(CHECK, "its gateway process is starting"),
        Process::Failing(parts) => {
            let parts: Vec<&str> = parts.iter().map(Text::as_str).collect();
            let what = format!("its gateway process runs without {}", parts.join(", "));
            let look = gateway.openclaw_there("channels status");
            Finding::warning(CHECK, what).next(look.after("Look"))
        }
        Process::Down => Finding::warning(
            CHECK,
            "its gateway process is not running: the assistant is silent",
        )
        .next(gateway.openclaw_there("gateway start").after("Start it")),
    }
}

fn room(free_kib: Option<u64>, gateway: &Gateway) -> Option<Finding> {
    let next = || {
        let look = gateway.there("df -h ~; du -sh ~/.openclaw");
        look.after("Make room")
    };
    match free_kib? {
        free if free < FULL => {
            let what = "its disk is full: no login can be saved";
            Some(Finding::problem("disk", what).next(next()))
        }
        free if free < SCARCE => {
            let what = format!("its disk has {} MiB left", free / 1024);
            Some(Finding::warning("disk", what).next(next()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::doctor::finding::{Finding, Severity};
    use crate::doctor::samples::gateway;
    use crate::gateway::inspect::Inspection;
    use crate::status::process::Process;
    use crate::text::Text;

    fn judged(found: &Inspection) -> Vec<Finding> {
        check(found, &gateway())
    }

    #[test]
    fn a_process_that_does_not_run_is_a_warning_with_how_to_start_it() {
        let runs = |process| Inspection {
            process,
            ..Inspection::default()
        };
        assert_eq!(judged(&runs(None)), []);
        assert_eq!(
            judged(&runs(Some(Process::Running)))[0].severity,
            Severity::Ok
        );
        let silent = &judged(&runs(Some(Process::Down)))[0];
        assert_eq!(silent.severity, Severity::Warning);
        let next = "Start it: ssh me@home.example, then: openclaw gateway start";
        assert_eq!(silent.step(), next);
    }

    #[test]
    fn room_is_told_of_only_where_it_is_short() {
        let table = [
            (None, None),
            (Some(0), Some(Severity::Problem)),
            (Some(1023), Some(Severity::Problem)),
            (Some(1024), Some(Severity::Warning)),
            (Some(102_399), Some(Severity::Warning)),
            (Some(102_400), None),
        ];
        for (free_kib, expected) in table {
            let found = judged(&Inspection {
                free_kib,
                ..Inspection::default()
            });
            assert_eq!(
                found.first().map(|it| it.severity),
                expected,
                "{free_kib:?}"
            );
        }
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_named() {
        let found = judged(&Inspection {
            read_only: vec![Text::clean("~/.openclaw")],
            ..Inspection::default()
        });
        assert_eq!(found[0].severity, Severity::Problem);
        assert!(found[0].what.starts_with("~/.openclaw cannot be written"));
    }
}
