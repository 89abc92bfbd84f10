//! What a tap shows and does at once: toast and vibration.

use crate::render::summary;
use crate::status::assessment::Assessment;
use crate::status::verdict::Verdict;

/// Most lines Android shows of a toast.
const MOST_LINES: usize = 6;

/// The toast: one line a gateway, the worst first where there are more than fit.
pub(crate) fn text(assessments: &[Assessment]) -> String {
    let mut chosen: Vec<&Assessment> = assessments.iter().collect();
    if chosen.len() > MOST_LINES {
        chosen.sort_by_key(|assessment| std::cmp::Reverse(assessment.verdict()));
        chosen.truncate(MOST_LINES - 1);
    }
    let mut lines: Vec<String> = chosen
        .iter()
        .map(|assessment| {
            format!(
                "{} {}",
                summary::mark(assessment.verdict()),
                summary::line(assessment)
            )
        })
        .collect();
    if lines.len() < assessments.len() {
        lines.push(format!("and {} more", assessments.len() - lines.len()));
    }
    lines.join("\n")
}

/// How long to vibrate, in ms: the worse, the longer.
pub(crate) const fn vibration_ms(verdict: Verdict) -> u32 {
    match verdict {
        Verdict::Ok => 40,
        Verdict::Expiring => 150,
        Verdict::CannotTell => 250,
        Verdict::Broken => 500,
    }
}
