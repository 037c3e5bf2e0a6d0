//! The verbs that write: fields through the mapping, the contact, its companies, its tags, and the contact as it is then.

use std::fmt;

use serde_json::Value as Json;

use super::client::{Answer, Client, parts};
use super::error::VerbError;
use super::{Fields, attributes_of};
use crate::intercom::ApiError;
use crate::intercom::Client as Api;
use crate::intercom::Contact;
use crate::intercom::Delivered;
use crate::intercom::FailedPart;
use crate::intercom::Field;
use crate::intercom::Mode;
use crate::intercom::Policy;
use crate::intercom::Raw;
use crate::intercom::Remark;
use crate::intercom::Trace;
use crate::intercom::UpsertError;
use crate::intercom::Upserted;
use crate::intercom::UserFields;
use crate::mapping::Identity;
use crate::mapping::Key;
use crate::mapping::Mapping;
use crate::mapping::MappingSpec;
use crate::pace::Clock;
use crate::rows::Cell;

/// How a user is written. The defaults are those of an import.
#[derive(Debug, Clone, Default)]
pub struct Terms {
    /// What a new or an existing user is matched by.
    pub key: Key,
    /// What names mean, beside what they always mean. Its engine is the client's, whatever it says.
    pub spec: MappingSpec,
    /// What may happen to archived contacts and to other companies, and what a user is.
    pub policy: Policy,
}

/// A user that is as it should be.
#[derive(Debug, Clone)]
pub struct Written {
    /// What happened.
    pub outcome: Upserted,
    /// The contact as it is now; `None` if it is archived, and was left so.
    pub contact: Option<Box<Raw<Contact>>>,
    /// What people want to know.
    pub remarks: Vec<Remark>,
    /// What the mapping left out, and why.
    pub notices: Vec<String>,
}

/// A contact that is written, but not all that belongs to it.
#[derive(Debug, Clone)]
pub struct Partly {
    /// What happened to the contact's own fields.
    pub outcome: Upserted,
    /// Intercom's id of the contact.
    pub id: String,
    /// The contact as it is now, if it could be read.
    pub contact: Option<Box<Raw<Contact>>>,
    /// What else was done: ``attach company `c1` ``.
    pub done: Vec<String>,
    /// What was not, and why.
    pub failed: Vec<FailedPart>,
}

impl fmt::Display for Partly {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.outcome {
            Upserted::Unchanged => write!(f, "contact {} had its values already", self.id)?,
            outcome => write!(f, "contact {} was {outcome}", self.id)?,
        }
        self.done.iter().try_for_each(|done| write!(f, ", {done}: done"))?;
        let failed: Vec<String> =
            self.failed.iter().map(|part| format!("{}: {}", part.what, part.error)).collect();
        write!(f, "; not done: {}", failed.join("; "))
    }
}

impl Client {
    /// Creates a user, or updates the one with its key, and puts it into its companies and under its tags.
    ///
    /// ```
    /// # use intercom_bulk::sandbox::{Config, Lag, Sandbox};
    /// # use intercom_bulk::{Client, Fields, Identity, Terms};
    /// # let sandbox = Sandbox::start(Config { users: 3, lag: Lag::NONE, ..Config::default() })?;
    /// # let client = Client::connect(&sandbox.url(), sandbox.token())?;
    /// let ann = Fields::default().with("email", "ann@example.com").with("custom.plan", "pro").with("tags", "vip");
    /// let written = client.upsert(&ann, &Terms::default())?.live().unwrap();
    /// assert_eq!("created", written.outcome.to_string());
    /// assert!(written.contact.unwrap().json.get().contains(r#""plan":"pro""#));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`VerbError`].
    pub fn upsert(&self, fields: &Fields, terms: &Terms) -> Result<Answer<Written>, VerbError> {
        let Some(api) = self.api() else { return Ok(Answer::Disabled) };
        let plan = Plan::new(api, fields, terms, terms.key)?;
        let user = plan.apply(&fields.values)?;
        let (key, _) = match plan.mapping.identity(&user) {
            Identity::Id(id) => (Field::Id, id),
            Identity::ExternalId(id) => (Field::ExternalId, id),
            Identity::Email(email) => (Field::Email, email),
        };
        let trace = &mut Trace::default();
        let delivered = api.upsert(&user, &key, &terms.policy, trace);
        settle(api, &user, delivered, plan.notices(), trace).map(Answer::Live)
    }

