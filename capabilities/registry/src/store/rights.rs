//! Who has proven to be whom, what people asked about their data and what they were answered, whose data is only stored.

use super::{keys, unseal};
use crate::model::{AlarmId, Ask, Asked, ClaimId, NoticeId, RecordId, RequestId, RequestState, SweepId};
use ::store::{Conn, List, Tx, row, sql, value};
use platform::{AccountId, DistrictId, FactId, Fault, Time};
use seal::{Blind, Context, Keyring};
use serde::{Serialize, de::DeserializeOwned};
use std::collections::HashSet;
use uuid::Uuid;

value!(ClaimId as Uuid, |v| v.0, ClaimId);
value!(RequestId as Uuid, |v| v.0, RequestId);
value!(AlarmId as Uuid, |v| v.0, AlarmId);
value!(NoticeId as Uuid, |v| v.0, NoticeId);
value!(SweepId as Uuid, |v| v.0, SweepId);

pub(super) const EVIDENCE: &str = "registry_claim.evidence";
pub(super) const ASKED: &str = "registry_request.asked";
pub(super) const ANSWER: &str = "registry_request.answer";
/// People with the same document, and people one account may see.
const PEOPLE_ROWS_MAX: i64 = 50;

row! {
    /// A person an account may see, and as what.
    #[derive(Clone, Debug)]
    pub(crate) struct ClaimRow {
        pub person_id: RecordId,
        pub standing: String,
        pub made_at: Time,
        pub ends_at: Option<Time>,
    }
}

row! {
    /// A request, its words still sealed.
    #[derive(Clone, Debug)]
    pub(crate) struct RequestRow {
        pub id: RequestId,
        pub person_id: RecordId,
        pub record_id: RecordId,
        pub what: Ask,
        pub field: Option<String>,
        pub look_id: Option<FactId>,
        pub asked_by: Option<AccountId>,
        pub standing: String,
        pub state: RequestState,
        pub area_path: String,
        pub made_at: Time,
        pub due_at: Time,
        pub asked: Vec<u8>,
        pub decided_at: Option<Time>,
        pub decided_by: Option<String>,
        pub ground: Option<String>,
        pub answer: Option<Vec<u8>>,
    }
}

/// An answer to a request.
#[derive(Clone, Debug)]
pub(crate) struct Decided {
    pub state: RequestState,
    pub by: String,
    pub ground: Option<String>,
    pub words: Option<String>,
    pub act: Option<crate::model::ActId>,
}

type NewClaim = (
    DistrictId,
    ClaimId,
    AccountId,
    RecordId,
    String,
    Option<AccountId>,
    Option<Vec<u8>>,
    Time,
    Option<Time>,
);

type NewRequest = (
    DistrictId,
    RequestId,
    RecordId,
    RecordId,
    Ask,
    Option<String>,
    Option<FactId>,
    Option<AccountId>,
    String,
    RequestState,
    String,
    Time,
    Time,
    Vec<u8>,
);

type Decision = (
    DistrictId,
    RequestId,
    RequestState,
    Time,
    String,
    Option<String>,
    Option<Vec<u8>>,
    Option<crate::model::ActId>,
);

