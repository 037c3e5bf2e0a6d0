//! Rows in, rows out: CSV, NDJSON, decoding, positions, atomic files. Knows nothing of Intercom.

mod row;

pub use row::{Cell, CellError, Position, Row};
