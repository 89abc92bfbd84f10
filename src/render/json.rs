//! `--format json`: a schema number, the gateways, and the keys of the upstream script.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde::Serialize;

use crate::render::{next_step, summary, upstream};
use crate::status::assessment::{Assessment, Finding, worst};
use crate::status::login::{Login, Moment};
use crate::status::process::Process;
use crate::status::report::{Report, Source};
use crate::status::verdict::{Issue, Verdict};
use crate::text::Text;

/// The schema number: raised when a key changes its meaning, not for a new key.
const SCHEMA: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    verdict: &'static str,
    exit_code: u8,
    gateways: Vec<Gateway<'a>>,
    claude_code: UpstreamStatus,
    openclaw: UpstreamStatus,
    needs_reauth: bool,
}

#[derive(Serialize)]
struct Gateway<'a> {
    name: &'a str,
    verdict: &'static str,
    exit_code: u8,
    summary: String,
    /// RFC 3339, UTC.
    checked_at: Option<String>,
    took_ms: u64,
    /// `openclaw`, or `stores` for the fallback.
    source: Option<&'static str>,
    note: Option<String>,
    problem: Option<Problem<'a>>,
    default_model: Option<&'a str>,
    /// OpenClaw's gateway process: `running`, `starting`, `failing` or `down`.
    process: Option<&'static str>,
    #[serde(rename = "concerns")]
    issues: Vec<IssueDocument<'a>>,
    logins: Vec<Entry<'a>>,
    claude_code: Option<Entry<'a>>,
}

#[derive(Serialize)]
struct Problem<'a> {
    word: &'static str,
    message: &'a str,
    detail: Option<&'a str>,
    next_step: &'a str,
}

#[derive(Serialize)]
struct IssueDocument<'a> {
    state: &'static str,
    provider: &'a str,
    login: Option<&'a str>,
    remaining_ms: Option<i64>,
    detail: Option<&'a str>,
    next_step: String,
    page: Option<&'static str>,
}

#[derive(Serialize)]
struct Entry<'a> {
    id: &'a str,
    provider: &'a str,
    r#type: &'static str,
    state: &'static str,
    /// By this device's clock, ms since 1970.
    expires_at_ms: Option<i64>,
    remaining_ms: Option<i64>,
    in_use: bool,
}

#[derive(Serialize)]
struct UpstreamStatus {
    status: String,
    expires_at_ms: i64,
}

/// Renders all gateways as one document.
pub(crate) fn render(assessments: &[Assessment]) -> String {
    let verdict = worst(assessments);
    let leading = assessments
        .iter()
        .max_by_key(|assessment| assessment.login_verdict());
    let unknown = upstream::Status {
        word: "UNKNOWN".into(),
        expires_at_ms: 0,
    };
    let document = Document {
        schema: SCHEMA,
        verdict: verdict.word(),
        exit_code: verdict.exit_code(),
        gateways: assessments.iter().map(gateway).collect(),
        claude_code: leading
            .map_or_else(|| unknown.clone(), upstream::claude_code)
            .into(),
        openclaw: leading.map_or(unknown.clone(), upstream::openclaw).into(),
        needs_reauth: leading.is_some_and(|assessment| {
            matches!(
                assessment.login_verdict(),
                Verdict::Broken | Verdict::Expiring
            )
        }),
    };
    // Strings and numbers only, which cannot fail to serialise.
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    text
}

impl From<upstream::Status> for UpstreamStatus {
    fn from(status: upstream::Status) -> Self {
        Self {
            status: status.word,
            expires_at_ms: status.expires_at_ms,
        }
    }
}

fn gateway(assessment: &Assessment) -> Gateway<'_> {
    let verdict = assessment.verdict();
    let mut gateway = Gateway {
        name: &assessment.name,
        verdict: verdict.word(),
        exit_code: verdict.exit_code(),
        summary: summary::statement(assessment),
        checked_at: None,
        took_ms: u64::try_from(assessment.took.as_millis()).unwrap_or(u64::MAX),
        source: None,
        note: assessment.stand_in_note(),
        problem: None,
        default_model: None,
        process: None,
        issues: Vec::new(),
        logins: Vec::new(),
        claude_code: None,
    };
    match &assessment.finding {
        Finding::Unknown(trouble) => {
            gateway.problem = Some(Problem {
                word: trouble.word,
                message: &trouble.what,
                detail: trouble.detail.as_ref().map(Text::as_str),
                next_step: trouble.next_step.as_str(),
            });
        }
        Finding::Judged(report, judgement) => {
            let moment = report.moment(assessment.now);
            gateway.checked_at = Some(
                report
                    .captured_at
                    .to_rfc3339_opts(SecondsFormat::Secs, true),
            );
            gateway.source = Some(match report.source {
                Source::OpenClaw { .. } => "openclaw",
                Source::Stores { .. } => "stores",
            });
            gateway.default_model = report.default_model.as_ref().map(Text::as_str);
            gateway.process = report.process.as_ref().map(Process::word);
            gateway.issues = judgement.issues.iter().map(issue_document).collect();
            let entry = |login| entry(login, report, moment, assessment.now);
            gateway.logins = report.logins.iter().map(entry).collect();
            gateway.claude_code = report.claude_code.as_ref().map(entry);
        }
    }
    gateway
}

fn issue_document(issue: &Issue) -> IssueDocument<'_> {
    IssueDocument {
        state: issue.state.word(),
        provider: issue.provider.as_str(),
        login: issue.login.as_ref().map(Text::as_str),
        remaining_ms: issue.left.map(|left| left.num_milliseconds()),
        detail: issue.detail.as_ref().map(Text::as_str),
        next_step: next_step::sentence(issue).to_string(),
        page: next_step::page(issue),
    }
}

fn entry<'a>(login: &'a Login, report: &Report, moment: Moment, now: DateTime<Utc>) -> Entry<'a> {
    let left = login.left_at(moment);
    let end = |left: TimeDelta| Some(now.checked_add_signed(left)?.timestamp_millis());
    Entry {
        id: login.id.as_str(),
        provider: login.provider.as_str(),
        r#type: login.kind.word(),
        state: login.state(moment).word(),
        expires_at_ms: left.and_then(end),
        remaining_ms: left.map(|left| left.num_milliseconds()),
        in_use: report.uses(login),
    }
}
