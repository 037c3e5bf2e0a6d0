//! What went wrong with one user: for people, and as an error list of Intercom's shape.

use serde::Serialize;
use serde_json::Value as Json;

use super::find::LAG;
use crate::cli::error::Error;
use crate::cli::exit::Exit;
use crate::cli::signals::Interruption;
use crate::intercom::ApiError;
use crate::intercom::Engine;
use crate::intercom::Field;
use crate::intercom::Refusal;
use crate::intercom::UpsertError;
use crate::mapping::Fault;
use crate::mapping::Key;
use crate::mapping::MappingError;
use crate::mapping::UnknownColumn;
use crate::transfer::code_of;
use crate::verbs::Partly;
use crate::verbs::VerbError;

/// Why a verb did not do what was asked.
pub(super) struct Failure {
    pub(super) error: Error,
    list: Option<String>,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self { error, list: None }
    }
}

impl Failure {
    /// Describes a failure in the words of one user.
    pub(super) fn of_verb(error: &VerbError, engine: Engine) -> Self {
        match error {
            VerbError::Names(error) => of_names(error).into(),
            VerbError::Values(faults) => of_values(error, faults),
            VerbError::Nothing => Error::new(Exit::Usage, error.to_string())
                .hint(r"give a field a value; the value \N clears it")
                .into(),
            VerbError::IdIsAssigned => Error::new(Exit::Usage, error.to_string())
                .hint("to find the user by it, write --by id --value ID")
                .into(),
            VerbError::Api(error) => Self::of_api(error),
            VerbError::NotWritten(UpsertError::Api(error)) => Self::of_api(error),
            VerbError::NotWritten(error) => of_upsert(error, engine),
            VerbError::Partly(partly) => of_partly(partly),
        }
    }

    /// The server's no to one user is an outcome of its own; what keeps everybody out is not.
    fn of_api(error: &ApiError) -> Self {
        let told = match error {
            ApiError::Refused(refusal) if refusal.status != 404 && Error::is_plain_refusal(refusal) => {
                Error::new(Exit::Partial, error.to_string())
            }
            error => Error::of_server(error),
        };
        Self {
            error: told,
            list: error.refusal().and_then(|refusal| refusal.list.as_deref().map(Into::into)),
        }
    }

    /// Returns the interruption instead, if that is what ended the verb.
    pub(super) fn unless(self, interruption: &Interruption) -> Self {
        Self { error: interruption.instead_of(self.error), list: self.list }
    }

    /// Returns the failure as an error list: Intercom's own, or one of its shape.
    pub(super) fn list(&self) -> String {
        match &self.list {
            Some(list) => list.clone(),
            None => {
                ErrorList::new(None, vec![item(self.error.exit().name(), self.error.what(), None)]).text()
            }
        }
    }
}

/// An error list of Intercom's shape; what is more of it only a partial success has.
#[derive(Serialize)]
struct ErrorList<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    request_id: Option<&'a str>,
    errors: Vec<Item>,
    #[serde(flatten)]
    partial: Option<Partial<'a>>,
}

#[derive(Serialize)]
struct Item {
    code: String,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
}

/// What became of a contact that is written, but not all that belongs to it.
#[derive(Serialize)]
struct Partial<'a> {
    outcome: &'static str,
    contact_outcome: String,
    id: &'a str,
    done: &'a [String],
    not_done: Vec<&'a str>,
    contact: Option<Json>,
}

impl<'a> ErrorList<'a> {
    fn new(request_id: Option<&'a str>, errors: Vec<Item>) -> Self {
        Self { kind: "error.list", request_id, errors, partial: None }
    }

    fn text(&self) -> String {
        serde_json::to_string(self).expect("an error list is text")
    }
}

fn item(code: &str, message: &str, field: Option<&str>) -> Item {
    Item { code: code.into(), message: message.into(), field: field.map(Into::into) }
}

/// Names that are no fields, in the words of one user: there are no columns here.
fn of_names(error: &MappingError) -> Error {
    let wrong = |what: String| Error::new(Exit::Usage, what);
    match error {
        MappingError::UnknownColumns(unknown) => {
            let what: Vec<String> = unknown.iter().map(unknown_field).collect();
            let hints: Vec<String> = unknown.iter().map(unknown_hint).collect();
            wrong(what.join("; ")).hint(hints.join("\n"))
        }
        MappingError::SameField { field, first, second } if first == second => {
            wrong(format!("`{first}` is given twice, and a user has one `{field}`"))
        }
        MappingError::SameField { field, first, second } => {
            wrong(format!("`{first}` and `{second}` are both `{field}`")).hint("leave one of them out")
        }
        MappingError::ArchivedAttribute { attribute, .. } => {
            wrong(format!("the custom attribute `{attribute}` is archived"))
                .hint("unarchive it in Intercom, or leave it out")
        }
        MappingError::NoKeyColumn { key, .. } => {
            let keys: Vec<String> = key.fields().iter().map(|field| format!("`{field}`")).collect();
            let keys = keys.join(" or ");
            wrong(format!("no field is {keys}, so there is nobody to create or to update"))
                .hint(key_hint(*key))
        }
        error => match error.hint() {
            Some(hint) => wrong(error.to_string()).hint(hint),
            None => wrong(error.to_string()),
        },
    }
}

fn key_hint(key: Key) -> &'static str {
    match key {
        Key::Id => "write id=ID: Intercom's own id of the contact",
        _ => "write external_id=ID or email=ADDRESS; to match by Intercom's own id, --key id and id=ID",
    }
}

