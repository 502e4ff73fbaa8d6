//! Loads and saves the aggregate. Finding is authorising: a case to change comes from [`load_for`] or not at all.

pub(crate) mod duties;
pub(crate) mod import;
pub(crate) mod joint;
pub(crate) mod own_types;
pub(crate) mod reach;

use crate::access;
use crate::error::CaseError;
use crate::model::{Case, CaseId, Entry, EntryId, FollowerId, FollowerKind, PhotoId, Source};
use crate::photos::StoredPhoto;
use ::store::{Cell, Conn, Json, Kind, Tx, Value, list_item, row, sql, value};
use platform::{AccountId, Actor, DistrictId, Fault, FaultKind, Personal, Phone, PostId, Purpose, Time};
use territory::AreaId;
use uuid::Uuid;

value!(CaseId as Uuid, |v| v.0, CaseId);
value!(EntryId as Uuid, |v| v.0, EntryId);
value!(PhotoId as Uuid, |v| v.0, PhotoId);
value!(FollowerId as Uuid, |v| v.0, FollowerId);
list_item!(CaseId, Uuid, UuidList, |v| v.0);

impl Value for Source {
    const KIND: Kind = Kind::Text;
    fn into_cell(self) -> Cell {
        Cell::Text(self.name().to_owned())
    }
    fn from_cell(cell: Cell) -> Result<Self, Fault> {
        let text = String::from_cell(cell)?;
        Self::from_name(&text).ok_or_else(|| Fault::new(FaultKind::Corrupt, format!("'{text}' is no source")))
    }
}

type CaseColumns = (
    DistrictId,
    CaseId,
    String,
    i64,
    String,
    bool,
    String,
    String,
    Option<f64>,
    Option<f64>,
    Option<String>,
    Option<AreaId>,
    String,
    Source,
    bool,
    bool,
    String,
    Option<PostId>,
    Option<PostId>,
    Option<platform::OrganisationId>,
    Json<Vec<PostId>>,
    Json<crate::model::Clocks>,
    Option<Time>,
    i64,
    Json<crate::model::Progress>,
    Json<serde_json::Value>,
    Json<std::collections::BTreeMap<String, serde_json::Value>>,
    Time,
    Time,
    Option<Time>,
    Option<i64>,
    Option<CaseId>,
    Option<String>,
    i64,
    Vec<u8>,
    i64,
);

type CaseChange = (
    DistrictId,
    CaseId,
    i64,
    String,
    bool,
    String,
    Option<PostId>,
    Option<PostId>,
    Option<platform::OrganisationId>,
    Json<Vec<PostId>>,
    Json<crate::model::Clocks>,
    Option<Time>,
    i64,
    Json<crate::model::Progress>,
    Time,
    Option<Time>,
    Option<i64>,
    Option<CaseId>,
    i64,
    String,
);

type EntryColumns = (
    DistrictId,
    CaseId,
    EntryId,
    Time,
    String,
    Option<String>,
    String,
    String,
    String,
    Option<AccountId>,
    Option<PostId>,
    Option<PostId>,
    Option<String>,
    Option<String>,
    i64,
    Option<Time>,
);

row! {
    /// A follower's row as stored.
    #[derive(Clone, Debug)]
    struct FollowerRow {
        id: FollowerId,
        case_id: CaseId,
        kind: FollowerKind,
        account_id: Option<AccountId>,
        name: Option<String>,
        phone: Option<String>,
        at: Time,
    }
}

/// Somebody who follows a case. Name and phone open for a purpose only.
#[derive(Clone, Debug)]
pub struct Follower {
    pub id: FollowerId,
    pub case_id: CaseId,
    pub kind: FollowerKind,
    pub account_id: Option<AccountId>,
    pub name: Option<Personal<String>>,
    pub phone: Option<Personal<Phone>>,
    pub at: Time,
}

/// To tell whether somebody who asks is known already: the phone is compared, and shown to nobody.
const COMPARING: Purpose = Purpose("telling whether somebody who asks is known already");

impl Follower {
    /// Whether this is the follower's phone.
    pub fn has_phone(&self, phone: &Phone) -> bool {
        self.phone.as_ref().is_some_and(|own| own.open(COMPARING) == phone)
    }
}

