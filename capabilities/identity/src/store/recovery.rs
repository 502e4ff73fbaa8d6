//! Codes for a lost second factor: by their hash, each once.

use platform::{AccountId, DistrictId, Fault, Time};
use store::{Tx, sql};

sql! {
    DROP_RECOVERY_CODES: (DistrictId, AccountId) =
        "delete from identity_recovery_code where district = $1 and account_id = $2";
    INSERT_RECOVERY_CODE: (DistrictId, AccountId, Vec<u8>) =
        "insert into identity_recovery_code (district, account_id, code_hash) values ($1, $2, $3)
         on conflict (district, account_id, code_hash) do nothing";
    USE_RECOVERY_CODE: (DistrictId, AccountId, Vec<u8>, Time) =
        "update identity_recovery_code set used_at = $4
         where district = $1 and account_id = $2 and code_hash = $3 and used_at is null";
}

/// Replaces the account's recovery codes; none where the list is empty.
pub(crate) async fn replace_recovery_codes(
    tx: &mut Tx,
    account: AccountId,
    hashes: Vec<Vec<u8>>,
) -> Result<(), Fault> {
    let district = tx.district();
    tx.execute(&DROP_RECOVERY_CODES, (district, account)).await?;
    tx.execute_many(&INSERT_RECOVERY_CODE, hashes.into_iter().map(|h| (district, account, h))).await.map(drop)
}

/// Uses a code up; answers whether it was one.
pub(crate) async fn use_recovery_code(tx: &mut Tx, account: AccountId, hash: Vec<u8>) -> Result<bool, Fault> {
    let (district, now) = (tx.district(), tx.now());
    Ok(tx.execute(&USE_RECOVERY_CODE, (district, account, hash, now)).await? > 0)
}
