//! Nearest names, and flags that can be copied into a shell.

use std::fmt;

use super::Attribute;
use super::Key;
use super::names;
use crate::intercom::Field;

/// How alike two folded names must be; 1 is equal. Two letters of five may differ (`pln`, `plan`; `seets`, `seats`).
const THRESHOLD: f64 = 0.6;
/// How many names are worth reading.
const MOST: usize = 3;

/// Returns the candidates that look like a word, the most alike first, at most three.
///
/// Case, spaces and punctuation do not count.
#[must_use]
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    best(word, candidates.into_iter().map(|candidate| (names::fold(candidate), candidate)))
}

/// Returns the targets that a column may be meant for, the most alike first, as a rule names them.
pub(super) fn targets(column: &str, attributes: &[Attribute], key: Key) -> Vec<String> {
    let standard = names::suggestible()
        .filter(|(name, _)| key != Key::Id || *name != "id")
        .map(|(name, field)| (name.to_owned(), field.clone()));
    let id = (key == Key::Id).then(|| ("id".to_owned(), Field::Id));
    let custom = attributes
        .iter()
        .filter(|attribute| !attribute.archived)
        .map(|attribute| (names::fold(&attribute.name), Field::Custom(attribute.name.as_str().into())));
    best(column, custom.chain(id).chain(standard)).iter().map(ToString::to_string).collect()
}

/// Ranks targets by how much their folded name looks like a word.
fn best<T: PartialEq>(word: &str, candidates: impl Iterator<Item = (String, T)>) -> Vec<T> {
    let word = names::fold(word);
    let mut scored: Vec<(f64, T)> = candidates
        .map(|(name, target)| (strsim::normalized_damerau_levenshtein(&word, &name), target))
        .filter(|(score, _)| *score >= THRESHOLD && !word.is_empty())
        .collect();
    scored.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    let mut best = Vec::with_capacity(MOST);
    for (_, target) in scored {
        if best.len() < MOST && !best.contains(&target) {
            best.push(target);
        }
    }
    best
}

/// Returns a rule as `--map` takes it.
pub(super) fn rule(column: &str, target: &str) -> String {
    format!("{column}={target}")
}

/// Returns the flag that maps a column, quoted for a shell.
#[must_use]
pub fn map_flag(column: &str, target: impl fmt::Display) -> String {
    format!("--map {}", quote(&format!("{column}={target}")))
}

/// Returns the flag that leaves a column out, quoted for a shell.
#[must_use]
pub fn ignore_flag(column: &str) -> String {
    format!("--ignore-column {}", quote(column))
}

/// Quotes a word for a POSIX shell.
fn quote(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// Joins names as a message shows them: `` `a`, `b` ``.
pub(super) fn ticked<T: fmt::Display>(names: impl IntoIterator<Item = T>) -> String {
    names.into_iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mapping::AttributeType;

    #[track_caller]
    fn check(word: &str, candidates: &[&str], expected: &[&str]) {
        assert_eq!(nearest(word, candidates.iter().copied()), expected);
    }

    #[test]
    fn the_nearest_come_first_and_strangers_do_not_come() {
        check("concurency", &["rate", "concurrency", "region"], &["concurrency"]);
        check("REGION", &["rate", "region"], &["region"]);
        check(
            "max errors",
            &["max-error", "max-errors", "max-err", "max-e"],
            &["max-errors", "max-error", "max-err"],
        );
        check("zebra", &["rate", "region"], &[]);
        check("", &["rate"], &[]);
        check("é", &["rate"], &[]);
    }

    #[track_caller]
    fn check_targets(column: &str, attributes: &[&str], key: Key, expected: &[&str]) {
        let attributes: Vec<_> = attributes
            .iter()
            .map(|name| Attribute {
                name: (*name).into(),
                data_type: AttributeType::String,
                archived: false,
                options: Vec::new(),
            })
            .collect();
        assert_eq!(targets(column, &attributes, key), expected);
    }

    #[test]
    fn fields_aliases_and_attributes_are_all_suggested() {
        check_targets("emial", &["plan"], Key::Auto, &["email"]);
        check_targets("Pln", &["plan"], Key::Auto, &["custom.plan"]);
        check_targets("Sign-up day", &[], Key::Auto, &["signed_up_at"]);
        check_targets("PLAN", &["plan", "plant"], Key::Auto, &["custom.plan", "custom.plant"]);
        check_targets("Favourite colour", &["plan"], Key::Auto, &[]);
    }

    #[test]
    fn an_id_of_unknown_origin_is_suggested_for_the_key() {
        check_targets("ID", &[], Key::Auto, &["external_id"]);
        check_targets("ID", &[], Key::Id, &["id", "external_id"]);
        assert_eq!(targets("uid", &[], Key::Auto)[0], "external_id");
    }

    #[test]
    fn flags_survive_a_shell() {
        assert_eq!(map_flag("Client's plan", "custom.plan"), r"--map 'Client'\''s plan=custom.plan'");
        assert_eq!(ignore_flag("$HOME"), "--ignore-column '$HOME'");
    }
}
