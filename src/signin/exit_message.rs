//! Finds a failed sign-in's reason in the program's last lines.

use crate::gateway::failure_reason::is_notice;
use crate::redact::redact_line;
use crate::signin::prompt::bare;
use crate::signin::screen::Screen;
use crate::text::Text;

/// How many of the last lines are searched for the reason.
const LAST: usize = 60;

/// The last line that mentions an error, or else the last line; `None` if there is none.
pub(crate) fn words(screen: &Screen) -> Option<Text> {
    let lines = screen.len().saturating_sub(LAST)..screen.len();
    let said: Vec<&str> = lines
        .map(|line| screen.text(line))
        .filter(|line| !is_framed(line))
        .map(bare)
        .filter(|words| words.chars().any(char::is_alphanumeric) && !is_notice(words))
        .collect();
    let about = |words: &&&str| {
        let words = words.to_lowercase();
        let telling = [
            "error", "fail", "blocked", "denied", "expired", "invalid", "refused", "not ",
            "unknown",
        ];
        words.starts_with("no ") || telling.iter().any(|word| words.contains(word))
    };
    let words = said.iter().rev().find(about).or(said.last())?;
    let words = words.strip_prefix("Error: ").unwrap_or(words);
    Some(redact_line(words))
}

/// Whether a line is part of a box: a note or a prompt, not the reason.
fn is_framed(line: &str) -> bool {
    line.starts_with(['│', '├', '└', '╭', '╰', '┌', '◆']) || line.contains("───")
}

#[cfg(test)]
mod tests {
    use super::words;
    use crate::signin::screen::Screen;

    fn said(bytes: &str) -> Option<String> {
        let mut screen = Screen::new();
        screen.draw(bytes.as_bytes());
        words(&screen).map(|words| words.to_string())
    }

    #[test]
    fn the_last_words_about_what_went_wrong_are_taken() {
        let table = [
            ("", None),
            ("│  note  │\r\n├────╯\r\n", None),
            ("Signing in…\r\n", Some("Signing in…")),
            ("Error: No space left\r\nbye\r\n", Some("No space left")),
            (
                "It could not be verified.\r\nNo provider plugins found.\r\n",
                Some("No provider plugins found."),
            ),
            (
                "It could not be verified.\r\nUnknown auth method.\r\n",
                Some("Unknown auth method."),
            ),
            (
                "Installed Gateway service state and config paths could not be verified. Inspect it.\r\n\
                 Multiple agents are configured, but the model command has no explicit owner. Pass --agent <id>.\r\n",
                Some(
                    "Multiple agents are configured, but the model command has no explicit owner. Pass --agent <id>.",
                ),
            ),
            (
                "✘ Login failed: expired\r\n│ box │\r\n",
                Some("Login failed: expired"),
            ),
        ];
        for (bytes, expected) in table {
            assert_eq!(said(bytes).as_deref(), expected, "{bytes:?}");
        }
    }
}
