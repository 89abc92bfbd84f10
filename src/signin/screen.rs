//! The screen of a terminal program, as logical lines.

use crate::signin::osc::{OscFilter, Reach};
use std::num::NonZeroU16;
use zeroize::Zeroizing;

/// The size of the terminal that a sign-in is run in: wide enough that no address or token is broken.
/// It is smaller in a fuzz target, whose inputs are small and which reads the screen some hundred times a second.
pub(crate) const ROWS: u16 = if cfg!(fuzzing) { 24 } else { 100 };
pub(crate) const COLUMNS: u16 = if cfg!(fuzzing) { 100 } else { 500 };

/// A terminal's screen. It may show a token: it has no `Debug`, and is overwritten when dropped.
pub(crate) struct Screen {
    emulator: vt100::Parser<Scrolled>,
    rows: Vec<Zeroizing<String>>,
    lines: Vec<Line>,
    cursor: Cursor,
    draws: u64,
    osc_filter: OscFilter,
}

/// A logical line: one row of the terminal, or several if the terminal wrapped it.
struct Line {
    row: usize,
    /// The text, if it takes several rows.
    joined: Option<Zeroizing<String>>,
}

/// Where the next character would be drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Cursor {
    /// The index of the line.
    pub(crate) line: usize,
    /// The column in that line.
    pub(crate) column: usize,
}

impl Screen {
    /// An empty screen.
    pub(crate) fn new() -> Self {
        let size = |size| NonZeroU16::new(size).unwrap_or(NonZeroU16::MIN);
        let mut screen = Self {
            emulator: vt100::Parser::new_with_callbacks(
                size(ROWS),
                size(COLUMNS),
                0,
                Scrolled::default(),
            ),
            rows: vec![Zeroizing::default(); usize::from(ROWS)],
            lines: Vec::new(),
            cursor: Cursor::default(),
            draws: 0,
            osc_filter: OscFilter::default(),
        };
        screen.join();
        screen
    }

    /// Draws what the program wrote.
    pub(crate) fn draw(&mut self, bytes: &[u8]) {
        // For a single byte, only the rows that it can change are read again.
        let reach = match bytes {
            &[byte] => self.osc_filter.reach(byte),
            _ => Reach::Everything,
        };
        let before = self.emulator.screen().cursor_position();
        let gone = self.emulator.callbacks().0;
        self.emulator.process(&self.osc_filter.filter(bytes));
        let after = self.emulator.screen().cursor_position();
        self.draws += 1;
        // Within margins, scrolling removes no row at the top: the cursor stays on its row, or moves back in it.
        let scrolled = self.emulator.callbacks().0 != gone
            || after.0 == before.0 && (after.1 < before.1 || bytes == b"\n");
        match reach {
            Reach::Nothing => return,
            Reach::Text if scrolled => self.read_rows(),
            Reach::Cursor | Reach::Text => {
                self.read_row(before.0);
                if after.0 != before.0 {
                    self.read_row(after.0);
                }
            }
            Reach::Everything => self.read_rows(),
        }
        self.join();
    }

    fn read_rows(&mut self) {
        let rows = self.emulator.screen().rows(0, COLUMNS);
        for (row, text) in self.rows.iter_mut().zip(rows) {
            let used = text.trim_end().len();
            *row = Zeroizing::new(text);
            row.truncate(used);
        }
    }

    /// How many lines there are, up to the last that is used or has the cursor.
    pub(crate) fn len(&self) -> usize {
        self.lines.len()
    }

    /// The text of a line, without the blanks at its end; empty where there is no such line.
    pub(crate) fn text(&self, line: usize) -> &str {
        let Some(line) = self.lines.get(line) else {
            return "";
        };
        match &line.joined {
            Some(text) => text,
            None => self.rows.get(line.row).map_or("", |row| row.as_str()),
        }
    }

    /// A line's position, counted from the first row ever drawn, so that it does not change when the screen scrolls.
    pub(crate) fn place(&self, line: usize) -> u64 {
        let row = self.lines.get(line).map_or(0, |line| line.row as u64);
        self.emulator.callbacks().0 + row
    }

