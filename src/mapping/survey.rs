//! A file's columns against a workspace's attributes: everything that does not fit, at once.
//!
//! [`Mapping::compile`] stops at what cannot be imported as it is. A survey goes on, so that one look shows all: what is
//! missing is taken on trust, and what is archived or spelt in another case is read as the attribute that is meant.

use super::Attribute;
use super::Key;
use super::Mapping;
use super::MappingError;
use super::MappingSpec;
use super::NewAttribute;
use super::Unknown;
use super::UnknownColumn;
use super::compile::Draft;
use super::settle::{Circumstances, Decision};
use super::value::Converter;
use crate::intercom::Field;

/// What the columns of a file are to a workspace.
#[derive(Debug, Clone, PartialEq)]
pub struct Survey {
    /// A mapping of every column that something is known about, to look at the rows with; never to send them.
    pub mapping: Mapping,
    /// The columns that cannot be imported as they are, in the order of the file.
    pub misfits: Vec<Misfit>,
}

/// A column that cannot be imported as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Misfit {
    /// The workspace has no such attribute.
    Missing(NewAttribute),
    /// The workspace has the attribute under a name that differs in nothing but case.
    OtherCase {
        /// The column.
        column: String,
        /// What the column, or its rule, calls the attribute.
        name: String,
        /// What the workspace calls it.
        known: String,
    },
    /// The attribute was put away, and takes no values.
    Archived {
        /// The column.
        column: String,
        /// The attribute.
        attribute: String,
    },
    /// A rule reads the column as another type than the attribute has.
    OtherType {
        /// The column.
        column: String,
        /// The two types.
        message: String,
    },
    /// Nobody knows what it is meant for; it would be no new attribute, either.
    Unknown(UnknownColumn),
}

impl Misfit {
    /// Returns the column.
    #[must_use]
    pub fn column(&self) -> &str {
        match self {
            Self::Missing(NewAttribute { column, .. })
            | Self::OtherCase { column, .. }
            | Self::Archived { column, .. }
            | Self::OtherType { column, .. }
            | Self::Unknown(UnknownColumn { column, .. }) => column,
        }
    }
}

impl Survey {
    /// Compares the columns of a file with the attributes of a workspace.
    ///
    /// # Errors
    ///
    /// If the mapping makes no sense whatever the workspace has: a rule for a column that is not there, two columns for
    /// one field, no key.
    pub fn of(
        columns: &[String],
        spec: &MappingSpec,
        attributes: &[Attribute],
        key: Key,
    ) -> Result<Self, MappingError> {
        let spec = MappingSpec { unknown: Unknown::CreateAttribute, ..spec.clone() };
        let mut draft = Draft::new(columns, &spec)?;
        let mut survey =
            Surveyor { circumstances: Circumstances { spec: &spec, attributes, key }, misfits: Vec::new() };
        let mut meant = Vec::new();
        for (index, column) in columns.iter().enumerate() {
            match survey.look(index, column)? {
                Sight::As(decision) => draft.add(index, column, decision),
                Sight::Meant(decision) => meant.push((index, column, decision)),
                Sight::Nothing => {}
            }
        }
        for (index, column, decision) in meant {
            draft.add_unless_taken(index, column, decision);
        }
        Ok(Self { mapping: draft.finish(columns, &spec, key)?, misfits: survey.misfits })
    }
}

/// What a look at one column comes to.
enum Sight {
    /// It is that.
    As(Decision),
    /// It is nothing yet, and its cells can be read as those of what it is meant for.
    Meant(Decision),
    /// Nothing can be said of its cells.
    Nothing,
}

struct Surveyor<'a> {
    circumstances: Circumstances<'a>,
    misfits: Vec<Misfit>,
}

