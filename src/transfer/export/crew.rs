//! Several fetchers side by side, each on a part of its own, and one thread that hears what they bring.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TryRecvError, sync_channel};
use std::thread;
use std::time::Duration;

use super::RoleFilter;
use super::fetch::{Cut, PageSize, Shown, Stride, Wanted, fetch};
use super::part::{Ahead, Part, Source};
use crate::intercom::ApiError;
use crate::intercom::Client;
use crate::intercom::Contact;
use crate::intercom::Cursor;
use crate::pace::Halt;
use crate::transfer::writer::TICK;

/// Who fetches.
pub(super) struct Crew<'a> {
    pub(super) client: &'a Client,
    pub(super) halt: &'a Halt,
    pub(super) role: RoleFilter,
    pub(super) size: &'a PageSize,
    /// How many fetch at a time.
    pub(super) cursors: usize,
}

/// What is heard of a part. `T` is what a page's contacts were made into, on the thread that fetched it.
pub(super) enum Heard<T> {
    /// A page.
    Page(PageOf<T>),
    /// The next page comes no sooner.
    Waits(Duration),
    /// There is no next page of this part.
    Cut { part: usize, cut: Cut },
    /// Nobody has anything to say.
    Nothing,
}

/// A page of a part.
pub(super) struct PageOf<T> {
    /// The part's number.
    pub(super) part: usize,
    pub(super) value: T,
    pub(super) ahead: Ahead,
    pub(super) total_count: u64,
}

/// What one fetcher is to do.
pub(super) struct Errand {
    part: usize,
    source: Source,
    walk: u32,
    from: Option<Cursor>,
}

impl Errand {
    /// Begins a walk over a part, or goes on with one.
    pub(super) fn begin(number: usize, part: &mut Part) -> Self {
        let from = part.begin_walk();
        Self { part: number, source: part.source.clone(), walk: part.walk, from }
    }
}

impl Crew<'_> {
    /// Runs errands in this order, several at a time; `hear` hears every page on this thread, and says whether it wants
    /// more. Its error ends everything; what was fetched by then is lost.
    ///
    /// `prepare` makes something of the contacts of a page, and is told how often the part has been begun.
    pub(super) fn walk<T: Send, E>(
        &self,
        errands: &[Errand],
        prepare: &(dyn Fn(u32, Vec<Contact>) -> Result<T, ApiError> + Sync),
        mut hear: impl FnMut(Heard<T>) -> Result<Wanted, E>,
    ) -> Result<(), E> {
        let (next, is_over) = (AtomicUsize::new(0), AtomicBool::new(false));
        let n_fetchers = self.cursors.clamp(1, errands.len().max(1));
        thread::scope(|scope| {
            let (send, inbox) = sync_channel(n_fetchers.max(2));
            for _ in 0..n_fetchers {
                let (send, next, is_over) = (send.clone(), &next, &is_over);
                scope.spawn(move || {
                    while let Some(errand) = errands.get(next.fetch_add(1, Ordering::Relaxed)) {
                        if is_over.load(Ordering::Relaxed) || self.halt.is_raised() {
                            break;
                        }
                        self.run(errand, prepare, &send, is_over);
                    }
                });
            }
            drop(send);
            hear_all(&inbox, |heard| {
                let wanted = hear(heard);
                if !matches!(wanted, Ok(Wanted::Yes)) {
                    is_over.store(true, Ordering::Relaxed);
                }
                wanted.map(drop)
            })
        })
    }

    fn run<T>(
        &self,
        errand: &Errand,
        prepare: &(dyn Fn(u32, Vec<Contact>) -> Result<T, ApiError> + Sync),
        send: &SyncSender<Heard<T>>,
        is_over: &AtomicBool,
    ) {
        let Errand { part, source, walk, from } = errand;
        let mut take = |stride| {
            let heard = match stride {
                Stride::Waits(duration) => Heard::Waits(duration),
                Stride::Page(Shown { contacts, ahead, total_count }) => {
                    let value = prepare(*walk, contacts)?;
                    Heard::Page(PageOf { part: *part, value, ahead, total_count })
                }
            };
            let is_heard = send.send(heard).is_ok();
            let is_wanted = is_heard && !is_over.load(Ordering::Relaxed) && !self.halt.is_raised();
            Ok(if is_wanted { Wanted::Yes } else { Wanted::No })
        };
        let fetched = fetch(self.client, self.role, self.size, source, from.clone(), &mut take);
        if let Err(cut) = fetched {
            // Nobody listens any more only if the writing failed, which is told there.
            let _ = send.send(Heard::Cut { part: *part, cut });
        }
    }

    /// Asks for each of some things, several at a time; the answers are in their order.
    pub(super) fn ask<Q: Sync, A: Send>(
        &self,
        questions: &[Q],
        ask: impl Fn(&Q) -> Result<A, ApiError> + Sync,
    ) -> Result<Vec<A>, ApiError> {
        let share = questions.len().div_ceil(self.cursors.max(1)).max(1);
        thread::scope(|scope| {
            let ask = &ask;
            let some = |chunk| {
                scope.spawn(move || -> Result<Vec<A>, ApiError> { <[Q]>::iter(chunk).map(ask).collect() })
            };
            let threads: Vec<_> = questions.chunks(share).map(some).collect();
            let answers = threads.into_iter().map(|thread| thread.join().expect("asking does not panic"));
            Ok(answers.collect::<Result<Vec<Vec<A>>, ApiError>>()?.into_iter().flatten().collect())
        })
    }
}

fn hear_all<T, E>(
    inbox: &Receiver<Heard<T>>,
    mut hear: impl FnMut(Heard<T>) -> Result<(), E>,
) -> Result<(), E> {
    loop {
        let heard = match inbox.try_recv() {
            Ok(heard) => heard,
            Err(TryRecvError::Disconnected) => return Ok(()),
            Err(TryRecvError::Empty) => {
                hear(Heard::Nothing)?;
                match inbox.recv_timeout(TICK) {
                    Ok(heard) => heard,
                    Err(RecvTimeoutError::Timeout) => continue,
                    Err(RecvTimeoutError::Disconnected) => return Ok(()),
                }
            }
        };
        hear(heard)?;
    }
}
