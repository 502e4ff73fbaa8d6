//! What fieldwork records of itself: ids, numbers and counts, never an answer.

use crate::model::{
    CampaignId, CommandId, DayId, DeviceId, FormId, KeyId, RouteId, StandInId, SubmissionId, Task, TaskId,
};
use registry::RecordId;
use serde_json::Value;
use store::Fact;
use uuid::Uuid;

pub const UPLOADED: &str = "fieldwork.form_uploaded";
pub const PUBLISHED: &str = "fieldwork.form_published";
pub const WITHDRAWN: &str = "fieldwork.form_withdrawn";
/// A form was filled in and has come.
pub const SUBMITTED: &str = "fieldwork.form_submitted";
/// A submission was corrected where it was filled: another stands in its place.
pub const REPLACED: &str = "fieldwork.submission_replaced";
/// Somebody read what was filled in.
pub const OPENED: &str = "fieldwork.submission_opened";
/// Somebody took a copy of a form's submissions along.
pub const EXPORTED: &str = "fieldwork.submissions_exported";
/// A key for another program was issued, and ended.
pub const KEY_ISSUED: &str = "fieldwork.key_issued";
pub const KEY_REVOKED: &str = "fieldwork.key_revoked";
/// A file came that an answer names.
pub const FILE_KEPT: &str = "fieldwork.file_kept";
/// Sealed answers were sealed anew under the present key.
pub const RESEALED: &str = "fieldwork.answers_resealed";
/// Nobody was at home; the task stays.
pub const TASK_TRIED: &str = "fieldwork.task_tried";
/// A task is over: with what, the data says.
pub const TASK_ENDED: &str = "fieldwork.task_ended";
/// Something was said of a task that was over.
pub const TASK_ADDED: &str = "fieldwork.task_added";
/// A phone carries a grid from now on.
pub const DEVICE_BEGAN: &str = "fieldwork.device_began";
/// Somebody said that a phone is lost; and it was told to take everything off.
pub const DEVICE_LOST: &str = "fieldwork.device_lost";
pub const DEVICE_WIPED: &str = "fieldwork.device_wiped";
/// Everything was taken off a phone by whoever has it.
pub const DEVICE_LEFT: &str = "fieldwork.device_left";
/// Homes went to a phone.
pub const HOMES_CARRIED: &str = "fieldwork.homes_carried";
/// What was done on a phone has come.
pub const COMMANDS_CAME: &str = "fieldwork.commands_came";
/// A person decided whose value stays; what the other said is kept with it.
pub const CLASH_SETTLED: &str = "fieldwork.clash_settled";
/// A file was begun, and is whole.
pub const UPLOAD_BEGAN: &str = "fieldwork.upload_began";
pub const UPLOADED_WHOLE: &str = "fieldwork.upload_whole";
/// The visits of a grid were planned: how many are new, how many lost their ground, what did not fit into the hours.
pub const PLANNED: &str = "fieldwork.visits_planned";
/// Another capability asked that homes of a grid be seen: how many. And that they need not be any more.
pub const ERRANDS_ASKED: &str = "fieldwork.errands_asked";
pub const ERRANDS_TAKEN_BACK: &str = "fieldwork.errands_taken_back";
/// A home's wishes for visits were written down.
pub const WISHES_KEPT: &str = "fieldwork.wishes_kept";
/// A resident said whether somebody came.
pub const VISIT_ANSWERED: &str = "fieldwork.visit_answered";

