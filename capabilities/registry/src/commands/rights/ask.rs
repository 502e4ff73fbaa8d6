//! Asking something about one's data: correct, object, delete, restrict. What the law wants kept is refused at once, with the article.

use super::claim::{own_person, resident};
use super::{EVIDENCE_CHARS_MAX, Own, WORDS_CHARS_MAX, checked_words, refusal};
use crate::access::DECIDE;
use crate::catalogue::{Catalogue, FieldBook, Rights};
use crate::error::RegistryError;
use crate::facts::{ASK_WITHDRAWN, ASKED, RegistryFact};
use crate::model::{self, Ask, Asked, Kind, Record, RecordId, RequestId, RequestState, SELF, Shape, State};
use crate::reactions::ANSWER_DUE;
use crate::store::rights::{Decided, NewAsk};
use crate::{queries, store};
use ::store::Tx;
use axum::http::StatusCode;
use jiff::ToSpan;
use platform::{FactId, Fault, Problem, Time, Words};
use serde_json::{Value, json};

/// Requests of one person that may be open at a time.
const OPEN_MAX: usize = 20;

/// What is asked.
#[derive(Clone, Debug)]
pub struct AskFor {
    /// As the account has proven it.
    pub person: RecordId,
    /// The person, or a residence, share or service fact of theirs.
    pub record: RecordId,
    pub what: Ask,
    pub field: Option<String>,
    /// The look that is objected to.
    pub look: Option<FactId>,
    /// The value as it should be.
    pub value: Option<Value>,
    pub words: String,
    /// What proves it, in words.
    pub evidence: String,
}

/// Asks for oneself, or by a mandate.
///
/// # Errors
/// As [`own_person`]; `registry.must_be_kept` with the article; `registry.asked_already`; a value that does not hold.
pub async fn ask(tx: &mut Tx, order: AskFor) -> Result<RequestId, RegistryError> {
    let own = own_person(tx, order.person).await?;
    put(tx, own, order).await
}

/// A desk takes down what somebody asks on paper.
///
/// # Errors
/// As [`ask`]; the person is not of the desk's area.
pub async fn ask_on_paper(tx: &mut Tx, order: AskFor) -> Result<RequestId, RegistryError> {
    let person = store::load_for(tx, order.person, &DECIDE).await?;
    if person.kind != Kind::Person || !matches!(person.content.state, State::Live | State::Ended) {
        return Err(RegistryError::NotFound);
    }
    put(tx, Own { person, standing: SELF.to_owned() }, order).await
}

async fn put(tx: &mut Tx, own: Own, order: AskFor) -> Result<RequestId, RegistryError> {
    let person = own.person;
    let record = match order.record == person.id || order.record == order.person {
        true => person.clone(),
        false => {
            let all = queries::rights::records_of(tx, person.id).await?;
            all.into_iter().find(|record| record.id == order.record).ok_or(RegistryError::NotFound)?
        }
    };
    let asked = check(tx, &record, &order)?;
    refuse_again(tx, &person, &record, &order).await?;
    let id = RequestId::new(tx.now());
    let due_at = due_at(tx)?;
    let new = NewAsk {
        id,
        person: person.id,
        record: record.id,
        what: order.what,
        field: order.field.clone(),
        look: order.look,
        asked_by: resident(tx).ok(),
        standing: own.standing,
        area_path: record.content.area_path.clone(),
        due_at,
        asked,
    };
    store::rights::add_request(tx, new).await?;
    tx.set_timer(ANSWER_DUE, id.0, due_at, json!({})).await?;
    let data = json!({ "request": id, "what": order.what, "field": order.field, "look": order.look });
    tx.record(&RegistryFact::of(ASKED, &person, data)).await?;
    Ok(id)
}

/// The end of the last day on which the answer is in time.
fn due_at(tx: &Tx) -> Result<Time, Fault> {
    let days = i64::from(tx.fixture::<Rights>().answer_days);
    let due = tx.now().local().checked_add(days.days()).and_then(|day| day.end_of_day());
    Ok(due.map_err(|e| Fault::broken("an answer is due beyond all time").because(e))?.timestamp().into())
}

/// What holds of what is asked, in the shape it is kept in.
fn check(tx: &Tx, record: &Record, order: &AskFor) -> Result<Asked, RegistryError> {
    let catalogue = tx.fixture::<Catalogue>();
    let field = match &order.field {
        None => None,
        Some(key) => Some(known_field(&catalogue, record, key)?),
    };
    let words_min = if order.what == Ask::Object { 2 } else { 0 };
    let evidence_min = if order.what == Ask::Correct { 2 } else { 0 };
    let words = checked_words("words", &order.words, words_min, WORDS_CHARS_MAX)?;
    let evidence = checked_words("evidence", &order.evidence, evidence_min, EVIDENCE_CHARS_MAX)?;
    let value = match order.what {
        Ask::Correct => Some(corrected(tx, &catalogue, field, order.value.as_ref())?),
        Ask::Delete => {
            refuse_kept(&tx.fixture::<Rights>(), record, field)?;
            None
        }
        Ask::Object | Ask::Restrict => None,
    };
    Ok(Asked { value, words, evidence })
}

