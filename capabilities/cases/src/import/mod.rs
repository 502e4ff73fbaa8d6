//! Foreign service requests become cases: a CSV file, a mapping that says what its columns mean, and a report of every row.
//!
//! What the source says is kept as it says it, with its own dates; what is odd about it is told by row number, never mended
//! in silence. Imported cases have no running clock: the limits of another house are not ours to enforce.

mod file;
mod mapping;
mod own_types;
mod report;
mod row;
mod run;

pub use mapping::{Columns, Mapping, MappingFault, Names, TypeRule};
pub use own_types::{OwnType, OwnTypes};
pub use report::{ImportReport, Refused};
pub use row::{Reason, Remark};
pub use run::{ImportError, Progress, REQUESTS_IMPORTED, requests};
