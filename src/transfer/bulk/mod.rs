//! Rows to the engine `bulk`: a depot between the feed and the server, where rows wait to be a hundred, and then to be
//! settled.
//!
//! A bulk request says neither what became of its rows nor whom it has made, so a row has two halves: it is sent with
//! others, and settled when its task is done. One thread, the *clerk* (`clerk.rs`), knows where every row is and sends
//! nothing; workers (`worker.rs`) make one request each and tell the clerk. What bulk requests do not take, and what did
//! not land, goes by itself through the [`Courier`], so that the row gets Intercom's own reason.
//!
//! At most [`MOST_OPEN`] rows are read and not settled, and as many held back as [`HELD_BACK`]: beyond that, reading
//! waits.

mod clerk;
mod lanes;
mod load;
mod room;
mod watch;
mod worker;

use std::sync::mpsc::{SyncSender, channel};
use std::thread;

use rayon::ThreadPool;

use super::Event;
use super::deliver::Courier;
use super::feed::Job;
use super::order::Admitted;
use crate::pace::Clock;

use clerk::Clerk;
use load::{Load, Told};
use room::Room;
use worker::Worker;

/// The rows that are read and not settled at most: a hundred full requests, some 20 MB. Of jobs that take two minutes,
/// as in the API's example, that is 80 rows a second; of jobs that take six seconds, more than a quota lets through.
const MOST_OPEN: isize = 10_000;

/// The rows that wait at most for another row of the same user.
pub(super) const HELD_BACK: usize = 1_000;

/// Delivers all rows of a feed, a hundred at a time.
pub(super) fn deliver(
    feed: impl Iterator<Item = Admitted<Job>> + Send,
    courier: &Courier<'_>,
    pool: &ThreadPool,
    clock: &Clock,
    events: &SyncSender<Event>,
) {
    let (told, inbox) = channel();
    let (worker, room) = (Worker { courier, events: events.clone(), told }, Room::new(MOST_OPEN));
    pool.in_place_scope(|workers| {
        thread::scope(|threads| {
            threads.spawn(|| {
                for admitted in feed {
                    room.enter();
                    worker.tell(Told::Row(Load::new(admitted)));
                }
                worker.tell(Told::FeedIsOver);
            });
            Clerk::new(&worker, &room, workers, clock).run(&inbox);
        });
    });
}
