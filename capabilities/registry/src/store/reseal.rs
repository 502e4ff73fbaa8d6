//! Sealed values as rows, to be sealed anew under the present key.

use super::{SEALED, alarms, apart, batches, exports, image, rights};
use crate::model::RecordId;
use ::store::{Conn, Tx, row, sql};
use platform::{DistrictId, Fault};
use seal::{Context, Keyring};

/// Where a sealed value stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Place {
    Record,
    Change,
    ClaimEvidence,
    RequestAsked,
    RequestAnswer,
    AlarmReason,
    AlarmNote,
    /// The report of a table that was brought in.
    Batch,
    /// The words why somebody took a copy.
    Export,
    /// Why two records were told apart.
    ApartReason,
}

impl Place {
    pub(crate) fn table(self) -> &'static str {
        match self {
            Self::Record => "registry_record",
            Self::Change => "registry_change",
            Self::ClaimEvidence => "registry_claim",
            Self::RequestAsked | Self::RequestAnswer => "registry_request",
            Self::AlarmReason | Self::AlarmNote => "registry_alarm",
            Self::Batch => "registry_batch",
            Self::Export => "registry_export",
            Self::ApartReason => "registry_told_apart",
        }
    }

    fn column(self) -> &'static str {
        match self {
            Self::Record => SEALED,
            Self::Change => image::BEFORE,
            Self::ClaimEvidence => rights::EVIDENCE,
            Self::RequestAsked => rights::ASKED,
            Self::RequestAnswer => rights::ANSWER,
            Self::AlarmReason => alarms::REASON,
            Self::AlarmNote => alarms::NOTE,
            Self::Batch => batches::REPORT,
            Self::Export => exports::REASON,
            Self::ApartReason => apart::REASON,
        }
    }
}

row! {
    /// A sealed value with the version it belongs to.
    #[derive(Clone, Debug)]
    pub(crate) struct SealedRow {
        pub id: RecordId,
        pub version: i64,
        pub sealed: Vec<u8>,
    }
}

sql! {
    RECORDS: (DistrictId, RecordId, i64) -> (RecordId, i64, Option<Vec<u8>>) =
        "select id, version, sealed from registry_record
         where district = $1 and id > $2 and sealed is not null order by id limit $3";
    CHANGES: (DistrictId, RecordId, i64, i64) -> SealedRow =
        "select record_id as id, version, before as sealed from registry_change
         where district = $1 and (record_id, version) > ($2, $3) order by record_id, version limit $4";
    /// What it was changed at stands for a version.
    BATCHES: (DistrictId, RecordId, i64) -> (RecordId, i64, Option<Vec<u8>>) =
        "select id, changed_at as version, report as sealed from registry_batch
         where district = $1 and id > $2 and report is not null order by id limit $3";
    EXPORTS: (DistrictId, RecordId, i64) -> SealedRow =
        "select id, at as version, reason as sealed from registry_export where district = $1 and id > $2 order by id limit $3";
    APART: (DistrictId, RecordId, i64) -> SealedRow =
        "select id, at as version, reason as sealed from registry_told_apart
         where district = $1 and id > $2 order by id limit $3";
    RENEW_APART: (DistrictId, RecordId, i64, Vec<u8>) =
        "update registry_told_apart set reason = $4 where district = $1 and id = $2 and at = $3";
    RENEW_BATCH: (DistrictId, RecordId, i64, Vec<u8>) =
        "update registry_batch set report = $4 where district = $1 and id = $2 and changed_at = $3";
    RENEW_EXPORT: (DistrictId, RecordId, i64, Vec<u8>) =
        "update registry_export set reason = $4 where district = $1 and id = $2 and at = $3";
    /// Only where nobody has changed the record since: then it was sealed anew by that.
    RENEW_RECORD: (DistrictId, RecordId, i64, Vec<u8>) =
        "update registry_record set sealed = $4 where district = $1 and id = $2 and version = $3";
    RENEW_CHANGE: (DistrictId, RecordId, i64, Vec<u8>) =
        "update registry_change set before = $4 where district = $1 and record_id = $2 and version = $3";
    // Words that are written once: they have no versions.
    EVIDENCE_OF: (DistrictId, RecordId, i64) -> (RecordId, i64, Option<Vec<u8>>) =
        "select id, cast(0 as bigint) as version, evidence as sealed from registry_claim
         where district = $1 and id > $2 and evidence is not null order by id limit $3";
    RENEW_EVIDENCE: (DistrictId, RecordId, i64, Vec<u8>) =
        "update registry_claim set evidence = $4 where district = $1 and id = $2 and $3 = cast(0 as bigint)";
    ASKED_OF: (DistrictId, RecordId, i64) -> SealedRow =
        "select id, cast(0 as bigint) as version, asked as sealed from registry_request
         where district = $1 and id > $2 and asked is not null order by id limit $3";
    RENEW_ASKED: (DistrictId, RecordId, i64, Vec<u8>) =
        "update registry_request set asked = $4 where district = $1 and id = $2 and $3 = cast(0 as bigint)";
    ANSWER_OF: (DistrictId, RecordId, i64) -> (RecordId, i64, Option<Vec<u8>>) =
        "select id, cast(0 as bigint) as version, answer as sealed from registry_request
         where district = $1 and id > $2 and answer is not null order by id limit $3";
    RENEW_ANSWER: (DistrictId, RecordId, i64, Vec<u8>) =
        "update registry_request set answer = $4 where district = $1 and id = $2 and $3 = cast(0 as bigint)";
    REASON_OF: (DistrictId, RecordId, i64) -> (RecordId, i64, Option<Vec<u8>>) =
        "select id, cast(0 as bigint) as version, reason as sealed from registry_alarm
         where district = $1 and id > $2 and reason is not null order by id limit $3";
    RENEW_REASON: (DistrictId, RecordId, i64, Vec<u8>) =
        "update registry_alarm set reason = $4 where district = $1 and id = $2 and $3 = cast(0 as bigint)";
    NOTE_OF: (DistrictId, RecordId, i64) -> (RecordId, i64, Option<Vec<u8>>) =
        "select id, cast(0 as bigint) as version, note as sealed from registry_alarm
         where district = $1 and id > $2 and note is not null order by id limit $3";
    RENEW_NOTE: (DistrictId, RecordId, i64, Vec<u8>) =
        "update registry_alarm set note = $4 where district = $1 and id = $2 and $3 = cast(0 as bigint)";
}

