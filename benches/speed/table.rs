//! The table of results: Markdown, printed as it grows.

use std::time::Duration;

const HEAD: &str = "\
| what | link | clawtap | beside it | that takes | outcome | aim |
|---|---|---|---|---|---|---|
";

pub(crate) struct Table {
    text: String,
}

/// A row: what was measured, over which link, of us and of what stands beside it.
pub(crate) struct Row<'a> {
    pub(crate) what: &'a str,
    pub(crate) link: String,
    pub(crate) ours: String,
    pub(crate) beside: &'a str,
    pub(crate) theirs: String,
    pub(crate) outcome: String,
    pub(crate) aim: &'a str,
}

impl<'a> Row<'a> {
    /// An amount of bytes, beside which nothing stands.
    pub(crate) fn alone(what: &'a str, bytes: u64, aim: &'a str) -> Self {
        Self {
            what,
            link: String::new(),
            ours: kibibytes(bytes),
            beside: "",
            theirs: String::new(),
            outcome: String::new(),
            aim,
        }
    }
}

impl Table {
    pub(crate) fn begin(machine: &str) -> Self {
        let text = format!("{machine}\n{HEAD}");
        print!("{text}");
        Self { text }
    }

    pub(crate) fn add(&mut self, row: &Row) {
        let line = format!(
            "| {} | {} | {} | {} | {} | {} | {} |\n",
            row.what, row.link, row.ours, row.beside, row.theirs, row.outcome, row.aim
        );
        print!("{line}");
        self.text.push_str(&line);
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }
}

/// In milliseconds below a second, in seconds from there on.
pub(crate) fn time(duration: Duration) -> String {
    if duration < Duration::from_secs(1) {
        format!("{:.1} ms", duration.as_secs_f64() * 1000.0)
    } else {
        format!("{:.2} s", duration.as_secs_f64())
    }
}

pub(crate) fn ratio(ours: Duration, theirs: Duration) -> String {
    format!("{:.2} ×", ours.as_secs_f64() / theirs.as_secs_f64())
}

/// How much longer ours takes.
pub(crate) fn difference(ours: Duration, theirs: Duration) -> String {
    let milliseconds = (ours.as_secs_f64() - theirs.as_secs_f64()) * 1000.0;
    format!("{milliseconds:+.1} ms")
}

pub(crate) fn kibibytes(bytes: u64) -> String {
    format!("{} KiB", bytes / 1024)
}
