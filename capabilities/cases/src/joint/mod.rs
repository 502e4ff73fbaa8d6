//! Working together 协同: one host keeps the case and its clock, others help with steps of their own, and a street calls units to the spot.

mod book;

pub(crate) use book::JointBook;
