//! The result of a sync: a line for people, JSON for programs.

use chrono::{DateTime, FixedOffset, TimeDelta};
use serde::Serialize;

use crate::duration::humanize;
use crate::error::Error;
use crate::hint::Hint;

/// The result of a sync.
#[derive(Serialize)]
pub(crate) struct Synced {
    pub(crate) schema: u32,
    pub(crate) gateway: String,
    pub(crate) result: &'static str,
    pub(crate) from: &'static str,
    #[serde(rename = "as")]
    pub(crate) form: &'static str,
    pub(crate) profile: Option<String>,
    /// How long it is valid, in seconds.
    pub(crate) valid_for_s: Option<i64>,
    pub(crate) message: String,
}

impl Synced {
    /// "home: synced, valid until 23:10 (5 h 40 m)"
    pub(crate) fn line(&self) -> String {
        format!("{}: {}", self.gateway, self.message)
    }

    /// The same for programs.
    pub(crate) fn json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }
}

/// The JSON of a sync that failed.
pub(crate) fn failed(error: &Error) -> String {
    let value = serde_json::json!({
        "schema": 1,
        "result": "not-synced",
        "message": error.message,
        "next_step": error.hint.as_ref().map(Hint::as_str),
    });
    format!("{value:#}\n")
}

/// "23:10 (5 h 40 m)", with the date if it is not today's; `now` is local.
pub(crate) fn until(now: DateTime<FixedOffset>, left: TimeDelta) -> String {
    let end = now + left;
    let shown = if now.date_naive() == end.date_naive() {
        end.format("%H:%M")
    } else {
        end.format("%-d %b %H:%M")
    };
    format!("{shown} ({})", humanize(left))
}

#[cfg(test)]
mod tests {
    use super::until;
    use chrono::{DateTime, TimeDelta};

    #[test]
    fn the_day_is_told_where_it_is_another_one() {
        let now = DateTime::parse_from_rfc3339("2026-11-22T17:30:00+01:00").unwrap();
        assert_eq!(until(now, TimeDelta::minutes(340)), "23:10 (5 h 40 m)");
        assert_eq!(until(now, TimeDelta::hours(8)), "23 Nov 01:30 (8 h)");
    }
}
