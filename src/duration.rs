//! Formats durations for people.

use chrono::TimeDelta;

/// Formats a duration: "3 years", "299 d", "1 d 5 h", "5 h 40 m", "40 m", "30 s". It is rounded down and has at most
/// two units.
pub(crate) fn humanize(duration: TimeDelta) -> String {
    let seconds = duration.num_seconds().unsigned_abs();
    let (days, hours) = (seconds / 86_400, seconds / 3_600 % 24);
    let minutes = seconds / 60 % 60;
    match (days, hours, minutes) {
        (730.., _, _) => format!("{} years", days / 365),
        (3.., _, _) | (1.., 0, _) => format!("{days} d"),
        (1.., hours, _) => format!("{days} d {hours} h"),
        (0, 1.., 0) => format!("{hours} h"),
        (0, 1.., minutes) => format!("{hours} h {minutes} m"),
        (0, 0, 1..) => format!("{minutes} m"),
        (0, 0, 0) => format!("{seconds} s"),
    }
}

/// Formats how long ago something was: "just now", or "5 h 40 m ago".
pub(crate) fn ago(duration: TimeDelta) -> String {
    if duration < TimeDelta::seconds(5) {
        return "just now".into();
    }
    format!("{} ago", humanize(duration))
}

#[cfg(test)]
mod tests {
    use super::{ago, humanize};
    use chrono::TimeDelta;

    #[test]
    fn durations_read_as_people_say_them() {
        let table = [
            (0, "0 s"),
            (59, "59 s"),
            (60, "1 m"),
            (3_599, "59 m"),
            (3_600, "1 h"),
            (20_400, "5 h 40 m"),
            (86_400, "1 d"),
            (104_400, "1 d 5 h"),
            (259_200, "3 d"),
            (25_919_999, "299 d"),
            (94_608_000, "3 years"),
            (-20_400, "5 h 40 m"),
        ];
        for (seconds, expected) in table {
            assert_eq!(humanize(TimeDelta::seconds(seconds)), expected);
        }
        assert_eq!(ago(TimeDelta::seconds(2)), "just now");
        assert_eq!(ago(TimeDelta::hours(2)), "2 h ago");
    }
}