sql! {
    OF_BLIND: (DistrictId, Blind, i64) -> (RecordId,) =
        "select record_id from registry_lookup where district = $1 and blind = $2 order by record_id limit $3";
    PUT_CLAIM: NewClaim =
        "insert into registry_claim (district, id, account_id, person_id, standing, granted_by, evidence, made_at, ends_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         on conflict (district, account_id, person_id) do update set id = excluded.id, standing = excluded.standing,
             granted_by = excluded.granted_by, evidence = excluded.evidence, made_at = excluded.made_at,
             ends_at = excluded.ends_at";
    CLAIMS: (DistrictId, AccountId, Time, i64) -> ClaimRow =
        "select person_id, standing, made_at, ends_at from registry_claim
         where district = $1 and account_id = $2 and (ends_at is null or ends_at > $3) order by made_at limit $4";
    END_CLAIM: (DistrictId, AccountId, RecordId) =
        "delete from registry_claim where district = $1 and account_id = $2 and person_id = $3";
    ADD_REQUEST: NewRequest =
        "insert into registry_request (district, id, person_id, record_id, what, field, look_id, asked_by, standing, state,
             area_path, made_at, due_at, asked)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
    FIND_REQUEST: (DistrictId, RequestId) -> RequestRow =
        "select id, person_id, record_id, what, field, look_id, asked_by, standing, state, area_path, made_at, due_at, asked,
             decided_at, decided_by, ground, answer
         from registry_request where district = $1 and id = $2";
    DECIDE: Decision =
        "update registry_request set state = $3, decided_at = $4, decided_by = $5, ground = $6, answer = $7, act = $8
         where district = $1 and id = $2 and state = 'open'";
    RESTRICT: (DistrictId, RecordId, RequestId, Time) =
        "insert into registry_restriction (district, person_id, request_id, since) values ($1, $2, $3, $4)
         on conflict (district, person_id) do nothing";
    LIFT: (DistrictId, RecordId) = "delete from registry_restriction where district = $1 and person_id = $2";
    /// Who follows the changes is told that the person's records may, or may not, be used from now on.
    TOUCH: (DistrictId, RecordId, Time) =
        "update registry_record set changed_at = $3 where district = $1 and id = $2";
    TOUCH_BELOW: (DistrictId, RecordId, Time) =
        "update registry_record set changed_at = $3 where district = $1 and person_id = $2 and state = 'live'";
    RESTRICTED: (DistrictId, RecordId) -> (Time,) =
        "select since from registry_restriction where district = $1 and person_id = $2";
    RESTRICTED_AMONG: (DistrictId, List<RecordId>) -> (RecordId,) =
        "select person_id from registry_restriction where district = $1 and person_id {in:$2:uuid}";
}

/// Seals words for their row.
pub(super) fn seal_words<T: Serialize>(
    tx: &Tx,
    column: &'static str,
    row: Uuid,
    words: &T,
) -> Result<Vec<u8>, Fault> {
    let plain = seal::Zeroizing::new(
        serde_json::to_vec(words).map_err(|e| Fault::broken("words cannot be written").because(e))?,
    );
    keys(tx)?.seal(&Context { district: tx.district(), column, row }, &plain)
}

/// Reads words that were sealed for their row.
pub(super) fn open_words<T: DeserializeOwned>(
    keys: &Keyring,
    district: DistrictId,
    column: &'static str,
    row: Uuid,
    sealed: &[u8],
) -> Result<T, Fault> {
    unseal(keys, district, column, RecordId(row), sealed)
}

