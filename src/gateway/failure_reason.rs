//! Picks the line of a failed program's output that is the reason; pure.
//!
//! The rules go by structure: a Node crash prints the source line, then `Name [CODE]: message`, the stack and, last,
//! `Node.js vN`. OpenClaw's own failures end with their reason. The samples are in `tests/fixtures/failures`.

use crate::text::Text;

/// How OpenClaw 2026.9.6 begins a notice that it prints with every `models auth` command where no service is
/// installed.
const NOTICE: &str = "Installed Gateway service state";

/// The reason of a failure: the error of a Node crash, or else the last line that is no notice.
pub(crate) fn reason(output: &str) -> Option<Text> {
    if let Some(line) = crash(output) {
        return Some(line);
    }
    let lines: Vec<&str> = output.lines().filter(|line| !is_notice(line)).collect();
    last_line(&lines.join("\n"))
}

/// Whether a line is printed whether or not anything failed.
pub(crate) fn is_notice(line: &str) -> bool {
    line.starts_with(NOTICE) || line.starts_with("(node:")
}

/// The last line with a letter or digit in it.
pub(crate) fn last_line(text: &str) -> Option<Text> {
    let mut lines = text.lines().rev().map(Text::clean);
    lines.find(|line| line.as_str().chars().any(char::is_alphanumeric))
}

/// The error of a Node crash; None for any other output.
pub(crate) fn crash(output: &str) -> Option<Text> {
    let is_crash = output
        .lines()
        .any(|line| line.starts_with("Node.js v") || line.trim_start().starts_with("at "));
    let fatal = |line: &&str| line.starts_with("FATAL ERROR: ");
    let line = output.lines().find(fatal).or_else(|| {
        let mut lines = output.lines().filter(|_| is_crash);
        lines.find(|line| error_message(line).is_some())
    })?;
    // `Error` alone says nothing; other names (SyntaxError) do.
    let message = match line.split_once(": ") {
        Some((name, message)) if name.split(' ').next() == Some("Error") => message,
        _ => line,
    };
    Some(Text::clean(message))
}

/// The message of a line of the form `TypeError: message` or `Error [CODE]: message`.
fn error_message(line: &str) -> Option<&str> {
    let (name, message) = line.split_once(": ")?;
    let name = name.strip_prefix("Uncaught ").unwrap_or(name);
    let (name, code) = name.split_once(' ').unwrap_or((name, ""));
    let is_name = name.ends_with("Error") && name.chars().all(|c| c.is_ascii_alphanumeric());
    let is_code = code.is_empty() || (code.starts_with('[') && code.ends_with(']'));
    (is_name && is_code && !message.is_empty()).then_some(message)
}

/// A file of `tests/fixtures/failures`: the exit code and what stood on standard error.
#[cfg(test)]
pub(crate) fn sample(name: &str) -> (i32, String) {
    let path = format!(
        "{}/tests/fixtures/failures/{name}",
        env!("CARGO_MANIFEST_DIR")
    );
    let text = crate::system::files::read_text_if_there(path.as_ref(), 10_000).unwrap();
    let text = text.unwrap_or_else(|| panic!("there is no {name}"));
    let (exit, stderr) = text.split_once('\n').unwrap();
    (exit.parse().unwrap(), stderr.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{crash, reason, sample};
    use proptest::prelude::*;

    #[test]
    fn each_real_failure_has_its_reason() {
        let table = [
            (
                "module-missing",
                "Cannot find module '/x/app/gone.js' imported from /x/app/module-missing.mjs",
            ),
            (
                "out-of-memory",
                "FATAL ERROR: Ineffective mark-compacts near heap limit Allocation failed - JavaScript heap out of memory",
            ),
            (
                "syntax",
                "SyntaxError: Unexpected strict mode reserved word",
            ),
            ("thrown", "TypeError: made up: store is not a function"),
            ("no-interpreter", "sh: 1: /x/app/no-interpreter: not found"),
            (
                "wrong-processor",
                "sh: 1: /x/app/wrong-processor: Exec format error",
            ),
            ("token-missing", "Required"),
            (
                "several-agents",
                "Multiple agents are configured, but the model command has no explicit owner. Pass --agent <id>.",
            ),
            (
                "no-such-profile",
                "Auth profile \"anthropic:none\" not found for agent \"main\". Run openclaw models auth list --agent main \
                 to see saved profile ids.",
            ),
        ];
        for (name, expected) in table {
            let reason = reason(&sample(name).1).map(|line| line.to_string());
            assert_eq!(reason.as_deref(), Some(expected), "{name}");
        }
    }

    #[test]
    fn a_notice_that_is_always_there_is_no_reason() {
        let output = "the store is busy\nInstalled Gateway service state and config paths could not be verified.\n\
                      (node:12) Warning: made up\n";
        assert_eq!(reason(output).unwrap().as_str(), "the store is busy");
    }

    #[test]
    fn a_message_that_only_looks_like_an_error_is_no_crash() {
        assert_eq!(crash("Error: something else\n"), None);
        assert_eq!(
            reason("Error: something else\n").unwrap().as_str(),
            "Error: something else"
        );
    }

    proptest! {
        #[test]
        fn no_output_panics(output in "(\\PC{0,20}\n|Error: \\PC{0,9}\n|    at x\n|FATAL ERROR: ){0,8}") {
            let _ = reason(&output);
        }
    }
}
