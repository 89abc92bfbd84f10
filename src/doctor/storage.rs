//! Where things are kept: whether they can be.

use crate::doctor::finding::Finding;

/// What was found of the folder for what must outlive a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Facts {
    /// As a person writes it.
    pub(crate) folder: String,
    /// Why nothing can be written there, if so.
    pub(crate) refused: Option<String>,
}

/// Says what is wrong, if anything is.
pub(crate) fn finding(facts: &Facts) -> Option<Finding> {
    let reason = facts.refused.as_ref()?;
    let folder = &facts.folder;
    let what = format!("cannot write to {folder}: {reason}");
    let next = format!("See what is there, and what room is left:\n  ls -ld {folder}; df -h ~");
    Some(Finding::problem("storage", what).next(next))
}

#[cfg(test)]
mod tests {
    use super::{Facts, finding};

    #[test]
    fn only_what_is_in_the_way_is_told() {
        let told = |refused: Option<&str>| {
            let finding = finding(&Facts {
                folder: "~/state".into(),
                refused: refused.map(String::from),
            });
            finding.map(|finding| finding.what)
        };
        assert_eq!(told(None), None);
        let full = "cannot write to ~/state: no storage space".to_owned();
        assert_eq!(told(Some("no storage space")), Some(full));
    }
}
