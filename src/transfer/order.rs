//! Rows of one user, one after the other, in the order of the file.
//!
//! A row that shares an identity with a row in flight is held until that one has ended; the thread that ends it takes
//! the held row on. What is held is bounded: beyond that, the reading waits.

use std::collections::HashMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::mapping::Identity;

/// A row's place in the order, from 0.
type Place = u64;

/// Holds rows back while another row of the same user is in flight.
pub(super) struct Order<J> {
    state: Mutex<State<J>>,
    has_room: Condvar,
    capacity: usize,
}

struct State<J> {
    next: Place,
    /// The newest row, in flight or held, of each identity.
    newest: HashMap<Identity, Place>,
    /// The rows that wait for each row.
    followers: HashMap<Place, Vec<Place>>,
    held: HashMap<Place, Held<J>>,
}

struct Held<J> {
    job: J,
    waits_for: usize,
}

/// A job that may be worked on now; to be handed back with [`Order::end`].
pub(super) struct Admitted<J> {
    pub(super) job: J,
    place: Place,
}

/// A job that knows whose it is.
pub(super) trait Keyed {
    /// Returns everything that says who the job's user is.
    fn identities(&self) -> Vec<Identity>;
}

impl<J: Keyed> Order<J> {
    /// Returns an order that holds at most `capacity` jobs back.
    pub(super) fn new(capacity: usize) -> Self {
        let state =
            State { next: 0, newest: HashMap::new(), followers: HashMap::new(), held: HashMap::new() };
        Self { state: Mutex::new(state), has_room: Condvar::new(), capacity }
    }

    /// Gives the job back if it may start now, or holds it until [`Order::end`] gives it out.
    pub(super) fn admit(&self, job: J) -> Option<Admitted<J>> {
        let mut state = self.lock();
        while state.held.len() >= self.capacity {
            state = self.has_room.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        let place = state.next;
        state.next += 1;
        let mut predecessors: Vec<Place> = job
            .identities()
            .into_iter()
            .filter_map(|identity| state.newest.insert(identity, place))
            .collect();
        predecessors.sort_unstable();
        predecessors.dedup();
        if predecessors.is_empty() {
            return Some(Admitted { job, place });
        }
        let waits_for = predecessors.len();
        for predecessor in predecessors {
            state.followers.entry(predecessor).or_default().push(place);
        }
        state.held.insert(place, Held { job, waits_for });
        None
    }

    /// Returns whether a job can be held back without waiting.
    pub(super) fn has_room(&self) -> bool {
        self.lock().held.len() < self.capacity
    }

    /// Notes that a job has ended, and returns those that only waited for it.
    ///
    /// `identities` are those that the job was admitted with.
    pub(super) fn end(&self, place: Place, identities: &[Identity]) -> Vec<Admitted<J>> {
        let mut state = self.lock();
        for identity in identities {
            if state.newest.get(identity) == Some(&place) {
                state.newest.remove(identity);
            }
        }
        let followers = state.followers.remove(&place).unwrap_or_default();
        let freed = followers.into_iter().filter_map(|follower| state.release(follower)).collect();
        self.has_room.notify_all();
        freed
    }

    fn lock(&self) -> MutexGuard<'_, State<J>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<J> Admitted<J> {
    pub(super) fn place(&self) -> Place {
        self.place
    }
}

impl<J> State<J> {
    fn release(&mut self, place: Place) -> Option<Admitted<J>> {
        let held = self.held.get_mut(&place)?;
        held.waits_for -= 1;
        if held.waits_for > 0 {
            return None;
        }
        self.held.remove(&place).map(|held| Admitted { job: held.job, place })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A job with a name and the emails that it is known by.
    struct Job(&'static str, &'static [&'static str]);

    impl Keyed for Job {
        fn identities(&self) -> Vec<Identity> {
            self.1.iter().map(|email| Identity::Email((*email).into())).collect()
        }
    }

    fn names(admitted: &[Admitted<Job>]) -> Vec<&'static str> {
        admitted.iter().map(|admitted| admitted.job.0).collect()
    }

    #[test]
    fn strangers_pass_and_the_same_user_waits_for_its_turn() {
        let order = Order::new(8);
        let first = order.admit(Job("first", &["a"])).unwrap();
        assert!(order.admit(Job("stranger", &["b"])).is_some());
        assert!(order.admit(Job("second", &["a"])).is_none());
        assert!(order.admit(Job("third", &["a"])).is_none());
        let second = order.end(first.place(), &first.job.identities());
        assert_eq!(["second"], *names(&second));
        let third = order.end(second[0].place(), &second[0].job.identities());
        assert_eq!(["third"], *names(&third));
        assert!(order.end(third[0].place(), &third[0].job.identities()).is_empty());
        assert!(order.lock().newest.keys().all(|identity| *identity == Identity::Email("b".into())));
        assert!(order.lock().followers.is_empty());
    }

    #[test]
    fn a_row_that_is_two_users_waits_for_both() {
        let order = Order::new(8);
        let a = order.admit(Job("a", &["a"])).unwrap();
        let b = order.admit(Job("b", &["b"])).unwrap();
        assert!(order.admit(Job("both", &["a", "b"])).is_none());
        assert!(order.end(a.place(), &a.job.identities()).is_empty());
        assert_eq!(["both"], *names(&order.end(b.place(), &b.job.identities())));
    }

    #[test]
    fn a_full_hold_makes_the_reading_wait_until_a_row_ends() {
        let order = Order::new(1);
        let first = order.admit(Job("first", &["a"])).unwrap();
        assert!(order.admit(Job("second", &["a"])).is_none());
        std::thread::scope(|scope| {
            let stranger = scope.spawn(|| order.admit(Job("stranger", &["b"])).is_some());
            assert_eq!(["second"], *names(&order.end(first.place(), &first.job.identities())));
            assert!(stranger.join().unwrap());
        });
    }
}
