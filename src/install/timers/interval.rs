//! The interval between checks.

use std::fmt;

/// Those that divide an hour or a day, in minutes: by the clock there are no others.
const EVEN: [u32; 15] = [
    5, 6, 10, 12, 15, 20, 30, 60, 120, 180, 240, 360, 480, 720, 1440,
];

/// A time from one check to the next that divides an hour or a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Interval(u32);

impl Interval {
    /// The longest that is not longer than so many minutes: rather too often than too late.
    pub(crate) fn within(minutes: u32) -> Self {
        let fitting = EVEN.into_iter().rfind(|even| *even <= minutes);
        Self(fitting.unwrap_or(EVEN[0]))
    }

    /// Every one that there is.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        EVEN.into_iter().map(Self)
    }

    pub(crate) const fn minutes(self) -> u32 {
        self.0
    }
}

/// "30 min", "2 h"
impl fmt::Display for Interval {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&humanize(self.0))
    }
}

/// Minutes in words.
pub(crate) fn humanize(minutes: u32) -> String {
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

#[cfg(test)]
mod tests {
    use super::{Interval, humanize};

    #[test]
    fn what_does_not_divide_an_hour_or_a_day_comes_sooner() {
        let table = [
            (5, 5),
            (7, 6),
            (29, 20),
            (30, 30),
            (45, 30),
            (60, 60),
            (90, 60),
            (1000, 720),
            (1440, 1440),
        ];
        for (asked, expected) in table {
            assert_eq!(Interval::within(asked).minutes(), expected, "{asked}");
        }
        for interval in Interval::all() {
            let minutes = interval.minutes();
            assert!(60 % minutes == 0 || 1440 % minutes == 0 && minutes % 60 == 0);
            assert_eq!(Interval::within(minutes), interval);
        }
    }

    #[test]
    fn minutes_are_spelled_as_people_say_them() {
        let table = [
            (30, "30 min"),
            (60, "1 h"),
            (90, "1 h 30 min"),
            (1440, "24 h"),
        ];
        for (minutes, expected) in table {
            assert_eq!(humanize(minutes), expected);
        }
    }
}
