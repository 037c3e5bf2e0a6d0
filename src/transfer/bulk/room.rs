//! How many rows may be open: who reads waits for a place.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Places for rows.
pub(super) struct Room {
    /// Less than none if rows came in that had waited elsewhere.
    free: Mutex<isize>,
    has_place: Condvar,
}

impl Room {
    pub(super) fn new(places: isize) -> Self {
        Self { free: Mutex::new(places), has_place: Condvar::new() }
    }

    /// Takes a place, as soon as there is one.
    pub(super) fn enter(&self) {
        let mut free = self.lock();
        while *free <= 0 {
            free = self.has_place.wait(free).unwrap_or_else(PoisonError::into_inner);
        }
        *free -= 1;
    }

    /// Takes a place, whether there is one or not.
    pub(super) fn squeeze_in(&self) {
        *self.lock() -= 1;
    }

    /// Gives a place back.
    pub(super) fn leave(&self) {
        *self.lock() += 1;
        self.has_place.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, isize> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
