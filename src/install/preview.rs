//! The changes of a plan as text: before, after, and what is left alone.

use std::path::Path;

use crate::install::mark::Origin;
use crate::install::plan::{Change, Conflict, Place, Plan};
use crate::system::placement::FileKind;

/// The changes of a dry run, a line for each.
pub(crate) fn intent(plan: &Plan, spell: impl Fn(&Path) -> String) -> String {
    let mut text = String::from("Nothing is changed now. This would be:\n");
    if plan.changes.is_empty() {
        text.push_str("nothing\n");
    }
    for change in &plan.changes {
        text.push_str(&format!("{}\n", step(change, &spell)));
    }
    for conflict in &plan.conflicts {
        let path = spell(&conflict.path);
        text.push_str(&format!("leave {path}: it {}\n", conflict.why.words()));
    }
    text
}

/// The changes of a dry run, with the content of each file.
pub(crate) fn foreseen(plan: &Plan, spell: impl Fn(&Path) -> String) -> String {
    let steps = plan.changes.iter().map(|change| match change {
        Change::Write { file, .. } => {
            let content = String::from_utf8_lossy(&file.content);
            format!("{}:\n{}", step(change, &spell), indented(&content))
        }
        Change::MakeFolder(_) | Change::Remove(_) => {
            format!("{}\n", step(change, &spell))
        }
    });
    steps.collect()
}

/// Lines that belong to the one before them.
pub(crate) fn indented(text: &str) -> String {
    let lines = text.lines().map(|line| match line {
        "" => "\n".to_owned(),
        line => format!("  {line}\n"),
    });
    lines.collect()
}

/// "write ~/.shortcuts/OpenClaw"
fn step(change: &Change, spell: impl Fn(&Path) -> String) -> String {
    let (verb, path) = match change {
        Change::MakeFolder(path) => ("make", path),
        Change::Write { file, new: true } => ("write", &file.path),
        Change::Write { file, new: false } => ("replace", &file.path),
        Change::Remove(path) => ("remove", path),
    };
    format!("{verb} {}", spell(path))
}

/// "✓ files: 9 written, 2 removed"
pub(crate) fn done(plan: &Plan) -> String {
    let count = |wanted: fn(&Change) -> bool| plan.changes.iter().filter(|c| wanted(c)).count();
    let written = count(|change| matches!(change, Change::Write { .. }));
    let removed = count(|change| matches!(change, Change::Remove(_)));
    let counted = [
        (written, "written"),
        (removed, "removed"),
        (plan.unchanged, "as they should be"),
    ];
    let parts: Vec<String> = counted
        .iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, what)| format!("{number} {what}"))
        .collect();
    match &parts[..] {
        [] => "✓ nothing to do\n".into(),
        parts => format!("✓ files: {}\n", parts.join(", ")),
    }
}

/// The files that were written, a line each.
pub(crate) fn written(plan: &Plan, spell: impl Fn(&Path) -> String) -> String {
    let lines = plan.changes.iter().filter_map(|change| match change {
        Change::Write { file, .. } => Some(format!("  {}\n", spell(&file.path))),
        Change::MakeFolder(_) | Change::Remove(_) => None,
    });
    lines.collect()
}

/// What differs from the installed state; a script must be executable, too.
pub(crate) fn trouble(place: &Place, is_script: bool) -> Option<&'static str> {
    match &place.found {
        FileKind::Nothing => Some("is missing"),
        FileKind::File { mode, .. } if place.origin == Origin::Ours => {
            (is_script && mode & 0o100 == 0).then_some("cannot be run")
        }
        FileKind::File { .. } => Some("was changed since"),
        _ => Some("is no file"),
    }
}

/// The paths that are left alone, a line each with the reason; nothing if there are none.
pub(crate) fn conflicts(plan: &Plan, spell: impl Fn(&Path) -> String) -> Option<String> {
    let line =
        |conflict: &Conflict| format!("\n  {} {}", spell(&conflict.path), conflict.why.words());
    let lines: String = plan.conflicts.iter().map(line).collect();
    (!lines.is_empty()).then_some(lines)
}
