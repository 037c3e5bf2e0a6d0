//! Asking once what many threads want to know at the same time.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::ApiError;

/// Answers by key. The first thread that wants one asks; the others wait for its answer. A refusal is an answer, too;
/// any other error is the asker's alone, and the next thread asks again.
pub(super) struct Flights<K, V> {
    answers: Mutex<HashMap<K, Answer<V>>>,
    landed: Condvar,
}

enum Answer<V> {
    /// Somebody asks.
    Awaited,
    Known(Result<V, ApiError>),
}

impl<K, V> Default for Flights<K, V> {
    fn default() -> Self {
        Self { answers: Mutex::default(), landed: Condvar::new() }
    }
}

impl<K: Eq + Hash + Clone, V: Clone> Flights<K, V> {
    /// Returns the answer for a key, asking for it if nobody has.
    pub(super) fn get(&self, key: &K, ask: impl FnOnce() -> Result<V, ApiError>) -> Result<V, ApiError> {
        if let Some(known) = self.known_or_mine(key) {
            return known;
        }
        let turn = AskersTurn { flights: self, key };
        let answer = ask();
        if let Ok(_) | Err(ApiError::Refused(_)) = &answer {
            self.lock().insert(key.clone(), Answer::Known(answer.clone()));
        }
        drop(turn);
        answer
    }

    /// Waits while somebody else asks. `None` makes it the caller's turn to ask.
    fn known_or_mine(&self, key: &K) -> Option<Result<V, ApiError>> {
        let mut answers = self.lock();
        loop {
            match answers.get(key) {
                Some(Answer::Known(answer)) => return Some(answer.clone()),
                Some(Answer::Awaited) => {
                    answers = self.landed.wait(answers).unwrap_or_else(PoisonError::into_inner);
                }
                None => {
                    answers.insert(key.clone(), Answer::Awaited);
                    return None;
                }
            }
        }
    }

    /// Returns the answer for a key if it is known already.
    pub(super) fn known(&self, key: &K) -> Option<V> {
        match self.lock().get(key) {
            Some(Answer::Known(Ok(value))) => Some(value.clone()),
            _ => None,
        }
    }

    /// Forgets an answer that has become wrong.
    pub(super) fn forget(&self, key: &K) {
        let mut answers = self.lock();
        if matches!(answers.get(key), Some(Answer::Known(_))) {
            answers.remove(key);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<K, Answer<V>>> {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The turn of the thread that asks. However it ends, by a panic too, those who wait hear of it: the next one asks.
struct AskersTurn<'a, K: Eq + Hash, V> {
    flights: &'a Flights<K, V>,
    key: &'a K,
}

impl<K: Eq + Hash, V> Drop for AskersTurn<'_, K, V> {
    fn drop(&mut self) {
        let mut answers = self.flights.answers.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(answers.get(self.key), Some(Answer::Awaited)) {
            answers.remove(self.key);
        }
        self.flights.landed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;
    use crate::pace::Halted;

    #[test]
    fn many_threads_that_want_one_answer_ask_once() {
        let (flights, asked, together) = (Flights::default(), AtomicU32::new(0), Barrier::new(16));
        std::thread::scope(|scope| {
            for _ in 0..16 {
                scope.spawn(|| {
                    together.wait();
                    let ask = || Ok(asked.fetch_add(1, Ordering::Relaxed));
                    assert_eq!(Ok(0), flights.get(&"c1", ask));
                });
            }
        });
        assert_eq!(1, asked.load(Ordering::Relaxed));
    }

    #[test]
    fn an_answer_that_failed_is_asked_for_again_and_one_that_became_wrong_too() {
        let flights = Flights::default();
        assert_eq!(Err(ApiError::Halted(Halted)), flights.get(&"c1", || Err(ApiError::Halted(Halted))));
        assert_eq!(Ok(1), flights.get(&"c1", || Ok(1)));
        assert_eq!(Ok(1), flights.get(&"c1", || Ok(2)));
        flights.forget(&"c1");
        assert_eq!(Ok(3), flights.get(&"c1", || Ok(3)));
    }

    #[test]
    fn an_asker_that_panics_leaves_nobody_waiting() {
        let (flights, asking) = (Flights::default(), Barrier::new(2));
        let first = std::thread::scope(|scope| {
            let first = scope.spawn(|| {
                flights.get(&"c1", || {
                    asking.wait();
                    panic!("a bug")
                })
            });
            asking.wait();
            assert_eq!(Ok(2), flights.get(&"c1", || Ok(2)));
            first.join()
        });
        assert!(first.is_err());
    }
}