impl Surveyor<'_> {
    fn look(&mut self, index: usize, column: &str) -> Result<Sight, MappingError> {
        let decision = match self.circumstances.decide(column) {
            Err(MappingError::ArchivedAttribute { attribute, .. }) => {
                return self.archived(column, attribute);
            }
            decision => decision?,
        };
        match decision {
            Decision::MapNew { name, data_type, converter } => match self.other_case(column, &name) {
                Some(known) if data_type.is_none() => Ok(Sight::Meant(read_as(&known))),
                Some(known) => {
                    let field = Field::Custom(known.name.as_str().into());
                    Ok(Sight::Meant(Decision::Map { field, converter, notice: None }))
                }
                None => {
                    let column = column.to_owned();
                    self.misfits.push(Misfit::Missing(NewAttribute {
                        name: name.clone(),
                        index,
                        column,
                        data_type,
                    }));
                    Ok(Sight::As(Decision::MapNew { name, data_type, converter }))
                }
            },
            Decision::Unknown(unknown) => match self.other_case(column, column.trim()) {
                Some(known) => Ok(Sight::Meant(read_as(&known))),
                None => {
                    self.misfits.push(Misfit::Unknown(unknown));
                    Ok(Sight::Nothing)
                }
            },
            Decision::Map { field, converter, notice } => {
                let column = column.to_owned();
                self.misfits.extend(notice.map(|message| Misfit::OtherType { column, message }));
                Ok(Sight::As(Decision::Map { field, converter, notice: None }))
            }
            decision => Ok(Sight::As(decision)),
        }
    }

    /// Notes an archived attribute, and decides as if it were in use.
    fn archived(&mut self, column: &str, attribute: String) -> Result<Sight, MappingError> {
        let in_use = |known: &Attribute| Attribute {
            archived: known.archived && known.name != attribute,
            ..known.clone()
        };
        let attributes: Vec<Attribute> = self.circumstances.attributes.iter().map(in_use).collect();
        let decision = Circumstances { attributes: &attributes, ..self.circumstances }.decide(column)?;
        self.misfits.push(Misfit::Archived { column: column.to_owned(), attribute });
        Ok(Sight::As(decision))
    }

    /// Notes a name in another case, and returns the attribute that is meant.
    fn other_case(&mut self, column: &str, name: &str) -> Option<Attribute> {
        let known = self.circumstances.in_other_case(name)?.clone();
        self.misfits.push(Misfit::OtherCase {
            column: column.to_owned(),
            name: name.to_owned(),
            known: known.name.clone(),
        });
        Some(known)
    }
}

fn read_as(attribute: &Attribute) -> Decision {
    Decision::Map {
        field: Field::Custom(attribute.name.as_str().into()),
        converter: Converter::of_attribute(attribute, None),
        notice: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mapping::AttributeType;

    fn attributes() -> Vec<Attribute> {
        let attribute = |(name, data_type, archived): (&str, _, _)| Attribute {
            name: name.into(),
            data_type,
            archived,
            options: Vec::new(),
        };
        [
            ("plan", AttributeType::String, false),
            ("seats", AttributeType::Integer, false),
            ("old", AttributeType::Date, true),
        ]
        .map(attribute)
        .into()
    }

    #[track_caller]
    fn check(columns: &[&str], rules: &[&str], expected: &str) {
        let columns: Vec<String> = columns.iter().map(ToString::to_string).collect();
        let rules = rules.iter().map(|rule| rule.parse().unwrap()).collect();
        let spec = MappingSpec { rules, ..MappingSpec::default() };
        let actual = match Survey::of(&columns, &spec, &attributes(), Key::Auto) {
            Err(error) => error.to_string(),
            Ok(survey) => {
                let misfits = survey.misfits.iter().map(|misfit| match misfit {
                    Misfit::Missing(new) => format!("{}: no {}", new.column, new.name),
                    Misfit::OtherCase { column, name, known } => format!("{column}: {name} is {known}"),
                    Misfit::Archived { column, attribute } => format!("{column}: {attribute} archived"),
                    Misfit::OtherType { message, .. } => message.clone(),
                    Misfit::Unknown(unknown) => format!("{}: {}?", unknown.column, unknown.nearest.join(" ")),
                });
                let read = survey.mapping.columns().map(|(column, field)| format!("{column}={field}"));
                misfits.chain(read).collect::<Vec<_>>().join(", ")
            }
        };
        assert_eq!(expected, actual);
    }

    #[test]
    fn what_fits_is_no_finding() {
        check(&["email", "plan", "created_at"], &[], "email=email, plan=custom.plan");
    }

    #[test]
    fn everything_that_does_not_fit_is_found_at_once() {
        check(
            &["email", "shoes", "Plan", "old", "seets", "UTM source", "X"],
            &["X=custom.Seats"],
            "shoes: no shoes, Plan: Plan is plan, old: old archived, seets: custom.seats?, \
             UTM source: custom.utm_source?, X: Seats is seats, \
             email=email, shoes=custom.shoes, old=custom.old, Plan=custom.plan, X=custom.seats",
        );
    }

    #[test]
    fn a_rule_that_reads_another_type_is_a_finding() {
        check(
            &["email", "plan"],
            &["plan=custom.plan:integer"],
            "column `plan` is read as integer, and the custom attribute `plan` is string, \
             email=email, plan=custom.plan",
        );
    }

    #[test]
    fn a_name_in_another_case_takes_no_attribute_from_another_column() {
        check(&["email", "PLAN", "plan"], &[], "PLAN: PLAN is plan, email=email, plan=custom.plan");
        check(
            &["email", "PLAN", "Plan"],
            &[],
            "PLAN: PLAN is plan, Plan: Plan is plan, email=email, PLAN=custom.plan",
        );
    }

    #[test]
    fn a_mapping_that_cannot_work_is_an_error() {
        check(&["email", "Mail"], &[], "columns `email` and `Mail` are both `email`");
        check(
            &["plan"],
            &["Plan=custom.plan"],
            "the file has no column `Plan`, which is mapped to `custom.plan`",
        );
        check(
            &["plan"],
            &[],
            "no column is `external_id` or `email`, so there is nothing to match on; the columns are `plan`",
        );
    }
}
