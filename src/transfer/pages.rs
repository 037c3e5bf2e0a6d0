//! Where an export's pages come from: the list of 2.x by cursors, or the scrolls of 1.x, with the names of what contacts
//! show ids of. Contacts that were seen before are left out here, so that nothing is asked for on their account.

use std::sync::mpsc::SyncSender;
use std::time::Duration;

use super::columns::Listed;
use super::export::{Export, RoleFilter};
use super::progress::Ahead;
use crate::intercom::ApiError;
use crate::intercom::Client;
use crate::intercom::Contact;
use crate::intercom::Cursor;
use crate::intercom::Engine;
use crate::intercom::Names;
use crate::intercom::Role;
use crate::intercom::SeenIds;
use crate::intercom::Step;
use crate::intercom::Trace;
use crate::intercom::pages;

/// What the writer hears of the listing.
pub(super) enum Heard {
    /// A page.
    Page(Fetched),
    /// The next page comes no sooner.
    Waits(Duration),
    /// There is no next page.
    Failed(ApiError),
}

/// One page on its way to the writer.
pub(super) struct Fetched {
    /// Contacts that no page before has shown.
    pub(super) items: Vec<Listed>,
    /// How many others there are on it.
    pub(super) duplicates: u64,
    pub(super) ahead: Ahead,
    /// How many contacts there are in all.
    pub(super) total_count: u64,
}

/// Fetches one page after the other until the end, an error, or nobody listens any more.
pub(super) fn fetch(job: &Export<'_>, from: Option<Cursor>, seen: &mut SeenIds, send: &SyncSender<Heard>) {
    let result = match job.client.engine() {
        Engine::Contacts | Engine::Bulk => fetch_list(job, from, seen, send),
        Engine::Users => fetch_scrolls(job, seen, send),
    };
    if let Err(error) = result {
        // Nobody listens any more only if the writing failed, which is told there.
        let _ = send.send(Heard::Failed(error));
    }
}

fn fetch_list(
    job: &Export<'_>,
    from: Option<Cursor>,
    seen: &mut SeenIds,
    send: &SyncSender<Heard>,
) -> Result<(), ApiError> {
    let walk = pages(from, |cursor| job.client.list(Client::PAGE_SIZE, cursor, &mut Trace::default()));
    for page in walk {
        let page = page?;
        let ahead = page.next.map_or(Ahead::End, Ahead::Page);
        let fetched = fetched(job, page.items, ahead, page.total_count, seen)?;
        if send.send(Heard::Page(fetched)).is_err() || job.halt.is_raised() {
            break;
        }
    }
    Ok(())
}

/// Users and leads of 1.x are lists of their own, and a scroll does not count: the count is asked for first.
fn fetch_scrolls(job: &Export<'_>, seen: &mut SeenIds, send: &SyncSender<Heard>) -> Result<(), ApiError> {
    let roles: &[Role] = match job.role {
        RoleFilter::User => &[Role::User],
        RoleFilter::Lead => &[Role::Lead],
        RoleFilter::Any => &[Role::User, Role::Lead],
    };
    let mut total_count = 0;
    for role in roles {
        let first = job.client.listing(Some(*role), 1, None, &mut Trace::default())?;
        total_count += first.total_count.unwrap_or(0);
    }
    for role in roles {
        for step in job.client.walk(Some(*role)) {
            let heard = match step? {
                Step::Page(listing) => {
                    let contacts = listing.contacts.into_iter().map(|contact| contact.value).collect();
                    let is_last = listing.next.is_none() && Some(role) == roles.last();
                    let ahead = if is_last { Ahead::End } else { Ahead::More };
                    Heard::Page(fetched(job, contacts, ahead, total_count, seen)?)
                }
                Step::Wait(duration) => Heard::Waits(duration),
                // A scroll that begins again leaves out nobody.
                Step::Restart(_) => continue,
            };
            if send.send(heard).is_err() || job.halt.is_raised() {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// Leaves out who was seen, and finds out what the companies and tags of the others are called.
fn fetched(
    job: &Export<'_>,
    mut contacts: Vec<Contact>,
    ahead: Ahead,
    total_count: u64,
    seen: &mut SeenIds,
) -> Result<Fetched, ApiError> {
    let n_listed = contacts.len();
    contacts.retain(|contact| seen.insert(&contact.id));
    let duplicates = (n_listed - contacts.len()) as u64;
    let mut trace = Trace::default();
    let listed = |contact: Contact| -> Result<Listed, ApiError> {
        let names = match job.role.admits(&contact) {
            true => job.client.names(&contact, job.expand, &mut trace)?,
            false => Names::default(),
        };
        Ok(Listed { contact, names })
    };
    let items = contacts.into_iter().map(listed).collect::<Result<_, _>>()?;
    Ok(Fetched { items, duplicates, ahead, total_count })
}
