//! `segment_id` in a search: who belongs to one of some segments, or to none of them [S]. Pure.
//!
//! Which segments are meant is decided once, by their ids; a contact is then asked about those only.

use super::filter::Grammar;
use super::operator::Operator;
use super::values::Found;
use crate::sandbox::contact::Contact;
use crate::sandbox::segments::Members;
use crate::sandbox::segments::SEGMENTS;

/// A comparison of the segments that a contact belongs to.
#[derive(Debug)]
pub(super) struct Membership {
    segments: Vec<Members>,
    /// Whether belonging to one of them is asked for, or belonging to none.
    wanted: bool,
}

impl Membership {
    /// Reads a comparison. With null, those are meant who belong to no segment.
    pub(super) fn of(operator: Operator, operands: &[Found<'_>], grammar: Grammar<'_>) -> Membership {
        let (positive, wanted) = operator.denied().map_or((operator, true), |denied| (denied, false));
        let any = operands == [Found::Null];
        let meant = SEGMENTS
            .iter()
            .filter(|segment| any || positive.holds(&Found::Text(segment.id.into()), operands));
        let segments = meant.map(|segment| segment.members(grammar.tags, grammar.now)).collect();
        Membership { segments, wanted: wanted != any }
    }

    pub(super) fn matches(&self, contact: &Contact) -> bool {
        self.segments.iter().any(|segment| segment.hold(contact)) == self.wanted
    }
}
