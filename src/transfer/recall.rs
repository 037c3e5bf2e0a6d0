//! What the ledger says of a row: delivered already, or to be written, and to whom.

use std::time::Duration;

use super::feed::MappedRow;
use super::fingerprint::Fingerprinter;
use crate::intercom::Contact;
use crate::intercom::Field;
use crate::intercom::Remembered;
use crate::intercom::Role;
use crate::ledger::ContactId;
use crate::ledger::Delivery;
use crate::ledger::Fingerprint;
use crate::ledger::KeyKind;
use crate::ledger::LedgerError;
use crate::ledger::LedgerReader;
use crate::ledger::Note;
use crate::ledger::UserKey;
use crate::mapping::Identity;
use crate::rows::Position;

/// Which rows are sent although the ledger knows them as delivered.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Freshness {
    /// All of them.
    pub force: bool,
    /// Those that were delivered so long ago: each in its turn, so that not all of them are due on the same night.
    pub max_age: Option<Duration>,
    /// So many of them, from 0 to 1, are compared with what Intercom has, chosen by chance.
    pub verify: f64,
    /// The time, in seconds since 1970.
    pub now: u64,
}

/// What is to be done with a row that the ledger knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Unchanged,
    Write,
    Compare,
}

impl Freshness {
    /// `chance` is in `0.0..1.0`.
    fn verdict(&self, key: &UserKey, said: Fingerprint, known: &Delivery, chance: f64) -> Verdict {
        if self.force || known.fingerprint != Some(said) || self.is_due(key, known.at) {
            return Verdict::Write;
        }
        if chance < self.verify { Verdict::Compare } else { Verdict::Unchanged }
    }

    /// Time is cut into spans of the greatest age, for each user at another moment. A user is due once a new span has
    /// begun for it: never later than its age allows, and every night only some.
    fn is_due(&self, key: &UserKey, at: u64) -> bool {
        let Some(span) = self.max_age.map(|age| age.as_secs().max(1)) else { return false };
        let shift = key.spread() % span;
        at.saturating_add(shift) / span < self.now.saturating_add(shift) / span
    }
}

/// Asks the ledger about rows.
pub struct Recall {
    reader: LedgerReader,
    freshness: Freshness,
    /// The numbers of the runs that have rejected the rows of the files before the input.
    rejected_by: Vec<i64>,
}

/// What is to be remembered of a row, and what is remembered.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) key: UserKey,
    pub(super) fingerprint: Fingerprint,
    known: Option<Past>,
}

#[derive(Debug, Clone)]
struct Past {
    id: String,
    /// The values were delivered, and are to be compared.
    is_delivered: bool,
    /// Other values were delivered.
    is_changed: bool,
}

impl Entry {
    /// Returns what the client is told of the user.
    pub(super) fn remembered(&self) -> Remembered<'_> {
        match &self.known {
            None => Remembered::Nothing,
            Some(past) if past.is_delivered => Remembered::Delivered(&past.id),
            Some(past) => Remembered::Id(&past.id),
        }
    }

    /// Notes Intercom's id of the user, found by other means; what it has is not what the row says.
    pub(super) fn learn(&mut self, id: &str) {
        self.known = Some(Past { id: id.into(), is_delivered: false, is_changed: true });
    }

    /// Returns whether the row says something else than what was delivered, as far as anybody knows.
    pub(super) fn is_changed(&self) -> bool {
        self.known.as_ref().is_none_or(|past| past.is_changed)
    }

    /// Returns whether the ledger knows the user.
    pub(super) fn is_known(&self) -> bool {
        self.known.is_some()
    }
}

impl Recall {
    /// Returns a recall over a ledger. `rejected_by` are the runs whose rejects are read before the input, in the same
    /// order.
    #[must_use]
    pub fn new(reader: LedgerReader, freshness: Freshness, rejected_by: Vec<i64>) -> Self {
        Self { reader, freshness, rejected_by }
    }

    /// Returns what is known of each row: `None` if nothing is to be done.
    pub(super) fn look_up(
        &mut self,
        rows: &[MappedRow],
        role: Role,
        fingerprinter: &mut Fingerprinter,
    ) -> Result<Vec<Option<Entry>>, LedgerError> {
        let keys: Vec<UserKey> = rows.iter().map(|row| row.user_key(role)).collect();
        let known = self.reader.look_up(&keys)?;
        let rows = rows.iter().zip(keys).zip(known);
        let entry = |((row, key), known): ((&MappedRow, _), Option<Delivery>)| {
            if known.as_ref().is_some_and(|known| self.is_outdated(row.row.position(), known)) {
                return None;
            }
            self.entry(key, fingerprinter.of(&row.fields), known)
        };
        Ok(rows.map(entry).collect())
    }

    /// Returns how many of some users the ledger does not know.
    pub(super) fn count_unknown(&mut self, keys: &[UserKey]) -> Result<usize, LedgerError> {
        Ok(self.reader.look_up(keys)?.iter().filter(|known| known.is_none()).count())
    }

