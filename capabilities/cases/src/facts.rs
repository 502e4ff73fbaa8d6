//! What cases tell the rest of the house. Ids, codes and states only: never words, names or phones.

use crate::model::{Case, CaseId, Entry, FollowerId, FollowerKind};
use crate::reach::ReachWay;
use ::store::Fact;
use platform::{AccountId, OrganisationId};
use serde_json::{Value, json};
use uuid::Uuid;

/// A case was reported or went a step on its way.
#[derive(Debug)]
pub struct CaseStepped<'a> {
    pub case: &'a Case,
    pub entry: &'a Entry,
}

/// The fact of a new case.
pub const CASE_REPORTED: &str = "cases.case_reported";
/// The fact of every later step; its data names the action.
pub const CASE_STEPPED: &str = "cases.case_stepped";
pub const CASE_FOLLOWED: &str = "cases.case_followed";
pub const REPORTER_OPENED: &str = "cases.reporter_opened";
/// An office asked for a way to talk to the reporter, without learning who they are.
pub const REPORTER_REACHED: &str = "cases.reporter_reached";
/// The house itself used the telephone a reporter left, to pass on a call or a message. Nobody was shown it.
pub const REPORTER_PHONE_USED: &str = "cases.reporter_phone_used";
pub const REPORTS_CLAIMED: &str = "cases.reports_claimed";
/// Photos came after the report they belong to.
pub const PHOTOS_ADDED: &str = "cases.photos_added";

impl Fact for CaseStepped<'_> {
    fn name(&self) -> &'static str {
        if self.entry.from_state.is_none() { CASE_REPORTED } else { CASE_STEPPED }
    }
    fn subject(&self) -> (&'static str, Uuid) {
        (CaseId::NOUN, self.case.id.0)
    }
    fn area_path(&self) -> Option<&str> {
        Some(&self.case.area_path)
    }
    fn unit(&self) -> Option<OrganisationId> {
        self.case.unit_id
    }
    fn data(&self) -> Value {
        json!({
            "number": self.case.number,
            "type": self.case.type_code,
            "action": self.entry.action,
            "from": self.entry.from_state,
            "to": self.entry.to_state,
            "owner_post": self.case.owner_post,
            "level": self.case.level,
            "due_at": self.case.due_at,
            "lon": self.case.lon,
            "lat": self.case.lat,
        })
    }
}

/// Photos came after the report they belong to.
#[derive(Debug)]
pub struct PhotosAdded<'a> {
    pub case: &'a Case,
    pub photos: usize,
}

impl Fact for PhotosAdded<'_> {
    fn name(&self) -> &'static str {
        PHOTOS_ADDED
    }
    fn subject(&self) -> (&'static str, Uuid) {
        (CaseId::NOUN, self.case.id.0)
    }
    fn area_path(&self) -> Option<&str> {
        Some(&self.case.area_path)
    }
    fn unit(&self) -> Option<OrganisationId> {
        self.case.unit_id
    }
    fn data(&self) -> Value {
        json!({ "number": self.case.number, "photos": self.photos })
    }
}

/// Somebody else has the same trouble.
#[derive(Debug)]
pub struct CaseFollowed<'a> {
    pub case: &'a Case,
    pub follower: FollowerId,
    pub kind: FollowerKind,
}

impl Fact for CaseFollowed<'_> {
    fn name(&self) -> &'static str {
        CASE_FOLLOWED
    }
    fn subject(&self) -> (&'static str, Uuid) {
        (CaseId::NOUN, self.case.id.0)
    }
    fn area_path(&self) -> Option<&str> {
        Some(&self.case.area_path)
    }
    fn unit(&self) -> Option<OrganisationId> {
        self.case.unit_id
    }
    fn data(&self) -> Value {
        json!({ "number": self.case.number, "follower": self.follower, "kind": self.kind, "followers": self.case.followers })
    }
}

/// Somebody read the reporter's name and phone, for a stated purpose.
#[derive(Debug)]
pub struct ReporterOpened<'a> {
    pub case: &'a Case,
    pub purpose: &'a str,
}

impl Fact for ReporterOpened<'_> {
    fn name(&self) -> &'static str {
        REPORTER_OPENED
    }
    fn subject(&self) -> (&'static str, Uuid) {
        (CaseId::NOUN, self.case.id.0)
    }
    fn area_path(&self) -> Option<&str> {
        Some(&self.case.area_path)
    }
    fn data(&self) -> Value {
        json!({ "number": self.case.number, "purpose": self.purpose })
    }
}

/// An office asked for a way to talk to the reporter.
#[derive(Debug)]
pub struct ReporterReached<'a> {
    pub case: &'a Case,
    pub way: ReachWay,
}

impl Fact for ReporterReached<'_> {
    fn name(&self) -> &'static str {
        REPORTER_REACHED
    }
    fn subject(&self) -> (&'static str, Uuid) {
        (CaseId::NOUN, self.case.id.0)
    }
    fn area_path(&self) -> Option<&str> {
        Some(&self.case.area_path)
    }
    fn data(&self) -> Value {
        json!({ "number": self.case.number, "way": self.way })
    }
}

/// The house used the telephone a reporter left.
#[derive(Debug)]
pub struct ReporterPhoneUsed<'a> {
    pub case: &'a Case,
}

impl Fact for ReporterPhoneUsed<'_> {
    fn name(&self) -> &'static str {
        REPORTER_PHONE_USED
    }
    fn subject(&self) -> (&'static str, Uuid) {
        (CaseId::NOUN, self.case.id.0)
    }
    fn area_path(&self) -> Option<&str> {
        Some(&self.case.area_path)
    }
    fn data(&self) -> Value {
        json!({ "number": self.case.number })
    }
}

/// A resident proved a phone, and what had been reported with it became theirs to see.
#[derive(Debug)]
pub struct ReportsClaimed {
    pub account: AccountId,
    pub count: u64,
}

impl Fact for ReportsClaimed {
    fn name(&self) -> &'static str {
        REPORTS_CLAIMED
    }
    fn subject(&self) -> (&'static str, Uuid) {
        (AccountId::NOUN, self.account.0)
    }
    fn data(&self) -> Value {
        json!({ "count": self.count })
    }
}
