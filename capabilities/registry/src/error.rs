//! What registry refuses, each with a stable code.
