//! Values and rules of the register. No IO, no await, no clock, no SQL: a rule takes what it needs and gives back what follows.

pub mod address;
mod beside;
mod fields;
mod history;
pub mod identifier;
mod plate;
mod record;
pub mod retention;
mod rights;
pub mod rules;
mod shape;
pub mod spelling;

pub use beside::{Side, side};
pub use fields::{Fields, Origin, Source};
pub use history::{FieldChange, changes_between};
pub use plate::PlateCode;
pub use record::{Content, KEEPING, Kind, Links, Record, State};
pub use rights::{
    AlarmId, AlarmKind, Ask, Asked, ClaimId, NoticeId, PairId, RequestId, RequestState, SELF, SweepId,
};
pub use shape::{Shape, ShapeFault, check, parse_day};

platform::id!(
    /// A record of the register: a place, a home, a household, a person, a residence, a share, an organisation, a thing, a service fact.
    RecordId, "record"
);
platform::id!(
    /// One deed of one person: all records it changed, changed together, and can be undone together.
    ActId, "act"
);
