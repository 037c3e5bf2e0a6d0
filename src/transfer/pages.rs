//! Where an export's pages come from: the list of 2.x by cursors, or the scrolls of 1.x, with the names of what contacts
//! show ids of.

use std::sync::mpsc::SyncSender;

use super::columns::Listed;
use super::export::{Export, RoleFilter};
use crate::intercom::ApiError;
use crate::intercom::Client;
use crate::intercom::Contact;
use crate::intercom::Cursor;
use crate::intercom::Engine;
use crate::intercom::Names;
use crate::intercom::Role;
use crate::intercom::Step;
use crate::intercom::Trace;
use crate::intercom::pages;

/// One page on its way to the writer.
pub(super) struct Fetched {
    pub(super) items: Vec<Listed>,
    pub(super) ahead: Ahead,
    /// How many contacts there are in all.
    pub(super) total_count: u64,
}

/// What comes after a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Ahead {
    /// The page at this cursor.
    Page(Cursor),
    /// A page of the same scroll, or of another.
    More,
    /// Nothing.
    End,
}

/// Fetches one page after the other until the end, an error, or nobody listens any more.
pub(super) fn fetch(job: &Export<'_>, send: &SyncSender<Result<Fetched, ApiError>>) {
    match job.client.engine() {
        Engine::Contacts => fetch_list(job, send),
        Engine::Users => {
            if let Err(error) = fetch_scrolls(job, send) {
                // Nobody listens any more only if the writing failed, which is told there.
                let _ = send.send(Err(error));
            }
        }
    }
}

fn fetch_list(job: &Export<'_>, send: &SyncSender<Result<Fetched, ApiError>>) {
    let walk = pages(|cursor| job.client.list(Client::PAGE_SIZE, cursor, &mut Trace::default()));
    for page in walk {
        let fetched = page.and_then(|page| {
            let ahead = page.next.map_or(Ahead::End, Ahead::Page);
            Ok(Fetched { items: named(job, page.items)?, ahead, total_count: page.total_count })
        });
        if send.send(fetched).is_err() || job.halt.is_raised() {
            return;
        }
    }
}

/// Users and leads of 1.x are lists of their own, and a scroll does not count: the count is asked for first.
fn fetch_scrolls(job: &Export<'_>, send: &SyncSender<Result<Fetched, ApiError>>) -> Result<(), ApiError> {
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
            // A scroll that begins again, or waits for another one, leaves out nobody.
            let Step::Page(listing) = step? else { continue };
            let contacts = listing.contacts.into_iter().map(|contact| contact.value).collect();
            let is_last = listing.next.is_none() && Some(role) == roles.last();
            let ahead = if is_last { Ahead::End } else { Ahead::More };
            let fetched = Fetched { items: named(job, contacts)?, ahead, total_count };
            if send.send(Ok(fetched)).is_err() || job.halt.is_raised() {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// Finds out what the companies and tags on a page are called.
fn named(job: &Export<'_>, contacts: Vec<Contact>) -> Result<Vec<Listed>, ApiError> {
    let mut trace = Trace::default();
    let listed = |contact: Contact| {
        let names = match job.role.admits(&contact) {
            true => job.client.names(&contact, job.expand, &mut trace)?,
            false => Names::default(),
        };
        Ok(Listed { contact, names })
    };
    contacts.into_iter().map(listed).collect()
}