impl From<FollowerRow> for Follower {
    fn from(row: FollowerRow) -> Self {
        Self {
            id: row.id,
            case_id: row.case_id,
            kind: row.kind,
            account_id: row.account_id,
            name: row.name.map(Personal::new),
            phone: row.phone.and_then(|p| Phone::parse(&p)).map(Personal::new),
            at: row.at,
        }
    }
}

sql! {
    INSERT: CaseColumns =
        "insert into cases_case (district, id, number, workflow_version, state, open, type_code, words, lon, lat, address,
             grid_id, area_path, source, public, hidden, owner_role, owner_post, host_post, unit_id, cohosts, clocks, due_at,
             level, progress, explanation, answers, reported_at, state_since, closed_at, rating, merged_into, external_id,
             followers, content_hash, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23,
             $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36)
         on conflict do nothing";
    SAVE: CaseChange =
        "update cases_case set version = version + 1, state = $4, open = $5, owner_role = $6, owner_post = $7,
             host_post = $8, unit_id = $9, cohosts = $10, clocks = $11, due_at = $12, level = $13, progress = $14,
             state_since = $15, closed_at = $16, rating = $17, merged_into = $18, followers = $19, type_code = $20
         where district = $1 and id = $2 and version = $3";
    SAVE_EXPLANATION: (DistrictId, CaseId, Json<serde_json::Value>) =
        "update cases_case set explanation = $3 where district = $1 and id = $2";
    FIND: (DistrictId, CaseId) -> Case =
        "select district, id, number, workflow_version, state, open, type_code, words, lon, lat, address, grid_id, area_path,
             source, public, hidden, owner_role, owner_post, host_post, unit_id, cohosts, clocks, due_at, level, progress,
             explanation, answers, reported_at, state_since, closed_at, rating, merged_into, external_id, followers,
             content_hash, version
         from cases_case where district = $1 and id = $2";
    FIND_BY_NUMBER: (DistrictId, String) -> (CaseId,) = "select id from cases_case where district = $1 and number = $2";
    FIND_BY_EXTERNAL: (DistrictId, String) -> (CaseId,) =
        "select id from cases_case where district = $1 and external_id = $2";
    ADD_ENTRY: EntryColumns =
        "insert into cases_entry (district, case_id, id, at, action, from_state, to_state, actor_kind, actor_name, actor_id,
             post_id, to_post, reason, note, level, due_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)";
    ADD_PHOTO: (DistrictId, CaseId, PhotoId, EntryId, String, String, i64, i64, i64, Time) =
        "insert into cases_photo (district, case_id, id, entry_id, file, thumbnail, width, height, bytes, at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    FIRST_ENTRY: (DistrictId, CaseId) -> (EntryId, Option<AccountId>) =
        "select id, actor_id from cases_entry where district = $1 and case_id = $2 order by id limit 1";
    COUNT_PHOTOS: (DistrictId, CaseId) -> (i64,) =
        "select count(*) from cases_photo where district = $1 and case_id = $2";
    HAS_PHOTO: (DistrictId, CaseId, String) -> (i64,) =
        "select count(*) from cases_photo where district = $1 and case_id = $2 and file = $3";
    ADD_FOLLOWER: (DistrictId, CaseId, FollowerId, FollowerKind, Option<AccountId>, Option<String>, Option<String>, Time) =
        "insert into cases_follower (district, case_id, id, kind, account_id, name, phone, at)
         values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing";
    MOVE_FOLLOWERS: (DistrictId, CaseId, CaseId) =
        "insert into cases_follower (district, case_id, id, kind, account_id, name, phone, at)
         select district, $3, id, 'follower', account_id, name, phone, at from cases_follower
         where district = $1 and case_id = $2
         on conflict do nothing";
    FOLLOWERS: (DistrictId, CaseId, i64) -> FollowerRow =
        "select id, case_id, kind, account_id, name, phone, at from cases_follower
         where district = $1 and case_id = $2 order by id limit $3";
    FOLLOWER: (DistrictId, CaseId, FollowerId) -> FollowerRow =
        "select id, case_id, kind, account_id, name, phone, at from cases_follower
         where district = $1 and case_id = $2 and id = $3";
    CLAIM_FOLLOWINGS: (DistrictId, AccountId, String, Time) =
        "update cases_follower {by:cases_follower_of_phone} set account_id = $2
         where district = $1 and phone = $3 and account_id is null and at >= $4";
    FOLLOWER_OF_ACCOUNT: (DistrictId, CaseId, AccountId) -> FollowerRow =
        "select id, case_id, kind, account_id, name, phone, at from cases_follower
         where district = $1 and case_id = $2 and account_id = $3 order by kind desc limit 1";
    FOLLOWING_ACCOUNTS: (DistrictId, CaseId, AccountId, i64) -> (Option<AccountId>,) =
        "select distinct account_id from cases_follower
         where district = $1 and case_id = $2 and kind = 'follower' and account_id > $3
           and account_id not in (select account_id from cases_follower
                                  where district = $1 and case_id = $2 and kind = 'reporter' and account_id is not null)
         order by account_id limit $4";
    // One row by `values`: for `insert … select` SQLite takes a savepoint of the statement, and writes the index out for it.
    ADD_WORDS: (DistrictId, CaseId, String) =
        sqlite "insert into cases_search (rowid, tokens)
                values ((select rowid from cases_case where district = $1 and id = $2), $3)"
        postgres "insert into cases_search (district, case_id, tokens) values ($1, $2, to_tsvector('simple', $3))";
    FIND_SECRET: (DistrictId,) -> (Vec<u8>,) = "select secret from cases_secret where district = $1";
    ADD_SECRET: (DistrictId, Vec<u8>) =
        "insert into cases_secret (district, secret) values ($1, $2) on conflict (district) do nothing";
}

