//! Picks the line of a failed program's output that is the reason; pure.
//!
//! The rules go by structure: a Node crash prints the source line, then `Name [CODE]: message`, the stack and, last,
//! `Node.js vN`. OpenClaw names the reason of a failure (`[openclaw] Reason: `, or under `Problem:`) and then says what
//! to do, or ends with the reason. The samples are in `tests/fixtures/failures`.

use crate::text::Text;

/// How OpenClaw 2026.9.6 begins a notice that it prints with every `models auth` command where no service is
/// installed.
const NOTICE: &str = "Installed Gateway service state";

/// The reason of a failure: what OpenClaw reports as such, or else the error of a Node crash, or else the last line that
/// neither is a notice nor says what to do.
pub(crate) fn reason(output: &str) -> Option<Text> {
    reported(output)
        .or_else(|| crash(output))
        .or_else(|| traced(output))
        .or_else(|| problem(output))
        .or_else(|| {
            let lines: Vec<&str> = output.lines().filter(|line| !is_notice(line)).collect();
            let telling = lines.iter().copied().filter(|line| !is_advice(line));
            let telling: Vec<&str> = telling.collect();
            last_line(&telling.join("\n")).or_else(|| last_line(&lines.join("\n")))
        })
}

/// Whether a line is printed whether or not anything failed.
pub(crate) fn is_notice(line: &str) -> bool {
    line.starts_with(NOTICE) || line.starts_with("(node:") || line.starts_with("(Use `node ")
}

/// Whether a line says what to do: `Try: openclaw doctor`, or a list of commands and the line that announces it.
fn is_advice(line: &str) -> bool {
    let is_command = line
        .split_once(": ")
        .is_some_and(|(_, rest)| rest.starts_with("openclaw "));
    is_command || line.ends_with(':') || line.starts_with([' ', '\t'])
}

/// The text behind `[openclaw] Reason: `, up to the next line that begins so (from 2026.5 on).
///
/// The items of a list in it are details, unless its first line announces them. Where a line before it ends with the
/// same words, that one also says what OpenClaw was doing.
fn reported(output: &str) -> Option<Text> {
    let (before, rest) = output.split_once("[openclaw] Reason: ")?;
    let mut lines = rest.lines();
    let first = lines.next()?.trim_end();
    let announces = first.ends_with(':');
    let more = lines
        .take_while(|line| !line.starts_with("[openclaw] "))
        .filter_map(|line| match line.strip_prefix("- ") {
            Some(item) => announces.then_some(item),
            None => Some(line),
        });
    let all: Vec<&str> = std::iter::once(first).chain(more).collect();
    let fuller = before
        .lines()
        .find(|line| all.len() == 1 && !first.is_empty() && line.ends_with(first));
    let text = fuller.map_or_else(|| all.join(" "), str::to_owned);
    Some(Text::clean(&text)).filter(|text| !text.is_empty())
}

/// The message of an error that was caught and printed with its stack: the line before the first frame.
fn traced(output: &str) -> Option<Text> {
    let mut lines = output.lines().zip(output.lines().skip(1));
    let (line, _) = lines.find(|(line, next)| !is_frame(line) && is_frame(next))?;
    let message = line.split_once("Error: ").map_or(line, |(_, rest)| rest);
    Some(Text::clean(message)).filter(|text| !text.is_empty())
}

fn is_frame(line: &str) -> bool {
    line.starts_with("    at ")
}

/// The first item under `Problem:`, after the heading that stands above the file's name.
fn problem(output: &str) -> Option<Text> {
    let lines: Vec<&str> = output.lines().collect();
    let place = lines.iter().position(|line| *line == "Problem:")?;
    let item = lines.get(place + 1)?.trim_start().strip_prefix("- ")?;
    let above = lines[..place].iter().rev();
    let heading = above.copied().find(|line| !line.starts_with("File: "));
    let heading = heading.filter(|line| !line.trim().is_empty());
    let heading = heading.map(|line| format!("{line}: ")).unwrap_or_default();
    Some(Text::clean(&format!("{heading}{item}")))
}

