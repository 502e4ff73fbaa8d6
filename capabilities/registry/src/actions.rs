//! What may be done with a record by whoever reads it, and why not the rest: a screen offers what stands here and never guesses a right.

use crate::access::{DECIDE, EDIT, MERGE, OPEN, OPEN_FACTS};
use crate::model::{Kind, Record, State};
use platform::{Actor, ActorKind, Permission, Words};
use serde::Serialize;
use utoipa::ToSchema;

/// Something that may be done with a record.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RecordAction {
    Amend,
    Confirm,
    End,
    Merge,
    /// Of a person: into a home; where exactly is asked there.
    MoveIn,
    /// Of a residence.
    MoveOut,
    /// Of a person: a service fact.
    EnterFact,
    /// Documents, telephones, contacts, for a purpose.
    Open,
    /// Service facts, for a purpose.
    OpenFacts,
    /// Of a person: take down what they ask on paper, print what is kept of them.
    AnswerPerson,
}

/// An action as a screen offers it: possible, or why not.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RecordActionView {
    pub action: RecordAction,
    pub can: bool,
    pub why: Option<Words>,
}

impl RecordAction {
    const ALL: [Self; 10] = [
        Self::Amend,
        Self::Confirm,
        Self::End,
        Self::Merge,
        Self::MoveIn,
        Self::MoveOut,
        Self::EnterFact,
        Self::Open,
        Self::OpenFacts,
        Self::AnswerPerson,
    ];

    /// Whether records of a kind have it.
    fn is_of(self, kind: Kind) -> bool {
        match self {
            Self::Amend | Self::Confirm | Self::End => true,
            Self::Merge => !matches!(kind, Kind::Residence | Kind::Share | Kind::ServiceFact),
            Self::MoveIn | Self::EnterFact | Self::AnswerPerson | Self::OpenFacts => kind == Kind::Person,
            Self::MoveOut => kind == Kind::Residence,
            Self::Open => matches!(kind, Kind::Person | Kind::Organisation),
        }
    }

    fn permission(self) -> &'static Permission {
        match self {
            Self::Amend | Self::Confirm | Self::End | Self::MoveIn | Self::MoveOut | Self::EnterFact => &EDIT,
            Self::Merge => &MERGE,
            Self::Open => &OPEN,
            Self::OpenFacts => &OPEN_FACTS,
            Self::AnswerPerson => &DECIDE,
        }
    }

    /// Whether it only reads, or answers the person: possible also where the record has ended.
    fn leaves_it(self) -> bool {
        matches!(self, Self::Open | Self::OpenFacts | Self::AnswerPerson)
    }

    /// Whether it may be done with what is only stored: what ends it, and what the person asks.
    fn fits_restriction(self) -> bool {
        matches!(self, Self::End | Self::MoveOut | Self::AnswerPerson)
    }

    fn why_not(self, actor: &Actor, record: &Record, is_restricted: bool) -> Option<Words> {
        let permission = self.permission();
        let is_held = match self {
            Self::MoveIn => actor.holds(permission),
            _ => actor.holds_at(permission, &record.content.area_path),
        };
        match record.content.state {
            _ if !is_held => Some(Words::new(
                format!("没有“{}”的权限。", permission.words.zh),
                format!("Needs the right: {}.", permission.words.en),
            )),
            State::Live | State::Ended if is_restricted && !self.fits_restriction() => {
                Some(Words::of("本人要求限制使用，只保存。", "The person asked that this is only stored."))
            }
            State::Live => None,
            State::Ended if self.leaves_it() => None,
            State::Ended => Some(Words::of("已经注销，不再更改。", "It has ended, and is changed no more.")),
            State::Merged => Some(Words::of("已并入另一条登记。", "It was merged into another.")),
            State::Withdrawn => Some(Words::of("已撤销。", "It was taken back.")),
            State::Erased => Some(Words::of("已删除。", "It was erased.")),
        }
    }
}

/// Everything that may be done with records of this kind, for one reader. Residents ask, on pages of their own.
pub(crate) fn actions_of(actor: &Actor, record: &Record, is_restricted: bool) -> Vec<RecordActionView> {
    let is_staff = actor.kind != ActorKind::Resident;
    let all = RecordAction::ALL.into_iter().filter(|action| is_staff && action.is_of(record.kind));
    let view = |action: RecordAction| {
        let why = action.why_not(actor, record, is_restricted);
        RecordActionView { action, can: why.is_none(), why }
    };
    all.map(view).collect()
}
