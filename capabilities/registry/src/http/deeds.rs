//! Writing in the register: each deed is one transaction, and can be undone as one.

use super::{staff, write_once};
use crate::access::{EDIT, MERGE};
use crate::commands::{self, Given};
use crate::error::RegistryError;
use crate::model::{ActId, Kind, Links, Record, RecordId, Source};
use ::store::Tx;
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use edge::{Body, Edge, PathOf, Who};
use geo::Point;
use jiff::civil::Date;
use platform::Problem;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

/// What was done: nothing of the record itself, which is read by its own route.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
pub struct Deed {
    pub id: RecordId,
    pub version: i64,
    /// Undoes it: `POST /api/registry/acts/{act}/undo`.
    pub act: ActId,
}

impl From<&Record> for Deed {
    fn from(record: &Record) -> Self {
        Self { id: record.id, version: record.version, act: record.act }
    }
}

/// Where values come from.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GivenBody {
    pub source: Source,
    /// What proves them, in words.
    pub evidence: Option<String>,
}

impl From<GivenBody> for Given {
    fn from(body: GivenBody) -> Self {
        Self { source: body.source, evidence: body.evidence }
    }
}

/// A new record.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EnterBody {
    /// Made by the sender (UUID version 7), so that sending twice makes one.
    pub id: Option<RecordId>,
    pub kind: Kind,
    /// By the keys of the catalogue.
    #[schema(value_type = Object)]
    pub values: BTreeMap<String, Value>,
    pub place: Option<RecordId>,
    pub person: Option<RecordId>,
    pub dwelling: Option<RecordId>,
    pub household: Option<RecordId>,
    pub organisation: Option<RecordId>,
    #[schema(value_type = Option<String>, format = Date)]
    pub from_on: Option<Date>,
    #[schema(value_type = Option<String>, format = Date)]
    pub to_on: Option<Date>,
    /// WGS-84.
    pub lon: Option<f64>,
    pub lat: Option<f64>,
    /// The path of its grid, where nothing it belongs to says so.
    pub area_path: Option<String>,
    pub given: GivenBody,
}

impl EnterBody {
    /// The record to enter.
    ///
    /// # Errors
    /// `registry.bad_point` for what is no place on earth.
    pub fn order(self) -> Result<commands::Enter, RegistryError> {
        let point = self.lon.zip(self.lat).map(|(lon, lat)| Point::new(lon, lat)).transpose();
        let point = point.map_err(|_| {
            RegistryError::invalid("lon", "registry.bad_point", "坐标不对。", "These are no coordinates.")
        })?;
        Ok(commands::Enter {
            id: self.id,
            kind: self.kind,
            values: self.values,
            links: Links {
                place: self.place,
                person: self.person,
                dwelling: self.dwelling,
                household: self.household,
                organisation: self.organisation,
            },
            from_on: self.from_on,
            to_on: self.to_on,
            point,
            area_path: self.area_path,
            given: self.given.into(),
        })
    }
}

/// 登记一条。Enter a record.
#[utoipa::path(post, path = "/api/registry/records", tag = "registry", request_body = EnterBody,
    responses((status = 200, body = Deed), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn enter_record(
    State(edge): State<Edge>,
    who: Who,
    headers: HeaderMap,
    Body(body): Body<EnterBody>,
) -> Result<Json<Deed>, Problem> {
    let actor = staff(&who, &EDIT)?;
    let enter =
        async |tx: &mut Tx, body: EnterBody| Ok(Deed::from(&commands::enter(tx, body.order()?).await?));
    Ok(Json(write_once(&edge, actor, headers, body, enter).await?))
}

/// Other values.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AmendBody {
    /// The version the person saw.
    pub version: i64,
    /// By the keys of the catalogue; null takes a value out.
    #[schema(value_type = Object)]
    pub values: BTreeMap<String, Value>,
    pub given: GivenBody,
}

/// 更正一条。Correct a record.
#[utoipa::path(post, path = "/api/registry/records/{id}/amend", tag = "registry", params(("id" = RecordId, Path)),
    request_body = AmendBody, responses((status = 200, body = Deed), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn amend_record(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<RecordId>,
    headers: HeaderMap,
    Body(body): Body<AmendBody>,
) -> Result<Json<Deed>, Problem> {
    let actor = staff(&who, &EDIT)?;
    let amend = async move |tx: &mut Tx, body: AmendBody| {
        let order =
            commands::Amend { id, version: body.version, values: body.values, given: body.given.into() };
        Ok(Deed::from(&commands::amend(tx, order).await?))
    };
    Ok(Json(write_once(&edge, actor, headers, body, amend).await?))
}

/// Values that still hold.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmRecordBody {
    pub version: i64,
    /// Empty: all it has.
    #[serde(default)]
    pub fields: Vec<String>,
    pub given: GivenBody,
}

/// 确认没有变化。Confirm that values still hold.
#[utoipa::path(post, path = "/api/registry/records/{id}/confirm", tag = "registry", params(("id" = RecordId, Path)),
    request_body = ConfirmRecordBody, responses((status = 200, body = Deed), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn confirm_record(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<RecordId>,
    headers: HeaderMap,
    Body(body): Body<ConfirmRecordBody>,
) -> Result<Json<Deed>, Problem> {
    let actor = staff(&who, &EDIT)?;
    let confirm = async move |tx: &mut Tx, body: ConfirmRecordBody| {
        let order =
            commands::Confirm { id, version: body.version, fields: body.fields, given: body.given.into() };
        Ok(Deed::from(&commands::confirm(tx, order).await?))
    };
    Ok(Json(write_once(&edge, actor, headers, body, confirm).await?))
}

/// The end of what a record is about.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EndBody {
    pub version: i64,
    #[schema(value_type = Option<String>, format = Date)]
    pub on: Option<Date>,
    pub given: GivenBody,
}

