//! The marks of states and verdicts: each has its own shape, so that it can be recognised without its colour.

use crate::render::picture::canvas::{Area, Canvas, Colour};
use crate::status::login::State;
use crate::status::verdict::Verdict;

/// The width and height of a mark, in pixels.
pub(crate) const SIZE: usize = 22;

/// The state or verdict that a mark shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
    Fine,
    Expiring,
    Broken,
    Paused,
    Unknown,
}

impl Mark {
    pub(crate) const fn of_state(state: State) -> Self {
        match state {
            State::Ok | State::Static | State::Refreshable => Self::Fine,
            State::Expiring => Self::Expiring,
            State::Cooldown | State::Disabled => Self::Paused,
            State::Indeterminate => Self::Unknown,
            State::Rejected
            | State::Unavailable
            | State::Missing
            | State::Expired
            | State::NotRunning
            | State::PartsDown => Self::Broken,
        }
    }

    pub(crate) const fn of_verdict(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Ok => Self::Fine,
            Verdict::Expiring => Self::Expiring,
            Verdict::CannotTell => Self::Unknown,
            Verdict::Broken => Self::Broken,
        }
    }

    pub(crate) const fn colour(self) -> Colour {
        match self {
            Self::Fine => Colour::Green,
            Self::Expiring => Colour::Amber,
            Self::Broken => Colour::Red,
            Self::Paused => Colour::Violet,
            Self::Unknown => Colour::Blue,
        }
    }

    /// Draws the mark: a disc with a tick, a triangle with an exclamation mark, a square with a cross, a square with
    /// two bars, or a diamond with a question mark.
    pub(crate) fn draw(self, canvas: &mut Canvas, x: usize, y: usize, colour: Colour) {
        let area = Area {
            x,
            y,
            width: SIZE,
            height: SIZE,
        };
        canvas.fill_where(area, colour, |x, y| self.covers(x, y));
        if let Some(sign) = self.letter() {
            canvas.write(x + (SIZE - 12) / 2, y, sign, Colour::Panel);
        }
    }

    /// Whether the shape covers this pixel. Distances are in half pixels from the middle.
    fn covers(self, x: usize, y: usize) -> bool {
        let from_middle = |place: usize| (2 * place + 1).abs_diff(SIZE);
        let (across, down) = (from_middle(x), from_middle(y));
        match self {
            Self::Fine => {
                let disc = across * across + down * down <= SIZE * SIZE;
                let short = (5..=9).contains(&x) && (x + 6).abs_diff(y) <= 1;
                let long = (9..=16).contains(&x) && (x + y).abs_diff(24) <= 1;
                disc && !short && !long
            }
            Self::Expiring => across <= y + 2,
            Self::Broken => {
                let within = across.max(down) < 12;
                let cross = across.abs_diff(down) <= 3;
                !(within && cross)
            }
            Self::Paused => !(down < 12 && (3..8).contains(&across)),
            Self::Unknown => across + down <= SIZE + 4,
        }
    }

    const fn letter(self) -> Option<&'static str> {
        match self {
            Self::Expiring => Some("!"),
            Self::Unknown => Some("?"),
            Self::Fine | Self::Broken | Self::Paused => None,
        }
    }
}
