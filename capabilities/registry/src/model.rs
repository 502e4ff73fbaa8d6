//! Values and rules of registry. No IO, no await, no clock, no SQL: a rule takes what it needs and gives back what follows.
