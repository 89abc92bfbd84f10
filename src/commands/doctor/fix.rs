//! `--fix`: shows what it is going to do, does it, and tells what came of each.

use crate::context::{Context, print};
use crate::doctor::finding::Section;
use crate::doctor::fix::Fix;
use crate::doctor::report;
use crate::error::Error;
use crate::system::ownership;

/// Does what can be done safely about the findings, and notes in each what came of it.
pub(super) fn mend(
    sections: &mut [Section],
    is_shown: bool,
    context: &Context,
) -> Result<(), Error> {
    let line = |mending: &Fix| mending.line(|path| context.system.environment.display_path(path));
    let findings = sections.iter().flat_map(|section| &section.findings);
    let mut lines: Vec<String> = Vec::new();
    for mending in findings.filter_map(|finding| finding.mending.as_ref()) {
        let line = line(mending);
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    if lines.is_empty() {
        return Ok(());
    }
    if is_shown {
        print(&report::intent(&lines))?;
    }
    let mut done: Vec<(Fix, Result<(), String>)> = Vec::new();
    for finding in sections
        .iter_mut()
        .flat_map(|section| &mut section.findings)
    {
        let Some(mending) = finding.mending.clone() else {
            continue;
        };
        if let Some((_, outcome)) = done.iter().find(|(other, _)| *other == mending) {
            finding.mended = Some(outcome.clone());
            continue;
        }
        let outcome = ownership::set_mode(&mending.path, mending.mode);
        if is_shown {
            let columns = context.terminal.width;
            print(&report::done(&line(&mending), &outcome, columns))?;
        }
        finding.mended = Some(outcome.clone());
        done.push((mending, outcome));
    }
    if is_shown {
        print("\n")?;
    }
    Ok(())
}
