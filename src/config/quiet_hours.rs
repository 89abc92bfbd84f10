//! Quiet hours: the time of day in which only new failures are alerted.

use chrono::{NaiveTime, Timelike};
use serde::Deserialize;

/// From one time of day to another, by this device's clock; over midnight if the first is later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct QuietHours {
    from: NaiveTime,
    to: NaiveTime,
}

impl TryFrom<String> for QuietHours {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text)
    }
}

impl QuietHours {
    /// Parses `23:00-07:00`.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let wrong = || "it is not like 23:00-07:00".to_owned();
        let (from, to) = text.split_once('-').ok_or_else(wrong)?;
        let time = |text: &str| NaiveTime::parse_from_str(text.trim(), "%H:%M");
        match (time(from), time(to)) {
            (Ok(from), Ok(to)) if from != to => Ok(Self { from, to }),
            (Ok(_), Ok(_)) => Err("it ends when it begins".into()),
            _ => Err(wrong()),
        }
    }

    /// Whether this local time of day is in the quiet hours; the first minute is, the last one is not.
    pub(crate) fn cover(self, local: NaiveTime) -> bool {
        let minute = |time: NaiveTime| time.hour() * 60 + time.minute();
        let (from, to, at) = (minute(self.from), minute(self.to), minute(local));
        if from < to {
            (from..to).contains(&at)
        } else {
            at >= from || at < to
        }
    }
}

#[cfg(test)]
mod tests {
    use super::QuietHours;
    use chrono::NaiveTime;

    #[test]
    fn hours_may_go_over_midnight() {
        let table = [
            ("23:00-07:00", "22:59", false),
            ("23:00-07:00", "23:00", true),
            ("23:00-07:00", "00:00", true),
            ("23:00-07:00", "06:59", true),
            ("23:00-07:00", "07:00", false),
            ("12:30 - 13:30", "13:00", true),
            ("12:30-13:30", "14:00", false),
        ];
        for (hours, time, expected) in table {
            let local = NaiveTime::parse_from_str(time, "%H:%M").unwrap();
            let quiet = QuietHours::parse(hours).unwrap().cover(local);
            assert_eq!(quiet, expected, "{hours} at {time}");
        }
    }

    #[test]
    fn what_is_no_span_of_hours_is_refused() {
        for text in ["", "23:00", "23-7", "24:00-07:00", "07:00-07:00", "a-b"] {
            assert!(QuietHours::parse(text).is_err(), "{text}");
        }
    }
}
