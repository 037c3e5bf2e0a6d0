//! What `sandbox serve --explain` says: each behaviour with its grade, and each switch with its outcome. Pure.

use std::fmt::Write;

use super::admins;
use super::attribute_routes;
use super::behaviours;
use super::behaviours::Behaviour;
use super::bulk;
use super::companies;
use super::contacts;
use super::legacy;
use super::notes;
use super::routes;
use super::routes::Endpoint;
use super::segments;
use super::subscriptions;
use super::tags;
use super::unknowns::SWITCHES;
use super::unknowns::Unknowns;
use super::versions::Version;

/// The statements of every room that has endpoints of 2.x and Preview.
const ROOMS: [&[Behaviour]; 9] = [
    contacts::BEHAVIOURS,
    companies::BEHAVIOURS,
    tags::BEHAVIOURS,
    notes::BEHAVIOURS,
    segments::BEHAVIOURS,
    subscriptions::BEHAVIOURS,
    attribute_routes::BEHAVIOURS,
    admins::BEHAVIOURS,
    bulk::BEHAVIOURS,
];

const LEGEND: &str = "\
What the sandbox does, and how it is known:
  R recorded traffic   S OpenAPI description (S0: Preview's)   D documentation   I issue threads
  C other people's code   X not established, so it proves nothing about Intercom
";

/// Returns the text.
pub(super) fn text(unknowns: &Unknowns) -> String {
    let mut text = LEGEND.to_owned();
    general(&mut text);
    for endpoint in routes::endpoints() {
        describe(endpoint, &mut text);
    }
    switches(unknowns, &mut text);
    text
}

fn general(text: &mut String) {
    let mut theme = "";
    for behaviour in behaviours::GENERAL {
        if behaviour.of != theme {
            theme = behaviour.of;
            line(text, &format!("\n{theme}"));
        }
        state(behaviour, text);
    }
}

fn describe(endpoint: &Endpoint, text: &mut String) {
    line(text, &format!("\n{} {}{}", endpoint.method, endpoint.pattern, versions(endpoint)));
    of(endpoint).for_each(|behaviour| state(behaviour, text));
}

/// Returns what is said of an endpoint; 1.x has some of the same name that do something else.
fn of(endpoint: &Endpoint) -> impl Iterator<Item = &'static Behaviour> {
    let is_legacy = endpoint.until.is_some();
    let rooms: &[&[Behaviour]] = if is_legacy { &[legacy::BEHAVIOURS] } else { &ROOMS };
    let name = format!("{} {}", endpoint.method, endpoint.pattern);
    rooms.iter().flat_map(|room| room.iter()).filter(move |behaviour| behaviour.of == name)
}

/// Says which versions have an endpoint, unless all of 2.x do.
fn versions(endpoint: &Endpoint) -> String {
    match (endpoint.since, endpoint.until) {
        (Version::PREVIEW, _) => "  (Preview)".to_owned(),
        (_, Some(until)) => format!("  (before {until})"),
        (Version::V2_0, None) => String::new(),
        (since, None) => format!("  (since {since})"),
    }
}

fn state(behaviour: &Behaviour, text: &mut String) {
    line(text, &format!("  {:<4} {}", behaviour.grade, behaviour.text));
}

fn switches(unknowns: &Unknowns, text: &mut String) {
    line(text, "\nSwitches: --unknown NAME=OUTCOME sets one; the outcome in [brackets] holds");
    for switch in SWITCHES {
        let now = unknowns.outcome(switch);
        let outcomes: Vec<String> = switch
            .outcomes
            .iter()
            .map(|outcome| if *outcome == now { format!("[{outcome}]") } else { (*outcome).to_owned() })
            .collect();
        line(text, &format!("\n  {} = {}", switch.name, outcomes.join(" ")));
        line(text, &format!("  {:<4} {}", switch.grade, switch.sentence.trim()));
    }
}

fn line(text: &mut String, line: &str) {
    // Text takes every character.
    let _ = writeln!(text, "{line}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_endpoint_is_described() {
        for endpoint in routes::endpoints() {
            let name = (endpoint.method, endpoint.pattern);
            assert!(of(endpoint).next().is_some(), "say in its room what {name:?} does (BEHAVIOURS)");
        }
    }

    #[test]
    fn every_statement_is_about_an_endpoint_that_exists_and_has_a_grade() {
        let names: Vec<String> =
            routes::endpoints().map(|endpoint| format!("{} {}", endpoint.method, endpoint.pattern)).collect();
        for behaviour in ROOMS.into_iter().flatten().chain(legacy::BEHAVIOURS) {
            assert!(names.iter().any(|name| name == behaviour.of), "{behaviour:?}");
        }
        for behaviour in ROOMS.into_iter().flatten().chain(legacy::BEHAVIOURS).chain(behaviours::GENERAL) {
            let grades = ["R", "S", "S0", "D", "I", "C", "X"];
            assert!(behaviour.grade.split(' ').all(|grade| grades.contains(&grade)), "{behaviour:?}");
        }
    }

    #[test]
    fn every_switch_is_shown_with_its_outcome() {
        let text = text(&Unknowns::default());
        for switch in SWITCHES {
            assert!(
                text.contains(&format!("\n  {} = [{}]", switch.name, switch.outcomes[0])),
                "{}",
                switch.name
            );
        }
    }
}
