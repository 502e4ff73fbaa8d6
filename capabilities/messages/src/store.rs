//! Loads and saves messages, choices, gateways and devices; with queries.rs the only SQL.

mod devices;
pub(crate) mod relays;

pub(crate) use devices::*;

use crate::model::{Channel, Choice, Class, Message, MessageId, MessageState, Why};
use ::store::{Conn, Json, List, Tx, row, sql, value};
use courier::{DeliveryId, EndpointId};
use platform::{AccountId, DistrictId, FactId, Fault, Time};
use serde_json::Value;
use std::collections::HashMap;
use uuid::Uuid;

value!(MessageId as Uuid, |v| v.0, MessageId);

row! {
    /// Where messages of a channel leave by.
    #[derive(Clone, Debug)]
    pub(crate) struct GatewayRow {
        pub channel: Channel,
        pub fast_endpoint_id: EndpointId,
        pub bulk_endpoint_id: EndpointId,
        pub version: i64,
    }
}

row! {
    /// What somebody wants, as stored.
    #[derive(Clone, Debug)]
    pub(crate) struct ChoiceRow {
        pub recipient_id: Uuid,
        pub settings: Json<Choice>,
        pub mail: Option<Vec<u8>>,
        pub mail_confirmed: bool,
    }
}

type NewMessage = (
    DistrictId,
    MessageId,
    String,
    Class,
    String,
    Uuid,
    Uuid,
    i64,
    Option<FactId>,
    Json<Value>,
    Option<Vec<u8>>,
    Option<Channel>,
    Time,
    Option<Time>,
);
type Leaving = (DistrictId, MessageId, Option<AccountId>, Channel, DeliveryId, Option<Why>, Time);
type SavedChoice = (DistrictId, Uuid, Json<Choice>, Option<Vec<u8>>, bool, Time);
type SavedGateway = (DistrictId, Channel, EndpointId, EndpointId, i64, Time);

