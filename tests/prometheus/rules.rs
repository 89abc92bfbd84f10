//! The alert rules, fired on recorded metrics.
//!
//! `monitoring/prometheus/clawtap.rules.test.yml` is what `promtool test rules` reads. It is written by
//! `CLAWTAP_ACCEPT=1 cargo test prometheus`, and then looked at.

use pretty_assertions::assert_eq;

use super::story::{Event, Held, recorded};
use super::{monitoring, promtool, read};

/// A story, which alerts fire at a minute of it, and what one of them says.
struct Case {
    title: &'static str,
    events: Vec<Event>,
    firing: &'static [(&'static str, &'static [&'static str])],
    told: &'static [Told],
}

/// An alert at a time: its labels beside those of node_exporter, its summary and its description.
struct Told {
    at: &'static str,
    alert: &'static str,
    labels: &'static [&'static str],
    summary: &'static str,
    description: &'static str,
}

const EXPIRED: &str = "ClawtapLoginExpired critical";
const SOON: &str = "ClawtapLoginExpiringSoon warning";
const VERY_SOON: &str = "ClawtapLoginExpiringSoon critical";
const REJECTED: &str = "ClawtapLoginRejected critical";
const UNUSABLE: &str = "ClawtapLoginUnusable critical";
const NOT_RUNNING: &str = "ClawtapOpenClawNotRunning critical";
const UNREACHABLE: &str = "ClawtapGatewayUnreachable warning";
const UNKNOWN: &str = "ClawtapVerdictUnknown warning";
const STALE: &str = "ClawtapCheckStale warning";
const MISSING: &str = "ClawtapMetricsMissing warning";

const fn token(ends_in_hours: i64) -> Held {
    Held {
        id: "anthropic:claude-code",
        kind: "token",
        ends: ends_in_hours * 60,
        status: None,
        unused: None,
    }
}

/// The same at every check for so many hours.
fn hours(hours: usize, event: Event) -> Vec<Event> {
    vec![event; hours * 2]
}

fn answer(login: Held) -> Event {
    Event::Answer(vec![login])
}

const OAUTH: &str = "oauth";

