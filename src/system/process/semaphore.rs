//! A counting semaphore.

use std::sync::{Arc, Condvar, Mutex, PoisonError};

/// Hands out permits.
pub(super) struct Semaphore {
    free: Mutex<usize>,
    freed: Condvar,
}

/// A permit, returned when dropped.
pub(super) struct Permit(Arc<Semaphore>);

impl Semaphore {
    pub(super) fn new(permits: usize) -> Self {
        Self {
            free: Mutex::new(permits),
            freed: Condvar::new(),
        }
    }

    /// Waits for a permit.
    pub(super) fn acquire(self: &Arc<Self>) -> Permit {
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let none_free = |free: &mut usize| *free == 0;
        let free = self.freed.wait_while(free, none_free);
        *free.unwrap_or_else(PoisonError::into_inner) -= 1;
        Permit(Arc::clone(self))
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        *self.0.free.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.0.freed.notify_one();
    }
}