    /// Returns whether the row is a reject whose user was delivered since: somebody has corrected it, and what it says
    /// must not come back.
    fn is_outdated(&self, position: Position, known: &Delivery) -> bool {
        let rejected_by =
            usize::from(position.file).checked_sub(1).and_then(|file| self.rejected_by.get(file));
        rejected_by.is_some_and(|run| known.fingerprint.is_some() && known.run > *run)
    }

    fn entry(&self, key: UserKey, fingerprint: Fingerprint, known: Option<Delivery>) -> Option<Entry> {
        // What this run has seen in a listing is not what an earlier one has left.
        let known = known.filter(|known| known.fingerprint.is_some() || !self.reader.is_of_this_run(known));
        let Some(known) = known else { return Some(Entry { key, fingerprint, known: None }) };
        let is_changed = known.fingerprint != Some(fingerprint);
        let past = |id: &ContactId, is_delivered| Some(Past { id: id.to_string(), is_delivered, is_changed });
        let known = match self.freshness.verdict(&key, fingerprint, &known, fastrand::f64()) {
            Verdict::Unchanged => return None,
            Verdict::Write => past(&known.id, false),
            Verdict::Compare => past(&known.id, true),
        };
        Some(Entry { key, fingerprint, known })
    }
}

/// Returns what is to be remembered of a contact that was seen: its id, under all that it may be looked up by.
///
/// A lead is left out: several may have one email.
pub(super) fn seen(contact: &Contact) -> impl Iterator<Item = Note> + '_ {
    let is_user = !contact.is_lead();
    let external_id = contact.external_id.as_deref().map(|id| UserKey::new(KeyKind::ExternalId, id));
    let email = contact.email.as_deref().map(|email| UserKey::new(KeyKind::Email, &email.to_lowercase()));
    let keys = [external_id, email].into_iter().flatten().filter(move |_| is_user);
    keys.map(|key| Note::Seen { key, id: ContactId::new(&contact.id) })
}

/// Returns what a user is remembered by.
pub(super) fn user_key(role: Role, identity: &Identity) -> UserKey {
    let kind = match identity {
        Identity::ExternalId(_) => KeyKind::ExternalId,
        Identity::Email(_) if role == Role::Lead => KeyKind::Lead,
        Identity::Email(_) => KeyKind::Email,
        Identity::Id(_) => KeyKind::Id,
    };
    UserKey::new(kind, identity.value())
}

/// Returns whether the index can be asked for somebody: a lead is looked for by who creates it, and Intercom's own id is
/// known already.
pub(super) fn can_be_looked_up(role: Role, identity: &Identity) -> bool {
    role == Role::User && !matches!(identity, Identity::Id(_))
}

impl MappedRow {
    /// Returns what the row is; `otherwise` is the role of a row that says nothing of it.
    pub(super) fn role(&self, otherwise: Role) -> Role {
        match self.fields.text(&Field::Role) {
            Some(role) if role == Role::Lead.name() => Role::Lead,
            Some(_) => Role::User,
            None => otherwise,
        }
    }

    /// Returns what the row's user is remembered by.
    fn user_key(&self, otherwise: Role) -> UserKey {
        user_key(self.role(otherwise), &self.identity)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: u64 = 24 * 60 * 60;

    fn key(n: u64) -> UserKey {
        UserKey::new(KeyKind::ExternalId, &format!("u-{n}"))
    }

    fn known(at: u64) -> Delivery {
        Delivery { id: ContactId::new("1"), fingerprint: Some(Fingerprint::of(b"same")), at, run: 1 }
    }

    #[test]
    fn what_was_delivered_is_unchanged_unless_it_is_asked_for() {
        let same = Fingerprint::of(b"same");
        let check = |freshness: Freshness, said, chance, expected| {
            assert_eq!(expected, freshness.verdict(&key(1), said, &known(0), chance));
        };
        let usual = Freshness::default();
        check(usual, same, 0.0, Verdict::Unchanged);
        check(usual, Fingerprint::of(b"other"), 0.0, Verdict::Write);
        check(Freshness { force: true, ..usual }, same, 0.0, Verdict::Write);
        check(Freshness { verify: 0.5, ..usual }, same, 0.4, Verdict::Compare);
        check(Freshness { verify: 0.5, ..usual }, same, 0.5, Verdict::Unchanged);
        check(Freshness { verify: 0.5, ..usual }, Fingerprint::of(b"other"), 0.4, Verdict::Write);
    }

    #[test]
    fn old_deliveries_are_due_in_turn_and_all_of_them_in_time() {
        let due_on = |night: u64| {
            let freshness = Freshness {
                max_age: Some(Duration::from_secs(30 * DAY)),
                now: 20_000 * DAY + night * DAY,
                ..Freshness::default()
            };
            (0..3_000).filter(|n| freshness.is_due(&key(*n), 20_000 * DAY)).count()
        };
        assert_eq!((0, 3_000), (due_on(0), due_on(30)));
        for night in 1..30 {
            let due = due_on(night) - due_on(night - 1);
            assert!((50..150).contains(&due), "{due} users are due in night {night}");
        }
    }
}