    /// Where the next character would be drawn.
    pub(crate) fn cursor(&self) -> Cursor {
        self.cursor
    }

    /// The addresses of all hyperlinks so far, each whole and once.
    pub(crate) fn links(&self) -> &[Zeroizing<String>] {
        self.osc_filter.links()
    }

    /// How often something was drawn.
    pub(crate) fn draws(&self) -> u64 {
        self.draws
    }

    fn read_row(&mut self, row: u16) {
        let screen = self.emulator.screen();
        let mut text = Zeroizing::new(String::with_capacity(usize::from(COLUMNS)));
        let mut blanks = 0;
        for column in 0..COLUMNS {
            match screen.cell(row, column) {
                Some(cell) if cell.is_wide_continuation() => {}
                Some(cell) if cell.has_contents() => {
                    text.extend(std::iter::repeat_n(' ', std::mem::take(&mut blanks)));
                    text.push_str(cell.contents());
                }
                _ => blanks += 1,
            }
        }
        let used = text.trim_end().len();
        text.truncate(used);
        if let Some(old) = self.rows.get_mut(usize::from(row)) {
            *old = text;
        }
    }

    /// Joins the rows to lines.
    fn join(&mut self) {
        let screen = self.emulator.screen();
        let (row, column) = screen.cursor_position();
        let (row, mut column) = (usize::from(row), usize::from(column));
        let used = self.rows.iter().rposition(|row| !row.is_empty());
        let used = used.map_or(0, |last| last + 1).max(row + 1);
        self.lines.clear();
        let mut first = 0;
        for (number, last) in (0..ROWS).zip(1..=used) {
            if screen.row_wrapped(number) && last < used {
                continue;
            }
            let joined = (last - first > 1).then(|| {
                let rows = self.rows[first..last].iter();
                Zeroizing::new(rows.map(|row| row.as_str()).collect::<String>())
            });
            if (first..last).contains(&row) {
                column += (row - first) * usize::from(COLUMNS);
                let line = self.lines.len();
                self.cursor = Cursor { line, column };
            }
            self.lines.push(Line { row: first, joined });
            first = last;
        }
    }
}

impl Screen {
    /// Overwrites the normal and the alternate screen. Rows that scrolled away were freed by the emulator.
    fn wipe(&mut self) {
        let row = "x".repeat(usize::from(COLUMNS));
        for picture in ["\x1b[?1049l", "\x1b[?47h"] {
            // CAN aborts an unfinished sequence; the margins are reset, as they would limit the cursor.
            let fresh = format!("\x18{picture}\x1b[r\x1b[?6l");
            self.emulator.process(fresh.as_bytes());
            for number in 1..=ROWS {
                let line = format!("\x1b[{number};1H{row}");
                self.emulator.process(line.as_bytes());
            }
        }
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        self.wipe();
    }
}

/// How many rows have left the screen at its top.
#[derive(Default)]
struct Scrolled(u64);

