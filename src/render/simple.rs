//! `--format simple`: the worst gateway's word, as in OpenClaw's own phone scripts.

use crate::render::upstream;
use crate::status::assessment::Assessment;

/// Renders one word and a newline.
pub(crate) fn render(assessments: &[Assessment]) -> String {
    let worst = assessments
        .iter()
        .max_by_key(|assessment| assessment.login_verdict());
    format!("{}\n", worst.map_or("UNKNOWN", upstream::word))
}
