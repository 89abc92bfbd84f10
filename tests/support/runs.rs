//! Many runs of one test, some of them at the same time.

use std::env;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError};
use std::thread;

/// The numbers of the runs of a test that breaks things at random: `usual` of them, or `CLAWTAP_RUNS` divided by what
/// one `costs`, or the one that is `CLAWTAP_SEED`.
pub(crate) fn seeds(usual: u64, costs: u64) -> Range<u64> {
    let number = |name: &str| {
        env::var(name)
            .ok()
            .map(|text| text.parse().expect("a number"))
    };
    match number("CLAWTAP_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..number("CLAWTAP_RUNS").map_or(usual, |runs| (runs / costs).max(1)),
    }
}

/// Performs a run for each item, as many at the same time as told. Returns what came of those that did not panic, and
/// the items of those that did.
pub(crate) fn perform_all<I: Send, T: Send>(
    items: Vec<I>,
    at_once: usize,
    perform: impl Fn(&I) -> T + Sync,
) -> (Vec<T>, Vec<I>) {
    let left = Mutex::new(items.into_iter());
    let (done, failed) = (Mutex::new(Vec::new()), Mutex::new(Vec::new()));
    let next = || left.lock().unwrap_or_else(PoisonError::into_inner).next();
    thread::scope(|scope| {
        for _ in 0..at_once {
            scope.spawn(|| {
                while let Some(item) = next() {
                    match catch_unwind(AssertUnwindSafe(|| perform(&item))) {
                        Ok(outcome) => push(&done, outcome),
                        Err(_) => push(&failed, item),
                    }
                }
            });
        }
    });
    let done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    let failed = failed.into_inner().unwrap_or_else(PoisonError::into_inner);
    (done, failed)
}

fn push<T>(list: &Mutex<Vec<T>>, item: T) {
    list.lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(item);
}
