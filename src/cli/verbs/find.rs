//! `find`: the contacts that somebody is known by, one a line.

use super::args::{FindArgs, one_role};
use super::told::Failure;
use super::{Reader, Session, conclude, print, talk};
use crate::cli::environment::Environment;
use crate::cli::error::Error;
use crate::cli::exit::Exit;
use crate::intercom::Contact;
use crate::intercom::Engine;
use crate::intercom::Raw;
use crate::mapping::Identity;
use crate::verbs::Answer;

/// How long the search may trail a write, for people: creates take "a few minutes" [S 2.16].
pub(super) const LAG: &str = "the search trails writes by seconds to 10 minutes";

/// Finds somebody.
pub(in crate::cli) fn run(arguments: &FindArgs, environment: &Environment) -> Result<Exit, Error> {
    conclude(find(arguments, environment), arguments.json)
}

fn find(arguments: &FindArgs, environment: &Environment) -> Result<Exit, Failure> {
    let who = arguments.who.who().expect("clap requires one of the three");
    refuse_empty(&who)?;
    let session = Session::open(&arguments.connect, &arguments.place, environment)?;
    let engine = arguments.connect.dialect.dialect()?.engine();
    let answer = session.client.find(&who, one_role(arguments.role));
    let answer = answer.map_err(|error| Failure::of_verb(&error, engine).unless(&session.interruption))?;
    let Answer::Live(contacts) = answer else { return Ok(Exit::Ok) };
    if contacts.is_empty() {
        return Err(not_found(arguments, &who, engine).into());
    }
    for contact in &contacts {
        if print(contact.json.get())? == Reader::Gone {
            break;
        }
    }
    remark(&who, &contacts);
    Ok(Exit::Ok)
}

fn refuse_empty(who: &Identity) -> Result<(), Error> {
    let (Identity::Id(value) | Identity::ExternalId(value) | Identity::Email(value)) = who;
    match value.trim() {
        "" => Err(Error::new(Exit::Usage, "there is nobody to look for: the value is empty")),
        _ => Ok(()),
    }
}

/// Says what the contacts alone do not.
fn remark(who: &Identity, contacts: &[Raw<Contact>]) {
    match (who, contacts) {
        (Identity::Id(id), [contact]) if contact.value.id != *id => {
            talk(&format!("note: contact {id} was merged into {}, which is shown", contact.value.id));
        }
        (who, [_, _, ..]) => {
            let (what, value) = named(who);
            talk(&format!("note: {} contacts have the {what} `{value}`", contacts.len()));
        }
        _ => {}
    }
}

fn not_found(arguments: &FindArgs, who: &Identity, engine: Engine) -> Error {
    let role = one_role(arguments.role).map_or("contact", crate::intercom::Role::name);
    let (what, value) = named(who);
    let error = Error::new(Exit::NotFound, format!("there is no {role} with the {what} `{value}`"));
    error.hint(match (who, engine) {
        (Identity::Email(_), Engine::Contacts | Engine::Bulk) => {
            format!("{LAG}: if it was written just now, try again in 10 minutes, or find it by --external-id")
        }
        _ => "archived and deleted ones are not found either; `upsert --archived unarchive` brings one back"
            .into(),
    })
}

fn named(who: &Identity) -> (&'static str, &str) {
    match who {
        Identity::Id(value) => ("id", value),
        Identity::ExternalId(value) => ("external_id", value),
        Identity::Email(value) => ("email", value),
    }
}