impl SealedRow {
    /// The same value under the present key.
    pub(crate) fn renewed(&self, keys: &Keyring, district: DistrictId, place: Place) -> Result<Self, Fault> {
        let context = Context { district, column: place.column(), row: self.id.0 };
        let plain = keys.open(&context, &self.sealed)?;
        Ok(Self { id: self.id, version: self.version, sealed: keys.seal(&context, &plain)? })
    }
}

/// Sealed values after a place in the order of their keys.
pub(crate) async fn sealed_after(
    conn: &mut Conn,
    district: DistrictId,
    place: Place,
    (id, version): (RecordId, i64),
    rows_max: i64,
) -> Result<Vec<SealedRow>, Fault> {
    let query = match place {
        Place::Change => return conn.all(&CHANGES, (district, id, version, rows_max)).await,
        Place::RequestAsked => return conn.all(&ASKED_OF, (district, id, rows_max)).await,
        Place::Export => return conn.all(&EXPORTS, (district, id, rows_max)).await,
        Place::ApartReason => return conn.all(&APART, (district, id, rows_max)).await,
        Place::Record => &RECORDS,
        Place::Batch => &BATCHES,
        Place::ClaimEvidence => &EVIDENCE_OF,
        Place::RequestAnswer => &ANSWER_OF,
        Place::AlarmReason => &REASON_OF,
        Place::AlarmNote => &NOTE_OF,
    };
    let rows = conn.all(query, (district, id, rows_max)).await?;
    let sealed = rows
        .into_iter()
        .filter_map(|(id, version, sealed)| sealed.map(|sealed| SealedRow { id, version, sealed }));
    Ok(sealed.collect())
}

/// Puts values sealed anew in the place of the old.
pub(crate) async fn renew(tx: &mut Tx, place: Place, rows: Vec<SealedRow>) -> Result<(), Fault> {
    let district = tx.district();
    let query = match place {
        Place::Record => &RENEW_RECORD,
        Place::Change => &RENEW_CHANGE,
        Place::ClaimEvidence => &RENEW_EVIDENCE,
        Place::RequestAsked => &RENEW_ASKED,
        Place::RequestAnswer => &RENEW_ANSWER,
        Place::AlarmReason => &RENEW_REASON,
        Place::AlarmNote => &RENEW_NOTE,
        Place::Batch => &RENEW_BATCH,
        Place::Export => &RENEW_EXPORT,
        Place::ApartReason => &RENEW_APART,
    };
    let sets = rows.into_iter().map(|row| (district, row.id, row.version, row.sealed));
    tx.execute_many(query, sets.collect::<Vec<_>>()).await.map(drop)
}
