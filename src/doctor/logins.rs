//! The logins themselves, in the one line that `check` has for them.

use crate::doctor::finding::Finding;
use crate::render::{next_step, summary};
use crate::status::assessment::Assessment;
use crate::status::verdict::Verdict;

/// Nothing where nothing is known of them.
pub(super) fn check(assessment: &Assessment) -> Option<Finding> {
    const CHECK: &str = "logins";
    assessment.report()?;
    let what = format!("logins: {}", summary::statement(assessment));
    let finding = match assessment.verdict() {
        Verdict::Ok => Finding::ok(CHECK, what),
        Verdict::Expiring | Verdict::CannotTell => Finding::warning(CHECK, what),
        Verdict::Broken => Finding::problem(CHECK, what),
    };
    Some(match assessment.first_issue() {
        Some(issue) => finding.next(next_step::sentence(issue)),
        None => finding,
    })
}
