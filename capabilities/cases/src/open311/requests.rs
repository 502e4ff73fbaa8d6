//! Cases as service requests: lists, one alone, and the number behind a token.

use super::answer::Answer;
use super::call::{Call, Params, bad, unknown};
use super::period::{Period, w3c};
use crate::access;
use crate::error::CaseError;
use crate::model::{CaseId, parse_number};
use crate::queries::open311::{self as queries, ListedCase, Listing};
use crate::rules::Rules;
use crate::store;
use ::store::Conn;
use edge::{Edge, Quota, Rates};
use platform::{Actor, Cursor, Fault, Lang, OrganisationId, Problem, Scope, Time, Words};
use serde::Serialize;
use std::sync::Arc;
use std::time::Duration;
use territory::{Organisation, Snapshot};

/// Requests of one list, as the specification bounds it.
pub(super) const PAGE_ROWS_MAX: usize = 1000;
/// Lists of one source.
pub(super) const READS: Quota =
    Quota { name: "cases.open311_reads", burst: 60, every: Duration::from_millis(500) };

/// A service request in the order of the specification.
#[derive(Serialize)]
struct ServiceRequest {
    service_request_id: String,
    status: &'static str,
    status_notes: Option<String>,
    service_name: String,
    service_code: String,
    description: Option<String>,
    agency_responsible: Option<String>,
    service_notice: Option<String>,
    requested_datetime: String,
    updated_datetime: String,
    expected_datetime: Option<String>,
    address: Option<String>,
    /// Ours: the code of the grid or area.
    address_id: Option<String>,
    zipcode: Option<String>,
    lat: Option<f64>,
    long: Option<f64>,
    media_url: Option<String>,
}

pub async fn list(edge: Edge, call: Call) -> Result<Answer, Problem> {
    edge.fixture::<Rates>().check(READS, &call.actor.source, edge.now())?;
    let district = call.district.district;
    let shapes = Shapes::of(&edge, &call);
    if let Some(ids) = call.params.list("service_request_id") {
        // By the specification the numbers overrule every other parameter.
        if ids.len() > PAGE_ROWS_MAX {
            return Err(bad(
                "service_request_id",
                "一次最多 1000 个编号。",
                "At most 1000 numbers at a time.",
            ));
        }
        let numbers: Vec<String> = ids.iter().filter_map(|id| parse_number(id)).collect();
        let found = read(&edge, async move |conn: &mut Conn| {
            queries::of_numbers(conn, district, numbers.clone()).await
        });
        let found: Vec<_> = found.await?.iter().filter_map(|case| shapes.of_number(case)).collect();
        return Answer::new("service_requests", &found).map_err(|f| Problem::from(&f));
    }
    let listing = asked(&call.params, edge.now())?;
    let rows = listing.rows;
    let wanted = Listing { rows: rows + 1, ..listing };
    let mut found =
        read(&edge, async move |conn: &mut Conn| queries::list(conn, district, &wanted).await).await?;
    let more = found.len() as i64 > rows;
    found.truncate(usize::try_from(rows).unwrap_or(PAGE_ROWS_MAX));
    let last = found.last().filter(|_| more);
    let next = last.map(|case| next_page(&edge, &call, &Cursor::of(&(case.reported_at, case.id))));
    let shown: Vec<_> = found.iter().map(|case| shapes.whole(case)).collect();
    Ok(Answer::new("service_requests", &shown).map_err(|f| Problem::from(&f))?.next(next))
}

pub async fn find(edge: Edge, call: Call) -> Result<Answer, Problem> {
    edge.fixture::<Rates>().check(READS, &call.actor.source, edge.now())?;
    let (district, shapes) = (call.district.district, Shapes::of(&edge, &call));
    let number = parse_number(call.item()?).ok_or_else(|| unknown("service_request_id"))?;
    let found = read(&edge, async move |conn: &mut Conn| {
        queries::of_numbers(conn, district, vec![number.clone()]).await
    });
    let shown = found.await?.first().and_then(|case| shapes.of_number(case));
    let shown = [shown.ok_or_else(|| unknown("service_request_id"))?];
    Answer::new("service_requests", &shown).map_err(|f| Problem::from(&f))
}

