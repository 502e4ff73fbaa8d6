//! Copies of a form's submissions: masked, on record before the first line, written page by page while they are sent.

use crate::access::EXPORT;
use crate::error::FieldworkError;
use crate::facts::{EXPORTED, FieldworkFact};
use crate::model::{FormId, KEEPING, Reader, Submission, shown};
use crate::plans::plan_of;
use crate::queries;
use crate::queries::submissions::After;
use crate::store;
use ::store::{Conn, Tx};
use axum::body::{Body, Bytes};
use edge::{Edge, Quota, Rates};
use forms::Plan;
use platform::{Actor, DistrictId, Fault};
use registry::Catalogue;
use seal::{Keyring, Vault};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::{self, Sender};
use tokio_stream::wrappers::ReceiverStream;

/// Copies one account may take: some at once, then ten an hour.
const COPIES: Quota = Quota { name: "fieldwork.exports", burst: 10, every: Duration::from_secs(360) };
const PAGE_ROWS: usize = 1_000;
/// Pages written and not yet sent: a slow reader holds up the writing, and no memory fills.
const PAGES_WAITING_MAX: usize = 2;
/// Columns before the answers.
const HEADS: [&str; 7] = ["id", "version", "area", "filled_by", "filled_at", "received_at", "withdrawn"];

/// Which submissions, and why.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    pub form: FormId,
    pub area_path: String,
    pub purpose: String,
}

/// Begins a copy; the body is written while it is sent. Breaks off where the database fails, so that half a copy is not taken for a whole.
///
/// # Errors
/// No right to it there, no purpose, too many copies.
pub(crate) async fn export(edge: &Edge, actor: &Actor, order: Order) -> Result<Body, FieldworkError> {
    if edge.fixture::<Catalogue>().purpose(&order.purpose).is_none() {
        return Err(FieldworkError::NoPurpose);
    }
    let noted = order.clone();
    edge.db.write(actor, async move |tx: &mut Tx| note(tx, &noted).await).await?;
    let account = actor.account.map(|id| id.to_string()).unwrap_or_default();
    edge.fixture::<Rates>().check(COPIES, &account, edge.now())?;
    let clerk = Clerk::of(edge, actor.district, order.form).await?;
    let (sender, receiver) = mpsc::channel(PAGES_WAITING_MAX);
    let edge = edge.clone();
    tokio::spawn(async move {
        if let Err(fault) = send_all(&edge, &clerk, &order, &sender).await {
            tracing::error!("A copy of submissions was not finished: {fault:?}");
            // Whoever read it has gone, or is told by this.
            let _ = sender.send(Err(io::Error::other("not finished"))).await;
        }
    });
    Ok(Body::from_stream(ReceiverStream::new(receiver)))
}

async fn note(tx: &mut Tx, order: &Order) -> Result<(), FieldworkError> {
    let form = store::load_form_to_copy(tx, order.form, &order.area_path, &EXPORT).await?;
    let data = json!({ "purpose": order.purpose });
    tx.record(&FieldworkFact::of_form(EXPORTED, form, &order.area_path, data)).await?;
    Ok(())
}

async fn send_all(
    edge: &Edge,
    clerk: &Clerk,
    order: &Order,
    to: &Sender<io::Result<Bytes>>,
) -> Result<(), Fault> {
    // The mark by which spreadsheet programs know that this is UTF-8.
    let mut page = Vec::from("\u{feff}");
    clerk.write_heads(&mut page)?;
    let (district, form, mut after) = (clerk.district, order.form, After::before(&order.area_path));
    loop {
        let (area, from) = (order.area_path.clone(), after.clone());
        let read = async move |conn: &mut Conn| {
            queries::submissions::page(conn, district, form, &area, from.clone(), PAGE_ROWS as i64).await
        };
        let rows = edge.db.read_long::<_, Fault, _>(read).await?;
        let last = rows.last().map(|row| After(row.area_path.clone(), row.received_at, row.id));
        let is_last = rows.len() < PAGE_ROWS;
        for row in rows {
            clerk.write_line(&mut page, &row.open(&clerk.keys, district)?)?;
        }
        // A reader that has gone ends it.
        if to.send(Ok(Bytes::from(std::mem::take(&mut page)))).await.is_err() {
            return Ok(());
        }
        match last {
            Some(last) if !is_last => after = last,
            _ => return Ok(()),
        }
    }
}

