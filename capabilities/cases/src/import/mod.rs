//! Foreign service requests become cases: a CSV file, a mapping that says what its columns mean, and a report of every row.

mod own_types;

pub use own_types::{OwnType, OwnTypes};