#[expect(clippy::too_many_lines, reason = "it is one table")]
fn cases() -> Vec<Case> {
    vec![
        Case {
            title: "a token runs out, and is renewed",
            events: [hours(31, answer(token(30))), hours(1, answer(token(7_200)))].concat(),
            firing: &[
                ("6h", &[]),
                ("6h20m", &[SOON]),
                ("24h", &[SOON]),
                ("24h1m", &[SOON, VERY_SOON]),
                ("29h59m", &[SOON, VERY_SOON]),
                ("30h", &[EXPIRED]),
                ("31h", &[]),
            ],
            told: &[
                Told {
                    at: "24h30m",
                    alert: "ClawtapLoginExpiringSoon",
                    labels: &[
                        "severity: warning",
                        "provider: anthropic",
                        "profile: anthropic:claude-code",
                    ],
                    summary: "home: anthropic expires in 5h 30m 0s",
                    description: "The login anthropic:claude-code does not renew itself. Renew it before then: clawtap reauth --gateway home",
                },
                Told {
                    at: "24h30m",
                    alert: "ClawtapLoginExpiringSoon",
                    labels: &[
                        "severity: critical",
                        "provider: anthropic",
                        "profile: anthropic:claude-code",
                    ],
                    summary: "home: anthropic expires in 5h 30m 0s",
                    description: "The login anthropic:claude-code does not renew itself. Renew it before then: clawtap reauth --gateway home",
                },
                Told {
                    at: "30h",
                    alert: "ClawtapLoginExpired",
                    labels: &[
                        "severity: critical",
                        "provider: anthropic",
                        "profile: anthropic:claude-code",
                    ],
                    summary: "home: anthropic expired",
                    description: "The login anthropic:claude-code has ended, and models that need it do not answer. Sign in again: clawtap reauth --gateway home",
                },
            ],
        },
        Case {
            title: "an OAuth login renews itself",
            events: hours(
                8,
                answer(Held {
                    kind: OAUTH,
                    ..token(5)
                }),
            ),
            firing: &[("1h", &[]), ("4h59m", &[]), ("7h", &[])],
            told: &[],
        },
        Case {
            title: "nobody asks any more about an OAuth login that may renew itself",
            events: [
                hours(
                    1,
                    answer(Held {
                        kind: OAUTH,
                        ..token(26)
                    }),
                ),
                hours(29, Event::Asleep),
            ]
            .concat(),
            firing: &[("2h29m", &[]), ("2h31m", &[STALE]), ("28h", &[STALE])],
            told: &[Told {
                at: "3h",
                alert: "ClawtapCheckStale",
                labels: &["severity: warning"],
                summary: "home: not checked for 2h 30m 0s",
                description: "clawtap monitor does not run, or does not get to its end. On the device that asks: clawtap monitor status",
            }],
        },
        Case {
            title: "a token ends while nobody asks",
            events: [hours(1, answer(token(30))), hours(31, Event::Asleep)].concat(),
            firing: &[
                ("5h", &[STALE]),
                ("29h", &[STALE, SOON, VERY_SOON]),
                ("30h", &[STALE, EXPIRED]),
            ],
            told: &[],
        },
        Case {
            title: "a token ends while its gateway does not answer",
            events: [hours(1, answer(token(10))), hours(10, Event::Away)].concat(),
            firing: &[
                ("59m", &[SOON]),
                ("1h1m", &[SOON]),
                ("1h30m", &[UNREACHABLE, SOON]),
                ("4h1m", &[UNREACHABLE, SOON, VERY_SOON]),
                ("10h", &[UNREACHABLE, EXPIRED]),
            ],
            told: &[Told {
                at: "1h30m",
                alert: "ClawtapGatewayUnreachable",
                labels: &["severity: warning"],
                summary: "home: cannot tell how its logins are",
                description: "It did not answer (timeout). See what to do: clawtap status --gateway home",
            }],
        },
        Case {
            title: "a gateway misses one check",
            events: [
                hours(1, answer(token(7_200))),
                vec![Event::Away],
                hours(1, answer(token(7_200))),
            ]
            .concat(),
            firing: &[("1h15m", &[]), ("1h29m", &[]), ("2h", &[])],
            told: &[],
        },
        Case {
            title: "a second login is stale, and nothing needs it",
            events: hours(
                2,
                Event::Answer(vec![
                    token(7_200),
                    Held {
                        id: "anthropic:old",
                        ..token(-5)
                    },
                ]),
            ),
            firing: &[("1m", &[]), ("1h30m", &[])],
            told: &[],
        },
        Case {
            title: "a model's provider has no login, and neither has one that nothing needs",
            events: hours(
                2,
                answer(Held {
                    id: "openai:old",
                    status: Some("missing"),
                    ..token(7_200)
                }),
            ),
            firing: &[("29m", &[]), ("30m", &[UNUSABLE])],
            told: &[Told {
                at: "1h",
                alert: "ClawtapLoginUnusable",
                labels: &[
                    "severity: critical",
                    "provider: anthropic",
                    "state: missing",
                ],
                summary: "home: anthropic missing",
                description: "Models that need anthropic do not answer. See what to do: clawtap status --gateway home",
            }],
        },
        Case {
            title: "the provider refuses a login that has time left",
            events: hours(
                1,
                answer(Held {
                    unused: Some("auth_permanent"),
                    ..token(7_200)
                }),
            ),
            firing: &[("1m", &[REJECTED]), ("45m", &[REJECTED])],
            told: &[Told {
                at: "1m",
                alert: "ClawtapLoginRejected",
                labels: &[
                    "severity: critical",
                    "provider: anthropic",
                    "profile: anthropic:claude-code",
                    "state: rejected",
                ],
                summary: "home: anthropic is signed out",
                description: "The provider refuses the login anthropic:claude-code, and models that need it do not \
                              answer. Sign in again: clawtap reauth --gateway home",
            }],
        },
        Case {
            title: "OpenClaw itself is down, and runs again",
            events: [
                hours(1, answer(token(7_200))),
                hours(1, Event::NotRunning(vec![token(7_200)])),
                hours(1, answer(token(7_200))),
            ]
            .concat(),
            firing: &[
                ("1h10m", &[]),
                ("1h15m", &[NOT_RUNNING]),
                ("1h59m", &[NOT_RUNNING]),
                ("2h", &[]),
            ],
            told: &[Told {
                at: "1h30m",
                alert: "ClawtapOpenClawNotRunning",
                labels: &["severity: critical"],
                summary: "home: OpenClaw is not running",
                description: "The assistant is silent, whatever its logins. See what to do: clawtap status --gateway home",
            }],
        },
        Case {
            title: "a rate limit that lasts",
            events: hours(
                1,
                answer(Held {
                    unused: Some("rate_limit"),
                    ..token(7_200)
                }),
            ),
            firing: &[("29m", &[]), ("30m", &[UNUSABLE])],
            told: &[],
        },
        Case {
            title: "OpenClaw says of a login what nobody understands",
            events: hours(
                2,
                answer(Held {
                    status: Some("puzzling"),
                    ..token(7_200)
                }),
            ),
            firing: &[("59m", &[]), ("1h", &[UNKNOWN])],
            told: &[Told {
                at: "1h",
                alert: "ClawtapVerdictUnknown",
                labels: &["severity: warning"],
                summary: "home: cannot tell whether its logins work",
                description: "It answered, but not clearly. See what it said: clawtap status --gateway home",
            }],
        },
        Case {
            title: "the metrics are gone",
            events: [hours(1, answer(token(7_200))), hours(4, Event::Gone)].concat(),
            firing: &[("2h59m", &[]), ("3h", &[MISSING])],
            told: &[Told {
                at: "3h",
                alert: "ClawtapMetricsMissing",
                labels: &["severity: warning"],
                summary: "No metrics of clawtap",
                description: "Nobody writes them, or node_exporter does not read them. On the device that asks: clawtap monitor status",
            }],
        },
    ]
}

