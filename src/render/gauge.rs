//! A gauge of remaining time. Lifetimes range from an hour to a year, so its steps are unequal.

use chrono::TimeDelta;

pub(crate) const STEPS: [TimeDelta; 8] = [
    TimeDelta::zero(),
    TimeDelta::hours(1),
    TimeDelta::hours(6),
    TimeDelta::hours(24),
    TimeDelta::days(3),
    TimeDelta::days(7),
    TimeDelta::days(30),
    TimeDelta::days(90),
];

/// The number of full cells: one if there is any time left, and one more above each of 1 h, 6 h, 24 h, 3 d, 7 d, 30 d
/// and 90 d.
pub(crate) fn level(left: TimeDelta) -> usize {
    STEPS.iter().filter(|&&step| left > step).count()
}

/// The gauge drawn in eight cells.
pub(crate) fn drawn(left: TimeDelta) -> String {
    let full = level(left);
    "█".repeat(full) + &"░".repeat(STEPS.len() - full)
}

/// The width of a drawn gauge.
pub(crate) const WIDTH: usize = STEPS.len();

#[cfg(test)]
mod tests {
    use super::drawn;
    use chrono::TimeDelta;

    #[test]
    fn the_gauge_falls_as_time_runs_out() {
        let table = [
            (TimeDelta::days(300), "████████"),
            (TimeDelta::days(8), "██████░░"),
            (TimeDelta::hours(5), "██░░░░░░"),
            (TimeDelta::minutes(40), "█░░░░░░░"),
            (TimeDelta::zero(), "░░░░░░░░"),
            (TimeDelta::hours(-3), "░░░░░░░░"),
        ];
        for (left, expected) in table {
            assert_eq!(drawn(left), expected, "{left}");
        }
    }
}
