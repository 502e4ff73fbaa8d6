//! The audit as its readers ask for it: facts with the names of the people behind them.

use super::account_names;
use crate::error::IdentityError;
use platform::{AccountId, DistrictId, Personal};
use std::collections::{BTreeSet, HashMap};
use std::ops::ControlFlow;
use store::{Conn, FactFilter, FactRow};

/// Rows of one export. A longer one is refused rather than cut: narrow the time.
pub(crate) const EXPORT_ROWS_MAX: usize = 50_000;
/// Accounts whose names are asked for at once.
const NAMES_AT_ONCE: usize = 1_000;

/// Facts, newest first, and the names of the accounts that acted.
#[derive(Debug)]
pub(crate) struct Audit {
    pub(crate) facts: Vec<FactRow>,
    pub(crate) names: HashMap<AccountId, Personal<String>>,
}

pub(crate) async fn read_audit(
    conn: &mut Conn,
    district: DistrictId,
    filter: &FactFilter,
    rows: usize,
) -> Result<Audit, IdentityError> {
    let mut facts = Vec::new();
    filter
        .each(conn, district, i64::try_from(rows).unwrap_or(i64::MAX), |fact| {
            facts.push(fact);
            ControlFlow::Continue(())
        })
        .await?;
    let ids: BTreeSet<AccountId> = facts.iter().filter_map(|f| f.actor_id).map(AccountId).collect();
    let ids: Vec<AccountId> = ids.into_iter().collect();
    let mut names = HashMap::new();
    for some in ids.chunks(NAMES_AT_ONCE) {
        names.extend(account_names(conn, district, some.to_vec()).await?);
    }
    Ok(Audit { facts, names })
}
