//! Prompts as @clack draws them, which is how OpenClaw asks.
//!
//! ```text
//! ◆  Title
//! │  ● marked
//! │  ○ other
//! └
//! ```
//!
//! `▲` in place of `◆`, and words after `└`: the last answer was refused. `◇`: it has been answered.

use crate::signin::prompt::menu::Menu;
use crate::signin::prompt::{Prompt, Question, Wants, bare};
use crate::signin::screen::Screen;
use crate::text::Text;

/// How many lines a prompt may have.
const TALLEST: usize = 120;

/// The prompt above the cursor, if it is completely drawn.
pub(crate) fn detect(screen: &Screen) -> Option<Prompt> {
    let cursor = screen.cursor();
    // After a redraw the cursor is below the frame again; only a search prompt leaves it right behind the frame.
    let (footer, below) = match screen.text(cursor.line).trim_end() {
        "└" if cursor.column > 0 => (cursor.line, false),
        "" => (footer(screen, cursor.line)?, true),
        _ => return None,
    };
    let head = head(screen, footer)?;
    let first = screen.text(head);
    let rejection = match (first.chars().next()?, screen.text(footer)) {
        ('◆', "└") => String::new(),
        ('▲', _) if below => rejection(screen, footer, cursor.line),
        _ => return None,
    };
    let body: Vec<&str> = (head + 1..footer).map(|line| screen.text(line)).collect();
    let frame = body.iter().position(|line| line.starts_with('│'))?;
    let searches = body.iter().any(|line| inner(line).starts_with("Search:"));
    if !searches && !below {
        return None;
    }
    let wants = wants(first, &body, frame, &rejection)?;
    Some(Prompt {
        place: screen.place(head),
        mark: first.to_owned(),
        wants,
    })
}

/// The line with the frame's end, above a blank one.
fn footer(screen: &Screen, blank: usize) -> Option<usize> {
    (blank.saturating_sub(4)..blank)
        .rev()
        .find(|&line| !screen.text(line).starts_with("   "))
        .filter(|&line| screen.text(line).starts_with('└'))
}

/// The line with the title, of an answered prompt too. Further lines of a title may be without a frame.
fn head(screen: &Screen, footer: usize) -> Option<usize> {
    (footer.saturating_sub(TALLEST)..footer)
        .rev()
        .find(|&line| {
            screen
                .text(line)
                .starts_with(['◆', '▲', '◇', '■', '└', '├', '┌'])
        })
}

fn rejection(screen: &Screen, footer: usize, end: usize) -> String {
    let lines: Vec<&str> = (footer..end).map(|line| bare(screen.text(line))).collect();
    lines.join(" ")
}

fn wants(first: &str, body: &[&str], frame: usize, rejection: &str) -> Option<Wants> {
    let rows: Vec<&str> = body[frame..].iter().map(|line| inner(line)).collect();
    let options = options(&rows);
    // A title of several lines is inside the frame if choices follow it.
    let above = match rows.iter().position(|row| is_option(row)) {
        Some(option) => frame + option,
        None => frame,
    };
    let mut title = bare(first).to_owned();
    for line in &body[..above] {
        let words = bare(line);
        if !words.is_empty() && !words.starts_with("Search:") {
            title.push(' ');
            title.push_str(words);
        }
    }
    if rows.iter().any(|row| row.starts_with(['◻', '◼'])) {
        return Some(Wants::Several(Text::clean(&title)));
    }
    if options.is_empty() {
        let input = rows.iter().find(|row| !is_hint(row)).copied()?;
        if input.starts_with("Search:") {
            return None;
        }
        let mut question = Question::new(&title, Vec::new(), rejection);
        question.hidden |= input.contains('▪');
        return Some(Wants::line(question, matches!(input, "" | "_")));
    }
    let marked = options.iter().position(|(marked, _)| *marked)?;
    let more = rows.contains(&"...");
    let choices = options
        .into_iter()
        .map(|(_, label)| Text::clean(label))
        .collect();
    Some(Wants::Choice(Menu::new(&title, choices, marked, more)))
}

/// The choices: whether it is marked, and its label.
fn options<'a>(rows: &[&'a str]) -> Vec<(bool, &'a str)> {
    let mut options = Vec::new();
    for row in rows {
        // Yes and No are on one line.
        let (left, right) = match row.find(" / ○").or_else(|| row.find(" / ●")) {
            Some(middle) => (&row[..middle], row[middle..].trim_start_matches(" / ")),
            None => (*row, ""),
        };
        for option in [left, right] {
            if let Some(label) = option.strip_prefix('●') {
                options.push((true, label.trim()));
            } else if let Some(label) = option.strip_prefix('○') {
                options.push((false, label.trim()));
            }
        }
    }
    options
}

fn is_option(row: &str) -> bool {
    row.starts_with(['●', '○', '◻', '◼'])
}

fn is_hint(row: &str) -> bool {
    row.starts_with(['↑', '←', '→'])
}

/// The content of a line, without the frame.
fn inner(line: &str) -> &str {
    line.strip_prefix('│').unwrap_or(line).trim()
}
