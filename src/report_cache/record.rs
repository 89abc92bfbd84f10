//! The record: a report as a file keeps it.
//!
//! It has a form of its own, so that a report can change without old files coming to mean something else. What a later
//! version adds beside this is passed over; where it changes what is here, it raises the number.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::status::login::{Login, LoginKind, Pause, PauseKind, Reported};
use crate::status::report::{Provider, Report, RouteProblem, Rule, Source};
use crate::status::wire::clamped;
use crate::text::Text;

const VERSION: u32 = 1;

/// Why a record says nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unusable {
    /// No record, half of one, or not one that this program writes.
    Broken(String),
    Newer,
    /// Of what had this name before.
    AnotherGateways,
    FromTheFuture,
}

impl Unusable {
    /// The end of a sentence that begins with the file.
    pub(crate) fn what(&self) -> String {
        match self {
            Self::Broken(reason) => format!("is broken: {reason}"),
            Self::Newer => "is a newer clawtap's".into(),
            Self::AnotherGateways => "is about another gateway".into(),
            Self::FromTheFuture => "is from the future".into(),
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Head {
    version: u32,
}

#[derive(Serialize, Deserialize)]
struct Record {
    version: u32,
    way: Value,
    report: Kept,
}

#[derive(Serialize, Deserialize)]
struct Kept {
    /// Milliseconds since 1970, as all moments here; what is left is in milliseconds too.
    captured_at: i64,
    source: KeptSource,
    default_model: Option<String>,
    #[serde(with = "RuleWord")]
    rule: Rule,
    warn_after: i64,
    logins: Vec<KeptLogin>,
    more_logins: usize,
    providers: Vec<KeptProvider>,
    in_use: Vec<String>,
    missing: Vec<String>,
    route_problems: Vec<KeptProblem>,
    claude_code: Option<KeptLogin>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum KeptSource {
    OpenClaw { exit: Option<i32> },
    Stores { because: String },
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Rule", rename_all = "lowercase")]
enum RuleWord {
    Logins,
    Providers,
    Routes,
    Stores,
}

#[derive(Serialize, Deserialize)]
struct KeptLogin {
    id: String,
    provider: String,
    #[serde(with = "KindWord")]
    kind: LoginKind,
    #[serde(with = "ReportedWord")]
    reported: Reported,
    left: Option<i64>,
    eligible: bool,
    pause: Option<KeptPause>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "LoginKind", rename_all = "lowercase")]
enum KindWord {
    OAuth,
    Token,
    ApiKey,
    Other,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Reported", rename_all = "lowercase")]
enum ReportedWord {
    Ok,
    Expiring,
    Expired,
    Missing,
    Static,
    Unknown,
}

#[derive(Serialize, Deserialize)]
struct KeptPause {
    #[serde(with = "PauseWord")]
    kind: PauseKind,
    reason: Option<String>,
    left: Option<i64>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "PauseKind", rename_all = "lowercase")]
enum PauseWord {
    Cooldown,
    Disabled,
}

#[derive(Serialize, Deserialize)]
struct KeptProvider {
    name: String,
    order: Vec<usize>,
    other_credential: bool,
}

#[derive(Serialize, Deserialize)]
struct KeptProblem {
    provider: String,
    indeterminate: bool,
    detail: Option<String>,
}

/// A report for a file, with the way to the gateway that made it.
pub(crate) fn write(report: &Report, way: Value) -> String {
    let record = Record {
        version: VERSION,
        way,
        report: Kept::of(report),
    };
    serde_json::to_string(&record).unwrap_or_default() + "\n"
}

/// Reads a record of what this way leads to. It may have been tampered with, and is cleaned like a gateway's answer.
///
/// # Errors
/// Why it says nothing.
pub(crate) fn read(bytes: &[u8], way: &Value, now: DateTime<Utc>) -> Result<Report, Unusable> {
    let broken = |error: serde_json::Error| Unusable::Broken(error.to_string());
    let head: Head = serde_json::from_slice(bytes).map_err(broken)?;
    if head.version > VERSION {
        return Err(Unusable::Newer);
    }
    let record: Record = serde_json::from_slice(bytes).map_err(broken)?;
    if record.way != *way {
        return Err(Unusable::AnotherGateways);
    }
    let report = record.report.report();
    let report = report.ok_or_else(|| Unusable::Broken("it does not add up".into()))?;
    if report.captured_at > now {
        return Err(Unusable::FromTheFuture);
    }
    Ok(report)
}

impl Kept {
    fn of(report: &Report) -> Self {
        Self {
            captured_at: report.captured_at.timestamp_millis(),
            source: match &report.source {
                Source::OpenClaw { exit } => KeptSource::OpenClaw { exit: *exit },
                Source::Stores { because } => KeptSource::Stores {
                    because: because.clone(),
                },
            },
            default_model: optional(report.default_model.as_ref()),
            rule: report.rule,
            warn_after: report.warn_after.num_milliseconds(),
            logins: report.logins.iter().map(KeptLogin::of).collect(),
            more_logins: report.more_logins,
            providers: report.providers.iter().map(KeptProvider::of).collect(),
            in_use: report.in_use.iter().map(Text::to_string).collect(),
            missing: report.missing.iter().map(Text::to_string).collect(),
            route_problems: report.route_problems.iter().map(KeptProblem::of).collect(),
            claude_code: report.claude_code.as_ref().map(KeptLogin::of),
        }
    }

    /// The report, unless it contradicts itself.
    fn report(self) -> Option<Report> {
        let clean = |texts: &[String]| texts.iter().map(|text| Text::clean(text)).collect();
        let known = self.logins.len();
        let adds_up = |provider: &KeptProvider| provider.order.iter().all(|&index| index < known);
        if !self.providers.iter().all(adds_up) {
            return None;
        }
        Some(Report {
            captured_at: DateTime::from_timestamp_millis(self.captured_at)?,
            source: match self.source {
                KeptSource::OpenClaw { exit } => Source::OpenClaw { exit },
                KeptSource::Stores { because } => Source::Stores {
                    because: Text::clean(&because).to_string(),
                },
            },
            default_model: cleaned(self.default_model),
            rule: self.rule,
            warn_after: clamped(self.warn_after),
            logins: self.logins.into_iter().map(KeptLogin::login).collect(),
            more_logins: self.more_logins,
            providers: self
                .providers
                .into_iter()
                .map(KeptProvider::provider)
                .collect(),
            in_use: clean(&self.in_use),
            missing: clean(&self.missing),
            route_problems: self
                .route_problems
                .into_iter()
                .map(KeptProblem::problem)
                .collect(),
            claude_code: self.claude_code.map(KeptLogin::login),
        })
    }
}

impl KeptLogin {
    fn of(login: &Login) -> Self {
        Self {
            id: login.id.to_string(),
            provider: login.provider.to_string(),
            kind: login.kind,
            reported: login.reported,
            left: milliseconds(login.left),
            eligible: login.eligible,
            pause: login.pause.as_ref().map(|pause| KeptPause {
                kind: pause.kind,
                reason: optional(pause.reason.as_ref()),
                left: milliseconds(pause.left),
            }),
        }
    }

    fn login(self) -> Login {
        Login {
            id: Text::clean(&self.id),
            provider: Text::clean(&self.provider),
            kind: self.kind,
            reported: self.reported,
            left: self.left.map(clamped),
            eligible: self.eligible,
            pause: self.pause.map(|pause| Pause {
                kind: pause.kind,
                reason: cleaned(pause.reason),
                left: pause.left.map(clamped),
            }),
        }
    }
}

impl KeptProvider {
    fn of(provider: &Provider) -> Self {
        Self {
            name: provider.name.to_string(),
            order: provider.order.clone(),
            other_credential: provider.other_credential,
        }
    }

    fn provider(self) -> Provider {
        Provider {
            name: Text::clean(&self.name),
            order: self.order,
            other_credential: self.other_credential,
        }
    }
}

impl KeptProblem {
    fn of(problem: &RouteProblem) -> Self {
        Self {
            provider: problem.provider.to_string(),
            indeterminate: problem.indeterminate,
            detail: optional(problem.detail.as_ref()),
        }
    }

    fn problem(self) -> RouteProblem {
        RouteProblem {
            provider: Text::clean(&self.provider),
            indeterminate: self.indeterminate,
            detail: cleaned(self.detail),
        }
    }
}

fn optional(text: Option<&Text>) -> Option<String> {
    text.map(Text::to_string)
}

fn cleaned(text: Option<String>) -> Option<Text> {
    text.map(|text| Text::clean(&text))
}

fn milliseconds(left: Option<TimeDelta>) -> Option<i64> {
    left.map(|left| left.num_milliseconds())
}

#[cfg(test)]
mod tests {
    use super::{Unusable, read, write};
    use crate::status::login::{Pause, PauseKind};
    use crate::status::report::Report;
    use crate::status::{stores, wire};
    use crate::text::Text;
    use chrono::{DateTime, TimeDelta, Utc};
    use proptest::prelude::*;
    use serde_json::{Value, json};

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_000, 0).unwrap()
    }

    fn way() -> Value {
        json!(["me@home.example", null])
    }

    /// A report in which everything is set that can be.
    fn report() -> Report {
        let document = include_bytes!("../../tests/fixtures/corpus/2026.8.2/oauth_mixed.json");
        let mut report = wire::read(document, Some(1), now()).unwrap();
        report.logins[0].pause = Some(Pause {
            kind: PauseKind::Cooldown,
            reason: Some(Text::clean("rate limit")),
            left: Some(TimeDelta::minutes(3)),
        });
        report.claude_code = stores::read_login(r#"{"id":"claude","expires":5}"#, Some(0), "x");
        assert!(!report.route_problems.is_empty() && !report.in_use.is_empty());
        report
    }

    #[test]
    fn a_report_comes_back_as_it_was() {
        let stores = stores::report(report().logins, "openclaw says nothing".into(), now());
        for report in [report(), stores] {
            let text = write(&report, way());
            assert_eq!(read(text.as_bytes(), &way(), now()), Ok(report));
        }
    }

    #[test]
    fn what_a_later_version_adds_is_passed_over_and_what_it_changes_is_not_read() {
        let mut record: Value = serde_json::from_str(&write(&report(), way())).unwrap();
        record["report"]["logins"][0]["color"] = json!("blue");
        record["seen"] = json!([1]);
        assert_eq!(
            read(record.to_string().as_bytes(), &way(), now()),
            Ok(report())
        );
        record["version"] = json!(2);
        record["report"] = json!("all is different");
        assert_eq!(
            read(record.to_string().as_bytes(), &way(), now()),
            Err(Unusable::Newer)
        );
    }

    #[test]
    fn a_record_that_does_not_fit_says_nothing() {
        let text = write(&report(), way());
        let early = now() - TimeDelta::seconds(1);
        assert_eq!(
            read(text.as_bytes(), &way(), early),
            Err(Unusable::FromTheFuture)
        );
        assert_eq!(
            read(text.as_bytes(), &json!("local"), now()),
            Err(Unusable::AnotherGateways)
        );
        let record: Value = serde_json::from_str(&text).unwrap();
        let wrong = [
            ("/report/rule", json!("whim")),
            ("/report/captured_at", json!(i64::MAX)),
            ("/report/providers/0/order", json!([9999])),
            ("/report/logins", json!({})),
            ("/version", json!(-1)),
        ];
        for (place, value) in wrong {
            let mut changed = record.clone();
            *changed.pointer_mut(place).unwrap() = value;
            let outcome = read(changed.to_string().as_bytes(), &way(), now());
            assert!(matches!(outcome, Err(Unusable::Broken(_))), "{place}");
        }
    }

    #[test]
    fn what_somebody_wrote_into_it_is_cleaned_like_a_gateways_answer() {
        let mut record: Value = serde_json::from_str(&write(&report(), way())).unwrap();
        record["report"]["logins"][0]["id"] = json!("\u{1b}[31mred\u{202e}\n");
        record["report"]["logins"][0]["left"] = json!(i64::MIN);
        let login = &read(record.to_string().as_bytes(), &way(), now())
            .unwrap()
            .logins[0];
        assert_eq!(login.id.as_str(), "red");
        assert!(login.left.unwrap() > TimeDelta::days(-366_000));
    }

    proptest! {
        #[test]
        fn half_a_record_is_none(part in 0.0..1.0_f64) {
            let text = write(&report(), way());
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a place in a short text")]
            let length = ((text.len() - 1) as f64 * part) as usize;
            let outcome = read(&text.as_bytes()[..length], &way(), now());
            prop_assert!(matches!(outcome, Err(Unusable::Broken(_))), "{:?}", outcome);
        }
    }
}
