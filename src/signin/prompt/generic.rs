//! Prompts of unknown programs: a line with the cursor behind it.

use crate::signin::prompt::menu::{Menu, SelectBy};
use crate::signin::prompt::{Prompt, Question, Wants, bare, is_improper};
use crate::signin::screen::Screen;
use crate::text::Text;
use unicode_width::UnicodeWidthStr;

/// How many lines above a prompt are shown with it.
const CONTEXT: usize = 8;

/// A possible prompt. Only a pause in the output shows that it is complete.
pub(crate) struct Guess {
    pub(crate) prompt: Prompt,
    /// Whether it ends as prompts do: with a blank, dots, or a line of its own.
    pub(crate) closed: bool,
}

/// The prompt before the cursor, if there is one.
pub(crate) fn detect(screen: &Screen) -> Option<Guess> {
    let cursor = screen.cursor();
    let line = match screen.text(cursor.line) {
        "" => (0..cursor.line)
            .rev()
            .find(|&line| !screen.text(line).is_empty())?,
        _ => cursor.line,
    };
    let text = screen.text(line);
    let words = bare(text);
    let lower = words.to_lowercase();
    let wants = if presses_a_key(&lower) {
        Wants::Choice(Menu::plain(words, &["Go on"], SelectBy::Enter))
    } else if line != cursor.line || !is_behind(screen, text) {
        return None;
    } else if is_improper(&lower) {
        if !lower.ends_with([':', '?', ')']) {
            return None;
        }
        Wants::Improper(Text::clean(words))
    } else if let Some(choices) = yes_or_no(&lower) {
        Wants::Choice(Menu::plain(words, &choices, SelectBy::Letter))
    } else if lower.ends_with([':', '?', '>', ']'])
        && !lower.ends_with("https:")
        && !lower.ends_with("http:")
    {
        let question = Question::new(words, context(screen, line), "");
        Wants::line(question, true)
    } else {
        return None;
    };
    let dotted = lower.ends_with(['…', ')']) || lower.ends_with("...");
    let spaced = cursor.column > text.width() && !presses_a_key(&lower);
    let closed = line != cursor.line || dotted || spaced;
    Some(Guess {
        prompt: Prompt {
            place: screen.place(line),
            mark: text.to_owned(),
            wants,
        },
        closed,
    })
}

fn presses_a_key(words: &str) -> bool {
    ["press enter to", "press return to", "press any key"]
        .iter()
        .any(|phrase| words.contains(phrase))
}

/// Yes and No, the default (Enter alone) first.
fn yes_or_no(words: &str) -> Option<[&'static str; 2]> {
    let end = words.trim_end_matches([':', '?', '>', ' ']);
    ["(y/n)", "[y/n]", "(yes/no)", "[yes/no]"]
        .iter()
        .any(|choice| end.ends_with(choice))
        .then_some(["Yes", "No"])
}

/// Whether the cursor is right behind this text, or behind one blank after it.
fn is_behind(screen: &Screen, text: &str) -> bool {
    let width = text.width();
    (width..=width + 1).contains(&screen.cursor().column)
}

fn context(screen: &Screen, line: usize) -> Vec<Text> {
    let mut lines: Vec<Text> = (line.saturating_sub(CONTEXT)..line)
        .rev()
        .map(|line| Text::clean(bare(screen.text(line))))
        .take_while(|text| !text.is_empty())
        .collect();
    lines.reverse();
    lines
}