sql! {
    ADD: NewMessage =
        "insert into messages_message (district, id, template, class, recipient_kind, recipient_id, thread_id, edition, fact_id,
             content, sealed, channel, state, made_at, due_at, until_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'waiting', $13, $13, $14)
         on conflict (district, thread_id, edition, recipient_id) do nothing";
    ADD_NOTED: NewMessage =
        "insert into messages_message (district, id, template, class, recipient_kind, recipient_id, thread_id, edition, fact_id,
             content, sealed, channel, state, why, made_at, due_at, settled_at, until_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'dropped', 'told_already', $13, $13, $13, $14)
         on conflict (district, thread_id, edition, recipient_id) do nothing";
    FIND: (DistrictId, MessageId) -> Message =
        "select district, id, template, class, recipient_kind, recipient_id, thread_id, edition, fact_id, content, sealed, state,
             why, account_id, channel, made_at, due_at, until_at, settled_at
         from messages_message where district = $1 and id = $2";
    DUE: (DistrictId, Time, i64) -> Message =
        "select district, id, template, class, recipient_kind, recipient_id, thread_id, edition, fact_id, content, sealed, state,
             why, account_id, channel, made_at, due_at, until_at, settled_at
         from messages_message where district = $1 and state = 'waiting' and due_at <= $2 order by due_at, id limit $3";
    NEXT_DUE: (DistrictId,) -> (Time,) =
        "select due_at from messages_message where district = $1 and state = 'waiting' order by due_at limit 1 /* whole district */";
    WAIT: (DistrictId, MessageId, Time, Why) =
        "update messages_message set due_at = $3, why = $4 where district = $1 and id = $2 and state = 'waiting'";
    LEAVE: Leaving =
        "update messages_message set state = 'leaving', why = $6, account_id = $3, channel = $4, delivery_id = $5, left_at = $7
         where district = $1 and id = $2 and state = 'waiting'";
    /// What was sealed for one way out is of no use any more once it is over. Why it went another way than was chosen stays.
    SETTLE: (DistrictId, MessageId, MessageState, Option<Why>, Time) =
        "update messages_message set state = $3, why = coalesce($4, why), settled_at = $5, sealed = null where district = $1 and id = $2";
    FAIL: (DistrictId, MessageId) =
        "update messages_message set state = 'failed' where district = $1 and id = $2 and state = 'leaving'";
    ON_ITS_WAY: (DistrictId, MessageId) =
        "update messages_message set state = 'leaving' where district = $1 and id = $2 and state = 'failed'";
    UNREACHED: (DistrictId, MessageId, Time) =
        "update messages_message set state = 'waiting', channel = null, left_at = null, due_at = $3
         where district = $1 and id = $2 and state in ('leaving', 'failed')";
    SUPERSEDE: (DistrictId, Uuid, i64, Time) =
        "update messages_message set state = 'dropped', why = 'superseded', settled_at = $4, sealed = null
         where district = $1 and thread_id = $2 and edition < $3 and state = 'waiting'";
    LEFT_SINCE: (DistrictId, List<Uuid>, Time) -> (Uuid, i64) =
        "select recipient_id, count(*) as n from messages_message
         where district = $1 and recipient_id {in:$2:uuid} and class = 'service' and left_at >= $3 group by recipient_id";
    BACK: (DistrictId, Channel, Time) =
        "update messages_message set state = 'waiting', due_at = $3
         where district = $1 and channel = $2 and state in ('leaving', 'failed') /* whole district */";
    CHOICES: (DistrictId, List<Uuid>) -> ChoiceRow =
        "select recipient_id, settings, mail, mail_confirmed from messages_choice where district = $1 and recipient_id {in:$2:uuid}";
    SAVE_CHOICE: SavedChoice =
        "insert into messages_choice (district, recipient_id, settings, mail, mail_confirmed, changed_at) values ($1, $2, $3, $4, $5, $6)
         on conflict (district, recipient_id) do update set settings = excluded.settings, mail = excluded.mail,
             mail_confirmed = excluded.mail_confirmed, changed_at = excluded.changed_at";
    SEALED_CHOICES: (DistrictId, Uuid, i64) -> ChoiceRow =
        "select recipient_id, settings, mail, mail_confirmed from messages_choice
         where district = $1 and recipient_id > $2 order by recipient_id limit $3";
    SEAL_CHOICE: (DistrictId, Uuid, Vec<u8>, Vec<u8>) =
        "update messages_choice set mail = $3 where district = $1 and recipient_id = $2 and mail = $4";
    SEALED_MESSAGES: (DistrictId, MessageId, i64) -> (MessageId, Option<Vec<u8>>) =
        "select id, sealed from messages_message where district = $1 and id > $2 and sealed is not null
         order by id limit $3 /* whole district */";
    SEAL_MESSAGE: (DistrictId, MessageId, Vec<u8>, Vec<u8>) =
        "update messages_message set sealed = $3 where district = $1 and id = $2 and sealed = $4";
    GATEWAYS: (DistrictId, i64) -> GatewayRow =
        "select channel, fast_endpoint_id, bulk_endpoint_id, version from messages_gateway where district = $1 order by channel limit $2";
    SAVE_GATEWAY: SavedGateway =
        "insert into messages_gateway (district, channel, fast_endpoint_id, bulk_endpoint_id, version, changed_at)
         values ($1, $2, $3, $4, 1, $6)
         on conflict (district, channel) do update set fast_endpoint_id = excluded.fast_endpoint_id,
             bulk_endpoint_id = excluded.bulk_endpoint_id, version = messages_gateway.version + 1, changed_at = excluded.changed_at
         where messages_gateway.version = $5";
    REMOVE_GATEWAY: (DistrictId, Channel) = "delete from messages_gateway where district = $1 and channel = $2";
    FORGET: (DistrictId, Time) =
        "delete from messages_message where district = $1 and made_at < $2 and state in ('sent', 'dropped')";
}

