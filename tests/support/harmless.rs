//! Text that deceives or commands a terminal, and what must be left of it.

use pretty_assertions::assert_eq;

/// Red, a clipboard write, a link, a window title, C1, a bidi override, an isolate, a zero-width space, a
/// byte-order mark, a soft hyphen, a tag character, a private-use one, bell, backspace, carriage return,
/// new line, tab and null, with letters between them.
pub(crate) const NASTY: &str = "a\u{1b}[31mb\u{1b}]52;c;c2VjcmV0\u{7}c\u{1b}]8;;https://evil.example\u{1b}\\d\u{1b}]0;t\u{7}e\
    \u{9b}f\u{202e}g\u{2066}h\u{200b}i\u{feff}j\u{ad}k\u{e0041}l\u{e000}m\u{7}n\u{8}o\rp\nq\tr\0s";
/// What is left of it.
pub(crate) const CLEAN: &str = "abcdefghijklmno p q rs";

/// Nothing in this text deceives or commands a terminal, and nothing of a link's address is in it.
#[track_caller]
pub(crate) fn assert_harmless(text: &str, whence: &str) {
    assert_showable(text, whence);
    assert!(!text.contains("evil"), "{whence}: {text}");
}

/// Nothing in this text deceives or commands a terminal.
#[track_caller]
pub(crate) fn assert_showable(text: &str, whence: &str) {
    let harmful = |c: char| {
        (c.is_control() && c != '\n')
            || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e000}'..='\u{f8ff}' | '\u{e0000}'..='\u{e007f}')
    };
    let found: Vec<char> = text.chars().filter(|&c| harmful(c)).collect();
    assert_eq!(found, [], "{whence}: {text}");
}
