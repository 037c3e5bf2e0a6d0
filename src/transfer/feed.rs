//! Rows in, jobs out: reads, maps and orders, in the order of the file.
//!
//! Mapping happens here, at the reading end, because the order of rows of one user can only be kept where the rows
//! still have an order; it costs about a microsecond a row, a request five hundred times that.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::SyncSender;

use super::deliver::HEARD;
use super::event::Total;
use super::order::{Admitted, Keyed, Order};
use super::stop::Stop;
use super::{Event, Reject, RowEvent};
use crate::intercom::Field;
use crate::intercom::UserFields;
use crate::mapping::Identity;
use crate::mapping::Mapping;
use crate::rows::BadRow;
use crate::rows::InputError;
use crate::rows::Position;
use crate::rows::Read;
use crate::rows::Row;

/// A row that can be sent.
pub(super) struct Job {
    pub(super) row: Row,
    pub(super) fields: UserFields,
    pub(super) identity: Identity,
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
    bytes: AtomicU64,
    is_over: AtomicBool,
}

impl Reading {
    pub(super) fn rows(&self) -> u64 {
        self.rows.load(Ordering::Relaxed)
    }

    pub(super) fn is_over(&self) -> bool {
        self.is_over.load(Ordering::Relaxed)
    }

    /// Estimates the rows of the whole input from the bytes read so far.
    pub(super) fn total(&self, counted: Option<u64>, size: Option<u64>) -> Option<Total> {
        let (rows, bytes) = (self.rows(), self.bytes.load(Ordering::Relaxed));
        if self.is_over() {
            return Some(Total::Exact(rows));
        }
        if let Some(rows) = counted {
            return Some(Total::Exact(rows));
        }
        let estimate = u128::from(rows) * u128::from(size?) / u128::from(bytes.max(1));
        (rows > 0).then(|| Total::About(u64::try_from(estimate).unwrap_or(u64::MAX)))
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
                self.note(&read);
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

    fn note(&self, read: &Read) {
        self.rows.fetch_add(1, Ordering::Relaxed);
        self.bytes.store(read.position().byte + read.raw().len() as u64, Ordering::Relaxed);
    }
}

/// What a row became.
pub(super) enum Mapped {
    Job(Job),
    Invalid(RowEvent),
}

/// Maps one row, or says why it cannot be.
pub(super) fn map(read: Read, mapping: &Mapping) -> Mapped {
    match read {
        Read::Row(row) => match mapping.apply(&row) {
            Ok(fields) => {
                let identity = mapping.identity(&fields);
                Mapped::Job(Job { row, fields, identity })
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
        Self::Invalid(RowEvent::of_reject(position, reject))
    }
}

/// Iterates over the jobs that may start now.
pub(super) struct Feed<'a, R> {
    pub(super) rows: R,
    pub(super) mapping: &'a Mapping,
    pub(super) order: &'a Order<Job>,
    pub(super) stop: &'a Stop,
    pub(super) reading: &'a Reading,
    pub(super) events: SyncSender<Event>,
}

impl<R: Iterator<Item = Result<Read, InputError>>> Iterator for Feed<'_, R> {
    type Item = Admitted<Job>;

    fn next(&mut self) -> Option<Admitted<Job>> {
        while let Some(read) = self.reading.next(&mut self.rows, self.stop) {
            match map(read, self.mapping) {
                Mapped::Job(job) => match self.order.admit(job) {
                    Some(admitted) => return Some(admitted),
                    None => continue,
                },
                Mapped::Invalid(event) => self.events.send(Event::Row(event)).expect(HEARD),
            }
        }
        None
    }
}

impl Read {
    fn position(&self) -> Position {
        match self {
            Self::Row(row) => row.position(),
            Self::Bad(BadRow { position, .. }) => *position,
        }
    }

    fn raw(&self) -> &[u8] {
        match self {
            Self::Row(row) => row.raw(),
            Self::Bad(row) => &row.raw,
        }
    }
}
