//! The retries of a publication: their pauses and limits (exponential backoff).

use std::time::Duration;

use crate::alerts::channels::ntfy::reply::DeliveryError;

/// The limit for a delivery with all its retries, because the other channels and the timer's next run wait for it.
const TOTAL: Duration = Duration::from_secs(20);
/// The limit for one try.
const LONGEST_TRY: Duration = Duration::from_secs(10);
/// The shortest limit for a try.
const SHORTEST_TRY: Duration = Duration::from_secs(3);
const TRIES: u32 = 3;

/// The limit for the next try.
pub(super) fn limit(spent: Duration) -> Duration {
    TOTAL.saturating_sub(spent).clamp(SHORTEST_TRY, LONGEST_TRY)
}

/// The pause before the next try; `None` for no retry. A `Retry-After` is honoured if the total limit allows it.
pub(super) fn after(tries: u32, spent: Duration, error: &DeliveryError) -> Option<Duration> {
    let backoff = Duration::from_secs(1 << tries.saturating_sub(1).min(10));
    let pause = error.retry_after.unwrap_or_default().max(backoff);
    let fits = spent + pause + SHORTEST_TRY <= TOTAL;
    (error.passing && tries < TRIES && fits).then_some(pause)
}

#[cfg(test)]
mod tests {
    use super::{LONGEST_TRY, TOTAL, TRIES, after, limit};
    use crate::alerts::channels::ntfy::reply::DeliveryError;
    use proptest::prelude::*;
    use std::time::Duration;

    fn error(passing: bool, retry_after: Option<u64>) -> DeliveryError {
        DeliveryError {
            reason: String::new(),
            passing,
            retry_after: retry_after.map(Duration::from_secs),
        }
    }

    #[test]
    fn it_tries_again_where_that_may_help_and_there_is_time() {
        let table = [
            (1, 0, true, None, Some(1)),
            (2, 1, true, None, Some(2)),
            (3, 3, true, None, None),
            (1, 0, false, None, None),
            (1, 0, false, Some(1), None),
            (1, 0, true, Some(0), Some(1)),
            (1, 0, true, Some(9), Some(9)),
            (2, 10, true, Some(7), Some(7)),
            (2, 10, true, Some(8), None),
            (1, 0, true, Some(86_400), None),
            (1, 17, true, None, None),
        ];
        for (tries, spent, passing, retry_after, expected) in table {
            let pause = after(
                tries,
                Duration::from_secs(spent),
                &error(passing, retry_after),
            );
            let case = (tries, spent, passing, retry_after);
            assert_eq!(pause, expected.map(Duration::from_secs), "{case:?}");
        }
    }

    proptest! {
        #[test]
        fn a_delivery_ends_in_time(took in prop::collection::vec(0..20_000_u64, 1..9), retry_after in prop::option::of(0..30_u64)) {
            let mut spent = Duration::ZERO;
            let mut tries = 0;
            for took in took {
                tries += 1;
                let limit = limit(spent);
                prop_assert!(limit <= LONGEST_TRY);
                spent += Duration::from_millis(took).min(limit);
                match after(tries, spent, &error(true, retry_after)) {
                    Some(pause) => spent += pause,
                    None => break,
                }
            }
            prop_assert!(tries <= TRIES && spent <= TOTAL, "{tries} tries, {spent:?}");
        }
    }
}