/// What puts submissions into lines.
struct Clerk {
    district: DistrictId,
    keys: Arc<Keyring>,
    catalogue: Arc<Catalogue>,
    /// By number: of each version that was ever published or filled.
    plans: HashMap<i64, Arc<Plan>>,
    /// Questions by path, those of the newest version first.
    columns: Vec<String>,
}

impl Clerk {
    async fn of(edge: &Edge, district: DistrictId, form: FormId) -> Result<Self, FieldworkError> {
        let read = async move |conn: &mut Conn| queries::forms::versions(conn, district, form).await;
        let versions = edge.db.read::<_, Fault, _>(read).await?;
        let (mut plans, mut columns) = (HashMap::new(), Vec::new());
        for version in versions.iter().filter(|version| version.published_at.is_some()) {
            let plan = plan_of(edge, district, form, version.number).await?;
            let plan = plan.ok_or(FieldworkError::NotFound)?;
            let new: Vec<String> = columns_of(&plan).filter(|path| !columns.contains(path)).collect();
            columns.extend(new);
            plans.insert(version.number, plan);
        }
        let keys = edge.fixture::<Vault>().of(district)?;
        Ok(Self { district, keys, catalogue: edge.fixture::<Catalogue>(), plans, columns })
    }

    fn write_heads(&self, to: &mut Vec<u8>) -> Result<(), Fault> {
        write_record(to, HEADS.into_iter().chain(self.columns.iter().map(String::as_str)))
    }

    fn write_line(&self, to: &mut Vec<u8>, one: &Submission) -> Result<(), Fault> {
        let mut cells = vec![
            one.id.to_string(),
            one.number.to_string(),
            territory::code_of_path(&one.area_path).to_owned(),
            one.by_name.clone(),
            one.filled_at.to_string(),
            one.received_at.to_string(),
            one.is_withdrawn.to_string(),
        ];
        let plan = self.plans.get(&one.number);
        let seen = plan.map(|plan| {
            let answers = &one.content.open(KEEPING).answers;
            shown(&plan.form().nodes, answers, Reader::Copy, &self.catalogue)
        });
        let seen = seen.unwrap_or_default();
        cells.extend(self.columns.iter().map(|path| cell(&seen, path)));
        write_record(to, cells.iter().map(String::as_str))
    }
}

/// The questions of a version by path, `household/age`; a repeat is one column, and what is in it is not one by itself.
fn columns_of(plan: &Plan) -> impl Iterator<Item = String> + '_ {
    let is_column = |item: &forms::ItemId| {
        let kind = &plan.node(*item).kind;
        let mut above = std::iter::successors(plan.parent(*item), |up| plan.parent(*up));
        let has_value = kind.is_repeat() || !(kind.is_group() || matches!(kind, forms::Kind::Note));
        has_value && !above.any(|up| plan.node(up).kind.is_repeat())
    };
    plan.items().filter(is_column).map(|item| plan.path(item).trim_start_matches('/').to_owned())
}

/// What a column holds: text as it is, several choices with spaces between, a repeat as JSON.
fn cell(answers: &Value, path: &str) -> String {
    let found = path.split('/').try_fold(answers, |value, name| value.get(name));
    match found {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(names)) if names.iter().all(Value::is_string) => {
            let names: Vec<&str> = names.iter().filter_map(Value::as_str).collect();
            names.join(" ")
        }
        Some(other) => other.to_string(),
    }
}

fn write_record<'a>(to: &mut Vec<u8>, cells: impl Iterator<Item = &'a str>) -> Result<(), Fault> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(to);
    for text in cells {
        writer.write_field(sheets::guarded(text.into()).as_ref()).map_err(broken)?;
    }
    writer.write_record(None::<&[u8]>).map_err(broken)?;
    Ok(writer.flush()?)
}

fn broken(error: csv::Error) -> Fault {
    Fault::broken("a line of a copy was not written").because(error)
}
