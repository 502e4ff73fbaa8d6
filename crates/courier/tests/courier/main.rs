//! Deliveries as the other side sees them: signed, in order, once each, whatever becomes of either side.

mod faults;
mod lanes;
mod other_side;
mod partitions;
