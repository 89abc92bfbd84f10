//! The time axis. Lifetimes range from an hour to a year, so the steps are those of the gauge, and a year, all equally
//! wide.

use chrono::TimeDelta;

use crate::render::gauge::STEPS;

const YEAR: TimeDelta = TimeDelta::days(365);

/// The label of each step.
pub(crate) const LABELS: [&str; 9] = ["now", "1h", "6h", "24h", "3d", "7d", "30d", "90d", "1y"];

/// The position of a remaining time on an axis of this width: 0 for no time left, `width` for a year or more.
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
