//! `--format prometheus`: OpenMetrics text, without secrets and with label sets bounded by the logins there are.

use std::fmt::Write as _;

use crate::status::assessment::{Assessment, Finding};
use crate::status::login::State;
use crate::status::verdict::Verdict;

/// Renders all gateways as one exposition.
pub(crate) fn render(assessments: &[Assessment]) -> String {
    let mut text = String::new();
    family(
        &mut text,
        "clawtap_gateway_up",
        "Whether the gateway answered.",
        assessments,
        |one, sample| {
            let up = matches!(one.finding, Finding::Judged(..));
            sample(&[], if up { 1.0 } else { 0.0 });
        },
    );
    family(
        &mut text,
        "clawtap_gateway_verdict",
        "The verdict: 1 for the one that holds.",
        assessments,
        |one, sample| {
            for verdict in [
                Verdict::Ok,
                Verdict::Expiring,
                Verdict::Broken,
                Verdict::CannotTell,
            ] {
                let holds = one.verdict() == verdict;
                sample(
                    &[("verdict", verdict.word())],
                    if holds { 1.0 } else { 0.0 },
                );
            }
        },
    );
    family(
        &mut text,
        "clawtap_check_duration_seconds",
        "How long asking took.",
        assessments,
        |one, sample| {
            sample(&[], one.took.as_secs_f64());
        },
    );
    family(
        &mut text,
        "clawtap_login_expiry_timestamp_seconds",
        "When a login ends, by the clock of who asked.",
        assessments,
        |one, sample| {
            let Finding::Judged(report, _) = &one.finding else {
                return;
            };
            for login in &report.logins {
                let left = login.left_at(report.moment(one.now));
                if let Some(end) = left.and_then(|left| one.now.checked_add_signed(left)) {
                    #[expect(
                        clippy::cast_precision_loss,
                        reason = "seconds since 1970 fit an f64 exactly"
                    )]
                    sample(
                        &labels(login.provider.as_str(), login.id.as_str()),
                        end.timestamp() as f64,
                    );
                }
            }
        },
    );
    family(
        &mut text,
        "clawtap_login_state",
        "A login's state: 1 for the one that holds.",
        assessments,
        |one, sample| {
            let Finding::Judged(report, _) = &one.finding else {
                return;
            };
            for login in &report.logins {
                let state = login.state(report.moment(one.now));
                for candidate in State::ALL {
                    let [provider, profile] = labels(login.provider.as_str(), login.id.as_str());
                    let labels = [provider, profile, ("state", candidate.word())];
                    sample(&labels, if candidate == state { 1.0 } else { 0.0 });
                }
            }
        },
    );
    text.push_str("# EOF\n");
    text
}

fn labels<'a>(provider: &'a str, profile: &'a str) -> [(&'static str, &'a str); 2] {
    [("provider", provider), ("profile", profile)]
}

type Sample<'a> = dyn FnMut(&[(&str, &str)], f64) + 'a;

fn family(
    text: &mut String,
    name: &str,
    help: &str,
    assessments: &[Assessment],
    samples: impl Fn(&Assessment, &mut Sample),
) {
    let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} gauge");
    for assessment in assessments {
        samples(assessment, &mut |labels, value| {
            let _ = write!(text, "{name}{{gateway=\"{}\"", escaped(&assessment.name));
            for (label, content) in labels {
                let _ = write!(text, ",{label}=\"{}\"", escaped(content));
            }
            let _ = writeln!(text, "}} {value}");
        });
    }
}

fn escaped(text: &str) -> String {
    text.replace('\\', r"\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}
