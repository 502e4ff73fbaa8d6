//! A helping step: what one office is asked for within a case, by when, and what became of it. Values and rules.

use super::CallId;
use crate::error::CaseError;
use crate::model::CaseId;
use ::store::{row, text_enum};
use platform::{PostId, Time, id};

id!(
    /// A helping step.
    HelpId, "help"
);

text_enum!(
    /// How far a helping step has come.
    pub HelpState {
        Asked = "asked",
        Accepted = "accepted",
        Declined = "declined",
        Done = "done",
        /// The host needs it no longer.
        Released = "released",
    }
);

row! {
    /// A helping step as it is kept.
    #[derive(Clone, Debug)]
    pub struct Help {
        pub id: HelpId,
        pub case_id: CaseId,
        pub call_id: Option<CallId>,
        pub post_id: PostId,
        pub asked_by: Option<PostId>,
        pub area_path: String,
        pub words: String,
        pub state: HelpState,
        pub at: Time,
        pub due_at: Time,
        pub accepted_at: Option<Time>,
        pub ended_at: Option<Time>,
        pub outcome: Option<String>,
        pub version: i64,
    }
}

impl HelpState {
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Asked | Self::Accepted)
    }
}

impl Help {
    /// Whether it was, or is, not done in its time.
    pub fn is_late(&self, now: Time) -> bool {
        self.ended_at.unwrap_or(now) > self.due_at
    }

    pub fn accept(&self, now: Time) -> Result<Self, CaseError> {
        self.must_be(&[HelpState::Asked])?;
        let next = Self { accepted_at: Some(now), ..self.clone() };
        Ok(next.into_state(HelpState::Accepted))
    }

    pub fn decline(&self, reason: String, now: Time) -> Result<Self, CaseError> {
        self.must_be(&[HelpState::Asked])?;
        Ok(self.end(HelpState::Declined, reason, now))
    }

    pub fn finish(&self, words: String, now: Time) -> Result<Self, CaseError> {
        self.must_be(&[HelpState::Asked, HelpState::Accepted])?;
        Ok(self.end(HelpState::Done, words, now))
    }

    pub fn release(&self, reason: String, now: Time) -> Result<Self, CaseError> {
        self.must_be(&[HelpState::Asked, HelpState::Accepted])?;
        Ok(self.end(HelpState::Released, reason, now))
    }

    fn end(&self, state: HelpState, words: String, now: Time) -> Self {
        Self { ended_at: Some(now), outcome: Some(words), ..self.clone() }.into_state(state)
    }

    fn into_state(self, state: HelpState) -> Self {
        Self { state, version: self.version + 1, ..self }
    }

    fn must_be(&self, states: &[HelpState]) -> Result<(), CaseError> {
        if states.contains(&self.state) {
            return Ok(());
        }
        let (zh, en) = match self.state {
            HelpState::Asked => ("还没有答复。", "It is not answered yet."),
            HelpState::Accepted => ("已经接下。", "It was accepted."),
            HelpState::Declined => ("已经说明不能协办。", "It was declined."),
            HelpState::Done => ("已经办完。", "It is done."),
            HelpState::Released => ("主办已收回，不用再办。", "The host needs it no longer."),
        };
        Err(CaseError::conflict("cases.help_not_now", zh, en))
    }
}
