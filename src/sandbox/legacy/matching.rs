//! Which user a write means: by id, else by user_id, else by email [D 1.4].
//!
//! Unlike in 2.x an email is no key among users: a second user may have it, and then it names nobody.

use std::sync::Arc;

use axum::http::StatusCode;

use super::draft::Draft;
use crate::sandbox::clock::Moment;
use crate::sandbox::contact::Contact;
use crate::sandbox::contact::Role;
use crate::sandbox::contacts;
use crate::sandbox::errors::Refusal;
use crate::sandbox::store::Store;
use crate::sandbox::unknowns::ArchivedUser;

/// Finds the user that a write means; `None` if it makes a new one.
pub(super) fn find(store: &mut Store, draft: &Draft, now: Moment) -> Result<Option<Arc<Contact>>, Refusal> {
    match (&draft.id, draft.user_id.given(), draft.email.given()) {
        (Some(id), user_id, _) => {
            let user = with_id(store, id)?;
            check_free(store, user_id, &user, now)?;
            Ok(Some(user))
        }
        (None, Some(user_id), email) => by_user_id(store, user_id, email, now),
        (None, None, Some(email)) => by_email(store, email, now),
        (None, None, None) => Err(nobody_named()),
    }
}

/// Returns a live user; a lead is none here.
pub(super) fn with_id(store: &Store, id: &str) -> Result<Arc<Contact>, Refusal> {
    let user = store.live(id).ok().filter(|contact| contact.role == Role::User);
    user.cloned().ok_or_else(Refusal::user_not_found)
}

/// Returns the live user with an id that its owner gave it.
pub(super) fn with_user_id(store: &mut Store, user_id: &str, now: Moment) -> Option<Arc<Contact>> {
    store.with_external_id(user_id, now).into_iter().find(|user| user.is_live())
}

/// Returns the live users with an email.
pub(super) fn with_email(store: &mut Store, email: &str, now: Moment) -> Vec<Arc<Contact>> {
    let holders = store.with_email(email, now);
    holders.into_iter().filter(|user| user.is_live()).collect()
}

/// A `user_id` that nobody has goes to the user with the email that has none yet; a user that has another one is
/// somebody else, and there will be two with one email [D 1.4].
fn by_user_id(
    store: &mut Store,
    user_id: &str,
    email: Option<&String>,
    now: Moment,
) -> Result<Option<Arc<Contact>>, Refusal> {
    if let Some(user) = with_user_id(store, user_id, now) {
        return Ok(Some(user));
    }
    let with_email = email.map_or_else(Vec::new, |email| store.with_email(email, now));
    let nameless = with_email.into_iter().filter(|user| user.external_id.is_none());
    let (live, gone): (Vec<_>, Vec<_>) = nameless.partition(|user| user.is_live());
    if let (Some(email), true) = (email, 1 < live.len()) {
        return Err(several(email));
    }
    let of_user_id = store.with_external_id(user_id, now);
    match live.into_iter().next() {
        Some(user) => Ok(Some(user)),
        None => not_live(store, of_user_id.into_iter().chain(gone).next()),
    }
}

fn by_email(store: &mut Store, email: &str, now: Moment) -> Result<Option<Arc<Contact>>, Refusal> {
    let (live, gone): (Vec<_>, Vec<_>) =
        store.with_email(email, now).into_iter().partition(|user| user.is_live());
    match live.as_slice() {
        [] => not_live(store, gone.into_iter().next()),
        [user] => Ok(Some(Arc::clone(user))),
        _ => Err(several(email)),
    }
}

/// Decides about a user that is archived or deleted [X].
fn not_live(store: &Store, user: Option<Arc<Contact>>) -> Result<Option<Arc<Contact>>, Refusal> {
    match user {
        Some(user) if user.is_archived() && store.unknowns.archived_user == ArchivedUser::Restored => {
            Ok(Some(user))
        }
        Some(user) => Err(contacts::conflict(&user)),
        None => Ok(None),
    }
}

/// Refuses the `user_id` of another live user.
fn check_free(
    store: &mut Store,
    user_id: Option<&String>,
    user: &Contact,
    now: Moment,
) -> Result<(), Refusal> {
    let holder = user_id.and_then(|user_id| with_user_id(store, user_id, now));
    match holder {
        Some(holder) if holder.id != user.id => Err(taken()),
        _ => Ok(()),
    }
}

/// Status and text [I ruby#191, node#259]; the code was empty then, and is of the official client's list [C].
fn taken() -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, "unique_user_constraint", "User already exists.")
}

/// 409 in the documentation [D][C tap-intercom], 400 in an old report [I node#96].
pub(super) fn several(email: &str) -> Refusal {
    let message = format!(
        "Multiple existing users match this email address {email} - must be more specific using user_id"
    );
    Refusal::new(StatusCode::CONFLICT, "conflict", message)
}

/// 400 [I ruby#471].
fn nobody_named() -> Refusal {
    Refusal::parameter_invalid("User email, user_id or anonymous_id must be supplied")
}