#[derive(Serialize)]
struct TokenAnswer {
    service_request_id: String,
    token: String,
}

/// Every report has its number at once, so none is ever given a token; a case's id is taken for one.
pub async fn find_token(edge: Edge, call: Call) -> Result<Answer, Problem> {
    edge.fixture::<Rates>().check(READS, &call.actor.source, edge.now())?;
    let district = call.district.district;
    let id: CaseId = call.item()?.parse().map_err(|_| unknown("token"))?;
    let found = read(&edge, async move |conn: &mut Conn| store::find(conn, district, id).await);
    let case = found.await?.ok_or_else(|| unknown("token"))?;
    let answer = [TokenAnswer { service_request_id: case.number, token: id.to_string() }];
    Answer::new("service_requests", &answer).map_err(|f| Problem::from(&f))
}

pub(super) async fn read<T, F>(edge: &Edge, body: F) -> Result<T, Problem>
where
    F: AsyncFn(&mut Conn) -> Result<T, Fault> + Send + 'static,
    T: Send + 'static,
{
    edge.db.read(body).await.map_err(|fault| Problem::from(CaseError::Fault(fault)))
}

/// The list the parameters describe.
fn asked(params: &Params, now: Time) -> Result<Listing, Problem> {
    let period = Period::of(params, now)?;
    let statuses = params.list("status");
    let wants = |status: &str| statuses.as_ref().is_none_or(|all| all.iter().any(|s| s == status));
    let (open, closed) = (wants("open"), wants("closed"));
    if !open && !closed {
        return Err(bad("status", "只能是 open 或 closed。", "It can be open or closed only."));
    }
    let after = params.get("after").map(|text| {
        let cursor = Cursor(text.to_owned());
        cursor.key().ok_or_else(|| bad("after", "翻页标记无效。", "The page mark is not ours."))
    });
    let rows = page_rows(params)?;
    Ok(Listing {
        from: period.from,
        to: period.to,
        open,
        closed,
        types: params.list("service_code"),
        after: after.transpose()?,
        rows: rows as i64,
    })
}

/// How many rows one page has.
pub(super) fn page_rows(params: &Params) -> Result<usize, Problem> {
    match params.get("page_size").map(str::parse::<usize>) {
        None => Ok(PAGE_ROWS_MAX),
        Some(Ok(rows)) if (1..=PAGE_ROWS_MAX).contains(&rows) => Ok(rows),
        Some(_) => Err(bad("page_size", "应为 1 到 1000。", "It must be 1 to 1000.")),
    }
}

pub(super) fn next_page(edge: &Edge, call: &Call, after: &Cursor) -> String {
    let query = call.params.with("after", &after.0);
    format!("{}{}?{query}", call.origin(edge), call.uri.path())
}

/// What is needed to show cases to this caller.
struct Shapes {
    rules: Arc<Rules>,
    places: Arc<Snapshot>,
    actor: Actor,
}

impl Shapes {
    fn of(edge: &Edge, call: &Call) -> Self {
        let places = edge.fixture::<territory::Map>().of(call.district.district);
        Self { rules: edge.fixture(), places, actor: call.actor.clone() }
    }

    /// A case asked for by its number: none where its type is nobody's business, bare where it is hidden.
    fn of_number(&self, case: &ListedCase) -> Option<ServiceRequest> {
        if self.is_trusted_with(case) || access::is_shown_to_all(case.public, case.hidden, &case.state) {
            return Some(self.whole(case));
        }
        case.public.then(|| self.bare(case))
    }

    fn is_trusted_with(&self, case: &ListedCase) -> bool {
        is_trusted_with(&self.actor, &case.area_path, case.unit_id)
    }

