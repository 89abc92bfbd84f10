//! `--fix`: shows the fixes, applies them, and reports the result of each.

use crate::context::{Context, print};
use crate::doctor::finding::{Finding, Fix, Section};
use crate::doctor::report;
use crate::error::Error;
use crate::system::ownership;

/// Applies the safe fixes of the findings, and stores the result of each in its finding.
pub(crate) fn fix(
    sections: &mut [Section],
    is_shown: bool,
    context: &Context,
) -> Result<(), Error> {
    let show = |text: String| if is_shown { print(&text) } else { Ok(()) };
    let fixes = fixes(sections);
    if fixes.is_empty() {
        return Ok(());
    }
    show(report::intent(&fixes))?;
    for fix in &fixes {
        let outcome = ownership::set_mode(&fix.place.path, fix.mode);
        show(report::done(fix, &outcome, context.terminal.width))?;
        let findings = sections.iter_mut().flat_map(|it| &mut it.findings);
        for finding in findings.filter(|it| it.fix.as_ref() == Some(fix)) {
            finding.fixed = Some(outcome.clone());
        }
    }
    show("\n".into())
}

/// The fixes, each once: several gateways may share a key.
fn fixes(sections: &[Section]) -> Vec<Fix> {
    let findings = sections.iter().flat_map(|section| &section.findings);
    let mut fixes: Vec<Fix> = Vec::new();
    for fix in findings.filter_map(|Finding { fix, .. }| fix.as_ref()) {
        if !fixes.contains(fix) {
            fixes.push(fix.clone());
        }
    }
    fixes
}
