//! `NAME=OUTCOME`: one switch set by a user. Pure.

use std::str::FromStr;

use super::SWITCHES;
use super::Unknowns;

/// One switch and the outcome that is chosen for it; both exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownSetting {
    name: &'static str,
    place: usize,
}

/// Why a text sets no switch.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnknownSettingError {
    /// It is not of the form `NAME=OUTCOME`.
    #[error("`{0}` is not of the form NAME=OUTCOME, as in `email-case=kept`")]
    NotASetting(String),
    /// No switch has the name.
    #[error("there is no unknown `{name}`: did you mean `{nearest}`?")]
    NoSuchUnknown {
        /// The name.
        name: String,
        /// The name that is most like it.
        nearest: &'static str,
    },
    /// The switch does not have the outcome.
    #[error("`{name}` has no outcome `{outcome}`: did you mean `{nearest}`? It has {all}")]
    NoSuchOutcome {
        /// The name of the switch.
        name: &'static str,
        /// The outcome.
        outcome: String,
        /// The outcome that is most like it.
        nearest: &'static str,
        /// Every outcome of the switch.
        all: String,
    },
}

impl FromStr for UnknownSetting {
    type Err = UnknownSettingError;

    fn from_str(text: &str) -> Result<UnknownSetting, UnknownSettingError> {
        let parts = text.split_once('=').map(|(name, outcome)| (name.trim(), outcome.trim()));
        let (name, outcome) = parts.ok_or_else(|| UnknownSettingError::NotASetting(text.to_owned()))?;
        let Some(switch) = SWITCHES.iter().find(|switch| switch.name == name) else {
            let nearest = nearest(name, SWITCHES.iter().map(|switch| switch.name));
            return Err(UnknownSettingError::NoSuchUnknown { name: name.to_owned(), nearest });
        };
        let place = switch.outcomes.iter().position(|known| *known == outcome);
        let place = place.ok_or_else(|| UnknownSettingError::NoSuchOutcome {
            name: switch.name,
            outcome: outcome.to_owned(),
            nearest: nearest(outcome, switch.outcomes.iter().copied()),
            all: switch.outcomes.join(", "),
        })?;
        Ok(UnknownSetting { name: switch.name, place })
    }
}

/// Sets every switch that is named, the last one of a name winning; the others stay at their default.
impl FromIterator<UnknownSetting> for Unknowns {
    fn from_iter<T: IntoIterator<Item = UnknownSetting>>(settings: T) -> Unknowns {
        let mut unknowns = Unknowns::default();
        settings.into_iter().for_each(|setting| unknowns.put(setting.name, setting.place));
        unknowns
    }
}

fn nearest(word: &str, known: impl Iterator<Item = &'static str>) -> &'static str {
    known.min_by_key(|known| strsim::damerau_levenshtein(word, known)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let actual = match text.parse::<UnknownSetting>() {
            Ok(setting) => {
                let unknowns: Unknowns = [setting].into_iter().collect();
                let switch = SWITCHES.iter().find(|switch| switch.name == setting.name);
                unknowns.outcome(switch.expect("a setting names a switch")).to_owned()
            }
            Err(error) => error.to_string(),
        };
        assert_eq!(expected, actual);
    }

    #[test]
    fn a_setting_names_a_switch_and_one_of_its_outcomes() {
        check("email-case=kept", "kept");
        check(" email-case = lowered ", "lowered");
        check("email-case", "`email-case` is not of the form NAME=OUTCOME, as in `email-case=kept`");
        check("emial-case=kept", "there is no unknown `emial-case`: did you mean `email-case`?");
        check(
            "email-case=keep",
            "`email-case` has no outcome `keep`: did you mean `kept`? It has lowered, kept",
        );
    }

    #[test]
    fn no_two_switches_have_one_name_and_each_has_two_outcomes() {
        for (place, switch) in SWITCHES.iter().enumerate() {
            assert!(2 <= switch.outcomes.len(), "{}", switch.name);
            assert!(SWITCHES[..place].iter().all(|other| other.name != switch.name), "{}", switch.name);
        }
    }
}
