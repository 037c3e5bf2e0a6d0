//! Writing one user through the users of 1.x: one request creates or updates, companies included.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use serde_json::Value as Json;

use super::upsert::{Delivered, FailedPart, Mode, Policy, Remark, Role, UpsertError, Upserted};
use super::{Client, Contact, Field, Raw, Trace, UserFields};

/// The users that were created in the last seconds: another write of one of them in the second of its creation looks
/// like the creation by its times. Grows with the users of two seconds, not with the rows.
#[derive(Default)]
pub(super) struct Newborns(Mutex<HashMap<String, i64>>);

impl Newborns {
    /// Notes a new user. Returns whether it was not noted before.
    fn is_first_seen(&self, user: &Contact) -> bool {
        let created_at = user.created_at.unwrap_or(0);
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= 1_000 {
            seen.retain(|_, time| created_at <= *time + 2);
        }
        seen.insert(user.id.clone(), created_at).is_none()
    }
}

/// One user on its way.
#[derive(Clone, Copy)]
pub(super) struct UserDelivery<'a> {
    pub(super) client: &'a Client,
    pub(super) fields: &'a UserFields,
    pub(super) key: &'a Field,
    pub(super) policy: &'a Policy,
}

impl UserDelivery<'_> {
    pub(super) fn run(&self, trace: &mut Trace) -> Result<Delivered, UpsertError> {
        match self.policy.mode {
            // The server itself decides between the two.
            Mode::Upsert => {}
            Mode::Create if self.find(trace)?.is_empty() => {}
            Mode::Create => {
                let message = format!("a user with {} `{}` exists", self.key, self.value());
                return Err(UpsertError::Exists { message, refusal: None });
            }
            // `POST /users` would create what is missing: there is no request that only updates.
            Mode::Update => match self.find(trace)?.len() {
                0 => return Err(self.missing()),
                1 => {}
                count => {
                    let role = Role::User;
                    return Err(UpsertError::Ambiguous { role, email: self.value().into(), count });
                }
            },
        }
        let begun = Some(self.client.server_time()).filter(|time| *time > 0);
        let user = self.client.post_user(self.fields, trace).map_err(|error| {
            if error.is_not_found() && *self.key == Field::Id { self.missing() } else { error.into() }
        })?;
        // The answer's own second, where the server had not told the time before.
        let begun = begun.unwrap_or_else(|| self.client.server_time().saturating_sub(1));
        let outcome = self.outcome(&user.value, begun);
        let missing_tags = self.client.missing_tags(self.fields, &user.value, trace).map_err(|error| {
            let failed = vec![FailedPart { what: "read the tags".into(), error }];
            UpsertError::Partial { outcome, id: user.value.id.clone(), done: Vec::new(), failed }
        })?;
        let not_kept = self.not_kept(&user);
        Ok(Delivered { missing_tags, ..Delivered::new(outcome, user) }.remark(not_kept))
    }

    /// Says which fields the server does not show as they were sent: its documentation lists them in the answer, and
    /// not in the request, so that nobody knows whether it keeps them.
    fn not_kept(&self, user: &Raw<Contact>) -> Option<Remark> {
        let unverified = |field: &Field| {
            matches!(
                field,
                Field::SessionCount
                    | Field::UtmCampaign
                    | Field::UtmContent
                    | Field::UtmMedium
                    | Field::UtmSource
                    | Field::UtmTerm
            )
        };
        let mut sent = self.fields.iter().filter(|(field, _)| unverified(field)).peekable();
        sent.peek()?;
        let shown: Json = serde_json::from_str(user.json.get()).ok()?;
        let lost: Vec<Field> = sent
            .filter(|(field, value)| serde_json::to_value(value).ok().as_ref() != shown.get(field.api_name()))
            .map(|(field, _)| field.clone())
            .collect();
        (!lost.is_empty()).then_some(Remark::NotKept(lost))
    }

    fn find(&self, trace: &mut Trace) -> Result<Vec<Raw<Contact>>, UpsertError> {
        Ok(self.client.users_with(Role::User, self.key, self.value(), trace)?)
    }

    /// Tells by the user's own times what the server did: the answer does not say.
    fn outcome(&self, user: &Contact, begun: u64) -> Upserted {
        let since = |time: Option<i64>| {
            time.and_then(|time| u64::try_from(time).ok()).is_some_and(|time| time >= begun)
        };
        match self.policy.mode {
            Mode::Upsert | Mode::Create
                if since(user.created_at) && self.client.newborns.is_first_seen(user) =>
            {
                Upserted::Created
            }
            _ if since(user.updated_at) => Upserted::Updated,
            _ => Upserted::Unchanged,
        }
    }

    fn missing(&self) -> UpsertError {
        UpsertError::Missing { role: Role::User, field: self.key.clone(), value: self.value().into() }
    }

    fn value(&self) -> &str {
        self.fields.text(self.key).unwrap_or_default()
    }
}
