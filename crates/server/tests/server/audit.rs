//! Audit coverage: every write of the description is done once as somebody who may, and leaves a fact.

