//! All tests of flow in one binary: rules as tables, properties, and the shipped catalog.
mod calendar;
mod catalog;
mod clock;
mod faults;
mod life;
mod town;
