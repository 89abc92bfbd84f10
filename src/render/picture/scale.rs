//! The time axis. Lifetimes reach from an hour to a year: its steps, all as wide, are those of the gauge, and a
//! year.

use chrono::TimeDelta;

use crate::render::gauge::STEPS;

const YEAR: TimeDelta = TimeDelta::days(365);

/// What stands at each step.
pub(crate) const LABELS: [&str; 9] = ["now", "1h", "6h", "24h", "3d", "7d", "30d", "90d", "1y"];

/// Where a remaining time ends on an axis of this width: nothing left is at 0, a year and more at the end.
pub(crate) fn position(left: TimeDelta, width: usize) -> usize {
    let stops: Vec<i64> = STEPS
        .iter()
        .chain([&YEAR])
        .map(TimeDelta::num_seconds)
        .collect();
    let left = left.num_seconds();
    let parts = stops.len() - 1;
    let passed = stops.iter().filter(|&&stop| stop <= left).count();
    let (Some(&from), Some(&to)) = (stops.get(passed.wrapping_sub(1)), stops.get(passed)) else {
        return if passed == 0 { 0 } else { width };
    };
    let share = |length: i64| usize::try_from(length).unwrap_or(0);
    width * (passed - 1) / parts + width * share(left - from) / share(to - from) / parts
}

#[cfg(test)]
mod tests {
    use super::position;
    use chrono::TimeDelta;
    use proptest::prelude::*;

    #[test]
    fn steps_are_equally_wide_and_even_within() {
        let table = [
            (TimeDelta::MIN, 0),
            (TimeDelta::zero(), 0),
            (TimeDelta::minutes(30), 40),
            (TimeDelta::hours(1), 80),
            (TimeDelta::hours(24), 240),
            (TimeDelta::hours(48), 280),
            (TimeDelta::days(90), 560),
            (TimeDelta::days(365), 640),
            (TimeDelta::MAX, 640),
        ];
        for (left, expected) in table {
            assert_eq!(position(left, 640), expected, "{left}");
        }
    }

    proptest! {
        #[test]
        fn more_time_is_never_further_left(a in -1_000_i64..40_000_000, more in 0_i64..40_000_000) {
            let at = |seconds| position(TimeDelta::seconds(seconds), 624);
            prop_assert!(at(a) <= at(a + more) && at(a + more) <= 624);
        }
    }
}
