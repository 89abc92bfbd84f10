//! Filters OSC sequences out of terminal output, and collects OSC 8 hyperlinks.

use std::mem;
use zeroize::Zeroizing;

/// The maximum number of links that are stored, and the maximum length of one, in bytes.
const MOST: usize = 100;
const LONGEST: usize = 8 * 1024;

const BELL: u8 = 0x07;
const CANCEL: u8 = 0x18;
const SUBSTITUTE: u8 = 0x1a;
const ESCAPE: u8 = 0x1b;

/// Strips OSC sequences from terminal output and collects OSC 8 hyperlinks.
///
/// The emulator would buffer an unterminated sequence of any length, and take a truncated one for a complete one. The
/// first bytes of a split UTF-8 character are held back until the rest arrives: the emulator would lose what follows.
#[derive(Default)]
pub(crate) struct OscFilter {
    state: State,
    command: Zeroizing<Vec<u8>>,
    /// The first bytes of an incomplete UTF-8 character.
    held: Zeroizing<Vec<u8>>,
    links: Vec<Zeroizing<String>>,
}

#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum State {
    #[default]
    Outside,
    /// After an ESC that may begin a sequence.
    Escape,
    /// In a control sequence (CSI), up to its final byte.
    Control,
    Inside,
    /// After an ESC in an OSC sequence, which a backslash should complete to its terminator (ST).
    End,
}

/// How much of the screen a few bytes can have changed.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reach {
    #[default]
    Nothing,
    /// The lines that the cursor was on before and is on after.
    Cursor,
    /// The same; everything if the screen scrolled.
    Text,
    Everything,
}

impl OscFilter {
    /// How much of the screen the next byte can change.
    pub(crate) fn reach(&self, byte: u8) -> Reach {
        match (self.state, byte) {
            // It cuts off an incomplete character, which is drawn first.
            (_, ..0x80 | 0xc0..) if !self.held.is_empty() => Reach::Everything,
            (State::Inside, _)
            | (State::End, b'\\' | b'[' | b']' | ESCAPE)
            | (State::Outside, ESCAPE)
            | (State::Escape, b'[')
            | (State::Control, b'm' | b'0'..=b'?') => Reach::Nothing,
            (State::Control, b'A'..=b'D' | b'G' | b'K') | (State::Outside, b'\r') => Reach::Cursor,
            (State::Outside, b'\n' | b' '..) => Reach::Text,
            _ => Reach::Everything,
        }
    }

    /// The addresses of all links so far, each whole and once.
    pub(crate) fn links(&self) -> &[Zeroizing<String>] {
        &self.links
    }

    /// Filters bytes of the program; returns those for the terminal emulator.
    pub(crate) fn filter(&mut self, bytes: &[u8]) -> Zeroizing<Vec<u8>> {
        // As large as it can become: a buffer that grows leaves copies of a secret in freed memory.
        let mut rest = Zeroizing::new(Vec::with_capacity(self.held.len() + 2 * bytes.len()));
        rest.append(&mut self.held);
        for &byte in bytes {
            self.state = match (self.state, byte) {
                (State::Escape, _) => Self::after_escape(byte, &mut rest),
                (State::Outside | State::Control, ESCAPE) => State::Escape,
                (State::Control, b'@'..=b'~' | CANCEL | SUBSTITUTE) | (State::Outside, _) => {
                    rest.push(byte);
                    State::Outside
                }
                (State::Control, _) => {
                    rest.push(byte);
                    State::Control
                }
                (State::Inside, BELL) | (State::End, b'\\') => {
                    self.finish();
                    State::Outside
                }
                (State::Inside, ESCAPE) => State::End,
                (State::Inside, CANCEL | SUBSTITUTE) => {
                    self.command.clear();
                    State::Outside
                }
                (State::Inside, _) => {
                    // One byte above the limit, by which a sequence that is too long is recognised.
                    if self.command.len() <= LONGEST {
                        self.command.push(byte);
                    }
                    State::Inside
                }
                (State::End, _) => {
                    // Broken off by another sequence, which begins here.
                    self.command.clear();
                    Self::after_escape(byte, &mut rest)
                }
            };
        }
        let whole = rest.len() - half_a_character(&rest);
        self.held.extend_from_slice(&rest[whole..]);
        rest.truncate(whole);
        rest
    }