/// A message to be kept.
#[derive(Clone, Debug)]
pub(crate) struct NewRow {
    pub id: MessageId,
    pub template: String,
    pub class: Class,
    pub recipient: (&'static str, Uuid),
    pub thread: Uuid,
    pub edition: i64,
    pub fact: Option<FactId>,
    pub content: Value,
    pub sealed: Option<Vec<u8>>,
    pub channel: Option<Channel>,
    pub until_at: Option<Time>,
}

/// Keeps messages; one that is there already, for the same recipient and edition, stays as it is. Answers how many were new.
pub(crate) async fn add(tx: &mut Tx, rows: impl IntoIterator<Item = NewRow>) -> Result<u64, Fault> {
    let columns = columns_of(tx, rows);
    tx.execute_many(&ADD, columns).await
}

/// Notes that something concerns some who were told of it before.
pub(crate) async fn add_noted(tx: &mut Tx, rows: impl IntoIterator<Item = NewRow>) -> Result<u64, Fault> {
    let columns = columns_of(tx, rows);
    tx.execute_many(&ADD_NOTED, columns).await
}

fn columns_of(tx: &Tx, rows: impl IntoIterator<Item = NewRow>) -> Vec<NewMessage> {
    let (district, now) = (tx.district(), tx.now());
    let columns = rows.into_iter().map(|row| {
        let (kind, recipient) = row.recipient;
        let (content, kind) = (Json(row.content), kind.to_owned());
        (
            district,
            row.id,
            row.template,
            row.class,
            kind,
            recipient,
            row.thread,
            row.edition,
            row.fact,
            content,
            row.sealed,
            row.channel,
            now,
            row.until_at,
        )
    });
    columns.collect()
}

pub(crate) async fn find(
    conn: &mut Conn,
    district: DistrictId,
    id: MessageId,
) -> Result<Option<Message>, Fault> {
    conn.optional(&FIND, (district, id)).await
}

pub(crate) async fn due(tx: &mut Tx, limit: i64) -> Result<Vec<Message>, Fault> {
    let (district, now) = (tx.district(), tx.now());
    tx.all(&DUE, (district, now, limit)).await
}

pub(crate) async fn next_due(tx: &mut Tx) -> Result<Option<Time>, Fault> {
    let district = tx.district();
    Ok(tx.optional(&NEXT_DUE, (district,)).await?.map(|(at,)| at))
}

pub(crate) async fn wait(tx: &mut Tx, rows: Vec<(MessageId, Time, Why)>) -> Result<(), Fault> {
    let district = tx.district();
    tx.execute_many(&WAIT, rows.into_iter().map(|(id, at, why)| (district, id, at, why))).await.map(drop)
}

/// A message with how it goes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Departure {
    pub id: MessageId,
    pub account: Option<AccountId>,
    pub channel: Channel,
    pub delivery: DeliveryId,
    /// Why not by the way that was chosen.
    pub why: Option<Why>,
}

pub(crate) async fn leave(tx: &mut Tx, rows: Vec<Departure>) -> Result<(), Fault> {
    let (district, now) = (tx.district(), tx.now());
    let columns =
        rows.into_iter().map(|row| (district, row.id, row.account, row.channel, row.delivery, row.why, now));
    tx.execute_many(&LEAVE, columns).await.map(drop)
}

pub(crate) async fn settle(
    tx: &mut Tx,
    rows: Vec<(MessageId, MessageState, Option<Why>)>,
) -> Result<(), Fault> {
    let (district, now) = (tx.district(), tx.now());
    let columns = rows.into_iter().map(|(id, state, why)| (district, id, state, why, now));
    tx.execute_many(&SETTLE, columns).await.map(drop)
}

pub(crate) async fn fail(tx: &mut Tx, id: MessageId) -> Result<(), Fault> {
    let district = tx.district();
    tx.execute(&FAIL, (district, id)).await.map(drop)
}

/// It reached nobody by the way it took: it is judged anew, without that way.
pub(crate) async fn unreached(tx: &mut Tx, id: MessageId) -> Result<(), Fault> {
    let (district, now) = (tx.district(), tx.now());
    tx.execute(&UNREACHED, (district, id, now)).await.map(drop)
}

/// A person sends it again.
pub(crate) async fn on_its_way(tx: &mut Tx, id: MessageId) -> Result<(), Fault> {
    let district = tx.district();
    tx.execute(&ON_ITS_WAY, (district, id)).await.map(drop)
}

