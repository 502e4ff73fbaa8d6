//! A call to the spot (吹哨): who is called, who came, what was decided, what both sides say of it. Values and rules.

use super::HelpId;
use crate::error::CaseError;
use crate::model::CaseId;
use ::store::{row, text_enum};
use platform::{PostId, Time, id};

id!(
    /// A call to the spot.
    CallId, "call"
);

text_enum!(
    /// How far a call has come.
    pub CallState {
        Open = "open",
        /// They met, and it was decided.
        Met = "met",
        /// Called off.
        Cancelled = "cancelled",
    }
);

row! {
    /// A call as it is kept.
    #[derive(Clone, Debug)]
    pub struct Call {
        pub id: CallId,
        pub case_id: CaseId,
        pub kind: String,
        pub caller_post: PostId,
        pub area_path: String,
        pub place: String,
        pub matter: String,
        pub state: CallState,
        pub at: Time,
        pub by_at: Time,
        pub ended_at: Option<Time>,
        pub outcome: Option<String>,
        pub version: i64,
    }
}

row! {
    /// An office that was called.
    #[derive(Clone, Debug)]
    pub struct CalledUnit {
        pub call_id: CallId,
        pub post_id: PostId,
        pub coming: Option<bool>,
        pub reason: Option<String>,
        pub answered_at: Option<Time>,
        pub arrived_at: Option<Time>,
        pub office: Option<String>,
        pub confirmed_at: Option<Time>,
        pub help_id: Option<HelpId>,
        pub useful: Option<bool>,
        pub useful_words: Option<String>,
        pub justified: Option<bool>,
        pub justified_words: Option<String>,
    }
}

text_enum!(
    /// How an office answered a call, once that can be said.
    pub Outcome {
        /// Its time is not over.
        Waiting = "waiting",
        OnTime = "on_time",
        Late = "late",
        /// It said, with a reason, that it cannot.
        Cannot = "cannot",
        Absent = "absent",
    }
);

impl Call {
    pub fn must_be_open(&self) -> Result<(), CaseError> {
        match self.state {
            CallState::Open => Ok(()),
            CallState::Met => Err(not_now("这次吹哨已经议定。", "This call is decided.")),
            CallState::Cancelled => Err(not_now("这次吹哨已经取消。", "This call was called off.")),
        }
    }

    /// Called off. Nobody has to be told why while nobody has answered.
    pub fn cancel(&self, reason: Option<String>, units: &[CalledUnit], now: Time) -> Result<Self, CaseError> {
        self.must_be_open()?;
        if reason.is_none() && units.iter().any(|unit| unit.answered_at.is_some()) {
            return Err(CaseError::invalid(
                "reason",
                "cases.call_answered",
                "已有单位答复，取消要说明原因。",
                "Somebody has answered: say why it is called off.",
            ));
        }
        Ok(self.end(CallState::Cancelled, reason, now))
    }

    /// They met: at least one came.
    pub fn decide(&self, words: String, units: &[CalledUnit], now: Time) -> Result<Self, CaseError> {
        self.must_be_open()?;
        if units.iter().all(|unit| unit.arrived_at.is_none()) {
            return Err(not_now(
                "还没有单位到场，不能议定；没有人来就取消并写明原因。",
                "Nobody has come: there is nothing to decide yet.",
            ));
        }
        Ok(self.end(CallState::Met, Some(words), now))
    }

    fn end(&self, state: CallState, outcome: Option<String>, now: Time) -> Self {
        Self { state, outcome, ended_at: Some(now), version: self.version + 1, ..self.clone() }
    }
}

impl CalledUnit {
    pub fn called(call_id: CallId, post_id: PostId) -> Self {
        Self {
            call_id,
            post_id,
            coming: None,
            reason: None,
            answered_at: None,
            arrived_at: None,
            office: None,
            confirmed_at: None,
            help_id: None,
            useful: None,
            useful_words: None,
            justified: None,
            justified_words: None,
        }
    }

    /// How it answered, as far as it can be said now.
    pub fn outcome(&self, call: &Call, now: Time) -> Outcome {
        match (self.arrived_at, self.coming) {
            (Some(at), _) if at <= call.by_at => Outcome::OnTime,
            (Some(_), _) => Outcome::Late,
            (None, Some(false)) => Outcome::Cannot,
            (None, _) if call.state == CallState::Open && now <= call.by_at => Outcome::Waiting,
            (None, _) => Outcome::Absent,
        }
    }

    /// It comes, or says why it cannot. It may think again until it is there.
    pub fn answer(&self, call: &Call, reason: Option<String>, now: Time) -> Result<Self, CaseError> {
        call.must_be_open()?;
        if self.arrived_at.is_some() {
            return Err(not_now("已经到场。", "It is there already."));
        }
        Ok(Self { coming: Some(reason.is_none()), reason, answered_at: Some(now), ..self.clone() })
    }

    /// It is there, as the caller sees it.
    pub fn arrive(&self, call: &Call, office: String, now: Time) -> Result<Self, CaseError> {
        call.must_be_open()?;
        if self.arrived_at.is_some() {
            return Err(not_now("已经记过到场。", "Its coming is written down already."));
        }
        Ok(Self { arrived_at: Some(now), office: Some(office), ..self.clone() })
    }

    /// It says so itself.
    pub fn confirm(&self, now: Time) -> Result<Self, CaseError> {
        if self.arrived_at.is_none() || self.confirmed_at.is_some() {
            return Err(not_now(
                "先由吹哨的一方记下到场；确认一次即可。",
                "The caller writes the coming down first; it is confirmed once.",
            ));
        }
        Ok(Self { confirmed_at: Some(now), ..self.clone() })
    }

    /// What the caller says of the help: once, after they met.
    pub fn review_help(&self, call: &Call, useful: bool, words: String) -> Result<Self, CaseError> {
        must_be_over(call, self.useful.is_some())?;
        Ok(Self { useful: Some(useful), useful_words: Some(words), ..self.clone() })
    }

    /// What the called says of the call: once, after they met.
    pub fn review_call(&self, call: &Call, justified: bool, words: String) -> Result<Self, CaseError> {
        must_be_over(call, self.justified.is_some())?;
        Ok(Self { justified: Some(justified), justified_words: Some(words), ..self.clone() })
    }
}

fn must_be_over(call: &Call, is_said: bool) -> Result<(), CaseError> {
    if is_said {
        return Err(not_now("已经评过，一次为准。", "This was reviewed; once is enough."));
    }
    match call.state {
        CallState::Met => Ok(()),
        _ => Err(not_now("议定以后再评。", "It is reviewed after it was decided.")),
    }
}

fn not_now(zh: &'static str, en: &'static str) -> CaseError {
    CaseError::conflict("cases.call_not_now", zh, en)
}
