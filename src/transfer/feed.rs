//! Rows in, jobs out: reads, maps, asks the ledger and orders, in the order of the file.
//!
//! All that happens here, at the reading end, because the order of rows of one user can only be kept where the rows
//! still have an order; it costs a few microseconds a row, a request a thousand times that.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::SyncSender;

use super::deliver::HEARD;
use super::fingerprint::Fingerprinter;
use super::lookup::{Listing, Lookup, Parcel, Parcels, Way};
use super::order::{Keyed, Order};
use super::recall::{Entry, Recall, can_be_looked_up};
use super::stop::Stop;
use super::survey::Survey;
use super::{Event, Reject, RowEvent};
use crate::intercom::Contact;
use crate::intercom::Field;
use crate::intercom::Raw;
use crate::intercom::Remembered;
use crate::intercom::Role;
use crate::intercom::UserFields;
use crate::mapping::Identity;
use crate::mapping::Mapping;
use crate::rows::InputError;
use crate::rows::Position;
use crate::rows::Read;
use crate::rows::Row;

/// How many rows the ledger is asked about at a time.
const BATCH: usize = 1_024;

/// A row that can be sent.
pub(super) struct MappedRow {
    pub(super) row: Row,
    pub(super) fields: UserFields,
    pub(super) identity: Identity,
}

/// A row that is to be sent.
pub(super) struct Job {
    pub(super) row: Row,
    pub(super) fields: UserFields,
    pub(super) identity: Identity,
    pub(super) entry: Entry,
    /// What its user is.
    pub(super) role: Role,
    /// Whether the index has said what it shows of the user.
    pub(super) is_asked: bool,
    /// Whether its outcome tells what nobody has asked: if its user exists.
    pub(super) is_telling: bool,
    shown: Option<Box<Raw<Contact>>>,
}

impl Job {
    /// Returns whether somebody may look who the user is: nobody knows, and nobody has.
    pub(super) fn is_in_question(&self) -> bool {
        can_be_looked_up(self.role, &self.identity) && !self.entry.is_known() && self.shown.is_none()
    }

    /// Notes what the index shows of the user.
    pub(super) fn show(&mut self, contact: Raw<Contact>) {
        self.shown = Some(contact.into());
    }

    /// Returns what the index shows of the user, if it was asked.
    pub(super) fn shown(&self) -> Option<&Contact> {
        self.shown.as_ref().map(|shown| &shown.value)
    }

    /// Returns the same as the server wrote it.
    pub(super) fn shown_raw(&self) -> Option<&Raw<Contact>> {
        self.shown.as_deref()
    }

    /// Forgets what the index shows.
    pub(super) fn hide(&mut self) {
        self.shown = None;
    }

    /// Returns what the client is told of the user.
    pub(super) fn remembered(&self) -> Remembered<'_> {
        match &self.shown {
            Some(shown) => Remembered::Shown(shown),
            None => self.entry.remembered(),
        }
    }
}

