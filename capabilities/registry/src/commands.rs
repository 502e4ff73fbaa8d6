//! Every write of registry: load for a purpose, decide, save, record the fact.