impl vt100::Callbacks for Scrolled {
    fn on_scroll(&mut self, _: vt100::capture::RowContents<'_>, _: bool) {
        self.0 += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::{COLUMNS, ROWS, Screen};
    use proptest::prelude::*;

    fn lines(screen: &Screen) -> Vec<(u64, String)> {
        (0..screen.len())
            .map(|line| (screen.place(line), screen.text(line).to_owned()))
            .collect()
    }

    #[test]
    fn a_line_broken_by_the_terminal_is_one() {
        let mut screen = Screen::new();
        let long = "x".repeat(usize::from(COLUMNS) + 20);
        screen.draw(format!("{long}\r\nnext").as_bytes());
        assert_eq!(lines(&screen), [(0, long), (2, "next".into())]);
        assert_eq!((screen.cursor().line, screen.cursor().column), (1, 4));
    }

    #[test]
    fn a_line_keeps_its_place_when_the_screen_scrolls() {
        let mut screen = Screen::new();
        screen.draw(&b"\r\n".repeat(usize::from(ROWS) - 2));
        screen.draw(b"here");
        let place = screen.place(screen.len() - 1);
        screen.draw(b"\r\n\r\n\r\n");
        assert!(lines(&screen).contains(&(place, "here".into())));
    }

    #[test]
    fn everything_on_it_can_be_overwritten() {
        let mut screen = Screen::new();
        screen.draw(b"\x1b[5;50r\x1b[?6hone\x1b[?1049htwo");
        screen.wipe();
        let blank = "x".repeat(usize::from(COLUMNS));
        for picture in ["\x1b[?1049l", "\x1b[?47l", "\x1b[?47h"] {
            screen.draw(picture.as_bytes());
            let rows = screen.emulator.screen().rows(0, COLUMNS);
            assert!(rows.into_iter().all(|row| row == blank), "{picture:?}");
        }
    }

    #[test]
    fn what_changes_other_lines_is_seen_when_it_comes_byte_by_byte() {
        let mut sequences: Vec<String> = "JKLMSTPX@".chars().map(|c| format!("[{c}")).collect();
        // Some of them abort an OSC sequence, or have a control character inside.
        let others = [
            "c",
            "M",
            "]0;t\x1bc",
            "]0;t\x1bM",
            "\rc",
            "\x1bc",
            "[?1\r049h",
            "[?1\x7f049h",
        ];
        sequences.extend(others.map(String::from));
        for last in sequences {
            for up in 0..3 {
                let bytes = format!("one\r\ntwo\r\nthree\x1b[{up}A\x1b{last}");
                let (mut slow, mut fast) = (Screen::new(), Screen::new());
                fast.draw(bytes.as_bytes());
                for byte in bytes.bytes() {
                    slow.draw(&[byte]);
                }
                assert_eq!(lines(&slow), lines(&fast), "{bytes:?}");
            }
        }
    }

    #[test]
    fn a_character_cut_in_two_takes_nothing_along() {
        let mut screen = Screen::new();
        for piece in [&b"\xc3"[..], b"\xbcx\xe2", b"\x94", b"\x82y"] {
            screen.draw(piece);
        }
        assert_eq!(lines(&screen), [(0, "üx│y".into())]);
        // An incomplete character is drawn before the bytes that come instead of its rest.
        for bytes in [
            &b"a\xe2\x94\x1b[mb"[..],
            b"a\xe2\r\nb",
            b"a\xc3\x1b]0;t\x07b",
        ] {
            let (mut slow, mut fast) = (Screen::new(), Screen::new());
            fast.draw(bytes);
            for &byte in bytes {
                slow.draw(&[byte]);
            }
            assert_eq!(lines(&slow), lines(&fast), "{bytes:?}");
        }
    }

    #[test]
    fn what_scrolls_within_margins_is_seen_when_it_comes_byte_by_byte() {
        let full = "x".repeat(usize::from(COLUMNS));
        for last in ["\n", &format!("\r{full}y")] {
            let bytes = format!("\x1b[2;4rone\r\ntwo\r\nthree\r\nfour{last}");
            let (mut slow, mut fast) = (Screen::new(), Screen::new());
            fast.draw(bytes.as_bytes());
            for byte in bytes.bytes() {
                slow.draw(&[byte]);
            }
            assert_eq!(lines(&slow), lines(&fast), "{last:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn byte_by_byte_is_the_same_as_at_once(parts in proptest::collection::vec(
            prop_oneof!["[a-z ]{0,30}", Just("\r\n".into()), "\x1b\\[[0-9]{0,3}[A-KPXm@LMST]", "│ ü世 ?",
                Just("\x1b]8;;https://a/\x07".into()), Just("\x1b7\x1b[?1049h".into()), Just("\x1b8".into())],
            0..60,
        )) {
            let bytes = parts.concat();
            let (mut slow, mut fast) = (Screen::new(), Screen::new());
            fast.draw(bytes.as_bytes());
            bytes.bytes().for_each(|byte| slow.draw(&[byte]));
            prop_assert_eq!(lines(&slow), lines(&fast));
            prop_assert_eq!(slow.cursor(), fast.cursor());
        }

        #[test]
        fn no_bytes_break_it(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
            let mut screen = Screen::new();
            screen.draw(&bytes);
            prop_assert!(screen.len() <= usize::from(ROWS));
        }
    }
}