/// Followers read of one case when a code is checked or a merge moves them.
pub const FOLLOWERS_READ_MAX: i64 = 500;

/// Loads a case for somebody: found and allowed, or not found. There is no other way to get one to change but [`load_begun`].
pub(crate) async fn load_for(
    tx: &mut Tx,
    id: CaseId,
    following: Option<FollowerKind>,
) -> Result<Case, CaseError> {
    let district = tx.district();
    let case = tx.optional(&FIND, (district, id)).await?.ok_or(CaseError::NotFound)?;
    if access::may_see(tx.actor(), &case, following) { Ok(case) } else { Err(CaseError::NotFound) }
}

/// The account behind the first line of a case's history.
pub(crate) async fn reported_by(
    conn: &mut Conn,
    district: DistrictId,
    id: CaseId,
) -> Result<Option<AccountId>, Fault> {
    Ok(conn.optional(&FIRST_ENTRY, (district, id)).await?.and_then(|(_, account)| account))
}

/// Reads a case for a screen that has already been given it by its own rule (a follower's page, a list).
pub(crate) async fn find(conn: &mut Conn, district: DistrictId, id: CaseId) -> Result<Option<Case>, Fault> {
    conn.optional(&FIND, (district, id)).await
}

pub(crate) async fn find_by_number(
    conn: &mut Conn,
    district: DistrictId,
    number: &str,
) -> Result<Option<CaseId>, Fault> {
    Ok(conn.optional(&FIND_BY_NUMBER, (district, number.to_owned())).await?.map(|(id,)| id))
}

pub(crate) async fn find_by_external(
    conn: &mut Conn,
    district: DistrictId,
    id: &str,
) -> Result<Option<CaseId>, Fault> {
    Ok(conn.optional(&FIND_BY_EXTERNAL, (district, id.to_owned())).await?.map(|(id,)| id))
}

/// Inserts a new case; `false` where its id, number or foreign id is taken.
pub(crate) async fn insert(tx: &mut Tx, case: &Case) -> Result<bool, Fault> {
    Ok(tx.execute(&INSERT, columns_of(case.clone())).await? == 1)
}

