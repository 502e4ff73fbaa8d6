//! Every read of messages: how far those about one thing have come, how many of a day, what one person was sent. Never an address.

use crate::model::{Channel, Message, MessageId, MessageState, Why};
use ::store::{Conn, List, row, sql};
use platform::{AccountId, DistrictId, FactId, Fault, Time, Words};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

row! {
    struct Counted { state: MessageState, why: Option<Why>, n: i64 }
}

row! {
    /// How many of one kind have come how far.
    #[derive(Clone, Debug)]
    pub(crate) struct DayCount { pub template: String, pub state: MessageState, pub why: Option<Why>, pub n: i64 }
}

row! {
    /// A message without anything that tells to whom.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    pub(crate) struct SentRow {
        pub id: MessageId,
        pub thread_id: Uuid,
        /// What caused it.
        pub fact_id: Option<FactId>,
        pub channel: Option<Channel>,
        pub why: Option<Why>,
        pub made_at: Time,
        pub settled_at: Option<Time>,
    }
}

sql! {
    ABOUT: (DistrictId, Uuid) -> Counted =
        "select state, why, count(*) as n from messages_message where district = $1 and thread_id = $2 group by state, why";
    TOLD: (DistrictId, Uuid, i64, Uuid, i64) -> (Uuid,) =
        "select distinct m.recipient_id from messages_message m
         where m.district = $1 and m.thread_id = $2 and m.edition < $3 and m.recipient_id > $4 and m.state in ('leaving', 'sent')
             and not exists (select 1 from messages_message n where n.district = m.district and n.thread_id = m.thread_id
                 and n.edition = $3 and n.recipient_id = m.recipient_id)
         order by m.recipient_id limit $5";
    TOLD_AMONG: (DistrictId, Uuid, List<Uuid>) -> (Uuid,) =
        "select distinct recipient_id from messages_message
         where district = $1 and thread_id = $2 and recipient_id {in:$3:uuid} and state <> 'dropped'";
    UNREACHED_AMONG: (DistrictId, Uuid, i64, List<Uuid>) -> (Uuid,) =
        "select recipient_id from messages_message
         where district = $1 and thread_id = $2 and edition = $3 and recipient_id {in:$4:uuid} and state = 'dropped' and why = 'no_address'";
    UNDER_WAY: (DistrictId, Uuid, i64) -> (Uuid,) =
        "select recipient_id from messages_message
         where district = $1 and thread_id = $2 and edition = $3 and state in ('waiting', 'leaving') order by recipient_id limit 1";
    OF_THREADS: (DistrictId, List<Uuid>) -> (Uuid, MessageState, Option<Why>) =
        "select thread_id, state, why from messages_message where district = $1 and thread_id {in:$2:uuid}";
    OF_ACCOUNT: (DistrictId, AccountId, i64) -> Message =
        "select district, id, template, class, recipient_kind, recipient_id, thread_id, edition, fact_id, content, sealed, state,
             why, account_id, channel, made_at, due_at, until_at, settled_at
         from messages_message where district = $1 and account_id = $2 order by made_at desc limit $3";
    LATEST_TO: (DistrictId, Uuid, String) -> (MessageId,) =
        "select id from messages_message where district = $1 and recipient_id = $2 and template = $3 order by made_at desc, id desc limit 1";
    OF_DAY: (DistrictId, Time, Time) -> DayCount =
        "select template, state, why, count(*) as n from messages_message
         where district = $1 and made_at >= $2 and made_at < $3 group by template, state, why order by template, state, why";
    BEHIND: (DistrictId, Time, Time, String, MessageState, i64) -> SentRow =
        "select id, thread_id, fact_id, channel, why, made_at, settled_at from messages_message
         where district = $1 and made_at >= $2 and made_at < $3 and template = $4 and state = $5 order by made_at, id limit $6";
    OF_FACT: (DistrictId, FactId, i64) -> SentRow =
        "select id, thread_id, fact_id, channel, why, made_at, settled_at from messages_message
         where district = $1 and fact_id = $2 order by id limit $3";
}

/// How far the messages about one thing have come.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, ToSchema)]
pub struct MessageCounts {
    pub sent: i64,
    /// On their way, or waiting for the morning.
    pub waiting: i64,
    /// Recipients without a telephone: somebody has to tell them otherwise.
    pub no_address: i64,
    /// Unsubscribed, over before they could leave, or taken back by a later one.
    pub not_sent: i64,
    /// Refused by the gateway.
    pub failed: i64,
}

