//! Work on many things at once, within bounds.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, ScopedJoinHandle};

/// How many are worked on at once: as many ssh connections, or programs of the phone.
const AT_ONCE: usize = 16;

/// Works on all items, a bounded number at a time, and keeps their order.
pub(crate) fn in_parallel<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let mut results: Vec<(usize, R)> = thread::scope(|scope| {
        let worker = || {
            let mut done = Vec::new();
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let Some(item) = items.get(index) else {
                    return done;
                };
                done.push((index, work(item)));
            }
        };
        let workers: Vec<_> = (0..items.len().min(AT_ONCE))
            .map(|_| scope.spawn(worker))
            .collect();
        workers
            .into_iter()
            .filter_map(|worker| worker.join().ok())
            .flatten()
            .collect()
    });
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}

/// Does something on the side while other work goes on, which can wait for what comes of it.
pub(crate) fn beside<A: Send, R>(
    aside: impl FnOnce() -> A + Send,
    work: impl FnOnce(Aside<'_, A>) -> R,
) -> R {
    thread::scope(|scope| work(Aside(scope.spawn(aside))))
}

/// What is done on the side.
pub(crate) struct Aside<'a, A>(ScopedJoinHandle<'a, A>);

impl<A> Aside<'_, A> {
    /// Waits for what comes of it.
    pub(crate) fn wait(self) -> Option<A> {
        self.0.join().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::in_parallel;

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
}
