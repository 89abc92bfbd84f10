//! OpenClaw's gateway process: while it is not running, no login helps and the assistant is silent.

use serde::{Deserialize, Serialize};

use crate::text::Text;

/// The maximum number of parts that are read.
const MOST: usize = 8;

/// How the process is, as `status.sh` found it on the gateway's loopback.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Process {
    Running,
    /// It answers, and is not ready yet; a start takes seconds to minutes.
    Starting,
    /// It runs, and these parts of it do not: ids of channels, or `agent-database:ID`.
    Failing(Vec<Text>),
    /// Nothing listens on its port.
    Down,
}

impl Process {
    /// Parses the words of `status.sh`; None for any other.
    pub(crate) fn parse(words: &str) -> Option<Self> {
        let (word, rest) = words.split_once(' ').unwrap_or((words, ""));
        let parts: Vec<Text> = rest
            .split_whitespace()
            .take(MOST)
            .map(Text::clean)
            .collect();
        match (word, parts.is_empty()) {
            ("running", true) => Some(Self::Running),
            ("starting", true) => Some(Self::Starting),
            ("down", true) => Some(Self::Down),
            ("failing", false) => Some(Self::Failing(parts)),
            _ => None,
        }
    }

    pub(crate) const WORDS: [&str; 4] = ["running", "starting", "failing", "down"];

    /// One word for programs.
    pub(crate) const fn word(&self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Starting => "starting",
            Self::Failing(_) => "failing",
            Self::Down => "down",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Process;
    use crate::text::Text;

    #[test]
    fn only_the_words_of_the_script_are_read() {
        let table = [
            ("running", Some(Process::Running)),
            ("starting", Some(Process::Starting)),
            ("down", Some(Process::Down)),
            (
                "failing telegram",
                Some(Process::Failing(vec![Text::clean("telegram")])),
            ),
            ("failing", None),
            ("down now", None),
            ("", None),
            ("fine", None),
        ];
        for (words, expected) in table {
            assert_eq!(Process::parse(words), expected, "{words}");
        }
    }
}