impl Keyed for Job {
    fn identities(&self) -> Vec<Identity> {
        let text = |field: Field| self.fields.text(&field).map(str::to_owned);
        [
            text(Field::ExternalId).map(Identity::ExternalId),
            text(Field::Email).map(Identity::Email),
            text(Field::Id).map(Identity::Id),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

/// How far the reading is, for those who only watch.
#[derive(Default)]
pub(super) struct Reading {
    rows: AtomicU64,
    is_over: AtomicBool,
}

impl Reading {
    pub(super) fn rows(&self) -> u64 {
        self.rows.load(Ordering::Relaxed)
    }

    pub(super) fn is_over(&self) -> bool {
        self.is_over.load(Ordering::Relaxed)
    }

    /// Counts rows as not read that were read and not begun.
    pub(super) fn give_back(&self, n_rows: usize) {
        if n_rows > 0 {
            self.rows.fetch_sub(n_rows as u64, Ordering::Relaxed);
            self.is_over.store(false, Ordering::Relaxed);
        }
    }

    /// Reads the next row, until the input ends, breaks, or somebody asks to stop.
    pub(super) fn next(
        &self,
        rows: &mut impl Iterator<Item = Result<Read, InputError>>,
        stop: &Stop,
    ) -> Option<Read> {
        if stop.is_asked_for() {
            return None;
        }
        match rows.next() {
            Some(Ok(read)) => {
                self.rows.fetch_add(1, Ordering::Relaxed);
                Some(read)
            }
            Some(Err(error)) => {
                stop.because_of_input(error);
                None
            }
            None => {
                self.is_over.store(true, Ordering::Relaxed);
                None
            }
        }
    }
}

/// What a row became.
pub(super) enum Mapped {
    Row(MappedRow),
    /// It has its outcome already.
    Settled(RowEvent),
}

/// Maps one row, or says why it cannot be.
pub(super) fn map(read: Read, mapping: &Mapping) -> Mapped {
    match read {
        Read::Row(row) => match mapping.apply(&row) {
            Ok(fields) => {
                let identity = mapping.identity(&fields);
                Mapped::Row(MappedRow { row, fields, identity })
            }
            Err(faults) => {
                let key = mapping.name_of(&row);
                Mapped::invalid(row.position(), Reject::of_faults(row, key, &faults))
            }
        },
        Read::Bad(row) => Mapped::invalid(row.position, Reject::of_bad_row(row)),
    }
}

impl Mapped {
    fn invalid(position: Position, reject: Reject) -> Self {
        Self::Settled(RowEvent::of_reject(position, reject))
    }
}

/// Iterates over the jobs that may start now.
pub(super) struct Feed<'a, R> {
    pub(super) rows: R,
    pub(super) mapping: &'a Mapping,
    pub(super) role: Role,
    pub(super) recall: &'a mut Recall,
    pub(super) fingerprinter: Fingerprinter,
    pub(super) survey: &'a mut Survey,
    pub(super) order: &'a Order<Job>,
    pub(super) stop: &'a Stop,
    pub(super) reading: &'a Reading,
    pub(super) events: SyncSender<Event>,
    /// Rows to be sent that the ledger was asked about together.
    pub(super) ahead: VecDeque<Job>,
    pub(super) lookup: &'a Lookup<'a>,
    pub(super) listing: Listing<'a>,
    /// Rows that wait for others to be searched for with them.
    pub(super) parcels: Parcels,
}

impl<R: Iterator<Item = Result<Read, InputError>>> Iterator for Feed<'_, R> {
    type Item = Parcel;

    fn next(&mut self) -> Option<Parcel> {
        let parcel = self.next_parcel();
        if let Some(Parcel { jobs, is_searched: true }) = &parcel {
            self.lookup.note_parcel(jobs.len());
        }
        parcel
    }
}

impl<R: Iterator<Item = Result<Read, InputError>>> Feed<'_, R> {
    fn next_parcel(&mut self) -> Option<Parcel> {
        loop {
            if self.stop.is_asked_for() {
                // What was read ahead and not begun counts as not read.
                self.reading.give_back(self.ahead.drain(..).len());
                return self.parcels.take();
            }
            // What is held back may wait for a row that waits here.
            if !self.parcels.is_empty() && !self.order.has_room() {
                return self.parcels.take();
            }
            let Some(mut job) = self.ahead.pop_front() else {
                match self.read_ahead() {
                    Some(()) => continue,
                    None => return self.parcels.take(),
                }
            };
            let way = self.lookup.way(&mut job, &mut self.listing, !self.parcels.is_empty());
            if way == Way::Later {
                self.ahead.push_front(job);
                return self.parcels.take();
            }
            if let Some(parcel) = self.admit(job, way) {
                return Some(parcel);
            }
        }
    }

    /// Returns rows that may start with a row, if any may.
    fn admit(&mut self, job: Job, way: Way) -> Option<Parcel> {
        let admitted = self.order.admit(job)?;
        match way {
            Way::Together => self.parcels.add(admitted, self.lookup.batch()),
            _ => Some(Parcel::of_one(admitted)),
        }
    }

    /// Reads some rows, and keeps those that are to be sent. Returns `None` at the end of the input.
    fn read_ahead(&mut self) -> Option<()> {
        let mut mapped = Vec::with_capacity(BATCH);
        let mut n_rows = 0;
        while n_rows < BATCH
            && let Some(read) = self.reading.next(&mut self.rows, self.stop)
        {
            n_rows += 1;
            match self.survey.map(read, self.mapping, self.stop) {
                Mapped::Row(row) => mapped.push(row),
                Mapped::Settled(event) => self.events.send(Event::Row(event)).expect(HEARD),
            }
        }
        self.look_up(mapped);
        (n_rows > 0).then_some(())
    }

    /// Leaves out what was delivered before.
    fn look_up(&mut self, mapped: Vec<MappedRow>) {
        let n_rows = mapped.len();
        match self.recall.look_up(&mapped, self.role, &mut self.fingerprinter) {
            Ok(entries) => {
                let role = self.role;
                let jobs = mapped.into_iter().zip(entries).filter_map(|(row, it)| Some(row.job(it?, role)));
                self.ahead.extend(jobs);
                let unchanged = (n_rows - self.ahead.len()) as u64;
                if unchanged > 0 {
                    self.events.send(Event::Unchanged(unchanged)).expect(HEARD);
                }
            }
            Err(error) => {
                self.reading.give_back(n_rows);
                self.stop.because_of_ledger(error);
            }
        }
    }
}

impl MappedRow {
    pub(super) fn job(self, entry: Entry, otherwise: Role) -> Job {
        let role = self.role(otherwise);
        let Self { row, fields, identity } = self;
        Job { row, fields, identity, entry, role, is_asked: false, is_telling: false, shown: None }
    }
}
