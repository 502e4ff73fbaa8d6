//! Loads and saves what registry keeps; with queries.rs the only SQL.
