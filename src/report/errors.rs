//! The reasons of a run's rejects, counted by kind.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::rows::Position;
use crate::transfer::Reject;

/// How many kinds are kept apart; more are summed up in the last, so that memory does not grow with the input.
const KINDS: usize = 200;

/// One kind of reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ErrorGroup {
    /// A stable word: ours, or Intercom's.
    pub code: String,
    /// The field in question.
    pub field: Option<String>,
    /// The first row's reason, for people.
    pub message: String,
    /// How many rows.
    pub count: u64,
    /// The line of the first row.
    pub first_line: u64,
    /// The file of that line, unless it is the input itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_input: Option<String>,
    /// Intercom's id of the first row's request.
    pub request_id: Option<String>,
    /// What to do, as the first row's suggestion says.
    #[serde(skip)]
    pub suggestion: Option<String>,
}

/// The reasons so far.
#[derive(Debug, Default)]
pub struct Errors(BTreeMap<(String, Option<String>), ErrorGroup>);

impl Errors {
    /// Takes note of a row; `files` are named by the number in its position.
    pub(super) fn note(&mut self, reject: &Reject, position: Position, files: &[String]) {
        let mut key = (reject.code.clone(), reject.field.clone());
        if self.0.len() >= KINDS && !self.0.contains_key(&key) {
            key = ("other".into(), None);
        }
        let file = (position.file > 0).then(|| files[usize::from(position.file)].clone());
        let group = self.0.entry(key).or_insert_with_key(|(code, field)| ErrorGroup {
            code: code.clone(),
            field: field.clone(),
            message: reject.message.clone(),
            count: 0,
            first_line: position.line,
            first_input: file.clone(),
            request_id: reject.request_id.clone(),
            suggestion: reject.suggestion.clone(),
        });
        group.count += 1;
        // The input's own rows come first: they are what somebody looks for.
        if (&file, position.line) < (&group.first_input, group.first_line) {
            group.first_line = position.line;
            group.first_input = file;
            group.message.clone_from(&reject.message);
            group.request_id.clone_from(&reject.request_id);
            group.suggestion.clone_from(&reject.suggestion);
        }
    }

    /// Returns the kinds, the most frequent first.
    #[must_use]
    pub fn groups(&self) -> Vec<ErrorGroup> {
        let mut groups: Vec<ErrorGroup> = self.0.values().cloned().collect();
        groups.sort_by_key(|group| (std::cmp::Reverse(group.count), group.first_line));
        groups
    }
}