pub(crate) async fn supersede(tx: &mut Tx, thread: Uuid, edition: i64) -> Result<u64, Fault> {
    let (district, now) = (tx.district(), tx.now());
    tx.execute(&SUPERSEDE, (district, thread, edition, now)).await
}

/// How many messages of the class that counts left for each recipient since a moment.
pub(crate) async fn left_since(
    tx: &mut Tx,
    recipients: Vec<Uuid>,
    since: Time,
) -> Result<HashMap<Uuid, i64>, Fault> {
    let district = tx.district();
    Ok(tx.all(&LEFT_SINCE, (district, List(recipients), since)).await?.into_iter().collect())
}

/// What was with a channel's former gateway is judged anew.
pub(crate) async fn take_back(tx: &mut Tx, channel: Channel) -> Result<u64, Fault> {
    let (district, now) = (tx.district(), tx.now());
    tx.execute(&BACK, (district, channel, now)).await
}

pub(crate) async fn choices(
    conn: &mut Conn,
    district: DistrictId,
    recipients: Vec<Uuid>,
) -> Result<HashMap<Uuid, ChoiceRow>, Fault> {
    let found = conn.all(&CHOICES, (district, List(recipients))).await?;
    Ok(found.into_iter().map(|row| (row.recipient_id, row)).collect())
}

pub(crate) async fn save_choice(tx: &mut Tx, row: ChoiceRow) -> Result<(), Fault> {
    let (district, now) = (tx.district(), tx.now());
    let columns = (district, row.recipient_id, row.settings, row.mail, row.mail_confirmed, now);
    tx.execute(&SAVE_CHOICE, columns).await.map(drop)
}

pub(crate) async fn sealed_choices(
    conn: &mut Conn,
    district: DistrictId,
    after: Uuid,
    limit: i64,
) -> Result<Vec<ChoiceRow>, Fault> {
    conn.all(&SEALED_CHOICES, (district, after, limit)).await
}

pub(crate) async fn seal_choice(
    tx: &mut Tx,
    recipient: Uuid,
    mail: Vec<u8>,
    before: Vec<u8>,
) -> Result<(), Fault> {
    let district = tx.district();
    tx.execute(&SEAL_CHOICE, (district, recipient, mail, before)).await.map(drop)
}

pub(crate) async fn sealed_messages(
    conn: &mut Conn,
    district: DistrictId,
    after: MessageId,
    limit: i64,
) -> Result<Vec<(MessageId, Option<Vec<u8>>)>, Fault> {
    conn.all(&SEALED_MESSAGES, (district, after, limit)).await
}

pub(crate) async fn seal_message(
    tx: &mut Tx,
    id: MessageId,
    sealed: Vec<u8>,
    before: Vec<u8>,
) -> Result<(), Fault> {
    let district = tx.district();
    tx.execute(&SEAL_MESSAGE, (district, id, sealed, before)).await.map(drop)
}

pub(crate) async fn gateways(conn: &mut Conn, district: DistrictId) -> Result<Vec<GatewayRow>, Fault> {
    conn.all(&GATEWAYS, (district, Channel::SET.len() as i64)).await
}

/// `false` where somebody else set it meanwhile.
pub(crate) async fn save_gateway(tx: &mut Tx, row: &GatewayRow) -> Result<bool, Fault> {
    let (district, now) = (tx.district(), tx.now());
    let columns = (district, row.channel, row.fast_endpoint_id, row.bulk_endpoint_id, row.version, now);
    Ok(tx.execute(&SAVE_GATEWAY, columns).await? == 1)
}

pub(crate) async fn remove_gateway(tx: &mut Tx, channel: Channel) -> Result<(), Fault> {
    let district = tx.district();
    tx.execute(&REMOVE_GATEWAY, (district, channel)).await.map(drop)
}

pub(crate) async fn forget(tx: &mut Tx, before: Time) -> Result<u64, Fault> {
    let district = tx.district();
    tx.execute(&FORGET, (district, before)).await
}
