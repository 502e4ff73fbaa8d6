//! What an integrator reads of its sandbox: its unit and how it is reached, its cases, what went in and out.

use super::keeping;
use crate::access::unit_of_sandbox;
use crate::error::LinkageError;
use crate::model::exchange::{ExchangeId, ExchangeRow, WayName};
use crate::model::partner::Rung;
use crate::store::exchanges::{self as rows, Wanted};
use crate::store::partners as partner_rows;
use ::store::Conn;
use cases::{CaseId, Rules};
use edge::{Edge, Recorders};
use platform::{Actor, Cursor, Fault, OrganisationId, Sandbox, Time, Words, limits};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// Open cases of the unit that are shown, the newest first.
const CASES_MAX: usize = 20;
/// Open cases of the unit that are read for it.
const CASES_READ_MAX: i64 = 500;
const PIECE_CHARS_MAX: usize = 200;

/// A sandbox as its integrator sees it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct SandboxView {
    /// What to send as `Mulin-District`.
    pub district: String,
    /// The unit whose system one plays: `PARTNER` of the guide.
    pub partner: OrganisationId,
    pub partner_name: Words,
    pub rung: Rung,
    /// Where messages go.
    pub address: Option<String>,
    /// To be sent with the next setting of the partner.
    pub version: i64,
    /// Open cases of the unit, the newest first, at most 20.
    pub cases: Vec<SandboxCase>,
}

/// A case of the unit.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct SandboxCase {
    pub number: String,
    pub words: String,
    pub state: String,
    pub state_words: Words,
    pub due_at: Option<Time>,
}

/// Which exchanges.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ExchangesQuery {
    /// A piece of the path or address.
    #[serde(default)]
    pub path: Option<String>,
    /// A status (404), a class of them (4xx), or `none` where no answer came.
    #[serde(default)]
    pub status: Option<String>,
    /// `next` of the last answer.
    #[serde(default)]
    pub after: Option<String>,
}

/// An exchange as a line.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ExchangeLine {
    pub id: ExchangeId,
    /// `in`: you called. `out`: the district called you.
    pub way: WayName,
    pub at: Time,
    pub method: String,
    /// A path of the district's, or an address of yours.
    pub address: String,
    /// Absent where no answer came.
    pub status: Option<i64>,
    pub took_ms: i64,
    /// Why it was refused or did not arrive.
    pub why: Option<Words>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Exchanges {
    pub items: Vec<ExchangeLine>,
    pub next: Option<Cursor>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ExchangeHeader {
    pub name: String,
    pub value: String,
}

/// What the signature of a message is over.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct SignedText {
    /// `webhook-id.webhook-timestamp.body`, to be signed with HMAC-SHA256 by the bytes behind `whsec_` (Base64).
    pub over: String,
    /// The header as it was sent.
    pub sent: Option<String>,
}

/// An exchange, whole. Keys and secrets are masked.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ExchangeView {
    #[serde(flatten)]
    pub line: ExchangeLine,
    pub query: String,
    pub headers: Vec<ExchangeHeader>,
    pub body: String,
    /// There was more than is kept (16 KiB).
    pub body_cut: bool,
    pub answer: String,
    pub answer_cut: bool,
    /// The same call as a command, with `$MULIN`, `$KEY` and `$SECRET`; absent where the body was cut.
    pub curl: Option<String>,
    pub signed: Option<SignedText>,
    /// A message that can be sent again under the same id.
    pub may_send_again: bool,
}

impl ExchangeLine {
    fn of(row: &ExchangeRow) -> Self {
        Self {
            id: row.id,
            way: row.way,
            at: row.at,
            method: row.method.clone(),
            address: row.address.clone(),
            status: row.status,
            took_ms: row.took_ms,
            why: row.why.as_ref().map(|why| why.0.clone()),
        }
    }
}

impl ExchangeView {
    fn of(row: ExchangeRow) -> Self {
        let signed = row.signed().map(|over| SignedText { over, sent: row.signature().map(str::to_owned) });
        Self {
            line: ExchangeLine::of(&row),
            curl: row.as_curl(),
            signed,
            may_send_again: row.delivery_id.is_some(),
            query: row.query,
            headers: row.headers.0.into_iter().map(|(name, value)| ExchangeHeader { name, value }).collect(),
            body: row.body,
            body_cut: row.body_cut,
            answer: row.answer,
            answer_cut: row.answer_cut,
        }
    }
}

/// Everything up to now is written down before it is read.
async fn kept(edge: &Edge, sandbox: Sandbox) -> Result<(), Fault> {
    match edge.fixture::<Recorders>().of(sandbox.district()) {
        Some(recorder) => keeping::keep(edge, recorder).await,
        None => Ok(()),
    }
}