/// # Errors
/// The store.
pub async fn about(conn: &mut Conn, district: DistrictId, thread: Uuid) -> Result<MessageCounts, Fault> {
    let mut counts = MessageCounts::default();
    let is_one = |row: &Counted| row.why != Some(Why::ToldAlready);
    for row in conn.all(&ABOUT, (district, thread)).await?.into_iter().filter(is_one) {
        let place = match (row.state, row.why) {
            (MessageState::Sent, _) => &mut counts.sent,
            (MessageState::Waiting | MessageState::Leaving, _) => &mut counts.waiting,
            (MessageState::Failed, _) => &mut counts.failed,
            (MessageState::Dropped, Some(Why::NoAddress)) => &mut counts.no_address,
            (MessageState::Dropped, _) => &mut counts.not_sent,
        };
        *place += row.n;
    }
    Ok(counts)
}

/// Who was told of a thing before an edition of it and has no word about that edition, after one of them, in their order.
///
/// # Errors
/// The store.
pub async fn told(
    conn: &mut Conn,
    district: DistrictId,
    (thread, edition): (Uuid, i64),
    after: Uuid,
    limit: i64,
) -> Result<Vec<Uuid>, Fault> {
    let found = conn.all(&TOLD, (district, thread, edition, after, limit)).await?;
    Ok(found.into_iter().map(|(id,)| id).collect())
}

/// Which of some recipients were told of a thing, or are about to be.
///
/// # Errors
/// The store.
pub async fn told_among(
    conn: &mut Conn,
    district: DistrictId,
    thread: Uuid,
    recipients: &[Uuid],
) -> Result<Vec<Uuid>, Fault> {
    let found = conn.all(&TOLD_AMONG, (district, thread, List(recipients.to_vec()))).await?;
    Ok(found.into_iter().map(|(id,)| id).collect())
}

/// Which of some recipients nobody could be reached for, of one edition of a thing: somebody has to tell them otherwise.
///
/// # Errors
/// The store.
pub async fn unreached_among(
    conn: &mut Conn,
    district: DistrictId,
    (thread, edition): (Uuid, i64),
    recipients: &[Uuid],
) -> Result<Vec<Uuid>, Fault> {
    let found = conn.all(&UNREACHED_AMONG, (district, thread, edition, List(recipients.to_vec()))).await?;
    Ok(found.into_iter().map(|(id,)| id).collect())
}

/// Whether some of an edition have not left yet: who cannot be reached is known once they have.
///
/// # Errors
/// The store.
pub async fn is_under_way(
    conn: &mut Conn,
    district: DistrictId,
    (thread, edition): (Uuid, i64),
) -> Result<bool, Fault> {
    Ok(conn.optional(&UNDER_WAY, (district, thread, edition)).await?.is_some())
}

/// How the message about one thing went, of a thing that is told to one.
#[derive(Clone, Debug)]
pub struct HowItWent {
    pub thread: Uuid,
    pub state: MessageState,
    /// Why it waits, or was not sent.
    pub why: Option<Words>,
}

/// How the messages about some things went.
///
/// # Errors
/// The store.
pub async fn how_it_went(
    conn: &mut Conn,
    district: DistrictId,
    threads: Vec<Uuid>,
) -> Result<Vec<HowItWent>, Fault> {
    let found = conn.all(&OF_THREADS, (district, List(threads))).await?;
    let one = |(thread, state, why): (Uuid, MessageState, Option<Why>)| HowItWent {
        thread,
        state,
        why: why.map(Why::words),
    };
    Ok(found.into_iter().map(one).collect())
}

/// What left for an account, the latest first.
pub(crate) async fn of_account(
    conn: &mut Conn,
    district: DistrictId,
    account: AccountId,
    limit: i64,
) -> Result<Vec<Message>, Fault> {
    conn.all(&OF_ACCOUNT, (district, account, limit)).await
}

/// The latest message of one kind to a recipient.
pub(crate) async fn latest_to(
    conn: &mut Conn,
    district: DistrictId,
    recipient: Uuid,
    template: &str,
) -> Result<Option<MessageId>, Fault> {
    let found = conn.optional(&LATEST_TO, (district, recipient, template.to_owned())).await?;
    Ok(found.map(|(id,)| id))
}

pub(crate) async fn of_day(
    conn: &mut Conn,
    district: DistrictId,
    (from, to): (Time, Time),
) -> Result<Vec<DayCount>, Fault> {
    conn.all(&OF_DAY, (district, from, to)).await
}

pub(crate) async fn behind(
    conn: &mut Conn,
    district: DistrictId,
    (from, to): (Time, Time),
    (template, state): (String, MessageState),
    limit: i64,
) -> Result<Vec<SentRow>, Fault> {
    conn.all(&BEHIND, (district, from, to, template, state, limit)).await
}

/// What a fact caused.
pub(crate) async fn of_fact(
    conn: &mut Conn,
    district: DistrictId,
    fact: FactId,
    limit: i64,
) -> Result<Vec<SentRow>, Fault> {
    conn.all(&OF_FACT, (district, fact, limit)).await
}
