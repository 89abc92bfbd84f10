//! Prompts as Claude Code draws them.

use crate::signin::prompt::{AnswerKind, Prompt, Question, Wants, bare};
use crate::signin::screen::Screen;
use crate::text::Text;

const PASTE: &str = "Paste code here if prompted";
const RETRY: &str = "Press Enter to retry";

/// The prompt at the cursor, if it is completely drawn.
pub(crate) fn detect(screen: &Screen) -> Option<Prompt> {
    line(screen)
        .or_else(|| field(screen))
        .or_else(|| refusal(screen))
}

/// `claude auth login`: `Paste code here if prompted > `.
fn line(screen: &Screen) -> Option<Prompt> {
    let cursor = screen.cursor();
    let text = screen.text(cursor.line);
    let words = text.strip_suffix('>')?.trim_end();
    // The blank behind it is drawn as well.
    (words == PASTE && cursor.column == text.len() + 1).then(|| paste(screen, cursor.line, true))
}

/// `claude setup-token`: the words, and a field to type into below them.
fn field(screen: &Screen) -> Option<Prompt> {
    let row = screen.cursor().line;
    let head = row.checked_sub(2)?;
    let edge = |line: usize, left: char, right: char| {
        let text = screen.text(line).trim();
        text.len() > 6 && text.starts_with(left) && text.ends_with(right)
    };
    let whole = screen.text(head).trim() == PASTE
        && edge(head + 1, '╭', '╮')
        && edge(row, '│', '│')
        && edge(row + 1, '╰', '╯');
    whole.then(|| {
        let typed = bare(screen.text(row)).trim_start_matches('>').trim();
        paste(screen, head, typed.is_empty())
    })
}

fn paste(screen: &Screen, head: usize, untouched: bool) -> Prompt {
    let mut question = Question::new(PASTE, Vec::new(), "");
    question.answer = AnswerKind::Code;
    Prompt {
        place: screen.place(head),
        mark: PASTE.to_owned(),
        wants: Wants::Line {
            question,
            untouched,
        },
    }
}

/// A refused code: why, and that Enter begins again.
fn refusal(screen: &Screen) -> Option<Prompt> {
    let cursor = screen.cursor().line;
    let last = (0..screen.len())
        .rev()
        .find(|&line| !screen.text(line).is_empty())?;
    if last >= cursor || screen.text(last).trim() != RETRY {
        return None;
    }
    let why = (0..last)
        .rev()
        .map(|line| bare(screen.text(line)))
        .find(|words| !words.is_empty());
    Some(Prompt {
        place: screen.place(last),
        mark: screen.text(last).to_owned(),
        wants: Wants::Retry(Text::clean(why.unwrap_or_default())),
    })
}
