//! A version of a duty list, and the way it goes: values and rules.

use crate::catalogue::{DutyList, Item, PostSelector};
use crate::error::CaseError;
use ::store::{row, text_enum};
use jiff::civil::Date;
use platform::{PostId, Time, Words, id};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

id!(
    /// A version of a duty list.
    DutyVersionId, "duty_version"
);
id!(
    /// What a unit said against an item.
    ObjectionId, "objection"
);

text_enum!(
    /// How far a version has come.
    pub VersionState {
        /// Being written: only the office sees it.
        Draft = "draft",
        /// Laid out: everybody reads it, the units it names may object.
        LaidOut = "laid_out",
        /// Published: it holds from its day on, and never changes.
        Published = "published",
        /// Given up before it was published.
        Withdrawn = "withdrawn",
    }
);

/// One line of a list, as it is written and kept.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DutyItem {
    /// "3.2"
    pub number: String,
    /// `grid_worker`, `grid_leader`, `subdistrict_desk`, `dispatcher` or `unit:KEY`
    #[schema(value_type = String, example = "grid_worker")]
    pub who: PostSelector,
    pub words: Words,
    /// The law behind it.
    pub basis: Option<String>,
    /// Codes of the types of case it answers.
    #[serde(default)]
    pub types: Vec<String>,
    /// The last day it holds, where it ends before its list does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = "date")]
    pub effective_until: Option<Date>,
    /// Where the line comes from, where it is not the list's own source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

/// What a version says.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DutyContent)]
pub struct Content {
    pub name: Words,
    /// What readers are told of it.
    pub notice: Option<Words>,
    pub source: String,
    /// The version it was written from.
    pub based_on: Option<String>,
    pub items: Vec<DutyItem>,
}

/// By what it was published, and for which days.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DutyTerms)]
pub struct Terms {
    /// 发文字号
    pub document: String,
    #[schema(value_type = String, format = "date")]
    pub published_on: Date,
    #[schema(value_type = String, format = "date")]
    pub effective_from: Date,
    #[schema(value_type = Option<String>, format = "date")]
    pub effective_until: Option<Date>,
    /// Why it was published.
    pub reason: String,
    /// Why before the days for objections were over, where it was.
    pub early: Option<String>,
}

row! {
    /// A version as it is kept.
    #[derive(Clone, Debug)]
    pub struct DutyVersion {
        pub id: DutyVersionId,
        pub list_key: String,
        /// "2026-1"
        pub label: String,
        pub state: VersionState,
        pub version: i64,
        pub content: ::store::Json<Content>,
        pub terms: Option<::store::Json<Terms>>,
        pub objections_until: Option<Time>,
        pub published_at: Option<Time>,
        pub changed_at: Time,
    }
}

row! {
    /// What a unit said against an item, and what was ruled.
    #[derive(Clone, Debug)]
    pub struct Objection {
        pub version_id: DutyVersionId,
        pub id: ObjectionId,
        pub number: String,
        /// The item as it stood.
        pub item: ::store::Json<DutyItem>,
        pub post_id: PostId,
        pub reason: String,
        pub at: Time,
        /// By when it is answered, where the list held already.
        pub due_at: Option<Time>,
        pub sustained: Option<bool>,
        pub ruling: Option<String>,
        pub ruled_at: Option<Time>,
    }
}

impl Content {
    /// A published list as the beginning of the next version.
    pub fn of(list: &DutyList) -> Self {
        Self {
            name: list.name.clone(),
            notice: list.notice.clone().filter(|_| !list.default),
            source: list.source.clone(),
            based_on: Some(list.version.clone()),
            items: list.items.iter().map(|item| DutyItem::of(item, list)).collect(),
        }
    }

    pub fn find_item(&self, number: &str) -> Option<&DutyItem> {
        self.items.iter().find(|item| item.number == number)
    }

    /// As the router and the pages read a list.
    pub fn list(&self, key: &str, label: &str, terms: &Terms) -> DutyList {
        DutyList {
            key: key.to_owned(),
            name: self.name.clone(),
            version: label.to_owned(),
            document: Some(terms.document.clone()).filter(|text| !text.is_empty()),
            published_on: terms.published_on,
            effective_from: terms.effective_from,
            effective_until: terms.effective_until,
            // The house's own, kept as it was when the district published its first.
            default: self.based_on.is_none() && terms.document.is_empty(),
            notice: self.notice.clone(),
            source: self.source.clone(),
            items: self.items.iter().map(|item| item.item(self, terms)).collect(),
        }
    }
}

impl DutyItem {
    fn of(item: &Item, list: &DutyList) -> Self {
        Self {
            number: item.number.clone(),
            who: item.who.clone(),
            words: item.words.clone(),
            basis: item.basis.clone(),
            types: item.types.clone(),
            effective_until: item.effective_to.filter(|to| Some(*to) != list.effective_until),
            source: Some(item.source.clone()).filter(|source| *source != list.source),
        }
    }

    fn item(&self, content: &Content, terms: &Terms) -> Item {
        Item {
            number: self.number.clone(),
            words: self.words.clone(),
            who: self.who.clone(),
            basis: self.basis.clone(),
            types: self.types.clone(),
            effective_from: terms.effective_from,
            effective_to: [self.effective_until, terms.effective_until].into_iter().flatten().min(),
            source: self.source.clone().unwrap_or_else(|| content.source.clone()),
        }
    }
}

impl Terms {
    /// As if it were published and held from that day on: for a trial.
    pub fn tried(on: Date) -> Self {
        Self {
            document: String::new(),
            published_on: on,
            effective_from: on,
            effective_until: None,
            reason: String::new(),
            early: None,
        }
    }
}

