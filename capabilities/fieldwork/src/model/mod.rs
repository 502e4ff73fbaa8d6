//! Values and rules of fieldwork. No IO, no await, no clock, no SQL: a rule takes what it needs and gives back what follows.

mod burden;
mod campaign;
mod clash;
mod command;
mod coverage;
mod day;
mod device;
mod finding;
mod found;
mod key;
mod known;
mod mask;
mod plan_load;
mod prefill;
mod route;
mod sheet;
mod stand_in;
mod state;
mod submission;
mod target;
mod task;
mod upload;
mod visit_rule;
mod wishes;
mod worker;
mod write_back;

pub use burden::Burden;
pub use campaign::{Campaign, CampaignContent, CampaignState, DOORS_MAX, check_doors, why_again};
pub use clash::{CLASH_KEEPING, Choice, Clash, ClashContent, FieldClash};
pub use command::{
    BATCH_COMMANDS_MAX, Command, CommandAnswer, CommandRefusal, CommandState, HELD_LONG, HELD_MAX, Turn,
    in_order, turn,
};
pub use coverage::{AreaCoverage, BuildingCoverage, Counted, DoorTally, by_area, by_building, total};
pub use day::{
    About, DAY_WORDS_CHARS_MAX, DEVICE_LATE_MAX, DayId, DayLine, DayWords, Deed, KEEPING_DAYS,
    Told as DayTold, done_at, tell,
};
pub use device::{DEVICES_MAX, Device, DeviceState, GRIDS_MAX, LEASE, Standing};
pub use finding::{AnswerFinding, ChangeFinding, FormFinding};
pub use found::{Finding, FoundChoice, FoundQuestion};
pub use key::CollectKey;
pub use known::{KnownField, known_fields, unknown_fields};
pub use mask::{MASK, Reader, shown};
pub use plan_load::{Asked, PlanLoad, RuleLoad};
pub use prefill::{Tied, answer_of, tied_questions, value_of};
pub use route::{Route, RouteContent, RouteState, STOPS_MAX, cause_of, metres_of, route_of, suggest_order};
pub use sheet::{Figure, Section, Sheet, SheetColumn, SheetLine, SheetPeriod, total_of};
pub use stand_in::{Holder, KEEPING_REASONS, REASON_CHARS_MAX, StandIn, StandInId, check_stand_in};
pub use state::FormState;
pub use submission::{Content, KEEPING, Spared, Stray, Submission};
pub use target::{Goal, Target};
pub use task::{
    Effect, Errand, ErrandPlace, NOTE_CHARS_MAX, NOTES_MAX, NewTask, Outcome, Said, TASK_KEEPING, Task,
    TaskKind, TaskNote, TaskState, Told, code_of, errand_cause, is_errand, is_rule, rank, rule_cause,
    rule_of,
};
pub use upload::{FileHash, MediaKind, PART_BYTES_MAX, UPLOAD_KEPT, Upload};
pub use visit_rule::{Basis, Every, Period, VisitRule};
pub use wishes::{Consent, Quiet, Wishes};
pub use worker::{Worker, worker_of};
pub use write_back::{Meeting, Seen, WriteBack, WriteState, decide};

platform::id!(
    /// A form through all its versions.
    FormId, "form"
);
platform::id!(
    /// What was filled in once; made by the device that filled it.
    SubmissionId, "submission"
);
platform::id!(
    /// One thing a worker is to do at a place.
    TaskId, "task"
);
platform::id!(
    /// A campaign: one form at many doors, within a period.
    CampaignId, "campaign"
);
platform::id!(
    /// A patrol route.
    RouteId, "route"
);
platform::id!(
    /// A phone that carries a part of the register; made by the phone.
    DeviceId, "device"
);
platform::id!(
    /// Something done on a phone, sent when there was a line; made by the phone.
    CommandId, "command"
);
platform::id!(
    /// A file an answer names.
    FileId, "file"
);
platform::id!(
    /// A key of a program that speaks OpenRosa.
    KeyId, "collect_key"
);

/// Versions one form may have.
pub const VERSIONS_MAX: i64 = 200;
/// Bytes of a workbook: ten thousand questions need three.
pub const WORKBOOK_BYTES_MAX: u64 = 10 * platform::limits::MIB;
