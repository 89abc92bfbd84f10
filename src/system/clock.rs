//! The time of this device.

use std::time::Duration;

use chrono::{DateTime, Local, TimeDelta, Utc};

/// Now, in UTC.
pub(crate) fn now() -> DateTime<Utc> {
    Utc::now()
}

/// A moment in this device's time zone, for showing.
pub(crate) fn local(moment: DateTime<Utc>) -> DateTime<chrono::FixedOffset> {
    showable(moment).with_timezone(&Local).fixed_offset()
}

/// Limits a moment to those that can be shown in every time zone: a file may contain the very last one that a
/// `DateTime` can store, which overflows in some of them.
pub(crate) fn showable(moment: DateTime<Utc>) -> DateTime<Utc> {
    const MARGIN: TimeDelta = TimeDelta::days(2);
    moment.clamp(
        DateTime::<Utc>::MIN_UTC + MARGIN,
        DateTime::<Utc>::MAX_UTC - MARGIN,
    )
}

/// Sleeps. Ctrl-C ends the process meanwhile.
pub(crate) fn pause(duration: Duration) {
    std::thread::sleep(duration);
}

#[cfg(test)]
mod tests {
    use super::showable;
    use chrono::{DateTime, FixedOffset, Utc};

    #[test]
    fn a_moment_at_the_end_of_time_can_be_told_in_every_zone() {
        for hours in [-14, 0, 14] {
            let zone = FixedOffset::east_opt(hours * 3600).unwrap();
            for moment in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC] {
                let told = showable(moment).with_timezone(&zone);
                assert!(!told.date_naive().to_string().is_empty());
            }
        }
        assert_eq!(showable(DateTime::UNIX_EPOCH), DateTime::UNIX_EPOCH);
    }
}
