//! As much of Markdown as our documents use.

use std::path::Path;

use super::ROOT;

/// A document, by its path from the top of the repository.
pub(super) struct Document {
    pub(super) path: String,
    pub(super) text: String,
}

impl Document {
    pub(super) fn read(path: &str) -> Self {
        let text = std::fs::read_to_string(Path::new(ROOT).join(path));
        Self {
            path: path.to_owned(),
            text: text.unwrap_or_else(|error| panic!("{path}: {error}")),
        }
    }

    /// The content of the fenced blocks of a language.
    pub(super) fn blocks(&self, language: &str) -> Vec<&str> {
        let parts = self.parts();
        let fenced = parts.into_iter().skip(1).step_by(2);
        let blocks = fenced.filter_map(|block| block.split_once('\n'));
        blocks
            .filter(|(found, _)| *found == language)
            .map(|(_, content)| content)
            .collect()
    }

    /// The words between backticks outside of blocks, each on one line.
    pub(super) fn spans(&self) -> Vec<String> {
        let prose = self.prose();
        let spans = prose.split('`').skip(1).step_by(2);
        spans.map(|span| span.replace('\n', " ")).collect()
    }

    /// Where its links and pictures lead.
    pub(super) fn links(&self) -> Vec<String> {
        let prose = self.prose();
        let ends = prose.split("](").skip(1);
        ends.filter_map(|rest| Some(rest.split_once(')')?.0.to_owned()))
            .collect()
    }

    /// What a link behind `#` names: its headings, as GitHub makes anchors of them.
    pub(super) fn anchors(&self) -> Vec<String> {
        let prose = self.prose();
        let headings = prose.lines().filter(|line| line.starts_with('#'));
        headings
            .map(|line| line.trim_start_matches('#').trim().to_lowercase())
            .map(|title| {
                let kept = title.chars().filter_map(|character| match character {
                    ' ' => Some('-'),
                    '-' | '_' => Some(character),
                    _ => character.is_alphanumeric().then_some(character),
                });
                kept.collect()
            })
            .collect()
    }

    fn prose(&self) -> String {
        self.parts().into_iter().step_by(2).collect()
    }

    /// Prose and blocks by turns.
    fn parts(&self) -> Vec<&str> {
        let parts: Vec<_> = self.text.split("\n```").collect();
        assert!(parts.len() % 2 == 1, "{}: a block is not closed", self.path);
        parts
    }
}
