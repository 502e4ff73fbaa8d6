//! Roles given to accounts.

use crate::model::{Administrator, Assignment, AssignmentId};
use platform::{AccountId, DistrictId, Fault, FaultKind, OrganisationId, Scope, Time};
use store::{Conn, Tx, row, sql};

/// Roles one account may have been given, with those taken back.
const ASSIGNMENT_ROWS_MAX: i64 = 500;

row! {
    struct AssignmentRow {
        id: AssignmentId,
        account_id: AccountId,
        role: String,
        scope_kind: String,
        scope_value: Option<String>,
        from_at: Time,
        to_at: Option<Time>,
        withdrawn_at: Option<Time>,
        made_at: Time,
    }
}

type InsertAssignment = (
    DistrictId,
    AssignmentId,
    AccountId,
    String,
    String,
    Option<String>,
    Option<String>,
    Time,
    Option<Time>,
    Time,
);

sql! {
    INSERT_ASSIGNMENT: InsertAssignment =
        "insert into identity_assignment (district, id, account_id, role, scope_kind, scope_value, administrator, from_at,
             to_at, made_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    ASSIGNMENTS_OF: (DistrictId, AccountId, i64) -> AssignmentRow =
        "select id, account_id, role, scope_kind, scope_value, from_at, to_at, withdrawn_at, made_at
         from identity_assignment where district = $1 and account_id = $2 order by id desc limit $3";
    ASSIGNMENT: (DistrictId, AssignmentId) -> AssignmentRow =
        "select id, account_id, role, scope_kind, scope_value, from_at, to_at, withdrawn_at, made_at
         from identity_assignment where district = $1 and id = $2";
    WITHDRAW: (DistrictId, AssignmentId, Time) =
        "update identity_assignment set withdrawn_at = $3 where district = $1 and id = $2 and withdrawn_at is null";
    COUNT_ADMINISTRATORS: (DistrictId, String, Time) -> (i64,) =
        "select count(*) from identity_assignment r
         join identity_account a on a.district = r.district and a.id = r.account_id
         where r.district = $1 and r.administrator = $2 and r.withdrawn_at is null
             and (r.to_at is null or r.to_at > $3) and a.closed_at is null and a.suspended_at is null /* whole district */";
}

fn read_assignment(row: AssignmentRow) -> Result<Assignment, Fault> {
    let value = row.scope_value;
    let scope = match (row.scope_kind.as_str(), value) {
        ("district", _) => Some(Scope::District),
        ("area", Some(path)) => Some(Scope::Area { path }),
        ("unit", Some(id)) => {
            id.parse().ok().map(|organisation: OrganisationId| Scope::Unit { organisation })
        }
        _ => None,
    };
    let scope = scope.ok_or_else(|| Fault::new(FaultKind::Corrupt, "an assignment has no scope"))?;
    Ok(Assignment {
        id: row.id,
        account: row.account_id,
        role: row.role,
        scope,
        from_at: row.from_at,
        to_at: row.to_at,
        withdrawn_at: row.withdrawn_at,
        made_at: row.made_at,
    })
}

/// All roles ever given to the account, newest first.
pub(crate) async fn assignments_of(
    conn: &mut Conn,
    district: DistrictId,
    account: AccountId,
) -> Result<Vec<Assignment>, Fault> {
    let rows = conn.all(&ASSIGNMENTS_OF, (district, account, ASSIGNMENT_ROWS_MAX)).await?;
    rows.into_iter().map(read_assignment).collect()
}

pub(crate) async fn load_assignment(tx: &mut Tx, id: AssignmentId) -> Result<Option<Assignment>, Fault> {
    let district = tx.district();
    tx.optional(&ASSIGNMENT, (district, id)).await?.map(read_assignment).transpose()
}

pub(crate) async fn insert_assignment(
    tx: &mut Tx,
    assignment: &Assignment,
    administrator: Option<Administrator>,
) -> Result<(), Fault> {
    let district = tx.district();
    let (kind, value) = match &assignment.scope {
        Scope::District => ("district", None),
        Scope::Area { path } => ("area", Some(path.clone())),
        Scope::Unit { organisation } => ("unit", Some(organisation.to_string())),
        Scope::Own => return Err(Fault::broken("a role about oneself is not given")),
    };
    let a = assignment.clone();
    let administrator = administrator.map(|a| a.as_str().to_owned());
    let params = (
        district,
        a.id,
        a.account,
        a.role,
        kind.to_owned(),
        value,
        administrator,
        a.from_at,
        a.to_at,
        a.made_at,
    );
    tx.execute(&INSERT_ASSIGNMENT, params).await.map(drop)
}

pub(crate) async fn withdraw_assignment(tx: &mut Tx, id: AssignmentId) -> Result<(), Fault> {
    let (district, now) = (tx.district(), tx.now());
    tx.execute(&WITHDRAW, (district, id, now)).await.map(drop)
}

/// Accounts that can act as this administrator now.
pub(crate) async fn count_administrators(tx: &mut Tx, kind: Administrator) -> Result<i64, Fault> {
    let (district, now) = (tx.district(), tx.now());
    Ok(tx.one(&COUNT_ADMINISTRATORS, (district, kind.as_str().to_owned(), now)).await?.0)
}
