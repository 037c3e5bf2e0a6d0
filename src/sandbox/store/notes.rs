//! Notes: written once, never changed.

use super::Store;
use super::companies::Touch;
use crate::sandbox::clock::Moment;
use crate::sandbox::errors::Refusal;
use crate::sandbox::journal::Change;
use crate::sandbox::note::Note;

impl Store {
    /// Writes a note, and lists it in its contact.
    pub(in crate::sandbox) fn save_note(&mut self, note: Note, now: Moment) -> Result<(), Refusal> {
        let (id, contact) = (note.id, note.contact);
        self.write(Change::Note(&note))?;
        self.notes.put(note);
        self.link(contact, Touch::Touches, now, |links| links.notes.push(id))?;
        Ok(())
    }
}