fn columns_of(c: Case) -> CaseColumns {
    (
        c.district,
        c.id,
        c.number,
        c.workflow_version,
        c.state,
        c.open,
        c.type_code,
        c.words,
        c.lon,
        c.lat,
        c.address,
        c.grid_id,
        c.area_path,
        c.source,
        c.public,
        c.hidden,
        c.owner_role,
        c.owner_post,
        c.host_post,
        c.unit_id,
        c.cohosts,
        c.clocks,
        c.due_at,
        c.level,
        c.progress,
        c.explanation,
        c.answers,
        c.reported_at,
        c.state_since,
        c.closed_at,
        c.rating,
        c.merged_into,
        c.external_id,
        c.followers,
        c.content_hash,
        c.version,
    )
}

/// Saves what an action changed, if nobody else changed it since `before` was loaded.
pub(crate) async fn save(tx: &mut Tx, before: &Case, after: &Case) -> Result<(), CaseError> {
    let c = after.clone();
    let columns = (
        c.district,
        c.id,
        before.version,
        c.state,
        c.open,
        c.owner_role,
        c.owner_post,
        c.host_post,
        c.unit_id,
        c.cohosts,
        c.clocks,
        c.due_at,
        c.level,
        c.progress,
        c.state_since,
        c.closed_at,
        c.rating,
        c.merged_into,
        c.followers,
        c.type_code,
    );
    if tx.execute(&SAVE, columns).await? == 1 {
        return Ok(());
    }
    Err(CaseError::Fault(Fault::new(platform::FaultKind::Contention, "a case changed under a write")))
}

/// Why it went where it went, where that was decided after the report: a held report that is let in.
pub(crate) async fn save_explanation(tx: &mut Tx, case: &Case) -> Result<(), Fault> {
    let columns = (case.district, case.id, case.explanation.clone());
    tx.execute(&SAVE_EXPLANATION, columns).await.map(drop)
}

pub(crate) async fn add_entry(
    tx: &mut Tx,
    case: CaseId,
    entry: &Entry,
    post: Option<PostId>,
) -> Result<(), Fault> {
    let columns = entry_columns_of(tx.actor(), case, entry.clone(), post);
    tx.execute(&ADD_ENTRY, columns).await.map(drop)
}

fn entry_columns_of(actor: &Actor, case: CaseId, e: Entry, post: Option<PostId>) -> EntryColumns {
    (
        actor.district,
        case,
        e.id,
        e.at,
        e.action,
        e.from_state,
        e.to_state,
        actor.kind.name().to_owned(),
        actor.name.to_string(),
        actor.account,
        post,
        e.to_post,
        e.reason,
        e.note,
        e.level,
        e.due_at,
    )
}

pub(crate) async fn add_photos(
    tx: &mut Tx,
    case: CaseId,
    entry: EntryId,
    photos: &[StoredPhoto],
) -> Result<(), Fault> {
    let (district, now) = (tx.district(), tx.now());
    for photo in photos {
        let columns = (
            district,
            case,
            PhotoId::new(now),
            entry,
            photo.file.clone(),
            photo.thumbnail.clone(),
            i64::from(photo.width),
            i64::from(photo.height),
            i64::try_from(photo.bytes).unwrap_or(i64::MAX),
            now,
        );
        tx.execute(&ADD_PHOTO, columns).await?;
    }
    Ok(())
}

/// The line of history with which a case began.
/// A case and the entry it began with, for what its reporter adds: for those who may see it, and for the account that reported it,
/// wherever it went since.
pub(crate) async fn load_begun(tx: &mut Tx, id: CaseId) -> Result<(Case, EntryId), CaseError> {
    let district = tx.district();
    let case = tx.optional(&FIND, (district, id)).await?.ok_or(CaseError::NotFound)?;
    let (first, by) = tx.one(&FIRST_ENTRY, (district, id)).await?;
    let is_theirs = by.is_some() && by == tx.actor().account;
    if is_theirs || access::may_see(tx.actor(), &case, None) {
        Ok((case, first))
    } else {
        Err(CaseError::NotFound)
    }
}

pub(crate) async fn count_photos(conn: &mut Conn, district: DistrictId, case: CaseId) -> Result<i64, Fault> {
    Ok(conn.one(&COUNT_PHOTOS, (district, case)).await?.0)
}

