//! OGC API – Features at `/ogc`: grids, buildings and things as layers for geographic programs, nothing about people.
//!
//! Part 1: Core (OGC 17-069r4) with GeoJSON, Part 2: Coordinate Reference Systems (OGC 18-058r1). What the standard leaves open,
//! decided here:
//!
//! - The layer of grids is for everybody, as its picture is. Buildings and things need a key with `registry.map`.
//! - Pages go on by key, never by offset: `next` is a link, `numberMatched` is not told (it would be counted for each page).
//! - CRS84 is the default. EPSG:4490 (CGCS2000) and EPSG:4326 are answered with latitude first, as their definitions say, and with
//!   the same numbers: they differ by less than a metre (domain.md 9).

mod crs;
mod layers;
mod query;

use crate::access::MAP;
use crate::error::RegistryError;
use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use crs::Crs;
use edge::{Districts, Edge, Who};
use layers::Layer;
use platform::{Actor, Problem, Words};
use query::ItemsQuery;
use serde_json::{Value, json};

/// The classes of requirements that are met.
const CONFORMS_TO: [&str; 3] = [
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
    "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs",
];
const GEOJSON: &str = "application/geo+json";
const JSON: &str = "application/json";

/// All routes of the standard.
pub(crate) fn routes() -> Router<Edge> {
    Router::new()
        .route("/ogc", get(show_landing))
        .route("/ogc/", get(show_landing))
        .route("/ogc/conformance", get(show_conformance))
        .route("/ogc/collections", get(list_collections))
        .route("/ogc/collections/{layer}", get(show_collection))
        .route("/ogc/collections/{layer}/items", get(list_items))
        .route("/ogc/collections/{layer}/items/{id}", get(show_item))
}

async fn show_landing(State(edge): State<Edge>, who: Who, headers: HeaderMap) -> Result<Response, Problem> {
    let base = base_of(&edge, &headers);
    let district = edge.fixture::<Districts>();
    let name = district.find(who.0.district).map(|d| d.name.clone()).unwrap_or_default();
    Ok(answer(
        JSON,
        json!({
            "title": format!("{name} · 网格、楼栋、部件"),
            "description": "Grids, buildings and things of the district, as OGC API Features. Nothing about people.",
            "links": [
                link(&base, "", "self", JSON, "This document"),
                link_to(&format!("{}/openapi.json", root_of(&base)), "service-desc", "application/vnd.oai.openapi+json;version=3.1", "The house's API"),
                link_to(&format!("{}/api", root_of(&base)), "service-doc", "text/html", "The house's API, to read"),
                link(&base, "/conformance", "conformance", JSON, "What is met of the standard"),
                link(&base, "/collections", "data", JSON, "Layers"),
            ],
        }),
    ))
}

async fn show_conformance() -> Response {
    answer(JSON, json!({ "conformsTo": CONFORMS_TO }))
}

async fn list_collections(
    State(edge): State<Edge>,
    who: Who,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let base = base_of(&edge, &headers);
    let layers = Layer::ALL.iter().filter(|layer| may_read(&who.0, **layer));
    let collections: Vec<Value> = layers.map(|layer| collection(&edge, &who.0, *layer, &base)).collect();
    Ok(answer(
        JSON,
        json!({
            "links": [link(&base, "/collections", "self", JSON, "This document")],
            "crs": Crs::ALL.map(Crs::uri),
            "collections": collections,
        }),
    ))
}

async fn show_collection(
    State(edge): State<Edge>,
    who: Who,
    headers: HeaderMap,
    Path(layer): Path<String>,
) -> Result<Response, Problem> {
    let layer = layer_of(&who.0, &layer)?;
    Ok(answer(JSON, collection(&edge, &who.0, layer, &base_of(&edge, &headers))))
}

async fn list_items(
    State(edge): State<Edge>,
    who: Who,
    headers: HeaderMap,
    Path(layer): Path<String>,
    RawQuery(raw): RawQuery,
) -> Result<Response, Problem> {
    let layer = layer_of(&who.0, &layer)?;
    let query = ItemsQuery::parse(layer, raw.as_deref().unwrap_or_default())?;
    let base = base_of(&edge, &headers);
    let page = layers::items(&edge, who.0.district, layer, &query).await?;
    let path = format!("/collections/{}/items", layer.name());
    let mut links = vec![
        link(&base, &format!("{path}{}", query.again(None)), "self", GEOJSON, "This page"),
        link(&base, &format!("/collections/{}", layer.name()), "collection", JSON, "The layer"),
    ];
    if let Some(next) = &page.next {
        links.push(link(
            &base,
            &format!("{path}{}", query.again(Some(next))),
            "next",
            GEOJSON,
            "The next page",
        ));
    }
    let body = json!({
        "type": "FeatureCollection",
        "features": page.features,
        "links": links,
        "timeStamp": edge.now(),
        "numberReturned": page.features.len(),
    });
    Ok(in_crs(answer(GEOJSON, body), query.crs))
}

