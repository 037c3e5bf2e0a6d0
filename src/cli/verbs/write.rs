//! `upsert` and `update`: writes one user, and prints the contact as it is then.

use std::io::{self, IsTerminal, Read};

use super::args::{FieldArgs, UpdateArgs, UpsertArgs};
use super::told::Failure;
use super::{Session, conclude, print, talk};
use crate::cli::args::{ConnectArgs, PolicyArgs};
use crate::cli::attributes::PlaceArgs;
use crate::cli::environment::Environment;
use crate::cli::error::Error;
use crate::cli::exit::Exit;
use crate::intercom::Field;
use crate::intercom::Mode;
use crate::intercom::Remark;
use crate::intercom::Role;
use crate::mapping::Key;
use crate::pace::Clock;
use crate::verbs::Answer;
use crate::verbs::Client;
use crate::verbs::Fields;
use crate::verbs::NotAField;
use crate::verbs::Terms;
use crate::verbs::VerbError;
use crate::verbs::Written;

/// Creates or updates a user.
pub(in crate::cli) fn upsert(arguments: &UpsertArgs, environment: &Environment) -> Result<Exit, Error> {
    let order = Order {
        fields: &arguments.fields,
        policy: &arguments.policy,
        connect: &arguments.connect,
        place: &arguments.place,
        key: arguments.key,
        mode: Mode::Upsert,
    };
    order.run(environment, Client::upsert)
}

/// Updates a user.
pub(in crate::cli) fn update(arguments: &UpdateArgs, environment: &Environment) -> Result<Exit, Error> {
    let order = Order {
        fields: &arguments.fields,
        policy: &arguments.policy,
        connect: &arguments.connect,
        place: &arguments.place,
        key: Key::Id,
        mode: Mode::Update,
    };
    let who = arguments.by.identity(&arguments.value);
    order.run(environment, |client, fields, terms| client.update(&who, fields, terms))
}

/// What is to be written, where, and how.
struct Order<'a> {
    fields: &'a FieldArgs,
    policy: &'a PolicyArgs,
    connect: &'a ConnectArgs,
    place: &'a PlaceArgs,
    key: Key,
    mode: Mode,
}

impl Order<'_> {
    fn run(
        &self,
        environment: &Environment,
        verb: impl FnOnce(&Client, &Fields, &Terms) -> Result<Answer<Written>, VerbError>,
    ) -> Result<Exit, Error> {
        let given = Given::of(self.fields);
        let is_json = given.is_json;
        conclude(self.write(&given, environment, verb), is_json)
    }

    fn write(
        &self,
        given: &Given<'_>,
        environment: &Environment,
        verb: impl FnOnce(&Client, &Fields, &Terms) -> Result<Answer<Written>, VerbError>,
    ) -> Result<Exit, Failure> {
        let fields = given.fields()?;
        let dialect = self.connect.dialect.dialect()?;
        let engine = dialect.engine();
        let policy = self.policy.policy(self.mode, engine)?;
        let mapping = self.fields.mapping(self.key);
        let spec = mapping.spec(&dialect, policy.role, Clock::system().unix_seconds())?;
        let may_create_a_lead =
            self.mode != Mode::Update && (policy.role == Role::Lead || fields.has(&Field::Role));
        let session = match may_create_a_lead {
            true => Session::open_for_leads(self.connect, self.place, environment)?,
            false => Session::open(self.connect, self.place, environment)?,
        };
        let terms = Terms { key: self.key, spec, policy };
        let answer = verb(&session.client, &fields, &terms);
        let answer =
            answer.map_err(|error| Failure::of_verb(&error, engine).unless(&session.interruption))?;
        let Answer::Live(written) = answer else { return Ok(Exit::Ok) };
        if let Some(contact) = &written.contact {
            print(contact.json.get())?;
        }
        tell(&written, &session);
        Ok(Exit::Ok)
    }
}

