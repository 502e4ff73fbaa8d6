//! Pairs of records that somebody looked at side by side and told apart: each kept once, the smaller id first.

use super::rights::{open_words, seal_words};
use crate::model::{ActId, PairId, RecordId};
use ::store::{Conn, List, Tx, row, sql, text_enum, value};
use platform::{DistrictId, Fault, Time};
use seal::Keyring;
use std::collections::HashSet;
use uuid::Uuid;

value!(PairId as Uuid, |v| v.0, PairId);

pub(super) const REASON: &str = "registry_told_apart.reason";
/// Pairs that are asked for at once.
const PAIRS_MAX: i64 = 5_000;

text_enum! {
    /// Whether a pair is told apart now.
    pub(crate) PairState {
        Holds = "holds",
        TakenBack = "taken_back",
    }
}

row! {
    /// A pair, its reason still sealed.
    #[derive(Clone, Debug)]
    pub(crate) struct PairRow {
        pub id: PairId,
        pub one_id: RecordId,
        pub other_id: RecordId,
        pub state: PairState,
        pub act: ActId,
        pub at: Time,
        pub by_name: String,
        pub reason: Vec<u8>,
    }
}

type NewPair = (DistrictId, PairId, RecordId, RecordId, PairState, ActId, Time, String, Vec<u8>);

sql! {
    // A pair that was taken back is told apart anew under another id: the words belong to the id they are sealed for.
    PUT: NewPair =
        "insert into registry_told_apart (district, id, one_id, other_id, state, act, at, by_name, reason)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         on conflict (district, one_id, other_id) do update set id = excluded.id, state = excluded.state, act = excluded.act,
             at = excluded.at, by_name = excluded.by_name, reason = excluded.reason";
    FIND: (DistrictId, RecordId, RecordId) -> PairRow =
        "select id, one_id, other_id, state, act, at, by_name, reason from registry_told_apart
         where district = $1 and one_id = $2 and other_id = $3";
    OF_ACT: (DistrictId, ActId) -> PairRow =
        "select id, one_id, other_id, state, act, at, by_name, reason
         from registry_told_apart {by:registry_told_apart_of_act} where district = $1 and act = $2 order by id limit 1";
    SET: (DistrictId, PairId, ActId, ActId, PairState) =
        "update registry_told_apart set act = $4, state = $5 where district = $1 and id = $2 and act = $3";
    AMONG: (DistrictId, List<RecordId>, i64) -> (RecordId, RecordId) =
        "select one_id, other_id from registry_told_apart
         where district = $1 and one_id {in:$2:uuid} and state = 'holds' order by one_id, other_id limit $3";
    DROP_OF_ONE: (DistrictId, RecordId) = "delete from registry_told_apart where district = $1 and one_id = $2";
    DROP_OF_OTHER: (DistrictId, RecordId) = "delete from registry_told_apart where district = $1 and other_id = $2";
}

/// A pair in the order it is kept in.
pub(crate) fn ordered(one: RecordId, other: RecordId) -> (RecordId, RecordId) {
    (one.min(other), one.max(other))
}

/// Tells two records apart from now on.
pub(crate) async fn put(
    tx: &mut Tx,
    one: RecordId,
    other: RecordId,
    act: ActId,
    reason: &str,
) -> Result<(), Fault> {
    let (district, now, by) = (tx.district(), tx.now(), tx.actor().name.to_string());
    let ((one, other), id) = (ordered(one, other), PairId::new(now));
    let reason = seal_words(tx, REASON, id.0, &reason)?;
    tx.execute(&PUT, (district, id, one, other, PairState::Holds, act, now, by, reason)).await.map(drop)
}

/// The pair of two records, where they are told apart now.
pub(crate) async fn find(tx: &mut Tx, one: RecordId, other: RecordId) -> Result<Option<PairRow>, Fault> {
    let (district, (one, other)) = (tx.district(), ordered(one, other));
    let pair = tx.optional(&FIND, (district, one, other)).await?;
    Ok(pair.filter(|pair| pair.state == PairState::Holds))
}

/// The pair a deed told apart, or took back.
pub(crate) async fn of_act(tx: &mut Tx, act: ActId) -> Result<Option<PairRow>, Fault> {
    let district = tx.district();
    tx.optional(&OF_ACT, (district, act)).await
}

/// Puts a pair into its other state, by another deed; whether nobody else did meanwhile.
pub(crate) async fn turn(tx: &mut Tx, pair: &PairRow, act: ActId) -> Result<bool, Fault> {
    let district = tx.district();
    let state = match pair.state {
        PairState::Holds => PairState::TakenBack,
        PairState::TakenBack => PairState::Holds,
    };
    Ok(tx.execute(&SET, (district, pair.id, pair.act, act, state)).await? > 0)
}

/// The pairs told apart of which both are among these records, each in its order.
pub(crate) async fn among(
    conn: &mut Conn,
    district: DistrictId,
    records: impl IntoIterator<Item = RecordId>,
) -> Result<HashSet<(RecordId, RecordId)>, Fault> {
    let records: HashSet<RecordId> = records.into_iter().collect();
    if records.len() < 2 {
        return Ok(HashSet::new());
    }
    let list = List(records.iter().copied().collect());
    let pairs = conn.all(&AMONG, (district, list, PAIRS_MAX)).await?;
    Ok(pairs.into_iter().filter(|(_, other)| records.contains(other)).collect())
}

/// Forgets what was told of a record that is erased.
pub(crate) async fn forget(tx: &mut Tx, record: RecordId) -> Result<(), Fault> {
    let district = tx.district();
    tx.execute(&DROP_OF_ONE, (district, record)).await?;
    tx.execute(&DROP_OF_OTHER, (district, record)).await.map(drop)
}

/// Why two records were told apart, from what is kept sealed of the pair.
pub(crate) fn reason_of(
    keys: &Keyring,
    district: DistrictId,
    pair: PairId,
    reason: &[u8],
) -> Result<String, Fault> {
    open_words(keys, district, REASON, pair.0, reason)
}