    /// Updates the one user who is known by this, and creates nobody. The fields may hold another email than that by which
    /// the user was found.
    ///
    /// ```
    /// # use intercom_bulk::sandbox::{Config, Lag, Sandbox};
    /// # use intercom_bulk::{Client, Fields, Identity, Terms};
    /// # let sandbox = Sandbox::start(Config { users: 3, lag: Lag::NONE, ..Config::default() })?;
    /// # let client = Client::connect(&sandbox.url(), sandbox.token())?;
    /// # client.upsert(&Fields::default().with("email", "ann@example.com"), &Terms::default())?;
    /// let ann = Identity::Email("ann@example.com".into());
    /// let changed = Fields::default().with("email", "lee@example.com").with("company_id", "c1").with("company_id", "c2");
    /// let written = client.update(&ann, &changed, &Terms::default())?.live().unwrap();
    /// assert_eq!(Some("lee@example.com"), written.contact.unwrap().value.email.as_deref());
    ///
    /// let nobody = Identity::ExternalId("nobody".into());
    /// assert!(client.update(&nobody, &changed, &Terms::default()).is_err()); // And nobody is created.
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`VerbError`]; `UpsertError::Missing` if there is no such user, `Ambiguous` if there are several.
    pub fn update(
        &self,
        who: &Identity,
        fields: &Fields,
        terms: &Terms,
    ) -> Result<Answer<Written>, VerbError> {
        let Some(api) = self.api() else { return Ok(Answer::Disabled) };
        if fields.names.iter().any(|name| name.trim() == "id") {
            return Err(VerbError::IdIsAssigned);
        }
        let (key, value) = target(api, who, terms)?;
        // A row needs a key; this one's is taken out again, for the user may be found by another.
        let row = Fields::default().with("id", value.as_str()).and(fields.clone());
        let plan = Plan::new(api, &row, terms, Key::Id)?;
        let mut user = plan.apply(&row.values)?;
        user.remove(&Field::Id);
        if user.is_empty() {
            return Err(VerbError::Nothing);
        }
        let policy = Policy { mode: Mode::Update, ..terms.policy };
        let trace = &mut Trace::default();
        let delivered = api.update_only(&key, &value, &user, &policy, trace);
        settle(api, &user, delivered, plan.notices(), trace).map(Answer::Live)
    }
}

/// Reads the value that a user is looked for by as the field of that name would be read.
fn target(api: &Api, who: &Identity, terms: &Terms) -> Result<(Field, String), VerbError> {
    let (field, value) = parts(who);
    let key = match field {
        Field::Id => Key::Id,
        Field::ExternalId => Key::ExternalId,
        _ => Key::Email,
    };
    let spec =
        MappingSpec { dialect: api.dialect().clone(), role: terms.policy.role, ..MappingSpec::default() };
    let names = [field.api_name().to_owned()];
    let mapping = Mapping::compile(&names, &spec, &[], key)?;
    let fields = mapping.apply_cells(|_| Ok(Cell::Text(value.into()))).map_err(VerbError::Values)?;
    Ok((field.clone(), fields.text(&field).unwrap_or(value).to_owned()))
}

/// A mapping that fits one user.
struct Plan {
    mapping: Mapping,
    now: i64,
}

impl Plan {
    /// Compiles the names; asks for the workspace's attributes only if one of them may be meant.
    fn new(api: &Api, fields: &Fields, terms: &Terms, key: Key) -> Result<Self, VerbError> {
        let now = Clock::system().unix_seconds();
        let dialect = api.dialect().clone();
        let is_plain = |name: &String| {
            let mut standard = Field::STANDARD.iter();
            let field = standard.find(|field| field.api_name() == name.trim());
            field.is_some_and(|field| dialect.refuses(field).is_none())
        };
        let attributes = match fields.names.iter().all(is_plain) && terms.spec.rules.is_empty() {
            true => Vec::new(),
            false => attributes_of(&api.custom_attributes(&mut Trace::default())?),
        };
        let spec = MappingSpec { dialect, role: terms.policy.role, now, ..terms.spec.clone() };
        let mapping = Mapping::compile(&fields.names, &spec, &attributes, key)?;
        Ok(Self { mapping, now })
    }

