//! `list`: one page as the server wrote it, or every contact, one a line.

use super::args::{ListArgs, one_role};
use super::told::Failure;
use super::{Reader, Session, conclude, print, talk};
use crate::cli::args::RoleArg;
use crate::cli::environment::Environment;
use crate::cli::error::Error;
use crate::cli::exit::Exit;
use crate::intercom::Cursor;
use crate::intercom::Engine;
use crate::intercom::Role;
use crate::intercom::Step;
use crate::verbs::Answer;
use crate::verbs::VerbError;

/// How many contacts one page shows unless more or fewer are asked for: as many as Intercom would.
const PAGE_SIZE: u32 = 50;

/// Lists contacts.
pub(in crate::cli) fn run(arguments: &ListArgs, environment: &Environment) -> Result<Exit, Error> {
    conclude(list(arguments, environment), arguments.json)
}

fn list(arguments: &ListArgs, environment: &Environment) -> Result<Exit, Failure> {
    let engine = arguments.connect.dialect.dialect()?.engine();
    let role = role(arguments.role, engine)?;
    refuse_page_size(arguments.page_size, engine)?;
    let session = Session::open(&arguments.connect, &arguments.place, environment)?;
    match arguments.all {
        true => all(arguments, role, engine, &session),
        false => page(arguments, role, engine, &session),
    }
}

fn page(
    arguments: &ListArgs,
    role: Option<Role>,
    engine: Engine,
    session: &Session,
) -> Result<Exit, Failure> {
    let cursor = arguments.starting_after.as_deref().map(Cursor::new);
    let answer = session.client.list(role, arguments.page_size.unwrap_or(PAGE_SIZE), cursor.as_ref());
    let answer = answer.map_err(|error| Failure::of_verb(&error, engine).unless(&session.interruption))?;
    if let Answer::Live(page) = answer {
        print(page.json.get())?;
    }
    Ok(Exit::Ok)
}

fn all(arguments: &ListArgs, role: Option<Role>, engine: Engine, session: &Session) -> Result<Exit, Failure> {
    let Answer::Live(walk) = session.client.walk(role) else { return Ok(Exit::Ok) };
    let mut count = 0_u64;
    for step in walk.by(arguments.page_size) {
        let step = step.map_err(|error| {
            Failure::of_verb(&VerbError::Api(error), engine).unless(&session.interruption)
        })?;
        match step {
            Step::Page(page) => {
                for contact in &page.contacts {
                    count += 1;
                    if print(contact.json.get())? == Reader::Gone {
                        return Ok(Exit::Ok);
                    }
                }
            }
            Step::Restart(error) => talk(&format!("the scroll begins again: {error}")),
            Step::Wait(time) => talk(&format!(
                "another scroll is open in this workspace, or was left open: waiting {} s for its end",
                time.as_secs()
            )),
        }
    }
    let contacts = if count == 1 { "contact" } else { "contacts" };
    talk(&format!("{count} {contacts}; {}", session.requests()));
    Ok(Exit::Ok)
}

/// In 1.x users and leads are lists of their own.
fn role(role: Option<RoleArg>, engine: Engine) -> Result<Option<Role>, Error> {
    match (role, engine) {
        (Some(RoleArg::Any), Engine::Users) => {
            Err(Error::new(Exit::Usage, "the engine `users` lists users and leads apart")
                .hint("choose one: --role user or --role lead"))
        }
        (role, _) => Ok(role.and_then(one_role)),
    }
}

fn refuse_page_size(asked: Option<u32>, engine: Engine) -> Result<(), Error> {
    let most = match engine {
        Engine::Contacts | Engine::Bulk => 150,
        Engine::Users => 60,
    };
    match asked {
        Some(n) if n == 0 || n > most => Err(Error::new(
            Exit::Usage,
            format!("--page-size: a page of the engine `{engine}` holds 1 to {most} contacts, not {n}"),
        )),
        _ => Ok(()),
    }
}
