//! The pipelines: import, export and check. They turn rows into requests, pages into rows, and everything that
//! happens into events. They print nothing; the only file of their own is an export's spool.

mod bulk;
mod check;
mod columns;
mod companies;
mod deliver;
mod duplicates;
mod event;
mod export;
mod fate;
mod feed;
mod fingerprint;
mod guard;
mod import;
mod leads;
mod limits;
mod lookup;
mod order;
mod plan;
mod preview;
mod prospect;
mod recall;
mod reject;
mod stop;
mod survey;
mod tagging;
mod waiting;
mod writer;

pub use crate::intercom::{BulkUse, Latency, QuotaUse, Traffic};
pub use check::{Check, check};
pub use columns::Columns;
pub use companies::KnownCompanies;
pub use duplicates::Duplicates;
pub use event::{
    Ended, Event, ExportNotice, Exported, Outcome, Remarks, Reporter, RowEvent, Snapshot, Tally, Total,
};
pub use export::{
    Cursors, Export, ExportError, ExportIdentity, Fate, RoleFilter, Spool, Verification, WalkAll, export,
    walk_all,
};
pub use fingerprint::Fingerprinter;
pub use guard::{Guard, Suspicion};
pub use import::{Import, Memory, import};
pub use leads::LeadIntents;
pub use limits::ErrorLimit;
pub use lookup::{LookupPolicy, LookupUse};
pub use plan::{Cost, Prices, Strategy, Workload, pages as pages_of};
pub use preview::{Preview, preview};
pub use prospect::{Planned, Prospect};
pub use recall::{Freshness, Recall};
pub use reject::{Reject, SourceRow, Stage, code_of, suggestion};
