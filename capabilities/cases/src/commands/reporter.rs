//! Opening the reporter's name and phone: for a stated purpose, and on record.

use crate::access;
use crate::error::CaseError;
use crate::facts::ReporterOpened;
use crate::model::{CaseId, FollowerKind};
use crate::store;
use ::store::Tx;
use platform::{Purpose, Words};

/// Purposes for which a reporter's contact is opened. Anything else is no purpose.
pub static PURPOSES: [(&str, Words); 4] = [
    ("call_back", Words::of("回电核实情况", "Call back to ask")),
    ("ask_place", Words::of("问清地点", "Ask for the place")),
    ("arrange_visit", Words::of("约上门时间", "Arrange a visit")),
    ("check_duplicate", Words::of("核对是否重复", "Check for a duplicate")),
];

/// A reporter's contact, opened.
#[derive(Clone, Debug, serde::Serialize, utoipa::ToSchema)]
pub struct OpenedReporter {
    /// `reporter` or `follower`
    pub kind: FollowerKind,
    pub name: Option<String>,
    pub phone: Option<String>,
}

/// Opens the contacts of a case for one of [`PURPOSES`]; every look leaves a fact.
pub async fn open_reporter(tx: &mut Tx, id: CaseId, purpose: &str) -> Result<Vec<OpenedReporter>, CaseError> {
    let known = PURPOSES.iter().find(|(code, ..)| *code == purpose).map(|(code, ..)| *code);
    let Some(purpose) = known else {
        let allowed: Vec<_> = PURPOSES.iter().map(|(code, ..)| *code).collect();
        return Err(CaseError::invalid(
            "purpose",
            "cases.no_purpose",
            "请说明为什么要看联系方式。",
            format!("State why you open the contact: one of {}.", allowed.join(", ")),
        ));
    };
    let case = store::load_for(tx, id, None).await?;
    if !tx.actor().holds(&access::VIEW_REPORTER) {
        return Err(CaseError::Forbidden(&access::VIEW_REPORTER));
    }
    tx.record(&ReporterOpened { case: &case, purpose }).await?;
    let followers = store::followers(tx, case.district, id).await?;
    let open = |f: store::Follower| OpenedReporter {
        kind: f.kind,
        name: f.name.map(|n| n.open(Purpose(purpose)).clone()),
        phone: f.phone.map(|p| p.open(Purpose(purpose)).as_str().to_owned()),
    };
    Ok(followers.into_iter().map(open).collect())
}
