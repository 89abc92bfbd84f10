//! What is made of measured times.

use std::time::Duration;

/// Sorts the times, too.
pub(crate) fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
