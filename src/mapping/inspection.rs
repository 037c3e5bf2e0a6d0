//! A whole file through a mapping: how many rows are good, what is wrong with the others, and what new attributes hold.
//!
//! Memory grows with the columns, not with the rows.

use super::Mapping;
use super::TypeGuess;
use crate::intercom::Field;
use crate::rows::InputError;
use crate::rows::Read;
use crate::rows::Row;

/// How many lines of a finding are kept.
const LINES: usize = 5;

/// What a file holds, in the eyes of a mapping.
#[derive(Debug, Default)]
pub struct Inspection {
    /// The rows, good and bad.
    pub rows: u64,
    /// The rows that could be sent.
    pub valid: u64,
    /// What the cells of each new attribute look like, in the order of
    /// [`Mapping::new_attributes`]; those of invalid rows count as well, for they will be mended.
    pub guesses: Vec<TypeGuess>,
    /// What is wrong, in the order in which it was met.
    pub findings: Vec<Finding>,
}

/// One thing that is wrong with rows of one column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The column, unless the rows as a whole are meant.
    pub column: Option<String>,
    /// The field that the column is mapped to.
    pub field: Option<Field>,
    /// The stable name of the fault.
    pub code: &'static str,
    /// What is wrong with the first of them.
    pub message: String,
    /// What to do about the first of them.
    pub hint: Option<String>,
    /// How many rows.
    pub rows: u64,
    /// Where the first five stand.
    pub lines: Vec<u64>,
}

impl Inspection {
    /// Looks at every row.
    ///
    /// # Errors
    ///
    /// If the input breaks off.
    pub fn of(
        rows: impl IntoIterator<Item = Result<Read, InputError>>,
        mapping: &Mapping,
    ) -> Result<Self, InputError> {
        let guesses = vec![TypeGuess::default(); mapping.new_attributes().len()];
        let mut inspection = Self { guesses, ..Self::default() };
        for read in rows {
            inspection.rows += 1;
            match read? {
                Read::Row(row) => inspection.look_at(&row, mapping),
                Read::Bad(row) => {
                    let (code, line) = (row.fault.code(), row.position.line);
                    inspection.note(line, code, None, || {
                        Finding::new(code, row.fault.to_string(), row.fault.hint().map(Into::into))
                    });
                }
            }
        }
        Ok(inspection)
    }

    fn look_at(&mut self, row: &Row, mapping: &Mapping) {
        for (attribute, guess) in mapping.new_attributes().iter().zip(&mut self.guesses) {
            if let Ok(cell) = row.cell(attribute.index) {
                guess.observe(&cell);
            }
        }
        let Err(faults) = mapping.apply(row) else {
            self.valid += 1;
            return;
        };
        for fault in &faults {
            self.note(row.position().line, fault.code(), fault.column.as_deref(), || Finding {
                column: fault.column.clone(),
                field: fault.field.clone(),
                ..Finding::new(fault.code(), fault.message(), fault.hint())
            });
        }
    }

    /// Counts a fault to its kind; the first one of a kind describes it.
    fn note(
        &mut self,
        line: u64,
        code: &'static str,
        column: Option<&str>,
        describe: impl FnOnce() -> Finding,
    ) {
        let is_same = |known: &Finding| known.code == code && known.column.as_deref() == column;
        let place = self.findings.iter().position(is_same).unwrap_or_else(|| {
            self.findings.push(describe());
            self.findings.len() - 1
        });
        self.findings[place].count(line);
    }
}

impl Finding {
    fn new(code: &'static str, message: String, hint: Option<String>) -> Self {
        Self { column: None, field: None, code, message, hint, rows: 0, lines: Vec::new() }
    }

    fn count(&mut self, line: u64) {
        self.rows += 1;
        if self.lines.len() < LINES {
            self.lines.push(line);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mapping::{Key, MappingSpec, Unknown};
    use crate::rows::{ReadOptions, Rows, Source};

    #[track_caller]
    fn check(file: &str, expected: &str) {
        let mut csv = tempfile::NamedTempFile::with_suffix(".csv").unwrap();
        std::io::Write::write_all(&mut csv, file.as_bytes()).unwrap();
        let rows = Rows::open(&Source::open(csv.path()).unwrap(), &ReadOptions::default()).unwrap();
        let spec = MappingSpec { unknown: Unknown::CreateAttribute, ..MappingSpec::default() };
        let mapping = Mapping::compile(rows.columns(), &spec, &[], Key::Auto).unwrap();
        let inspection = Inspection::of(rows, &mapping).unwrap();
        let mut shown = format!("{}/{}", inspection.valid, inspection.rows);
        for (attribute, guess) in mapping.new_attributes().iter().zip(&inspection.guesses) {
            shown += &format!(" {}: {guess}", attribute.name);
        }
        for finding in &inspection.findings {
            let column = finding.column.as_deref().unwrap_or("-");
            shown += &format!("\n{column} {} {} {:?}", finding.code, finding.rows, finding.lines);
        }
        assert_eq!(expected, shown);
    }

    #[test]
    fn good_rows_are_counted_and_types_are_found() {
        check("email,seats\na@x.test,3\nb@x.test,\n", "2/2 seats: integer (1 integer, 1 empty cell)");
        check("email,seats\n", "0/0 seats: string (no cells)");
    }

    #[test]
    fn faults_are_counted_by_column_with_their_first_lines() {
        check(
            "email,signed_up_at\nno,soon\na@x.test,soon\nb@x.test,1,2\n,\n",
            "0/4\nemail not_an_email 1 [2]\nsigned_up_at not_a_date 2 [2, 3]\n- ragged 1 [4]\n- no_key 1 [5]",
        );
        let many = "email\n".to_owned() + &"x\n".repeat(9);
        check(&many, "0/9\nemail not_an_email 9 [2, 3, 4, 5, 6]");
    }

    #[test]
    fn a_row_that_is_invalid_elsewhere_still_speaks_of_its_types() {
        check(
            "email,seats\nno,many\na@x.test,3\n",
            "1/2 seats: string (1 integer, 1 text)\nemail not_an_email 1 [2]",
        );
    }
}