async fn show_item(
    State(edge): State<Edge>,
    who: Who,
    headers: HeaderMap,
    Path((layer, id)): Path<(String, String)>,
    RawQuery(raw): RawQuery,
) -> Result<Response, Problem> {
    let layer = layer_of(&who.0, &layer)?;
    let crs = query::crs_of(raw.as_deref().unwrap_or_default())?;
    let found = layers::item(&edge, who.0.district, layer, &id, crs).await?;
    let mut feature = found.ok_or_else(Problem::not_found)?;
    let base = base_of(&edge, &headers);
    let path = format!("/collections/{}", layer.name());
    feature["links"] = json!([
        link(&base, &format!("{path}/items/{id}"), "self", GEOJSON, "This feature"),
        link(&base, &path, "collection", JSON, "The layer"),
    ]);
    Ok(in_crs(answer(GEOJSON, feature), crs))
}

/// Whether the layer is there for this caller.
fn may_read(actor: &Actor, layer: Layer) -> bool {
    layer.is_public() || actor.holds_everywhere(&MAP)
}

fn layer_of(actor: &Actor, name: &str) -> Result<Layer, Problem> {
    let layer = Layer::parse(name).ok_or_else(Problem::not_found)?;
    if may_read(actor, layer) {
        return Ok(layer);
    }
    if actor.account.is_none() { Err(Problem::sign_in()) } else { Err(RegistryError::Forbidden(&MAP).into()) }
}

fn collection(edge: &Edge, actor: &Actor, layer: Layer, base: &str) -> Value {
    let path = format!("/collections/{}", layer.name());
    let map = edge.fixture::<territory::Map>().of(actor.district);
    let bbox = map.root().and_then(|root| root.boundary.as_ref()).map(|boundary| boundary.bbox());
    let bbox = bbox.map(|b| json!([[b.west, b.south, b.east, b.north]]));
    json!({
        "id": layer.name(),
        "title": layer.words().zh,
        "description": layer.words().en,
        "itemType": "feature",
        "extent": { "spatial": { "bbox": bbox, "crs": Crs::Crs84.uri() } },
        "crs": Crs::ALL.map(Crs::uri),
        "storageCrs": Crs::Crs84.uri(),
        "links": [
            link(base, &path, "self", JSON, "This layer"),
            link(base, &format!("{path}/items"), "items", GEOJSON, "Its features"),
        ],
    })
}

/// `https://host/ogc`, as the caller reached it.
fn base_of(edge: &Edge, headers: &HeaderMap) -> String {
    let host = headers.get(header::HOST).and_then(|v| v.to_str().ok()).unwrap_or("localhost");
    let scheme = if edge::is_secure(edge, headers) { "https" } else { "http" };
    format!("{scheme}://{host}/ogc")
}

fn root_of(base: &str) -> &str {
    base.strip_suffix("/ogc").unwrap_or(base)
}

fn link(base: &str, path: &str, rel: &str, kind: &str, title: &str) -> Value {
    link_to(&format!("{base}{path}"), rel, kind, title)
}

fn link_to(href: &str, rel: &str, kind: &str, title: &str) -> Value {
    json!({ "href": href, "rel": rel, "type": kind, "title": title })
}

fn answer(kind: &'static str, body: Value) -> Response {
    ([(header::CONTENT_TYPE, kind)], body.to_string()).into_response()
}

/// Says in which system the coordinates are (Part 2, requirement 16).
fn in_crs(mut response: Response, crs: Crs) -> Response {
    if let Ok(value) = HeaderValue::from_str(&format!("<{}>", crs.uri())) {
        response.headers_mut().insert("content-crs", value);
    }
    response
}

/// 400: a parameter that is not known, or whose value is wrong (Part 1, requirements 8 and 9).
fn bad_parameter(name: &str, zh: &str, en: &str) -> Problem {
    let name: String = name.chars().take(40).collect();
    Problem::new(
        axum::http::StatusCode::BAD_REQUEST,
        "registry.bad_parameter",
        Words::new(format!("参数 {name}：{zh}"), format!("{name}: {en}")),
    )
    .field(name)
}
