//! What lists and `POST /contacts/search` see: a view of the store that trails it [R][S].
//!
//! Each change waits for its own random delay; until then the old version is shown. Changes of one object keep their
//! order. That companies trail as contacts do is [X]. Pages are walked by (created_at, id) without sorting, so a page costs what it holds, whatever the size of the
//! workspace.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::collections::HashMap;
use std::ops::Bound;
use std::sync::Arc;

use super::clock::Moment;
use super::contact::Contact;
use super::lag::Lag;
use super::object_id::ObjectId;

/// An object's place in the order of a list.
pub(super) type Place = (i64, ObjectId);

/// Something that lists show.
pub(super) trait Indexed {
    fn place(&self) -> Place;
    /// Returns when it was last changed, if it can be searched for by that.
    fn changed_at(&self) -> Option<i64> {
        None
    }
    fn is_listed(&self) -> bool;
}

/// Seconds since the epoch, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seconds {
    pub(super) first: i64,
    pub(super) last: i64,
}

impl Seconds {
    pub(super) const ALL: Seconds = Seconds { first: i64::MIN, last: i64::MAX };

    pub(super) fn and(self, other: Seconds) -> Seconds {
        Seconds { first: self.first.max(other.first), last: self.last.min(other.last) }
    }

    pub(super) fn or(self, other: Seconds) -> Seconds {
        Seconds { first: self.first.min(other.first), last: self.last.max(other.last) }
    }
}

impl Indexed for Contact {
    fn place(&self) -> Place {
        (self.created_at, self.id)
    }

    fn changed_at(&self) -> Option<i64> {
        Some(self.updated_at)
    }

    fn is_listed(&self) -> bool {
        self.is_live()
    }
}

/// The lagging view.
#[derive(Debug)]
pub(super) struct Index<T> {
    lag: Lag,
    chance: fastrand::Rng,
    shown: BTreeMap<Place, Arc<T>>,
    /// The places of what is shown, by when it was changed.
    changed: BTreeSet<(i64, Place)>,
    waiting: BTreeMap<Due, Arc<T>>,
    /// When the last waiting change of an object is due, so that a later one cannot overtake it.
    last_due: HashMap<ObjectId, Moment>,
    changes: u64,
}

/// When a change reaches the index; the number keeps the order of changes that are due together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Due {
    moment: Moment,
    number: u64,
}

impl<T: Indexed> Index<T> {
    pub(super) fn new(lag: Lag, seed: u64) -> Index<T> {
        Index {
            lag,
            chance: fastrand::Rng::with_seed(seed),
            shown: BTreeMap::new(),
            changed: BTreeSet::new(),
            waiting: BTreeMap::new(),
            last_due: HashMap::new(),
            changes: 0,
        }
    }

    /// Tells the index of a change, which it will show after its lag.
    pub(super) fn change(&mut self, object: Arc<T>, now: Moment) {
        if self.lag.is_none() {
            return self.show(object);
        }
        let (_, id) = object.place();
        let own = now.after(self.lag.delay(self.chance.f64()));
        let moment = self.last_due.get(&id).map_or(own, |last| own.max(*last));
        self.changes += 1;
        self.last_due.insert(id, moment);
        self.waiting.insert(Due { moment, number: self.changes }, object);
    }

    /// Shows what was there when the sandbox started, and nothing else.
    pub(super) fn begin(&mut self, objects: impl Iterator<Item = Arc<T>>) {
        let listed = objects.filter(|object| object.is_listed());
        self.shown = listed.map(|object| (object.place(), object)).collect();
        let changed = |(place, object): (&Place, &Arc<T>)| object.changed_at().map(|at| (at, *place));
        self.changed = self.shown.iter().filter_map(changed).collect();
    }

    fn show(&mut self, object: Arc<T>) {
        let place = object.place();
        let now = object.changed_at().filter(|_| object.is_listed());
        let before =
            if object.is_listed() { self.shown.insert(place, object) } else { self.shown.remove(&place) };
        if let Some(at) = before.and_then(|before| before.changed_at()) {
            self.changed.remove(&(at, place));
        }
        self.changed.extend(now.map(|at| (at, place)));
    }

    /// Shows every change that is due by `now`.
    pub(super) fn catch_up(&mut self, now: Moment) {
        while let Some(first) = self.waiting.first_entry() {
            let moment = first.key().moment;
            if now < moment {
                break;
            }
            let object = first.remove();
            let (_, id) = object.place();
            if self.last_due.get(&id) == Some(&moment) {
                self.last_due.remove(&id);
            }
            self.show(object);
        }
    }

    /// Shows every change, due or not.
    pub(super) fn settle(&mut self) {
        self.catch_up(Moment(u64::MAX));
    }

    /// Says whether changes are shown at once.
    pub(super) fn is_prompt(&self) -> bool {
        self.lag.is_none()
    }

    /// Returns how many objects are shown.
    pub(super) fn len(&self) -> usize {
        self.shown.len()
    }

    /// Returns up to `count` objects after a place, in order.
    pub(super) fn after(&self, place: Option<Place>, count: usize) -> Vec<Arc<T>> {
        let start = place.map_or(Bound::Unbounded, Bound::Excluded);
        self.shown
            .range((start, Bound::Unbounded))
            .take(count)
            .map(|(_, object)| Arc::clone(object))
            .collect()
    }

    /// Returns up to `count` objects of some seconds after a place, in order.
    pub(super) fn of(&self, seconds: Seconds, place: Option<Place>, count: usize) -> Vec<Arc<T>> {
        let first = Bound::Included((seconds.first, ObjectId::MIN));
        let start = place.map_or(first, Bound::Excluded);
        let objects = self.shown.range((start, Bound::Unbounded)).take(count);
        objects.take_while(|((at, _), _)| *at <= seconds.last).map(|(_, object)| Arc::clone(object)).collect()
    }

    /// Returns the objects that were changed in some seconds, in order.
    pub(super) fn changed_in(&self, seconds: Seconds) -> Vec<Arc<T>> {
        let first = (seconds.first, (i64::MIN, ObjectId::MIN));
        let changed = self.changed.range(first..).take_while(|(at, _)| *at <= seconds.last);
        let places: BTreeSet<Place> = changed.map(|(_, place)| *place).collect();
        places.into_iter().filter_map(|place| self.at(place)).collect()
    }

    /// Returns the object at a place, as it is shown.
    pub(super) fn at(&self, place: Place) -> Option<Arc<T>> {
        self.shown.get(&place).cloned()
    }

    /// Returns the objects that are not shown as the store has them.
    pub(super) fn waiting_ids(&self) -> impl Iterator<Item = ObjectId> {
        self.last_due.keys().copied()
    }

    /// Returns every object that is shown, in order.
    pub(super) fn shown(&self) -> impl Iterator<Item = &T> {
        self.shown.values().map(Arc::as_ref)
    }
}