pub(super) async fn list(
    edge: &Edge,
    actor: &Actor,
    sandbox: Sandbox,
    query: &ExchangesQuery,
) -> Result<Exchanges, LinkageError> {
    unit_of_sandbox(actor)?;
    let before = match query.after.clone().filter(|after| !after.is_empty()).map(Cursor) {
        None => ExchangeId(Uuid::max()),
        Some(cursor) => cursor.key().ok_or_else(|| {
            LinkageError::invalid(
                "after",
                "linkage.bad_cursor",
                "翻页位置不对。",
                "This is no place to go on from.",
            )
        })?,
    };
    let piece = query.path.as_deref().unwrap_or_default().trim().chars().take(PIECE_CHARS_MAX).collect();
    let wanted = Wanted { before, piece, statuses: statuses(query.status.as_deref().unwrap_or_default())? };
    kept(edge, sandbox).await?;
    let rows_max = limits::PAGE_ROWS_DEFAULT as usize;
    let read =
        async move |conn: &mut Conn| rows::list(conn, sandbox, wanted.clone(), rows_max as i64 + 1).await;
    let found = edge.db.read::<_, Fault, _>(read).await?;
    let items = found.iter().map(ExchangeLine::of).collect();
    let page = platform::Page::cut(items, rows_max, |line: &ExchangeLine| Cursor::of(&line.id));
    Ok(Exchanges { items: page.items, next: page.next })
}

/// 404 → 404 to 404, 4xx → 400 to 499, none → 0, nothing → all.
fn statuses(text: &str) -> Result<(i64, i64), LinkageError> {
    let text = text.trim();
    let class =
        text.strip_suffix("xx").and_then(|class| class.parse::<i64>().ok()).filter(|c| (1..=5).contains(c));
    match (text, class, text.parse::<i64>()) {
        ("", ..) => Ok((0, i64::MAX)),
        ("none", ..) => Ok((0, 0)),
        (_, Some(class), _) => Ok((class * 100, class * 100 + 99)),
        (_, None, Ok(status)) if (100..600).contains(&status) => Ok((status, status)),
        _ => Err(LinkageError::invalid(
            "status",
            "linkage.bad_status",
            "状态写 404、4xx 或 none。",
            "A status is written 404, 4xx or none.",
        )),
    }
}

pub(super) async fn find(
    edge: &Edge,
    actor: &Actor,
    sandbox: Sandbox,
    id: ExchangeId,
) -> Result<ExchangeView, LinkageError> {
    unit_of_sandbox(actor)?;
    kept(edge, sandbox).await?;
    let read = async move |conn: &mut Conn| rows::find(conn, sandbox, id).await;
    let found = edge.db.read::<_, Fault, _>(read).await?;
    found.map(ExchangeView::of).ok_or(LinkageError::NotFound)
}

pub(super) async fn sandbox(
    edge: &Edge,
    actor: &Actor,
    sandbox: Sandbox,
) -> Result<SandboxView, LinkageError> {
    let unit = unit_of_sandbox(actor)?;
    let district = sandbox.district();
    let read = async move |conn: &mut Conn| {
        let partner = partner_rows::partner(conn, district, unit).await?.ok_or(LinkageError::NotFound)?;
        let endpoint = match partner.endpoint_id {
            Some(id) => courier::queries::find_endpoint(conn, district, id).await?,
            None => None,
        };
        let mut ids =
            cases::linked::open_of_unit(conn, district, unit, CaseId(Uuid::nil()), CASES_READ_MAX).await?;
        ids.reverse();
        ids.truncate(CASES_MAX);
        let mut found = Vec::new();
        for id in ids {
            found.extend(cases::linked::find(conn, district, id).await?);
        }
        Ok::<_, LinkageError>((partner, endpoint, found))
    };
    let (partner, endpoint, found) = edge.db.read(read).await?;
    let rules = edge.fixture::<Rules>();
    let state_words = |state: &str| {
        rules
            .workflow()
            .state(state)
            .map_or_else(Words::default, |known| Words::new(known.words.zh.clone(), known.words.en.clone()))
    };
    let cases = found.into_iter().map(|case| SandboxCase {
        state_words: state_words(&case.state),
        number: case.number,
        words: case.words,
        state: case.state,
        due_at: case.due_at,
    });
    let places = edge.fixture::<territory::Map>().of(district);
    let name = places.organisation_by_id(unit).map_or_else(Words::default, |o| {
        Words::new(o.name.clone(), o.name_en.clone().unwrap_or_else(|| o.name.clone()))
    });
    Ok(SandboxView {
        district: district.to_string(),
        partner: unit,
        partner_name: name,
        rung: partner.rung,
        address: endpoint.map(|endpoint| endpoint.address),
        version: partner.version,
        cases: cases.collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::statuses;

    #[test]
    fn a_status_is_one_or_a_class_or_none() {
        for (text, read) in [
            ("", Some((0, i64::MAX))),
            ("404", Some((404, 404))),
            ("4xx", Some((400, 499))),
            ("none", Some((0, 0))),
            ("7xx", None),
            ("99", None),
            ("four", None),
        ] {
            assert_eq!(statuses(text).ok(), read, "{text}");
        }
    }
}