    fn apply(&self, values: &[Json]) -> Result<UserFields, VerbError> {
        let values: Vec<Json> = values.to_vec();
        let now = Json::from(self.now);
        let times: Vec<usize> = self.times(&values);
        let cell = |index: usize| {
            let value = if times.contains(&index) { &now } else { &values[index] };
            Ok(Cell::Json(value))
        };
        self.mapping.apply_cells(cell).map_err(VerbError::Values)
    }

    /// Returns the values that are `now`, where a time of today is meant.
    fn times(&self, values: &[Json]) -> Vec<usize> {
        let is_time = |field: &Field| matches!(field, Field::LastSeenAt | Field::LastRequestAt);
        let mut times = self.mapping.indexed_columns().filter(|(_, field)| is_time(field));
        let is_now = |index: usize| values[index].as_str().is_some_and(|text| text.trim() == "now");
        times.by_ref().map(|(index, _)| index).filter(|index| is_now(*index)).collect()
    }

    fn notices(&self) -> Vec<String> {
        self.mapping.notices().to_vec()
    }
}

/// Applies the tags that are missing, and reads the contact once more if it has changed since it was seen.
fn settle(
    api: &Api,
    user: &UserFields,
    delivered: Result<Delivered, UpsertError>,
    notices: Vec<String>,
    trace: &mut Trace,
) -> Result<Written, VerbError> {
    let mut delivered = match delivered {
        Ok(delivered) => delivered,
        Err(UpsertError::Partial { outcome, id, done, failed }) => {
            let mut partly = Partly { outcome, id, contact: None, done, failed };
            // Nobody knows which of them are missing; one that is not is no error.
            partly.tag(api, user.texts(&Field::Tags), trace);
            return Err(partly.seen_again(api, trace));
        }
        Err(error) => return Err(error.into()),
    };
    let Some(contact) = delivered.contact.take() else {
        let Delivered { outcome, remarks, .. } = delivered;
        return Ok(Written { outcome, contact: None, remarks, notices });
    };
    let id = contact.value.id.clone();
    let mut partly = Partly {
        outcome: delivered.outcome,
        id,
        contact: None,
        done: delivered.done.clone(),
        failed: Vec::new(),
    };
    partly.tag(api, &delivered.missing_tags, trace);
    if !partly.failed.is_empty() {
        return Err(partly.seen_again(api, trace));
    }
    let has_tagged = !delivered.missing_tags.is_empty();
    let outcome = match delivered.outcome {
        Upserted::Unchanged if has_tagged => Upserted::Updated,
        outcome => outcome,
    };
    let contact = match delivered.is_stale || has_tagged {
        true => read_again(api, &partly.id, trace)?.into(),
        false => contact,
    };
    Ok(Written { outcome, contact: Some(contact), remarks: delivered.remarks, notices })
}

/// Reads a contact that was just written.
fn read_again(api: &Api, id: &str, trace: &mut Trace) -> Result<Raw<Contact>, ApiError> {
    let mut found = api.find(&Field::Id, id, None, trace)?;
    match found.pop() {
        Some(contact) => Ok(contact),
        None => api.read(id, trace),
    }
}

impl Partly {
    fn tag(&mut self, api: &Api, names: &[String], trace: &mut Trace) {
        for name in names {
            let what = format!("apply tag `{name}`");
            match api.tag_one(name, &self.id, trace) {
                Ok(()) => self.done.push(what),
                Err(error) => self.failed.push(FailedPart { what, error }),
            }
        }
    }

    fn seen_again(mut self, api: &Api, trace: &mut Trace) -> VerbError {
        self.contact = read_again(api, &self.id, trace).ok().map(Box::new);
        VerbError::Partly(Box::new(self))
    }
}
