//! What `sandbox serve --explain` says: each behaviour with its grade, and each switch with its outcome. Pure.

use std::fmt::Write;

use super::unknowns::SWITCHES;
use super::unknowns::Unknowns;

/// Returns the text.
pub(super) fn text(unknowns: &Unknowns) -> String {
    let mut text = String::new();
    switches(unknowns, &mut text);
    text
}

fn switches(unknowns: &Unknowns, text: &mut String) {
    text.push_str(
        "Not established: switches, set by --unknown NAME=OUTCOME; the outcome in [brackets] holds\n",
    );
    for switch in SWITCHES {
        let now = unknowns.outcome(switch);
        let outcomes: Vec<String> = switch
            .outcomes
            .iter()
            .map(|outcome| if *outcome == now { format!("[{outcome}]") } else { (*outcome).to_owned() })
            .collect();
        let sentence = switch.sentence.trim();
        // Text takes every character.
        let _ = writeln!(text, "\n  {} = {}", switch.name, outcomes.join(" "));
        let _ = writeln!(text, "    [{}] {sentence}", switch.grade);
    }
}
