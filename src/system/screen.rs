//! The terminal's alternate screen.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::system::terminal::{print, show_typing};

/// Switches to the alternate screen, without line wrapping and cursor.
const TAKE: &str = "\x1b[?1049h\x1b[?7l\x1b[?25l";
const GIVE_BACK: &str = "\x1b[?25h\x1b[?7h\x1b[?1049l";

/// Whether the alternate screen is in use, so that any exit can restore it.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// The alternate screen, until this is dropped.
pub(crate) struct Screen(());

impl Screen {
    /// Switches to the alternate screen.
    pub(crate) fn take() -> Self {
        TAKEN.store(true, Ordering::SeqCst);
        let _ = print(TAKE);
        Self(())
    }

    /// Replaces the screen's content by these lines. The cursor is then at the start of the line below them.
    #[expect(clippy::unused_self, reason = "only who has the screen draws on it")]
    pub(crate) fn draw(&self, lines: &str) {
        let _ = print(&drawing(lines));
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        give_back();
    }
}

/// Restores the terminal: its echo, and the normal screen.
pub(crate) fn restore() {
    show_typing();
    give_back();
}

/// Leaves the alternate screen, if it is in use.
fn give_back() {
    if TAKEN.swap(false, Ordering::SeqCst) {
        let _ = print(GIVE_BACK);
    }
}

/// Draws from the top without clearing first, which would flicker: each line erases the rest of its row, and the last
/// one the rows below.
fn drawing(lines: &str) -> String {
    format!("\x1b[H{}\x1b[J", lines.replace('\n', "\x1b[K\n"))
}

#[cfg(test)]
mod tests {
    use super::drawing;
    use std::num::NonZeroU16;

    #[test]
    fn nothing_is_left_of_what_was_drawn_before() {
        let size = |length| NonZeroU16::new(length).unwrap();
        let mut screen = vt100::Parser::new(size(4), size(10), 0);
        for lines in ["long line\nsecond\n", "short\n"] {
            screen.process(drawing(lines).replace('\n', "\r\n").as_bytes());
        }
        assert_eq!(screen.screen().contents(), "short");
        assert_eq!(screen.screen().cursor_position(), (1, 0));
    }
}