fn unknown_field(unknown: &UnknownColumn) -> String {
    match (&unknown.why, &unknown.attribute) {
        (Some(why), _) => format!("`{}` cannot be written: {why}", unknown.column),
        (None, Some(attribute)) => format!("there is no custom attribute `{attribute}`"),
        (None, None) => format!("there is no field `{}`", unknown.column),
    }
}

fn unknown_hint(unknown: &UnknownColumn) -> String {
    let column = &unknown.column;
    let mut ways: Vec<String> = match (&unknown.why, unknown.nearest.first()) {
        (Some(_), Some(instead)) if instead.ends_with(":now") => {
            vec![format!("write {}=now instead, which means another time", instead.trim_end_matches(":now"))]
        }
        (Some(_), Some(instead)) => vec![format!("keep it as {instead}=VALUE")],
        (None, Some(nearest)) => vec![format!("write {nearest}=VALUE, if that is meant")],
        (_, None) => vec![format!("a custom attribute is written custom.{column}, and has to exist")],
    };
    ways.extend(unknown.other_engine.map(|engine| format!("write it with --engine {engine}")));
    ways.push(format!("leave `{column}` out"));
    ways.join(", or ")
}

fn of_values(error: &VerbError, faults: &[Fault]) -> Failure {
    let hints: Vec<String> = faults.iter().filter_map(Fault::hint).collect();
    let told = Error::new(Exit::Usage, error.to_string());
    let items = faults
        .iter()
        .map(|fault| {
            let field = fault.field.as_ref().map(ToString::to_string);
            item(fault.code(), &fault.message(), field.as_deref())
        })
        .collect();
    Failure {
        error: if hints.is_empty() { told } else { told.hint(hints.join("\n")) },
        list: Some(ErrorList::new(None, items).text()),
    }
}

fn of_upsert(error: &UpsertError, engine: Engine) -> Failure {
    let refusal = match error {
        UpsertError::Archived { refusal, .. }
        | UpsertError::Deleted { refusal, .. }
        | UpsertError::Vanished { refusal } => Some(refusal.as_ref()),
        UpsertError::Exists { refusal, .. } => refusal.as_deref(),
        _ => None,
    };
    let exit = match error {
        UpsertError::Missing { .. } => Exit::NotFound,
        _ => Exit::Partial,
    };
    let what = match error {
        UpsertError::Ambiguous { email, count, .. } => {
            format!("{count} contacts have the email `{email}`: nothing was written")
        }
        error => error.to_string(),
    };
    let list = refusal.and_then(|refusal| refusal.list.as_deref().map(String::from)).unwrap_or_else(|| {
        let request_id = refusal.and_then(|refusal| refusal.request_id.as_deref());
        ErrorList::new(request_id, vec![item(&code_of(error), &what, None)]).text()
    });
    let told = Error::new(exit, with_request(what, refusal));
    let told = match upsert_hint(error, engine) {
        Some(hint) => told.hint(hint),
        None => told,
    };
    Failure { error: told, list: Some(list) }
}

fn with_request(what: String, refusal: Option<&Refusal>) -> String {
    match refusal.and_then(|refusal| refusal.request_id.as_ref()) {
        Some(request_id) => format!("{what} (request {request_id})"),
        None => what,
    }
}

fn upsert_hint(error: &UpsertError, engine: Engine) -> Option<String> {
    Some(match error {
        UpsertError::Mismatch { .. } => "correct the external_id or the email of one of the two".into(),
        UpsertError::Archived { .. } => "bring it back with --archived unarchive".into(),
        UpsertError::Deleted { .. } => "wait until Intercom has let go of it, or use another email".into(),
        UpsertError::Missing { field: Field::Email, .. } if engine != Engine::Users => {
            format!("{LAG}: if it was written just now, try again in 10 minutes; to create it, use `upsert`")
        }
        UpsertError::Missing { .. } => {
            "archived and deleted ones are not found either; to create the user, use `upsert`".into()
        }
        UpsertError::Ambiguous { .. } => {
            "say which one is meant: `find --email` lists them, and --by id names one".into()
        }
        UpsertError::MayExist { .. } => "run the same command again in 10 minutes".into(),
        UpsertError::Vanished { .. } => "run the same command again".into(),
        _ => return None,
    })
}

fn of_partly(partly: &Partly) -> Failure {
    let items = partly.failed.iter().map(|part| match part.error.refusal() {
        Some(refusal) => item(&refusal.code, &refusal.message, refusal.field.as_deref()),
        None => item("not_done", &part.error.to_string(), None),
    });
    let request_id = partly.failed.iter().find_map(|part| part.error.refusal()?.request_id.as_deref());
    let mut list = ErrorList::new(request_id, items.collect());
    let contact = partly.contact.as_ref();
    list.partial = Some(Partial {
        outcome: "partial",
        contact_outcome: partly.outcome.to_string(),
        id: &partly.id,
        done: &partly.done,
        not_done: partly.failed.iter().map(|part| part.what.as_str()).collect(),
        contact: contact.and_then(|contact| serde_json::from_str(contact.json.get()).ok()),
    });
    let ended = partly.failed.iter().map(|part| &part.error).find(|error| error.ends_the_run());
    let exit = ended.map_or(Exit::Partial, |error| Error::of_server(error).exit());
    let error = Error::new(exit, partly.to_string()).hint(
        match partly.failed.iter().any(|part| part.error.refusal().is_some()) {
            true => "put right what was refused, then run the same command again: what is done stays done",
            false => "run the same command again later: what is done stays done",
        },
    );
    Failure { error, list: Some(list.text()) }
}
