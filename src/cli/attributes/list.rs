//! `attributes list`: a table for people, the API's JSON for programs.

use super::args::ListArgs;
use super::talk;
use crate::cli::environment::Environment;
use crate::cli::error::Error;
use crate::cli::exit::Exit;
use crate::cli::signals::Interruption;
use crate::cli::stdout;
use crate::intercom::DataAttribute;
use crate::intercom::Model;
use crate::intercom::Trace;
use crate::mapping::MOST_ATTRIBUTES;
use crate::pace::Clock;

/// How wide the options of one list may get.
const OPTIONS_WIDTH: usize = 60;
const HEADER: [&str; 6] = ["NAME", "TYPE", "MADE BY", "WRITABLE", "ARCHIVED", "OPTIONS"];

/// Lists the attributes of a model.
pub(super) fn run(arguments: &ListArgs, environment: &Environment) -> Result<Exit, Error> {
    let (clock, interruption) = (Clock::system(), Interruption::listen());
    let told = |error| interruption.instead_of(error);
    let workspace = arguments
        .connect
        .connect(&arguments.place.state(), environment, &clock, &interruption.halt())
        .map_err(told)?;
    let listing = workspace
        .client
        .attributes(Model::from(arguments.model), arguments.archived, &mut Trace::default())
        .map_err(|error| told(Error::of_server(&error)))?;
    if arguments.json {
        stdout::write(&format!("{}\n", listing.json.get()))?;
        return Ok(Exit::Ok);
    }
    stdout::write(&table(&listing.all))?;
    talk(&summary(&listing.all));
    Ok(Exit::Ok)
}

/// Returns the attributes as a table, those that people made first, else in the server's order.
fn table(attributes: &[DataAttribute]) -> String {
    let (custom, standard): (Vec<_>, Vec<_>) = attributes.iter().partition(|attribute| attribute.custom);
    let rows: Vec<[String; 6]> = std::iter::once(HEADER.map(str::to_owned))
        .chain(custom.into_iter().chain(standard).map(row))
        .collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: [usize; 6] = std::array::from_fn(width);
    let mut text = String::new();
    for row in &rows {
        let cells: Vec<String> =
            row.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        text += cells.join("  ").trim_end();
        text.push('\n');
    }
    text
}

fn row(attribute: &DataAttribute) -> [String; 6] {
    let yes = |is: bool| if is { "yes" } else { "no" }.to_owned();
    [
        // Of nested ones the name alone says little: `location.city`.
        if attribute.custom || attribute.full_name.is_empty() {
            &attribute.name
        } else {
            &attribute.full_name
        }
        .clone(),
        attribute.data_type.clone(),
        if attribute.custom { "people" } else { "Intercom" }.to_owned(),
        yes(attribute.api_writable),
        yes(attribute.archived),
        options(&attribute.options),
    ]
}

/// Joins options as far as they fit; the first one always does.
fn options(options: &[String]) -> String {
    let mut text = String::new();
    for (n, option) in options.iter().enumerate() {
        if n > 0 && text.chars().count() + option.chars().count() > OPTIONS_WIDTH {
            return format!("{text} | {} more", options.len() - n);
        }
        text += if n > 0 { " | " } else { "" };
        text += option;
    }
    text
}

fn summary(attributes: &[DataAttribute]) -> String {
    let custom = attributes.iter().filter(|attribute| attribute.custom);
    let (archived, in_use): (Vec<_>, Vec<_>) = custom.partition(|attribute| attribute.archived);
    let archived = match archived.len() {
        0 => String::new(),
        n => format!(", {n} archived"),
    };
    format!(
        "{} custom in use{archived}; a workspace has room for {MOST_ATTRIBUTES}, contacts and companies together\n",
        in_use.len()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(given: &[&str], expected: &str) {
        let given: Vec<String> = given.iter().map(ToString::to_string).collect();
        assert_eq!(expected, options(&given));
    }

    #[test]
    fn long_lists_of_options_are_cut() {
        check(&[], "");
        check(&["Basic", "Gold"], "Basic | Gold");
        let long = "x".repeat(80);
        check(&[&long, "b", "c"], &format!("{long} | 2 more"));
    }
}