/// The live records a sealed value is found by.
pub(crate) async fn records_of_blind(tx: &mut Tx, label: &str, value: &str) -> Result<Vec<RecordId>, Fault> {
    let (district, blind) = (tx.district(), keys(tx)?.blind(label, value));
    let rows = tx.all(&OF_BLIND, (district, blind, PEOPLE_ROWS_MAX)).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Lets an account see a person's data, instead of what it held before.
pub(crate) async fn put_claim(
    tx: &mut Tx,
    account: AccountId,
    person: RecordId,
    standing: &str,
    evidence: Option<&str>,
    ends_at: Option<Time>,
) -> Result<(), Fault> {
    let (district, now) = (tx.district(), tx.now());
    let granted_by = tx.actor().account.filter(|by| *by != account);
    let id = ClaimId::new(now);
    let evidence = evidence.map(|words| seal_words(tx, EVIDENCE, id.0, &words)).transpose()?;
    let claim = (district, id, account, person, standing.to_owned(), granted_by, evidence, now, ends_at);
    tx.execute(&PUT_CLAIM, claim).await.map(drop)
}

/// The people an account may see now, the first proven first.
pub(crate) async fn claims(
    conn: &mut Conn,
    district: DistrictId,
    account: AccountId,
    now: Time,
) -> Result<Vec<ClaimRow>, Fault> {
    conn.all(&CLAIMS, (district, account, now, PEOPLE_ROWS_MAX)).await
}

pub(crate) async fn end_claim(tx: &mut Tx, account: AccountId, person: RecordId) -> Result<bool, Fault> {
    let district = tx.district();
    Ok(tx.execute(&END_CLAIM, (district, account, person)).await? > 0)
}

/// A request to be, with the words of whoever asks.
#[derive(Clone, Debug)]
pub(crate) struct NewAsk {
    pub id: RequestId,
    pub person: RecordId,
    pub record: RecordId,
    pub what: Ask,
    pub field: Option<String>,
    pub look: Option<FactId>,
    pub asked_by: Option<AccountId>,
    pub standing: String,
    pub area_path: String,
    pub due_at: Time,
    pub asked: Asked,
}

pub(crate) async fn add_request(tx: &mut Tx, new: NewAsk) -> Result<(), Fault> {
    let (district, now) = (tx.district(), tx.now());
    let asked = seal_words(tx, ASKED, new.id.0, &new.asked)?;
    let row = (
        district,
        new.id,
        new.person,
        new.record,
        new.what,
        new.field,
        new.look,
        new.asked_by,
        new.standing,
        RequestState::Open,
        new.area_path,
        now,
        new.due_at,
        asked,
    );
    tx.execute(&ADD_REQUEST, row).await.map(drop)
}

pub(crate) async fn find_request(
    conn: &mut Conn,
    district: DistrictId,
    id: RequestId,
) -> Result<Option<RequestRow>, Fault> {
    conn.optional(&FIND_REQUEST, (district, id)).await
}

/// Ends an open request; whether it was still open.
pub(crate) async fn decide(tx: &mut Tx, id: RequestId, decided: Decided) -> Result<bool, Fault> {
    let (district, now) = (tx.district(), tx.now());
    let answer = decided.words.map(|words| seal_words(tx, ANSWER, id.0, &words)).transpose()?;
    let row = (district, id, decided.state, now, decided.by, decided.ground, answer, decided.act);
    Ok(tx.execute(&DECIDE, row).await? > 0)
}

impl RequestRow {
    /// What was asked, in the person's own words.
    pub(crate) fn asked(&self, keys: &Keyring, district: DistrictId) -> Result<Asked, Fault> {
        open_words(keys, district, ASKED, self.id.0, &self.asked)
    }

    /// What the desk said.
    pub(crate) fn answer(&self, keys: &Keyring, district: DistrictId) -> Result<Option<String>, Fault> {
        let open = |sealed: &Vec<u8>| open_words(keys, district, ANSWER, self.id.0, sealed);
        self.answer.as_ref().map(open).transpose()
    }
}

/// From now on the person's data is only stored.
pub(crate) async fn restrict(tx: &mut Tx, person: RecordId, request: RequestId) -> Result<(), Fault> {
    let (district, now) = (tx.district(), tx.now());
    tx.execute(&RESTRICT, (district, person, request, now)).await?;
    touch(tx, person).await
}

async fn touch(tx: &mut Tx, person: RecordId) -> Result<(), Fault> {
    let (district, at) = (tx.district(), tx.present());
    tx.execute(&TOUCH, (district, person, at)).await?;
    tx.execute(&TOUCH_BELOW, (district, person, at)).await.map(drop)
}

/// Lifts a restriction; whether there was one.
pub(crate) async fn lift(tx: &mut Tx, person: RecordId) -> Result<bool, Fault> {
    let district = tx.district();
    touch(tx, person).await?;
    Ok(tx.execute(&LIFT, (district, person)).await? > 0)
}

/// Since when a person's data is only stored.
pub(crate) async fn restricted_since(
    conn: &mut Conn,
    district: DistrictId,
    person: RecordId,
) -> Result<Option<Time>, Fault> {
    Ok(conn.optional(&RESTRICTED, (district, person)).await?.map(|(since,)| since))
}

/// Those of these people whose data is only stored.
pub(crate) async fn restricted_among(
    conn: &mut Conn,
    district: DistrictId,
    people: impl IntoIterator<Item = RecordId>,
) -> Result<HashSet<RecordId>, Fault> {
    let people: Vec<RecordId> = people.into_iter().collect();
    if people.is_empty() {
        return Ok(HashSet::new());
    }
    Ok(conn.all(&RESTRICTED_AMONG, (district, List(people))).await?.into_iter().map(|(id,)| id).collect())
}