/// 注销一条。End a record.
#[utoipa::path(post, path = "/api/registry/records/{id}/end", tag = "registry", params(("id" = RecordId, Path)),
    request_body = EndBody, responses((status = 200, body = Deed), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn end_record(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<RecordId>,
    headers: HeaderMap,
    Body(body): Body<EndBody>,
) -> Result<Json<Deed>, Problem> {
    let actor = staff(&who, &EDIT)?;
    let end = async move |tx: &mut Tx, body: EndBody| {
        let order = commands::End { id, version: body.version, on: body.on, given: body.given.into() };
        Ok(Deed::from(&commands::end(tx, order).await?))
    };
    Ok(Json(write_once(&edge, actor, headers, body, end).await?))
}

/// A person moves into a home.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MoveInBody {
    pub dwelling: RecordId,
    pub household: Option<RecordId>,
    /// `kind` and `relation` of the residence.
    #[schema(value_type = Object)]
    pub values: BTreeMap<String, Value>,
    #[schema(value_type = Option<String>, format = Date)]
    pub from_on: Option<Date>,
    /// Moving within the district: the other residences end.
    #[serde(default)]
    pub leaves_others: bool,
    pub given: GivenBody,
}

/// 迁入。Move a person in.
#[utoipa::path(post, path = "/api/registry/people/{id}/move-in", tag = "registry", params(("id" = RecordId, Path)),
    request_body = MoveInBody, responses((status = 200, body = Deed), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn move_in(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<RecordId>,
    headers: HeaderMap,
    Body(body): Body<MoveInBody>,
) -> Result<Json<Deed>, Problem> {
    let actor = staff(&who, &EDIT)?;
    let go = async move |tx: &mut Tx, body: MoveInBody| {
        let order = commands::MoveIn {
            person: id,
            dwelling: body.dwelling,
            household: body.household,
            values: body.values,
            from_on: body.from_on,
            leaves_others: body.leaves_others,
            given: body.given.into(),
        };
        Ok(Deed::from(&commands::move_in(tx, order).await?))
    };
    Ok(Json(write_once(&edge, actor, headers, body, go).await?))
}

/// When somebody left.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MoveOutBody {
    #[schema(value_type = Option<String>, format = Date)]
    pub to_on: Option<Date>,
}

/// 迁出。Move a person out.
#[utoipa::path(post, path = "/api/registry/residences/{id}/move-out", tag = "registry", params(("id" = RecordId, Path)),
    request_body = MoveOutBody, responses((status = 200, body = Deed), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn move_out(
    State(edge): State<Edge>,
    who: Who,
    PathOf(id): PathOf<RecordId>,
    headers: HeaderMap,
    Body(body): Body<MoveOutBody>,
) -> Result<Json<Deed>, Problem> {
    let actor = staff(&who, &EDIT)?;
    let go = async move |tx: &mut Tx, body: MoveOutBody| {
        let order = commands::MoveOut { residence: id, to_on: body.to_on };
        Ok(Deed::from(&commands::move_out(tx, order).await?))
    };
    Ok(Json(write_once(&edge, actor, headers, body, go).await?))
}

/// Two records of the same subject.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MergeBody {
    /// The record that goes on.
    pub keep: RecordId,
    pub keep_version: i64,
    /// The record that goes into it.
    pub gone: RecordId,
    pub gone_version: i64,
    /// Fields whose value is taken from the one that goes; lists are joined.
    #[serde(default)]
    pub take: BTreeSet<String>,
    pub given: GivenBody,
}

/// 合并同一对象的两条登记。Merge two records of the same subject.
#[utoipa::path(post, path = "/api/registry/merges", tag = "registry", request_body = MergeBody,
    responses((status = 200, body = Deed), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn merge_records(
    State(edge): State<Edge>,
    who: Who,
    headers: HeaderMap,
    Body(body): Body<MergeBody>,
) -> Result<Json<Deed>, Problem> {
    let actor = staff(&who, &MERGE)?;
    let merge = async |tx: &mut Tx, body: MergeBody| {
        let order = commands::Merge {
            keep: body.keep,
            keep_version: body.keep_version,
            gone: body.gone,
            gone_version: body.gone_version,
            take: body.take,
            given: body.given.into(),
        };
        Ok(Deed::from(&commands::merge(tx, order).await?))
    };
    Ok(Json(write_once(&edge, actor, headers, body, merge).await?))
}

/// What undoing a deed did.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
pub struct UndoneView {
    /// The deed of undoing, which can itself be undone.
    pub act: ActId,
    pub records: usize,
}

/// 撤销一次操作。Undo a deed.
#[utoipa::path(post, path = "/api/registry/acts/{act}/undo", tag = "registry", params(("act" = ActId, Path)),
    responses((status = 200, body = UndoneView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn undo_deed(
    State(edge): State<Edge>,
    who: Who,
    PathOf(act): PathOf<ActId>,
    headers: HeaderMap,
) -> Result<Json<UndoneView>, Problem> {
    let actor = staff(&who, &EDIT)?;
    let undo = async |tx: &mut Tx, act: ActId| {
        let done = commands::undo(tx, act).await?;
        Ok(UndoneView { act: done.act, records: done.records })
    };
    Ok(Json(write_once(&edge, actor, headers, act, undo).await?))
}
