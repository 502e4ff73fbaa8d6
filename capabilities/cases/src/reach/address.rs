//! The address book of reporters who left a telephone and have no account: what they are reached by, and nothing else of them. A telephone given
//! for asking back is for asking back (docs/decisions/0025).

use crate::facts::ReporterPhoneUsed;
use crate::model::{CaseId, FollowerId};
use crate::store;
use ::store::{Conn, LocalFuture, Tx};
use messages::AddressBook;
use platform::{AccountId, DistrictId, Fault, Personal, Phone, Time};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// Recipients who are reporters, by their case.
pub(crate) const REPORTER: &str = "reporter";

/// Knows the reporter of a case.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reporters;

impl AddressBook for Reporters {
    fn kind(&self) -> &'static str {
        REPORTER
    }

    /// Who has an account is reached by that.
    fn accounts<'a>(
        &'a self,
        _: &'a mut Conn,
        _: (DistrictId, Time),
        _: &'a [Uuid],
    ) -> LocalFuture<'a, Result<HashMap<Uuid, AccountId>, Fault>> {
        Box::pin(async { Ok(HashMap::new()) })
    }

    fn look<'a>(&'a self, tx: &'a mut Tx, ids: &'a [Uuid]) -> LocalFuture<'a, Result<HashSet<Uuid>, Fault>> {
        Box::pin(async move {
            let district = tx.district();
            let mut found = HashSet::new();
            for id in ids {
                let Some(case) = store::find(tx, district, CaseId(*id)).await? else { continue };
                if phone_of(tx, district, *id).await?.is_some() {
                    tx.record(&ReporterPhoneUsed { case: &case }).await?;
                    found.insert(*id);
                }
            }
            Ok(found)
        })
    }

    fn phone<'a>(
        &'a self,
        conn: &'a mut Conn,
        district: DistrictId,
        id: Uuid,
    ) -> LocalFuture<'a, Result<Option<Personal<Phone>>, Fault>> {
        Box::pin(phone_of(conn, district, id))
    }
}

/// A reporter follows their case under its own id.
async fn phone_of(
    conn: &mut Conn,
    district: DistrictId,
    case: Uuid,
) -> Result<Option<Personal<Phone>>, Fault> {
    let reporter = store::follower(conn, district, CaseId(case), FollowerId(case)).await?;
    Ok(reporter.and_then(|reporter| reporter.phone))
}
