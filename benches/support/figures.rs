//! What is made of measured times.

use std::time::Duration;

/// Sorts the times, too.
pub(crate) fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// For times of which the median would hide what seldom happens.
pub(crate) fn mean(times: &mut [Duration]) -> Duration {
    let count = u32::try_from(times.len()).expect("few rounds");
    times.iter().sum::<Duration>() / count
}
