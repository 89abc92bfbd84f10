//! `--format simple`: the upstream word of the worst gateway.

use crate::render::upstream;
use crate::status::assessment::Assessment;

/// One word and a newline.
pub(crate) fn render(assessments: &[Assessment]) -> String {
    let worst = assessments
        .iter()
        .max_by_key(|assessment| assessment.verdict());
    format!("{}\n", worst.map_or("UNKNOWN", upstream::word))
}