    /// The state after an ESC, which is not in `rest` yet, and this byte.
    fn after_escape(byte: u8, rest: &mut Vec<u8>) -> State {
        match byte {
            b']' => {
                // CAN aborts an unfinished sequence, as the dropped ESC would have done.
                rest.push(CANCEL);
                State::Inside
            }
            ESCAPE => State::Escape,
            CANCEL | SUBSTITUTE => {
                rest.push(byte);
                State::Outside
            }
            // A control character between ESC and the rest of the sequence takes effect first, if it has one.
            ..b' ' => {
                rest.extend([CANCEL, byte]);
                State::Escape
            }
            0x7f.. => State::Escape,
            b'[' => {
                rest.extend([ESCAPE, byte]);
                State::Control
            }
            b' '..=b'~' => {
                rest.extend([ESCAPE, byte]);
                State::Outside
            }
        }
    }

    /// Ends an OSC sequence: `8;parameters;address` (OSC 8) is a hyperlink.
    fn finish(&mut self) {
        let command = mem::take(&mut self.command);
        let mut parts = command.splitn(3, |&byte| byte == b';');
        let (Some(b"8"), Some(_), Some(address)) = (parts.next(), parts.next(), parts.next())
        else {
            return;
        };
        let Ok(address) = str::from_utf8(address) else {
            return;
        };
        let known = self.links.iter().any(|link| link.as_str() == address);
        let fits = !address.is_empty() && command.len() <= LONGEST && self.links.len() < MOST;
        if fits && !known {
            self.links.push(Zeroizing::new(address.to_owned()));
        }
    }
}

/// How many bytes at the end are an incomplete UTF-8 character.
fn half_a_character(bytes: &[u8]) -> usize {
    let is_half = |length: &usize| {
        let end = bytes.len().checked_sub(*length).map(|at| &bytes[at..]);
        let error = end.and_then(|end| str::from_utf8(end).err());
        error.is_some_and(|error| error.valid_up_to() == 0 && error.error_len().is_none())
    };
    (1..=3).find(is_half).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, MOST, OscFilter};

    fn links(bytes: &[u8]) -> Vec<String> {
        let mut osc_filter = OscFilter::default();
        osc_filter.filter(bytes);
        osc_filter
            .links()
            .iter()
            .map(|link| link.to_string())
            .collect()
    }

    #[test]
    fn only_whole_links_are_taken() {
        let long = format!("\x1b]8;;{}\x07", "x".repeat(LONGEST));
        let table: [(&str, &[&str]); 11] = [
            ("\x1b]8;;https://a/\x07text\x1b]8;;\x07", &["https://a/"]),
            ("\x1b]8;id=1;https://a/?b;c\x1b\\", &["https://a/?b;c"]),
            ("\x1b]8;;https://a/", &[]),
            ("\x1b]8;;https://a/\x1b", &[]),
            ("\x1b]8;;https://a/\x1b[m", &[]),
            ("\x1b]8;;https://a/\x18", &[]),
            ("\x1b]8;;https://a/\x1b]8;;https://b/\x07", &["https://b/"]),
            ("\x1b[3\x1b]8;;https://a/\x07", &["https://a/"]),
            (
                "\x1b]8;;https://a/\x07\x1b]8;;https://a/\x07",
                &["https://a/"],
            ),
            ("\x1b]0;title\x07\x1b]7501;?\x07", &[]),
            (&long, &[]),
        ];
        for (bytes, expected) in table {
            assert_eq!(links(bytes.as_bytes()), expected, "{bytes:?}");
        }
    }

    #[test]
    fn commands_do_not_reach_the_emulator_and_the_rest_does() {
        let mut osc_filter = OscFilter::default();
        let rest = osc_filter.filter(b"a\x1b[1mb\x1b]8;;x\x1b\\c\x1b]0;t\x07d\x1b7e");
        assert_eq!(rest.as_slice(), b"a\x1b[1mb\x18c\x18d\x1b7e");
    }

    #[test]
    fn a_command_is_one_whatever_stands_in_its_beginning() {
        for between in ["\r", "\x7f", "\x1b", "\x07\x00"] {
            let bytes = format!("a\x1b{between}]8;;https://a/\x07b");
            assert_eq!(links(bytes.as_bytes()), ["https://a/"], "{bytes:?}");
            let rest = OscFilter::default().filter(bytes.as_bytes());
            assert!(!rest.contains(&b']'), "{bytes:?}");
        }
        let rest = OscFilter::default().filter(b"\x1b\x97]8;;https://a/");
        assert!(!rest.contains(&b']'));
    }

    #[test]
    fn links_are_counted_out() {
        let many: Vec<String> = (0..MOST * 2)
            .map(|number| format!("\x1b]8;;https://a/{number}\x07"))
            .collect();
        assert_eq!(links(many.concat().as_bytes()).len(), MOST);
    }
}
