//! Reaching a reporter 联系报告人 without learning who they are: by a number in between (中间号), or by asking them to call back. Why so:
//! docs/decisions/0030.
//!
//! Reading order: `book.rs`, [`crate::commands::reach`], `address.rs`, `view.rs`.

mod address;
mod book;
mod http;
mod view;

pub(crate) use address::{REPORTER, Reporters};
pub(crate) use book::{ReachBook, hours_of};
pub(crate) use http::routes;

use crate::model::CaseId;
use ::store::{row, text_enum};
use platform::{AccountId, PostId, Time, id};

id!(
    /// One attempt to reach a reporter. The number in between, or the message, bears it too.
    ReachId, "reach"
);

text_enum!(
    /// By what a reporter is reached.
    pub ReachWay {
        /// A number in between: whoever asked calls it.
        Relay = "relay",
        /// A message that asks them to call back.
        Message = "message",
    }
);

row! {
    /// An attempt as it is kept.
    #[derive(Clone, Debug)]
    pub(crate) struct Reach {
        pub id: ReachId,
        pub case_id: CaseId,
        pub way: ReachWay,
        pub post_id: PostId,
        pub account_id: Option<AccountId>,
        pub at: Time,
    }
}
