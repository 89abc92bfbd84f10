//! Runs tasks in parallel, with a limit.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Sender};
use std::thread::{self, ScopedJoinHandle};

/// The default limit: the most Termux:API programs at the same time.
const AT_ONCE: usize = 16;

/// Works on all items, a limited number at a time; the results are in the order of the items.
pub(crate) fn in_parallel<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    in_parallel_each(items, AT_ONCE, work, |_, _| {})
}

/// The same with `at_once` at a time. Calls `arrived` with the index of an item and its result, as soon as it is there.
pub(crate) fn in_parallel_each<T: Sync, R: Send>(
    items: &[T],
    at_once: usize,
    work: impl Fn(&T) -> R + Sync,
    mut arrived: impl FnMut(usize, &R),
) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let (done, arrivals) = mpsc::channel();
    let worker = |done: Sender<(usize, R)>| {
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(index) else { break };
            let _ = done.send((index, work(item)));
        }
    };
    let mut results: Vec<(usize, R)> = thread::scope(|scope| {
        for _ in 0..items.len().min(at_once) {
            let done = done.clone();
            scope.spawn(|| worker(done));
        }
        drop(done);
        let seen = |(index, result): &(usize, R)| arrived(*index, result);
        arrivals.into_iter().inspect(seen).collect()
    });
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}

/// Runs `aside` on a thread while `work` runs, which can wait for its result.
pub(crate) fn join<A: Send, R>(
    aside: impl FnOnce() -> A + Send,
    work: impl FnOnce(Background<'_, A>) -> R,
) -> R {
    thread::scope(|scope| work(Background(scope.spawn(aside))))
}

/// The task on the other thread.
pub(crate) struct Background<'a, A>(ScopedJoinHandle<'a, A>);

impl<A> Background<'_, A> {
    /// Waits for its result.
    pub(crate) fn wait(self) -> Option<A> {
        self.0.join().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::{in_parallel, in_parallel_each};
    use std::sync::Mutex;
    use std::sync::mpsc;

    #[test]
    fn results_keep_the_order_of_their_items() {
        let items: Vec<u64> = (0..100).collect();
        let doubled = in_parallel(&items, |item| {
            std::thread::sleep(std::time::Duration::from_micros(100 - item));
            item * 2
        });
        assert_eq!(
            doubled,
            items.iter().map(|item| item * 2).collect::<Vec<_>>()
        );
    }

    #[test]
    fn one_that_takes_long_keeps_nobody_waiting() {
        let (go, gone) = mpsc::channel();
        let gone = Mutex::new(gone);
        let mut seen = Vec::new();
        // The first item finishes only after all others have arrived.
        let work = |item: &usize| {
            if *item == 0 {
                gone.lock().unwrap().recv().unwrap();
            }
            *item
        };
        let items: Vec<usize> = (0..40).collect();
        let results = in_parallel_each(&items, 2, work, |index, result| {
            assert_eq!(index, *result);
            seen.push(index);
            if seen.len() == items.len() - 1 {
                go.send(()).unwrap();
            }
        });
        assert_eq!(results, items);
        assert_eq!(seen.last(), Some(&0));
    }
}