/// The file for promtool.
fn spelled(cases: &[Case]) -> String {
    let mut text = String::from(
        "# For promtool test rules. The series were recorded from clawtap, by its tests.\n\
         rule_files:\n  - clawtap.rules.yml\nevaluation_interval: 1m\ntests:\n",
    );
    for case in cases {
        text.push_str(&format!(
            "  - name: {}\n    interval: 1m\n    input_series:\n",
            case.title
        ));
        for (name, values) in recorded(&case.events) {
            text.push_str(&format!(
                "      - series: '{name}'\n        values: '{values}'\n"
            ));
        }
        text.push_str("    promql_expr_test:\n");
        for (at, alerts) in case.firing {
            text.push_str(&format!(
                "      - eval_time: {at}\n        \
                 expr: count by (alertname, severity) (ALERTS{{alertstate=\"firing\"}})\n        \
                 exp_samples:{}\n",
                if alerts.is_empty() { " []" } else { "" }
            ));
            for alert in *alerts {
                let (name, severity) = alert.split_once(' ').expect("a name and a severity");
                text.push_str(&format!(
                    "          - labels: '{{alertname=\"{name}\",severity=\"{severity}\"}}'\n            \
                     value: 1\n"
                ));
            }
        }
        if !case.told.is_empty() {
            text.push_str("    alert_rule_test:\n");
        }
        // All alerts of a name at a time stand together.
        let same = |one: &Told, next: &Told| (one.at, one.alert) == (next.at, next.alert);
        for told in case.told.chunk_by(same) {
            text.push_str(&format!(
                "      - eval_time: {}\n        alertname: {}\n        exp_alerts:\n",
                told[0].at, told[0].alert
            ));
            for alert in told {
                text.push_str(&alert_spelled(alert));
            }
        }
    }
    text
}

fn alert_spelled(told: &Told) -> String {
    let indented = |line: &str| format!("              {line}\n");
    let mut labels = told.labels.to_vec();
    if told.alert != "ClawtapMetricsMissing" {
        labels.extend(["gateway: home", "instance: phone:9100", "job: node"]);
    }
    let labels: String = labels.into_iter().map(indented).collect();
    format!(
        "          - exp_labels:\n{labels}            exp_annotations:\n              summary: '{}'\n              \
         description: '{}'\n",
        told.summary, told.description
    )
}

#[test]
fn promtool_accepts_the_rules() {
    let rules = monitoring("prometheus/clawtap.rules.yml");
    promtool(["check", "rules", rules.to_str().expect("UTF-8")], "");
}

#[test]
fn the_rules_fire_when_they_should_on_what_clawtap_prints() {
    let file = monitoring("prometheus/clawtap.rules.test.yml");
    let text = spelled(&cases());
    if std::env::var_os("CLAWTAP_ACCEPT").is_some() {
        std::fs::write(&file, &text).expect("a file of the repository");
    }
    promtool(["test", "rules", file.to_str().expect("UTF-8")], "");
    assert_eq!(text, read(&file));
}