pub const CAMPAIGN_MADE: &str = "fieldwork.campaign_made";
pub const CAMPAIGN_AMENDED: &str = "fieldwork.campaign_amended";
pub const CAMPAIGN_PUBLISHED: &str = "fieldwork.campaign_published";
/// All its doors are open.
pub const CAMPAIGN_OPENED: &str = "fieldwork.campaign_opened";
/// A desk ended it before its time, or dropped the draft.
pub const CAMPAIGN_ENDED: &str = "fieldwork.campaign_ended";
/// What was left of its doors is closed.
pub const CAMPAIGN_CLOSED: &str = "fieldwork.campaign_closed";
pub const ROUTE_MADE: &str = "fieldwork.route_made";
pub const ROUTE_AMENDED: &str = "fieldwork.route_amended";
pub const ROUTE_ENDED: &str = "fieldwork.route_ended";
/// A round of a patrol route began.
pub const ROUND_OPENED: &str = "fieldwork.round_opened";
/// Things whose inspection is near became stops.
pub const INSPECTIONS_OPENED: &str = "fieldwork.inspections_opened";
/// Somebody added words to their day.
pub const DAY_WRITTEN: &str = "fieldwork.day_written";
/// Somebody else serves a post for a time; and the post went back.
pub const STAND_IN_BEGUN: &str = "fieldwork.stand_in_begun";
pub const STAND_IN_ENDED: &str = "fieldwork.stand_in_ended";

/// Something about a form, a submission or a task; the name says what.
pub(crate) struct FieldworkFact {
    name: &'static str,
    subject: (&'static str, Uuid),
    area_path: Option<String>,
    data: Value,
}

impl FieldworkFact {
    pub fn of_form(name: &'static str, form: FormId, area_path: &str, data: Value) -> Self {
        Self { name, subject: (FormId::NOUN, form.0), area_path: Some(area_path.to_owned()), data }
    }

    pub fn of_submission(name: &'static str, id: SubmissionId, area_path: &str, data: Value) -> Self {
        Self { name, subject: (SubmissionId::NOUN, id.0), area_path: Some(area_path.to_owned()), data }
    }

    pub fn of_task(name: &'static str, task: &Task, data: Value) -> Self {
        Self { name, subject: (TaskId::NOUN, task.id.0), area_path: Some(task.area_path.clone()), data }
    }

    pub fn of_campaign(name: &'static str, id: CampaignId, area_path: &str, data: Value) -> Self {
        Self { name, subject: (CampaignId::NOUN, id.0), area_path: Some(area_path.to_owned()), data }
    }

    pub fn of_route(name: &'static str, id: RouteId, area_path: &str, data: Value) -> Self {
        Self { name, subject: (RouteId::NOUN, id.0), area_path: Some(area_path.to_owned()), data }
    }

    pub fn of_key(name: &'static str, id: KeyId, data: Value) -> Self {
        Self { name, subject: (KeyId::NOUN, id.0), area_path: None, data }
    }

    pub fn of_device(name: &'static str, id: DeviceId, area_path: Option<&String>, data: Value) -> Self {
        Self { name, subject: (DeviceId::NOUN, id.0), area_path: area_path.cloned(), data }
    }

    pub fn of_command(name: &'static str, id: CommandId, area_path: Option<String>, data: Value) -> Self {
        Self { name, subject: (CommandId::NOUN, id.0), area_path, data }
    }

    pub fn of_record(name: &'static str, id: RecordId, area_path: &str, data: Value) -> Self {
        Self { name, subject: (RecordId::NOUN, id.0), area_path: Some(area_path.to_owned()), data }
    }

    /// About a grid as a whole; its id is nil where it is no more.
    pub fn of_area(name: &'static str, area: Uuid, area_path: &str, data: Value) -> Self {
        Self { name, subject: (territory::AreaId::NOUN, area), area_path: Some(area_path.to_owned()), data }
    }

    pub fn of_day(name: &'static str, id: DayId, data: Value) -> Self {
        Self { name, subject: (DayId::NOUN, id.0), area_path: None, data }
    }

    pub fn of_stand_in(name: &'static str, id: StandInId, area_path: &str, data: Value) -> Self {
        Self { name, subject: (StandInId::NOUN, id.0), area_path: Some(area_path.to_owned()), data }
    }

    /// About all submissions of a district.
    pub fn of_district(name: &'static str, data: Value) -> Self {
        Self { name, subject: (SubmissionId::NOUN, Uuid::nil()), area_path: None, data }
    }
}

impl Fact for FieldworkFact {
    fn name(&self) -> &'static str {
        self.name
    }
    fn subject(&self) -> (&'static str, Uuid) {
        self.subject
    }
    fn area_path(&self) -> Option<&str> {
        self.area_path.as_deref()
    }
    fn data(&self) -> Value {
        self.data.clone()
    }
}