/// The last line with a letter or digit in it.
pub(crate) fn last_line(text: &str) -> Option<Text> {
    let mut lines = text.lines().rev().map(Text::clean);
    lines.find(|line| line.as_str().chars().any(char::is_alphanumeric))
}

/// The error of a Node crash; None for any other output.
///
/// A failure that OpenClaw reports itself is none, even if the stack of its cause stands before it.
pub(crate) fn crash(output: &str) -> Option<Text> {
    if reported(output).is_some() {
        return None;
    }
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

    #[track_caller]
    fn expect(table: &[(&str, &str)]) {
        for (name, expected) in table {
            let reason = reason(&sample(name).1).map(|line| line.to_string());
            assert_eq!(reason.as_deref(), Some(*expected), "{name}");
        }
    }

    #[test]
    fn each_real_failure_has_its_reason() {
        expect(&[
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
            ("node-12.22.12", "SyntaxError: Unexpected reserved word"),
            (
                "node-16.20.2",
                "openclaw: Node 16.20.2: node:sqlite is unavailable; use 24.16+/26.1+ or a build with the fix.",
            ),
            (
                "node-18.20.8",
                "openclaw: Node 18.20.8: node:sqlite is unavailable; use 24.16+/26.1+ or a build with the fix.",
            ),
            (
                "node-22.12.0",
                "openclaw: Node 22.12.0: node:sqlite is unavailable; use 24.16+/26.1+ or a build with the fix.",
            ),
            (
                "node-22.23.3",
                "openclaw: Node 22.23.3: node:sqlite truncates TEXT at embedded NUL (nodejs/node#61954); use 24.16+/26.1+ or a build with the fix",
            ),
            (
                "node-too-old",
                "openclaw: Node 20.20.2: node:sqlite is unavailable; use 24.16+/26.1+ or a build with the fix.",
            ),
            ("noexec", "sh: 2: /x/noexec/openclaw: Permission denied"),
        ]);
    }

    #[test]
    fn what_openclaw_reports_has_its_reason() {
        expect(&[
            (
                "unknown-agent",
                "Unknown agent id \"nobody\". Use \"openclaw agents list\" to see configured agents.",
            ),
            (
                "unknown-agent-said",
                "Unknown agent id \"nobody\". Use \"openclaw agents list\" to see configured agents.",
            ),
            (
                "config-broken",
                "Failed to read config at /x/home/.openclaw/openclaw.json: JSON5: invalid end of input at 2:1",
            ),
            (
                "config-broken-said",
                "OpenClaw config is invalid: <root>: JSON5 parse failed: SyntaxError: JSON5: invalid end of input at 2:1",
            ),
            (
                "root-owned",
                "EACCES: permission denied, stat '/x/home/.openclaw/state/openclaw.sqlite'",
            ),
            (
                "root-owned-said",
                "EACCES: permission denied, stat '/x/home/.openclaw/state/openclaw.sqlite-wal'",
            ),
            (
                "read-only",
                "Config health-state write failed: attempt to write a readonly database",
            ),
            (
                "read-only-home",
                "EACCES: permission denied, mkdir '/x/home/.openclaw/state'",
            ),
            (
                "busy",
                "Failed to read config at /x/home/.openclaw/openclaw.json: database is locked",
            ),
            (
                "busy-said",
                "Config health-state write failed: database is locked",
            ),
        ]);
    }

    #[test]
    fn what_older_versions_report_has_its_reason() {
        expect(&[
            (
                "2026.3.28-unknown-agent",
                "Unknown agent id \"nobody\". Use \"openclaw agents list\" to see configured agents.",
            ),
            (
                "2026.3.28-config-broken",
                "Config invalid: <root>: JSON5 parse failed: SyntaxError: JSON5: invalid end of input at 2:1",
            ),
            (
                "2026.3.28-config-broken-said",
                "Config invalid: <root>: JSON5 parse failed: SyntaxError: JSON5: invalid end of input at 2:1",
            ),
            (
                "2026.3.28-config-invalid",
                "Config invalid: agents: Invalid input: expected object, received number",
            ),
            (
                "2026.5.28-unknown-agent",
                "Unknown agent id \"nobody\". Use \"openclaw agents list\" to see configured agents.",
            ),
            (
                "2026.5.28-config-broken",
                "Failed to read config at /x/home/.openclaw/openclaw.json SyntaxError: JSON5: invalid end of input at 2:1",
            ),
            (
                "2026.5.28-config-broken-said",
                "OpenClaw config is invalid: <root>: JSON5 parse failed: SyntaxError: JSON5: invalid end of input at 2:1",
            ),
            (
                "2026.5.28-config-invalid",
                "Invalid config at /x/home/.openclaw/openclaw.json: agents: Invalid input",
            ),
            (
                "2026.5.28-root-owned",
                "EACCES: permission denied, scandir '/x/home/.openclaw/npm/projects'",
            ),
            (
                "2026.5.28-unknown-option-said",
                "OpenClaw does not recognize option \"--made-up\".",
            ),
            (
                "2026.5.28-upgraded",
                "Invalid config at /x/home/.openclaw/openclaw.json: meta: Unrecognized key: \"lastTouchedAt\"",
            ),
            (
                "2026.7.1-unknown-agent",
                "Unknown agent id \"nobody\". Use \"openclaw agents list\" to see configured agents.",
            ),
            (
                "2026.7.1-config-broken",
                "Failed to read config at /x/home/.openclaw/openclaw.json SyntaxError: JSON5: invalid end of input at 2:1",
            ),
            (
                "2026.7.1-config-broken-said",
                "OpenClaw config is invalid: <root>: JSON5 parse failed: SyntaxError: JSON5: invalid end of input at 2:1",
            ),
            (
                "2026.7.1-config-invalid",
                "Invalid config at /x/home/.openclaw/openclaw.json: agents: Invalid input",
            ),
            (
                "2026.7.1-root-owned",
                "EACCES: permission denied, scandir '/x/home/.openclaw/npm/projects'",
            ),
            (
                "2026.7.1-unknown-option-said",
                "OpenClaw does not recognize option \"--made-up\".",
            ),
            (
                "2026.7.1-upgraded",
                "Invalid config at /x/home/.openclaw/openclaw.json: meta: Unrecognized key: \"lastTouchedAt\"",
            ),
            (
                "2026.5.28-upgraded-said",
                "OpenClaw config is invalid: openclaw.json:10 — meta: Unrecognized key: \"lastTouchedAt\"",
            ),
            (
                "2026.7.1-upgraded-said",
                "OpenClaw startup migrations did not complete cleanly; refusing to report the gateway ready. Run \"openclaw doctor --fix\" against the same state/config, then restart the gateway.",
            ),
        ]);
    }

    #[test]
    fn the_notice_of_a_missing_service_alone_is_no_reason() {
        assert_eq!(reason(&sample("no-service").1), None);
    }

    #[test]
    fn advice_is_a_reason_only_where_nothing_else_is_said() {
        let advice = "Try: openclaw doctor\n";
        assert_eq!(reason(advice).unwrap().as_str(), "Try: openclaw doctor");
        let both = format!("the store is busy\n{advice}");
        assert_eq!(reason(&both).unwrap().as_str(), "the store is busy");
    }

    #[test]
    fn what_openclaw_reports_is_no_crash_even_with_the_stack_of_its_cause() {
        let output = "TypeError: made up\n    at x (y.js:1:2)\n[openclaw] Reason: made up, too\n";
        assert_eq!(crash(output), None);
        assert_eq!(reason(output).unwrap().as_str(), "made up, too");
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
        fn no_output_panics(output in "(\\PC{0,20}\n|Error: \\PC{0,9}\n|    at x\n|FATAL ERROR: |\\[openclaw\\] (Reason: )?|Problem:\n|- ){0,8}") {
            let _ = reason(&output);
        }
    }
}
