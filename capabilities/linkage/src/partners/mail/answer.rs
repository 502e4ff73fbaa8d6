//! What a link leads to, and what a partner answers by it: the case while it is open and theirs, or why the link is good no more.

use super::link::LINK_KEPT;
use crate::error::LinkageError;
use crate::model::partner::{LinkedRequest, Meaning, Partner, Rung, Said, Why, way_to};
use crate::partners::forward::organisation_of;
use crate::partners::said;
use crate::partners::states::{StateTable, StateTables};
use crate::store::partners as rows;
use ::store::{Conn, Tx};
use cases::{Case, CaseId};
use courier::{Delivery, DeliveryId};
use platform::{DistrictId, Fault, Time, Words};
use territory::Snapshot;

/// What an office may say by its page; each is a word of the partner's table of states.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Answer {
    Take,
    Tell,
    Done,
    GiveBack,
}

impl Answer {
    pub(crate) const ALL: [Self; 4] = [Self::Take, Self::Tell, Self::Done, Self::GiveBack];

    /// The word of the table, which is also the form's.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Take => "taken",
            Self::Tell => "progress",
            Self::Done => "done",
            Self::GiveBack => "not_ours",
        }
    }

    pub(crate) fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.word() == word)
    }

    const fn meaning(self) -> Meaning {
        match self {
            Self::Take => Meaning::Taken,
            Self::Tell => Meaning::Progress,
            Self::Done => Meaning::Done,
            Self::GiveBack => Meaning::NotOurs,
        }
    }

    /// Whether it can be said of a case that stands like this.
    pub(crate) fn fits(self, state: &str) -> bool {
        // Who only takes it writes nothing: with words it would be one more line of a case that is taken already.
        let has_note = self != Self::Take;
        way_to(self.meaning(), state, has_note).is_some_and(|way| !way.is_empty())
    }
}

/// Whether the page's answers mean in a table what the page says they do.
pub(crate) fn understands(table: &StateTable) -> bool {
    Answer::ALL.iter().all(|one| table.meaning(one.word()) == Some(one.meaning()))
}

/// Why a link is good no more.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Over {
    /// It was not made here, or not all of it arrived.
    Unknown,
    Expired,
    /// The case is with somebody else, or the office is reached otherwise.
    NotTheirs,
    Closed,
}

impl Over {
    pub(crate) fn words(self) -> Words {
        match self {
            Self::Unknown => Words::of("这个链接打不开", "This link does not open"),
            Self::Expired => Words::of("这个链接已经过期", "This link has expired"),
            Self::NotTheirs => Words::of("这件事已经不在贵单位", "This case is with your office no more"),
            Self::Closed => Words::of("这件事已经办结", "This case is closed"),
        }
    }

    /// What to do now.
    pub(crate) fn advice(self) -> Words {
        match self {
            Self::Unknown => Words::of(
                "可能没有复制完整。请从邮件里重新点开；还是不行，就打下面的电话。",
                "It may not have been copied whole. Please open it from the mail again, or call us.",
            ),
            Self::Expired => Words::of(
                "请打开这件事最新的一封邮件，用里面的链接；找不到，就打下面的电话，请网格中心再发一次。",
                "Please use the link of the latest mail about this case, or call us and have it sent again.",
            ),
            Self::NotTheirs => Words::of(
                "可能已收回、已退回，或者贵单位改用了别的办法接件。不用再办；有疑问请打下面的电话。",
                "It was taken back, given back, or reaches your office otherwise now. Nothing is left to do; call us if in doubt.",
            ),
            Self::Closed => Words::of(
                "不用再答复。还有情况要说，请打下面的电话。",
                "Nothing is left to answer. If there is more to say, please call us.",
            ),
        }
    }
}

/// A case that a link opens.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub partner: Partner,
    pub request: LinkedRequest,
    pub case: Case,
}

/// What the mail of a link is about now.
pub(crate) async fn find(
    conn: &mut Conn,
    places: &Snapshot,
    district: DistrictId,
    mail: DeliveryId,
    now: Time,
) -> Result<Result<Asked, Over>, Fault> {
    // The courier forgets mails long after their links have expired.
    let Some(mail) = courier::queries::find_delivery(conn, district, mail).await? else {
        return Ok(Err(Over::Expired));
    };
    let partner = rows::partner_of_endpoint(conn, district, mail.endpoint_id).await?;
    let Some(partner) = partner.filter(|one| one.rung == Rung::Mail) else {
        return Ok(Err(Over::NotTheirs));
    };
    let Some(case) = cases::linked::find(conn, district, CaseId(mail.subject_id)).await? else {
        return Ok(Err(Over::NotTheirs));
    };
    if !case.open {
        return Ok(Err(Over::Closed));
    }
    let is_theirs = organisation_of(places, &case) == Some(partner.organisation_id);
    let request = rows::request(conn, district, partner.organisation_id, case.id).await?;
    let Some(request) = request.filter(|request| request.open && is_theirs) else {
        return Ok(Err(Over::NotTheirs));
    };
    if left_at(&mail).after(LINK_KEPT) <= now {
        return Ok(Err(Over::Expired));
    }
    Ok(Ok(Asked { partner, request, case }))
}

fn left_at(mail: &Delivery) -> Time {
    mail.settled_at.unwrap_or(mail.made_at)
}

/// An answer as it was sent.
#[derive(Clone, Debug)]
pub(crate) struct Answered {
    pub mail: DeliveryId,
    /// The case as it was seen.
    pub version: i64,
    pub said: Said,
}

/// Takes an answer in; says why a person decides, where one has to.
pub(crate) async fn take(tx: &mut Tx, answered: Answered) -> Result<Option<Why>, LinkageError> {
    let (district, now) = (tx.district(), tx.now());
    let places = tx.fixture::<territory::Map>().of(district);
    let asked = match find(tx, &places, district, answered.mail, now).await? {
        Ok(asked) => asked,
        Err(over) => {
            let words = over.words();
            return Err(LinkageError::Conflict { code: "linkage.link_over", words });
        }
    };
    if asked.case.version != answered.version {
        return Err(LinkageError::conflict(
            "linkage.case_changed",
            "这件事刚刚有了变化，您的还没有记上。请看看下面现在的情况，再按一次。",
            "The case changed meanwhile, and yours is not kept yet. Please look at it as it is now, and press again.",
        ));
    }
    Ok(said::take_in(tx, &asked.partner, asked.request, &answered.said).await?)
}

/// Refuses a table in which the answers of the page mean nothing, or something else.
pub(crate) fn check_table(tables: &StateTables, key: &str) -> Result<(), LinkageError> {
    if tables.table(key).is_some_and(understands) {
        return Ok(());
    }
    Err(LinkageError::invalid(
        "states",
        "linkage.unfit_states",
        "邮件答复不能用这张状态对照表，请选“邮件答复”。",
        "Answers by mail do not go by this table of states: choose “Answers by mail”.",
    ))
}
