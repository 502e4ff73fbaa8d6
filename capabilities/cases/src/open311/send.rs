//! Filing a report by the standard: the same command as every other door, with the standard's fields.

use super::answer::Answer;
use super::call::{Call, Params, bad, unknown};
use super::kinds::serves;
use crate::catalogue::{CaseType, Datatype};
use crate::commands::{self, Filed, PlaceGiven, Report, ReporterGiven};
use crate::error::CaseError;
use crate::intake;
use crate::model::{CaseId, Source};
use crate::rules::Rules;
use ::store::Tx;
use edge::Edge;
use platform::{Lang, Phone, Problem};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// A link somebody sends along. It is kept as words for those who handle the case and never fetched.
const LINK_CHARS_MAX: usize = 500;
/// What stands before such a link at the end of a report's words.
const LINK_MARK: &str = "\n附图链接：";

#[derive(Clone, Serialize, Deserialize)]
struct Receipt {
    service_request_id: String,
    service_notice: Option<String>,
    account_id: Option<String>,
}

pub async fn send(edge: Edge, call: Call) -> Result<Answer, Problem> {
    let rules = edge.fixture::<Rules>();
    let code = call.params.need("service_code")?;
    let found = rules.find_type(call.district.district, code).filter(|t| serves(t, &call));
    let case_type = found.ok_or_else(|| unknown("service_code"))?;
    let order = order(&edge, &call, case_type)?;
    let (headers, body, lang) = (call.headers.clone(), call.body.clone(), call.actor.lang);
    let receipt = edge
        .db
        .write(&call.actor, async move |tx: &mut Tx| {
            let order = order.clone();
            edge::idempotent(tx, &headers, &body, async |tx: &mut Tx| {
                let held = order.held;
                let filed = commands::report(tx, order).await?;
                let notice = notice(&filed, held.is_some(), lang);
                let service_request_id = filed.case.number;
                Ok::<_, CaseError>(Receipt {
                    service_request_id,
                    service_notice: Some(notice),
                    account_id: None,
                })
            })
            .await
        })
        .await?;
    Ok(Answer::new("service_requests", &[receipt]).map_err(|f| Problem::from(&f))?.created())
}

fn order(edge: &Edge, call: &Call, case_type: &CaseType) -> Result<Report, Problem> {
    let params = &call.params;
    let words = params.get("description").unwrap_or(case_type.name.get(call.actor.lang));
    let held = intake::watch(edge, &call.actor, words)?;
    let link = params.get("media_url").map(check_link).transpose()?;
    let words = match link {
        Some(link) => format!("{}{LINK_MARK}{link}", without_link(words)),
        None => words.to_owned(),
    };
    Ok(Report {
        id: CaseId::new(edge.now()),
        type_code: Some(case_type.code.clone()),
        words,
        place: place(params)?,
        source: Source::Open311,
        reporter: reporter(call)?,
        hidden: false,
        photos: Vec::new(),
        answers: answers(params, case_type),
        external_id: None,
        seen_at: None,
        held,
    })
}

/// By coordinates, else by address, else by the code of an area of ours.
fn place(params: &Params) -> Result<PlaceGiven, Problem> {
    let degrees = |name: &'static str| {
        let text = params.get(name).map(str::parse::<f64>).transpose();
        text.map_err(|_| bad(name, "应为十进制度数（WGS-84）。", "It must be decimal degrees (WGS-84)."))
    };
    match (degrees("lat")?, degrees("long")?) {
        (Some(lat), Some(long)) => {
            let point = geo::Point::new(long, lat).map_err(|_| {
                bad(
                    "lat",
                    "坐标不对，纬度和经度可能写反了。",
                    "No such place; latitude and longitude may be swapped.",
                )
            })?;
            let address = params.get("address_string").map(str::to_owned);
            return Ok(PlaceGiven::Point { at: point, address });
        }
        (None, None) => {}
        _ => return Err(bad("lat", "lat 和 long 须同时给出。", "lat and long go together.")),
    }
    match (params.get("address_string"), params.get("address_id")) {
        (Some(text), _) => Ok(PlaceGiven::Address { text: text.to_owned(), grid: None }),
        (None, Some(code)) => Ok(PlaceGiven::Grid(code.to_owned())),
        (None, None) => Err(bad(
            "lat",
            "须给出位置：lat 和 long，或 address_string，或 address_id。",
            "A place is needed: lat and long, or address_string, or address_id.",
        )),
    }
}

/// Somebody who can be asked; nobody where another system reports on its own account. E-mail addresses and device ids are
/// not kept: nothing here would use them.
fn reporter(call: &Call) -> Result<Option<ReporterGiven>, Problem> {
    let params = &call.params;
    let phone = params.get("phone").map(|text| {
        Phone::parse(text)
            .ok_or_else(|| bad("phone", "电话号码不对。", "This is not a telephone number we can call."))
    });
    let phone = phone.transpose()?;
    let name = full_name(params.get("first_name"), params.get("last_name"));
    if call.is_keyed() && phone.is_none() && name.is_none() {
        return Ok(None);
    }
    Ok(Some(ReporterGiven { name, phone, account: None }))
}

/// A Chinese name has its family name first and no space.
fn full_name(first: Option<&str>, last: Option<&str>) -> Option<String> {
    let (first, last) = (first.unwrap_or_default(), last.unwrap_or_default());
    let name = if first.is_ascii() && last.is_ascii() {
        format!("{first} {last}")
    } else {
        format!("{last}{first}")
    };
    Some(name.trim().to_owned()).filter(|n| !n.is_empty())
}

/// Answers as the type's questions want them: a list where several may be chosen.
fn answers(params: &Params, case_type: &CaseType) -> BTreeMap<String, Value> {
    let several = |code: &str| {
        case_type.questions.iter().any(|q| q.code == code && q.datatype == Datatype::MultiValueList)
    };
    let value = |code: &str, mut values: Vec<String>| match several(code) {
        true => Value::from(values),
        false => Value::from(values.swap_remove(0)),
    };
    params.attributes().into_iter().map(|(code, values)| (code.clone(), value(&code, values))).collect()
}

fn check_link(text: &str) -> Result<&str, Problem> {
    let is_link = (text.starts_with("https://") || text.starts_with("http://"))
        && text.chars().count() <= LINK_CHARS_MAX
        && !text.chars().any(|c| c.is_whitespace() || c.is_control());
    if is_link {
        Ok(text)
    } else {
        Err(bad("media_url", "须为 http 或 https 链接。", "It must be an http or https link."))
    }
}

/// A report's words without the link sent along, which nobody has looked at and which is not published.
pub fn without_link(words: &str) -> &str {
    words.split_once(LINK_MARK).map_or(words, |(own, _)| own)
}

fn notice(filed: &Filed, held: bool, lang: Lang) -> String {
    let number = &filed.case.number;
    let code = filed.follower.as_ref().map(|(_, code)| code);
    let mut notice = match (lang, held) {
        (Lang::Zh, false) => format!("已收到，编号 {number}。"),
        (Lang::Zh, true) => format!("已收到，编号 {number}。工作人员会先看一下，没有丢。"),
        (Lang::En, false) => format!("Received as {number}."),
        (Lang::En, true) => format!("Received as {number}. A person looks at it first; it is not lost."),
    };
    if let Some(code) = code {
        notice.push_str(&match lang {
            Lang::Zh => format!("查询码 {code}，凭编号和查询码可以跟进、确认、评价。"),
            Lang::En => format!(" Follow code {code}: with both you can follow, confirm and rate it."),
        });
    }
    notice
}