    fn whole(&self, case: &ListedCase) -> ServiceRequest {
        let agency = case.unit_id.and_then(|id| self.places.organisation_by_id(id));
        let tellable = access::are_words_told(&case.state);
        ServiceRequest {
            description: tellable.then(|| super::send::without_link(&case.words).to_owned()),
            agency_responsible: agency.map(|o| self.organisation_name(o)),
            address: case
                .address
                .as_deref()
                .filter(|_| tellable)
                .map(without_plate)
                .or_else(|| self.area_names(&case.area_path)),
            address_id: Some(territory::code_of_path(&case.area_path).to_owned())
                .filter(|code| !code.is_empty()),
            lat: case.lat.filter(|_| tellable),
            long: case.lon.filter(|_| tellable),
            ..self.bare(case)
        }
    }

    /// Kind, state and times: nothing about whom or where.
    fn bare(&self, case: &ListedCase) -> ServiceRequest {
        let case_type = self.rules.find_type(self.actor.district, &case.type_code);
        let service_name = case_type.map_or(case.type_code.as_str(), |t| t.short.get(self.lang()));
        ServiceRequest {
            service_request_id: case.number.clone(),
            status: if case.open { "open" } else { "closed" },
            status_notes: self.state_words(case).map(|w| w.get(self.lang()).to_owned()),
            service_name: service_name.to_owned(),
            service_code: case.type_code.clone(),
            description: Some(service_name.to_owned()),
            agency_responsible: None,
            service_notice: None,
            requested_datetime: w3c(case.reported_at),
            updated_datetime: w3c(case.state_since.max(case.closed_at.unwrap_or(case.state_since))),
            expected_datetime: case.due_at.map(w3c),
            address: None,
            address_id: None,
            zipcode: None,
            lat: None,
            long: None,
            media_url: None,
        }
    }

    fn organisation_name(&self, organisation: &Organisation) -> String {
        let english = organisation.name_en.as_ref().filter(|_| self.lang() == Lang::En);
        english.unwrap_or(&organisation.name).clone()
    }

    fn lang(&self) -> Lang {
        self.actor.lang
    }

    fn state_words(&self, case: &ListedCase) -> Option<Words> {
        let version = u32::try_from(case.workflow_version).ok()?;
        let workflow = self.rules.library.get(crate::rules::WORKFLOW, version)?;
        let words = &workflow.state(&case.state)?.words;
        Some(Words::new(words.zh.clone(), words.en.clone()))
    }

    /// "清水塘街道 湘天桥社区 003 网格"
    fn area_names(&self, path: &str) -> Option<String> {
        let below_district = self.places.ancestors(path).filter(|area| area.path.contains('/'));
        let own = self.places.by_path(path);
        let mut areas: Vec<_> = below_district.chain(own).collect();
        areas.sort_by_key(|area| area.path.len());
        areas.dedup_by_key(|area| area.path.len());
        let names: Vec<&str> = areas.iter().map(|area| area.name_in(self.lang())).collect();
        (!names.is_empty()).then(|| names.join(" "))
    }
}

/// Whether the caller's key may see a case whatever its type.
pub(super) fn is_trusted_with(actor: &Actor, area_path: &str, unit: Option<OrganisationId>) -> bool {
    actor.scopes(&access::VIEW).any(|scope| match scope {
        Scope::District => true,
        Scope::Area { path } => Scope::covers_path(path, area_path),
        Scope::Unit { organisation } => unit == Some(*organisation),
        Scope::Own => false,
    })
}

/// The code of a plate in an address names a single door: it stays with those who handle the case.
fn without_plate(address: &str) -> String {
    match address.split_once("（牌号") {
        Some((before, rest)) => {
            let after = rest.split_once('）').map_or("", |(_, after)| after);
            format!("{before}{after}")
        }
        None => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    //! What everybody is told of a place names no door.
    use super::without_plate;

    #[test]
    fn the_code_of_a_plate_is_not_told() {
        assert_eq!(without_plate("田心三村5栋2单元（牌号 9WKP-WXRE）门口"), "田心三村5栋2单元门口");
        assert_eq!(without_plate("田心三村5栋（东侧）"), "田心三村5栋（东侧）");
        assert_eq!(without_plate("5栋（牌号 9WKP"), "5栋");
    }
}