/// Whether a case shows this very photo.
pub(crate) async fn has_photo(tx: &mut Tx, case: CaseId, photo: &StoredPhoto) -> Result<bool, Fault> {
    let district = tx.district();
    Ok(tx.one(&HAS_PHOTO, (district, case, photo.file.clone())).await?.0 > 0)
}

/// Adds a follower; `false` where that id follows already.
pub(crate) async fn add_follower(tx: &mut Tx, follower: NewFollower) -> Result<bool, Fault> {
    let (district, now) = (tx.district(), tx.now());
    let f = follower;
    let phone = f.phone.map(String::from);
    Ok(tx.execute(&ADD_FOLLOWER, (district, f.case, f.id, f.kind, f.account, f.name, phone, now)).await? == 1)
}

/// A follower about to be added.
#[derive(Clone, Debug)]
pub(crate) struct NewFollower {
    pub case: CaseId,
    pub id: FollowerId,
    pub kind: FollowerKind,
    pub account: Option<AccountId>,
    pub name: Option<String>,
    pub phone: Option<Phone>,
}

/// Everybody who follows one case now follows another too; answers how many are new there.
pub(crate) async fn move_followers(tx: &mut Tx, from: CaseId, to: CaseId) -> Result<i64, Fault> {
    let district = tx.district();
    Ok(i64::try_from(tx.execute(&MOVE_FOLLOWERS, (district, from, to)).await?).unwrap_or(i64::MAX))
}

pub(crate) async fn followers(
    conn: &mut Conn,
    district: DistrictId,
    case: CaseId,
) -> Result<Vec<Follower>, Fault> {
    let rows = conn.all(&FOLLOWERS, (district, case, FOLLOWERS_READ_MAX)).await?;
    Ok(rows.into_iter().map(Follower::from).collect())
}

pub(crate) async fn follower(
    conn: &mut Conn,
    district: DistrictId,
    case: CaseId,
    id: FollowerId,
) -> Result<Option<Follower>, Fault> {
    Ok(conn.optional(&FOLLOWER, (district, case, id)).await?.map(Follower::from))
}

pub(crate) async fn follower_of_account(
    conn: &mut Conn,
    district: DistrictId,
    case: CaseId,
    account: AccountId,
) -> Result<Option<Follower>, Fault> {
    Ok(conn.optional(&FOLLOWER_OF_ACCOUNT, (district, case, account)).await?.map(Follower::from))
}

/// The accounts of those who follow and did not report, in their order from one on: a piece.
pub(crate) async fn following_accounts(
    conn: &mut Conn,
    district: DistrictId,
    case: CaseId,
    after: AccountId,
    limit: usize,
) -> Result<Vec<AccountId>, Fault> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = conn.all(&FOLLOWING_ACCOUNTS, (district, case, after, limit)).await?;
    Ok(rows.into_iter().filter_map(|(account,)| account).collect())
}

/// Gives followings with that phone, of nobody's account yet, to an account.
pub(crate) async fn claim_followings(
    tx: &mut Tx,
    account: AccountId,
    phone: &Phone,
    since: Time,
) -> Result<u64, Fault> {
    let district = tx.district();
    tx.execute(&CLAIM_FOLLOWINGS, (district, account, phone.as_str().to_owned(), since)).await
}

/// Makes the case findable by its words.
pub(crate) async fn add_words(tx: &mut Tx, case: CaseId, tokens: String) -> Result<(), Fault> {
    let district = tx.district();
    tx.execute_at_commit(&ADD_WORDS, (district, case, tokens)).await
}

/// The district's secret for follow codes, made on first use.
pub(crate) async fn secret(tx: &mut Tx) -> Result<Vec<u8>, Fault> {
    let district = tx.district();
    if let Some((secret,)) = tx.optional(&FIND_SECRET, (district,)).await? {
        return Ok(secret);
    }
    tx.execute(&ADD_SECRET, (district, rand::random::<[u8; 32]>().to_vec())).await?;
    Ok(tx.one(&FIND_SECRET, (district,)).await?.0)
}

pub(crate) async fn find_secret(conn: &mut Conn, district: DistrictId) -> Result<Option<Vec<u8>>, Fault> {
    Ok(conn.optional(&FIND_SECRET, (district,)).await?.map(|(s,)| s))
}