impl DutyVersion {
    /// Whether it may still become the one that holds.
    pub fn is_open(&self) -> bool {
        matches!(self.state, VersionState::Draft | VersionState::LaidOut)
    }

    /// Whether anybody may read it.
    pub fn is_public(&self) -> bool {
        matches!(self.state, VersionState::LaidOut | VersionState::Published)
    }

    /// As the router reads it; nothing before it is published.
    pub fn list(&self) -> Option<DutyList> {
        let terms = self.terms.as_ref().filter(|_| self.state == VersionState::Published)?;
        Some(self.content.0.list(&self.list_key, &self.label, &terms.0))
    }

    fn next(&self, state: VersionState, now: Time) -> Self {
        Self { state, version: self.version + 1, changed_at: now, ..self.clone() }
    }

    /// It is written anew.
    pub fn change(&self, content: Content, now: Time) -> Result<Self, CaseError> {
        self.must_be(VersionState::Draft)?;
        Ok(Self { content: ::store::Json(content), ..self.next(VersionState::Draft, now) })
    }

    /// Everybody reads it, and the units it names may object until then.
    pub fn lay_out(&self, until: Time, now: Time) -> Result<Self, CaseError> {
        self.must_be(VersionState::Draft)?;
        Ok(Self { objections_until: Some(until), ..self.next(VersionState::LaidOut, now) })
    }

    /// It is written on: what was laid out is not what will be published.
    pub fn take_back(&self, now: Time) -> Result<Self, CaseError> {
        self.must_be(VersionState::LaidOut)?;
        Ok(Self { objections_until: None, ..self.next(VersionState::Draft, now) })
    }

    /// Given up.
    pub fn withdraw(&self, now: Time) -> Result<Self, CaseError> {
        if !self.is_open() {
            return Err(wrong_state(self.state));
        }
        Ok(Self { objections_until: None, ..self.next(VersionState::Withdrawn, now) })
    }

    /// It holds from its day on. Everything said against it was ruled on, and what was ruled was done.
    pub fn publish(&self, terms: Terms, objections: &[Objection], now: Time) -> Result<Self, CaseError> {
        self.must_be(VersionState::LaidOut)?;
        check_terms(&terms, now)?;
        if self.objections_until.is_some_and(|until| now < until) && terms.early.is_none() {
            return Err(CaseError::invalid(
                "early",
                "cases.duty_laid_out_still",
                "公示期还没有满；提前发布要写明理由。",
                "The days for objections are not over; say why it is published before.",
            ));
        }
        if let Some(open) = objections.iter().find(|o| o.stands_against(&self.content.0)) {
            return Err(CaseError::conflict(
                "cases.duty_objection_open",
                format!("第 {} 项的异议还没有裁定，或者裁定成立后还没有修改，不能发布。", open.number),
                format!(
                    "The objection to item {} is not ruled on, or was sustained and nothing was changed.",
                    open.number
                ),
            ));
        }
        Ok(Self {
            terms: Some(::store::Json(terms)),
            published_at: Some(now),
            ..self.next(VersionState::Published, now)
        })
    }

    fn must_be(&self, state: VersionState) -> Result<(), CaseError> {
        if self.state == state { Ok(()) } else { Err(wrong_state(self.state)) }
    }
}

impl Objection {
    /// Nobody answered it in time.
    pub fn is_late(&self, now: Time) -> bool {
        self.ruled_at.is_none() && self.due_at.is_some_and(|due| due < now)
    }

    /// Not ruled on, or sustained while the item is as it was.
    pub fn stands_against(&self, content: &Content) -> bool {
        match self.sustained {
            None => true,
            Some(false) => false,
            Some(true) => content.find_item(&self.number) == Some(&self.item.0),
        }
    }
}

/// Years a published list may be dated ahead: later is a slip of the hand.
const AHEAD_YEARS_MAX: i16 = 2;

fn check_terms(terms: &Terms, now: Time) -> Result<(), CaseError> {
    let today = now.local().date();
    for (field, text) in [("document", &terms.document), ("reason", &terms.reason)] {
        if text.trim().is_empty() {
            return Err(CaseError::invalid(
                field,
                "cases.duty_empty",
                "必须填写。",
                "This must be filled in.",
            ));
        }
    }
    if terms.effective_from < today || terms.effective_from.year() > today.year() + AHEAD_YEARS_MAX {
        return Err(CaseError::invalid(
            "effective_from",
            "cases.duty_bad_date",
            "生效日期应从今天起，最迟后年。",
            "It may hold from today on, and from the year after next at the latest.",
        ));
    }
    if terms.effective_until.is_some_and(|until| until < terms.effective_from) {
        return Err(CaseError::invalid(
            "effective_until",
            "cases.duty_bad_date",
            "失效日期早于生效日期。",
            "It would end before it begins.",
        ));
    }
    Ok(())
}

fn wrong_state(state: VersionState) -> CaseError {
    let (zh, en) = match state {
        VersionState::Draft => ("这一版还是草稿。", "This version is a draft still."),
        VersionState::LaidOut => {
            ("这一版正在公示，先收回再改。", "This version is laid out: take it back first.")
        }
        VersionState::Published => (
            "这一版已经发布，不再改动；请另起一版。",
            "This version is published and stays as it is: begin another.",
        ),
        VersionState::Withdrawn => ("这一版已经撤销。", "This version was withdrawn."),
    };
    CaseError::conflict("cases.duty_wrong_state", zh, en)
}
