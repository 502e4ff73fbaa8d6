//! Secrets of a district: sealed fields, blind look-up, and the append-only log that proves what was written.