fn known_field<'a>(
    catalogue: &'a Catalogue,
    record: &Record,
    key: &str,
) -> Result<&'a FieldBook, RegistryError> {
    let unknown = || RegistryError::NoSuchField { kind: record.kind, field: key.to_owned() };
    catalogue.kind(record.kind).field(key).ok_or_else(unknown)
}

/// Whether a person may write the value anew; a service fact is true or is deleted.
pub(crate) fn is_correctable(field: &FieldBook) -> bool {
    !matches!(field.shape, Shape::Fact | Shape::Details)
}

fn corrected(
    tx: &Tx,
    catalogue: &Catalogue,
    field: Option<&FieldBook>,
    value: Option<&Value>,
) -> Result<Value, RegistryError> {
    let Some(field) = field.filter(|field| is_correctable(field)) else {
        return Err(RegistryError::invalid(
            "field",
            "registry.not_correctable",
            "请说明要更正哪一项；服务事实不对的，请申请删除。",
            "Say which value is to be corrected; a service fact that is wrong is deleted instead.",
        ));
    };
    let value = value.cloned().unwrap_or(Value::String(String::new()));
    let checked = model::check(catalogue, field, &value, tx.now().local().date());
    Ok(checked.map_err(|fault| RegistryError::Value { field: "value".to_owned(), fault })?.0)
}

/// Refuses to delete what the law wants kept while the record holds, and what the record cannot be without.
pub(super) fn refuse_kept(
    rights: &Rights,
    record: &Record,
    field: Option<&FieldBook>,
) -> Result<(), RegistryError> {
    if !record.is_live() {
        return Ok(());
    }
    if let Some(duty) = rights.duty(record.kind, &record.content, field.map(|field| field.key.as_str())) {
        let problem = Problem::new(
            StatusCode::CONFLICT,
            "registry.must_be_kept",
            Words::of(
                "法律规定要保存，暂不能删除；您可以改为“限制使用”。",
                "The law wants this kept for now; you may ask that it is not used.",
            ),
        );
        let why = Words::new(
            format!("{}（{}）", duty.words.zh, duty.basis),
            format!("{} ({})", duty.words.en, duty.basis),
        );
        return Err(RegistryError::from(problem.detail(why).with("basis", &duty.basis)));
    }
    if field.is_some_and(|field| field.required) {
        return Err(RegistryError::invalid(
            "field",
            "registry.needed",
            "没有这一项，这条登记就不成立，只能整条删除。",
            "The record cannot be without this value; ask for the whole record.",
        ));
    }
    Ok(())
}

async fn refuse_again(
    tx: &mut Tx,
    person: &Record,
    record: &Record,
    order: &AskFor,
) -> Result<(), RegistryError> {
    let mut open = queries::rights::requests_of(tx, person.id).await?;
    open.retain(|request| request.state == RequestState::Open);
    let is_same = |request: &store::rights::RequestRow| {
        (request.what, request.record_id, request.look_id) == (order.what, record.id, order.look)
            && request.field == order.field
    };
    let again = open.iter().any(is_same);
    if !again && open.len() < OPEN_MAX {
        return Ok(());
    }
    Err(refusal(
        StatusCode::CONFLICT,
        if again { "registry.asked_already" } else { "registry.asked_too_much" },
        Words::of(
            "同样的请求（或太多请求）还在办理，请等答复，或到窗口说明。",
            "The same request, or too many, are still open; please wait for the answer, or come to the desk.",
        ),
    ))
}

/// Takes a request back, by whoever asked.
///
/// # Errors
/// It is not theirs, or was answered already.
pub async fn withdraw(tx: &mut Tx, id: RequestId) -> Result<(), RegistryError> {
    let account = resident(tx)?;
    let district = tx.district();
    let request = store::rights::find_request(tx, district, id).await?;
    let request =
        request.filter(|request| request.asked_by == Some(account)).ok_or(RegistryError::NotFound)?;
    let by = tx.actor().name.to_string();
    let state = RequestState::Withdrawn;
    if !store::rights::decide(tx, id, Decided { state, by, ground: None, words: None, act: None }).await? {
        return Err(RegistryError::NotFound);
    }
    tx.cancel_timer(ANSWER_DUE, id.0).await?;
    if let Some(person) = store::load(tx, request.person_id).await? {
        let data = json!({ "request": id, "what": request.what });
        tx.record(&RegistryFact::of(ASK_WITHDRAWN, &person, data)).await?;
    }
    Ok(())
}
