//! Measures, cuts and wraps text by its width in a terminal.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::hint::Hint;

/// The number of columns that a text takes.
pub(crate) fn width(text: &str) -> usize {
    text.width()
}

/// Cuts a text to at most `columns`, with an ellipsis if something is cut off.
pub(crate) fn cut(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let mut cut = String::new();
    let mut used = 1;
    for character in text.chars() {
        used += character.width().unwrap_or(0);
        if used > columns {
            break;
        }
        cut.push(character);
    }
    cut + "…"
}

/// Cuts or pads to exactly `columns`.
pub(crate) fn padded(text: &str, columns: usize) -> String {
    let cut = cut(text, columns);
    let missing = columns.saturating_sub(width(&cut));
    cut + &" ".repeat(missing)
}

/// Breaks a text at spaces into lines of at most `columns`; a longer word gets its own line, so that it can be copied.
/// Existing line breaks and indentation are preserved.
pub(crate) fn lines(text: &str, columns: usize) -> Vec<String> {
    broken(text, columns, |_| false)
}

/// Breaks a hint into lines; a command is broken only if it is longer than a line.
pub(crate) fn instruction(hint: &Hint, columns: usize) -> Vec<String> {
    broken(hint.as_str(), columns, |place| {
        hint.is_within_command(place)
    })
}

/// Breaks a text into lines. `stays`: whether the word at this byte offset stays on the line of the word before.
fn broken(text: &str, columns: usize, stays: impl Fn(usize) -> bool) -> Vec<String> {
    let mut lines = Vec::new();
    let mut start = 0;
    for line in text.split('\n') {
        let words = line.trim_start_matches(' ');
        let (indent, _) = line.split_at(line.len() - words.len());
        let groups = groups(words, |place| stays(start + indent.len() + place));
        let filled = filled(groups, columns.saturating_sub(indent.len()));
        lines.extend(filled.into_iter().map(|line| format!("{indent}{line}")));
        start += line.len() + 1;
    }
    lines
}

/// The words of a line, grouped by what must not be broken: a number with its unit of time, the words of a command.
fn groups(line: &str, stays: impl Fn(usize) -> bool) -> Vec<Vec<&str>> {
    let mut groups: Vec<Vec<&str>> = Vec::new();
    let mut start = 0;
    for word in line.split(' ') {
        let place = start;
        start += word.len() + 1;
        let is_unit = |number: &str| {
            matches!(word, "d" | "h" | "m" | "s") && number.ends_with(|c: char| c.is_ascii_digit())
        };
        match groups.last_mut() {
            Some(_) if word.is_empty() => {}
            Some(group) if stays(place) || group.last().is_some_and(|it| is_unit(it)) => {
                group.push(word);
            }
            _ => groups.push(vec![word]),
        }
    }
    groups
}

/// Fills lines; a group is broken only if it is longer than a line.
fn filled(groups: Vec<Vec<&str>>, columns: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for group in groups {
        let whole = group.join(" ");
        let pieces = if width(&whole) <= columns {
            vec![whole.as_str()]
        } else {
            group
        };
        for piece in pieces {
            match lines.last_mut() {
                Some(line) if width(line) + 1 + width(piece) <= columns => {
                    line.push(' ');
                    line.push_str(piece);
                }
                _ => lines.push(piece.to_owned()),
            }
        }
    }
    lines
}

/// A text after a mark, wrapped to `columns`, with a hanging indent.
pub(crate) fn hanging(mark: &str, text: &str, columns: usize) -> String {
    after(mark, |room| lines(text, room), columns)
}

/// A hint after a mark, wrapped to `columns`, with a hanging indent.
pub(crate) fn next_step(mark: &str, hint: &Hint, columns: usize) -> String {
    after(mark, |room| instruction(hint, room), columns)
}

fn after(mark: &str, lines_of: impl Fn(usize) -> Vec<String>, columns: usize) -> String {
    let indent = width(mark) + 1;
    let mut result = String::new();
    for (index, line) in lines_of(columns.saturating_sub(indent).max(16))
        .iter()
        .enumerate()
    {
        if index == 0 {
            result.push_str(mark);
            result.push(' ');
        } else {
            result.push_str(&" ".repeat(indent));
        }
        result.push_str(line);
        result.push('\n');
    }
    result
}

#[cfg(test)]
mod tests {
    use super::{cut, hanging, instruction, lines, padded, width};
    use crate::hint::Hint;
    use proptest::prelude::*;

    #[test]
    fn wide_characters_count_double() {
        assert_eq!(width("世界"), 4);
        assert_eq!(cut("世界世界", 5), "世界…");
        assert_eq!(padded("世", 4), "世  ");
    }

    #[test]
    fn a_long_word_stands_alone() {
        let long = "https://a.very.long.example/address";
        assert_eq!(lines(&format!("see {long} now"), 12), ["see", long, "now"]);
    }

    #[test]
    fn a_command_stays_whole_where_there_is_room() {
        let table: [(Hint, usize, &[&str]); 4] = [
            (
                Hint::run("The old login is as it was. Again", "clawtap reauth"),
                42,
                &["The old login is as it was. Again:", "clawtap reauth"],
            ),
            (
                Hint::only("ssh -p 22 me@host").then("openclaw doctor --fix"),
                30,
                &["ssh -p 22 me@host, then:", "openclaw doctor --fix"],
            ),
            // A program's name alone is not a command, and a command that is too long for a line is broken.
            (
                Hint::from("what openclaw says here"),
                14,
                &["what openclaw", "says here"],
            ),
            (
                Hint::run("Try", "clawtap init me@gateway --name home"),
                20,
                &["Try: clawtap init", "me@gateway --name", "home"],
            ),
        ];
        for (hint, columns, expected) in table {
            assert_eq!(instruction(&hint, columns), expected);
        }
    }

    #[test]
    fn further_lines_hang_under_the_first() {
        assert_eq!(
            hanging("→", "Sign in again on the gateway", 20),
            "→ Sign in again on\n  the gateway\n"
        );
    }

    #[test]
    fn a_unit_stays_with_its_number() {
        assert_eq!(lines("expires in 5 h 39 m", 12), ["expires in", "5 h 39 m"]);
        assert_eq!(lines("it takes 299 d", 12), ["it takes", "299 d"]);
    }

    proptest! {
        #[test]
        fn cut_text_fits(text in "\\PC{0,60}", columns in 1_usize..50) {
            prop_assert!(width(&cut(&text, columns)) <= columns);
            prop_assert_eq!(width(&padded(&text, columns)), columns);
        }
    }
}
