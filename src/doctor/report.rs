//! What `doctor` found: for people, and as JSON.

use serde::Serialize;

use crate::doctor::finding::{Area, Finding, Fix, Section, Severity, worst};
use crate::hint::Hint;
use crate::render::wrap::{hanging, next_step};

/// Raised when a key changes its meaning; new keys do not raise it.
const SCHEMA: u32 = 1;

/// The planned fixes, a line each.
pub(crate) fn intent(fixes: &[Fix]) -> String {
    let lines = fixes.iter().map(|fix| format!("  {}\n", fix.command()));
    format!("This will be done:\n{}", lines.collect::<String>())
}

/// The result of one fix.
pub(crate) fn done(fix: &Fix, outcome: &Result<(), String>, columns: usize) -> String {
    let command = fix.command();
    match outcome {
        Ok(()) => hanging("✓", &command, columns),
        Err(reason) => hanging("✗", &format!("{command}: {reason}"), columns),
    }
}

/// A line for each finding, its next step below it, and how many there are to see to.
pub(crate) fn text(sections: &[Section], columns: usize) -> String {
    let mut text = String::new();
    for section in sections
        .iter()
        .filter(|section| !section.findings.is_empty())
    {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&format!("{}\n", title(&section.area)));
        for finding in &section.findings {
            let mark = mark(finding.left());
            if finding.fixed == Some(Ok(())) {
                text.push_str(&hanging(
                    mark,
                    &format!("{}: mended", finding.what),
                    columns,
                ));
                continue;
            }
            text.push_str(&hanging(mark, &finding.what, columns));
            if let Some(next) = &finding.next {
                text.push_str(&next_step("  →", next, columns));
            }
        }
    }
    text.push_str(&format!("\n{}\n", sum(sections)));
    text
}

fn title(area: &Area) -> &str {
    match area {
        Area::Device => "this device",
        Area::Gateway(name) => name.as_str(),
        Area::Phone => "phone",
        Area::Alerts => "alerts",
    }
}

const fn mark(severity: Severity) -> &'static str {
    match severity {
        Severity::Ok => "✓",
        Severity::Note => "·",
        Severity::Warning => "!",
        Severity::Problem => "✗",
    }
}

/// "2 problems, 1 warning"
fn sum(sections: &[Section]) -> String {
    let findings = || sections.iter().flat_map(|section| &section.findings);
    let count = |severity| {
        findings()
            .filter(|finding| finding.left() == severity)
            .count()
    };
    let counted = |number, one: &str| match number {
        0 => None,
        1 => Some(format!("1 {one}")),
        _ => Some(format!("{number} {one}s")),
    };
    let parts = [
        counted(count(Severity::Problem), "problem"),
        counted(count(Severity::Warning), "warning"),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    let fixable = findings()
        .filter(|finding| finding.fix.is_some() && finding.fixed.is_none())
        .count();
    match (&parts[..], fixable) {
        ([], _) => "All is well.".into(),
        (parts, 0) => format!("{}.", parts.join(", ")),
        (parts, number) => format!(
            "{}. It can mend {number} of them:\n  clawtap doctor --fix",
            parts.join(", ")
        ),
    }
}

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    #[serde(rename = "standing")]
    severity: &'static str,
    findings: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    area: &'static str,
    gateway: Option<&'a str>,
    check: &'static str,
    #[serde(rename = "standing")]
    severity: &'static str,
    message: &'a str,
    next_step: Option<&'a str>,
    fixable: bool,
    /// With `--fix` only: whether it was fixed.
    fixed: Option<bool>,
    /// Why it was not.
    error: Option<&'a str>,
}

/// One object, every finding in a list.
pub(crate) fn json(sections: &[Section]) -> String {
    let entries = sections.iter().flat_map(|section| {
        let entry = |finding| entry(&section.area, finding);
        section.findings.iter().map(entry)
    });
    let document = Document {
        schema: SCHEMA,
        severity: worst(sections).word(),
        findings: entries.collect(),
    };
    let json = serde_json::to_string_pretty(&document);
    json.expect("strings, numbers and lists of them can always be written") + "\n"
}

fn entry<'a>(area: &'a Area, finding: &'a Finding) -> Entry<'a> {
    Entry {
        area: area.word(),
        gateway: match area {
            Area::Gateway(name) => Some(name.as_str()),
            Area::Device | Area::Phone | Area::Alerts => None,
        },
        check: finding.check,
        severity: finding.severity.word(),
        message: &finding.what,
        next_step: finding.next.as_ref().map(Hint::as_str),
        fixable: finding.fix.is_some(),
        fixed: finding.fixed.as_ref().map(Result::is_ok),
        error: match &finding.fixed {
            Some(Err(reason)) => Some(reason),
            Some(Ok(())) | None => None,
        },
    }
}