/// Says what happened, and what was not asked for.
fn tell(written: &Written, session: &Session) {
    for notice in &written.notices {
        talk(&format!("note: {notice}"));
    }
    for remark in &written.remarks {
        talk(&match remark {
            Remark::Merged { from, into } => {
                format!("note: contact {from} was merged into {into}, which was written")
            }
            Remark::Unarchived => "note: the contact was archived, and was brought back".into(),
            Remark::ArchivedSkipped => "note: the contact is archived, and was left so".into(),
            Remark::ExternalIdKept => "note: a lead keeps the external_id that Intercom gave it".into(),
            Remark::NotKept(fields) => {
                let fields: Vec<String> = fields.iter().map(|field| format!("`{field}`")).collect();
                format!("note: Intercom took the request, and does not show {}", fields.join(", "))
            }
            // A verb remembers nothing of earlier runs.
            Remark::Verified | Remark::Drifted => continue,
            Remark::Promoted => "note: the contact was a lead, and is a user now".into(),
        });
    }
    let who = written.contact.as_ref().map_or("it", |contact| &contact.value.id);
    talk(&format!("{who}: {}; {}", written.outcome, session.requests()));
}

/// The fields as they were given, in whichever of the ways.
struct Given<'a> {
    pairs: Vec<&'a str>,
    json: Option<&'a str>,
    from_stdin: bool,
    /// Whether a refusal is wanted as JSON.
    is_json: bool,
}

impl<'a> Given<'a> {
    fn of(arguments: &'a FieldArgs) -> Self {
        let value = arguments.json.as_deref().map(str::trim);
        let is_field = |text: &&str| !text.starts_with(['{', '[']) && text.contains('=');
        // `INTERCOM_BULK_JSON=1` is the bare flag of other commands; `--json email=…` a flag before a field.
        let json =
            value.filter(|text| !matches!(*text, "" | "-" | "1" | "0" | "true" | "false") && !is_field(text));
        let mut pairs: Vec<&str> = value.filter(is_field).into_iter().collect();
        pairs.extend(arguments.fields.iter().map(String::as_str).filter(|text| *text != "-"));
        let has_dash = value == Some("-") || arguments.fields.iter().any(|text| text == "-");
        let is_nothing = pairs.is_empty() && json.is_none();
        Self {
            json,
            from_stdin: has_dash || (is_nothing && !io::stdin().is_terminal()),
            is_json: value.is_some_and(|text| !matches!(text, "0" | "false")),
            pairs,
        }
    }

    fn fields(&self) -> Result<Fields, Error> {
        let mut fields = Fields::default();
        if self.from_stdin {
            let mut text = String::new();
            io::stdin()
                .read_to_string(&mut text)
                .map_err(|error| Error::new(Exit::Input, "stdin cannot be read").because(error))?;
            if !text.trim().is_empty() {
                fields = fields.and(Fields::from_json(&text).map_err(|error| not_fields(&error))?);
            }
        }
        if let Some(json) = self.json {
            fields = fields.and(Fields::from_json(json).map_err(|error| not_fields(&error))?);
        }
        for pair in &self.pairs {
            fields = fields.and(pair.parse().map_err(|error| not_fields(&error))?);
        }
        if fields.is_empty() {
            return Err(Error::new(Exit::Usage, "there are no fields").hint(
                "write them as in email=ann@example.com custom.plan=pro, or as an object with --json",
            ));
        }
        Ok(fields)
    }
}

fn not_fields(error: &NotAField) -> Error {
    let wrong = Error::new(Exit::Usage, error.to_string());
    match error {
        NotAField::NoValue(text) => wrong.hint(format!("write {text}=VALUE, or {text}= for an empty value")),
        NotAField::NotJson(_) => wrong.hint("put the object into single quotes: --json '{\"email\":\"…\"}'"),
        NotAField::NotAnObject => wrong,
    }
}
