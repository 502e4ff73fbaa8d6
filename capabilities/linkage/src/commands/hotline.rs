//! Handing in a work order: once a case, however often it is sent; or the earlier result, where the same is asked again.

use crate::error::LinkageError;
use crate::hotline::book::HotlineBook;
use crate::hotline::facts::{HANDED_IN, HotlineFact, REFILED};
use crate::model::work_order::{TypeBy, WorkOrder, WorkOrderId, WorkOrderOutcome, is_same_again};
use crate::store::hotline::{self as store, WorkOrderRow};
use ::store::{Json, Tx};
use cases::catalogue::SOMETHING_ELSE;
use cases::commands::{Report, ReporterGiven, ask_again, report, spot_of};
use cases::outcome::{Earlier, earlier_of_phone};
use cases::similar::{new_facts, same_place};
use cases::{CaseId, Rules, Source};
use platform::{Actor, ActorKind, Phone, Words};
use std::collections::BTreeMap;
use std::sync::Arc;
use territory::{Map, Snapshot};

/// The end of a case that its reporter took back: it answers nobody.
const WITHDRAWN: &str = "withdrawn";

/// A work order that is in.
#[derive(Clone, Debug)]
pub(crate) struct HandedIn {
    pub row: WorkOrderRow,
    /// False where the very same had been handed in before.
    pub fresh: bool,
}

/// Everything a decision about a work order needs that is not in the database.
struct Books {
    book: Arc<HotlineBook>,
    rules: Arc<Rules>,
    places: Arc<Snapshot>,
}

/// The type of a work order's case, and how it was found.
struct Typed {
    code: String,
    by: TypeBy,
}

/// Why an earlier case answers, or does not.
enum Judged {
    SameAgain {
        earlier: Box<Earlier>,
        why: Words,
    },
    /// The same matter with something new, or nothing that was asked before.
    New {
        why: Option<Words>,
    },
}

/// Takes a work order in. The same one twice gives the same answer; the same number with other content is refused.
///
/// # Errors
/// What does not hold, by field, here or in cases; a number that is taken.
pub(crate) async fn hand_in(tx: &mut Tx, order: WorkOrder) -> Result<HandedIn, LinkageError> {
    let books = Books {
        book: tx.fixture::<HotlineBook>(),
        rules: tx.fixture::<Rules>(),
        places: tx.fixture::<Map>().of(tx.district()),
    };
    let order = order.checked(tx.now())?;
    check_source(&order, &books.book)?;
    match store::load_to_hand_in(tx, &order.source, &order.number).await? {
        Some(row) => known(tx, row, order, &books).await,
        None => fresh(tx, order, &books).await,
    }
}

fn check_source(order: &WorkOrder, book: &HotlineBook) -> Result<(), LinkageError> {
    if book.hotline(&order.source).is_some() {
        return Ok(());
    }
    let keys = book.keys().join(", ");
    Err(LinkageError::invalid(
        "source",
        "linkage.unknown_hotline",
        format!("没有这个热线，应为：{keys}。"),
        format!("There is no such hotline; it is one of {keys}."),
    ))
}

/// The same number again: the same answer, or a case of its own where the earlier answer is said not to be enough.
async fn known(
    tx: &mut Tx,
    row: WorkOrderRow,
    order: WorkOrder,
    books: &Books,
) -> Result<HandedIn, LinkageError> {
    if row.content_hash != order.content_hash() || !is_theirs(tx.actor(), &row) {
        return Err(LinkageError::conflict(
            "linkage.number_used",
            "这个工单编号已用于内容不同的工单。",
            "This number was used for a work order with other content.",
        ));
    }
    if row.outcome != WorkOrderOutcome::Repeated || !order.new_facts {
        return Ok(HandedIn { row, fresh: false });
    }
    let typed = type_of(&order, books);
    let case_id = file(tx, &order, &typed).await?;
    let row = WorkOrderRow { case_id, outcome: WorkOrderOutcome::Filed, why: Json(said_to_be_new()), ..row };
    store::refile(tx, &row).await?;
    tx.record(&HotlineFact::step(REFILED, &row)).await?;
    Ok(HandedIn { row, fresh: true })
}

/// A key sees and sends its own; whoever hands in for the district, all.
pub(crate) fn is_theirs(actor: &Actor, row: &WorkOrderRow) -> bool {
    actor.kind != ActorKind::Service || row.account_id == actor.account
}

async fn fresh(tx: &mut Tx, order: WorkOrder, books: &Books) -> Result<HandedIn, LinkageError> {
    let typed = type_of(&order, books);
    let (case_id, outcome, why) = match judge(tx, &order, &typed, books).await? {
        Judged::SameAgain { earlier, why } => {
            (again(tx, &order, &earlier).await?, WorkOrderOutcome::Repeated, why)
        }
        Judged::New { why } => {
            let id = file(tx, &order, &typed).await?;
            (id, WorkOrderOutcome::Filed, why.unwrap_or_else(|| typed.why(&order, &books.rules)))
        }
    };
    let row = WorkOrderRow {
        id: WorkOrderId::new(tx.now()),
        content_hash: order.content_hash(),
        account_id: tx.actor().account,
        kind: order.kind,
        received_at: order.received_at,
        promised_at: order.promised_at,
        handed_at: tx.now(),
        case_id,
        outcome,
        type_by: typed.by,
        why: Json(why),
        source: order.source,
        number: order.number,
        classification: order.classification,
    };
    store::insert(tx, row.clone()).await?;
    tx.record(&HotlineFact::step(HANDED_IN, &row)).await?;
    Ok(HandedIn { row, fresh: true })
}

/// By the hotline's classification, else by the words, else what the desk looks at.
fn type_of(order: &WorkOrder, books: &Books) -> Typed {
    let by_class = order.classification.as_deref().and_then(|text| books.book.type_of(text));
    if let Some(code) = by_class {
        return Typed { code: code.to_owned(), by: TypeBy::Classification };
    }
    match books.rules.suggester.suggest(&order.words).into_iter().next() {
        Some(best) => Typed { code: best.code, by: TypeBy::Words },
        None => Typed { code: SOMETHING_ELSE.to_owned(), by: TypeBy::Nothing },
    }
}

impl Typed {
    /// Why the case has its type.
    fn why(&self, order: &WorkOrder, rules: &Rules) -> Words {
        let name = rules.catalogue.find_type(&self.code).map(|t| t.name.clone()).unwrap_or_default();
        let class = order.classification.as_deref().unwrap_or_default();
        match self.by {
            TypeBy::Classification => Words::new(
                format!("按热线分类“{class}”，归为“{}”。", name.zh),
                format!("By the hotline's class \"{class}\" it is \"{}\".", name.en),
            ),
            TypeBy::Words => Words::new(
                format!("热线分类没有对应，按内容归为“{}”。", name.zh),
                format!("Its class means nothing here; by its words it is \"{}\".", name.en),
            ),
            TypeBy::Nothing => Words::of(
                "分类和内容都看不出类型，由受理窗口判断。",
                "Neither class nor words say what it is; the desk decides.",
            ),
        }
    }
}

fn said_to_be_new() -> Words {
    Words::of(
        "热线说明有新情况，另立事件。",
        "The hotline says that something is new; it is a case of its own.",
    )
}

/// Whether an earlier case of the same caller, of the same type and place, answers it.
async fn judge(tx: &mut Tx, order: &WorkOrder, typed: &Typed, books: &Books) -> Result<Judged, LinkageError> {
    if order.new_facts {
        return Ok(Judged::New { why: Some(said_to_be_new()) });
    }
    let Some(phone) = &order.caller_phone else { return Ok(Judged::New { why: None }) };
    let spot = spot_of(&order.place, &books.places)?;
    let (district, since) = (tx.district(), tx.now().before(books.book.repeat.window()));
    let mut why = None;
    for earlier in earlier_of_phone(tx, district, phone, since).await? {
        if earlier.type_code != typed.code || earlier.state == WITHDRAWN {
            continue;
        }
        let Some(place) = same_place(&spot, &earlier.spot()) else { continue };
        let (words, share) = new_facts(&earlier.words, &order.words);
        if is_same_again(&words, share, books.book.repeat.new_share_max) {
            let why = same_again(&earlier, &place, share, &books.book);
            return Ok(Judged::SameAgain { earlier: Box::new(earlier), why });
        }
        why.get_or_insert_with(|| something_new(&earlier, &words));
    }
    Ok(Judged::New { why })
}

fn same_again(earlier: &Earlier, place: &Words, share: f32, book: &HotlineBook) -> Words {
    let percent = (share * 100.0).round() as u32;
    let number = &earlier.number;
    Words::new(
        format!(
            "同一电话、同一类事项、{}，新内容占 {percent}%，没有新情况：答复见事件 {number}（{}）。",
            place.zh, book.repeat.source
        ),
        format!(
            "The same phone and type, {}; {percent} % of the words are new, which is no new fact: see case {number} ({}).",
            place.en, book.repeat.source
        ),
    )
}

fn something_new(earlier: &Earlier, words: &[String]) -> Words {
    let number = &earlier.number;
    let quoted: Vec<String> = words.iter().take(5).map(|word| format!("“{word}”")).collect();
    Words::new(
        format!("与事件 {number} 相比有新情况：{}，另立事件。", quoted.concat()),
        format!("Something is new beside case {number}: {}; it is a case of its own.", quoted.join(", ")),
    )
}

/// The earlier case answers, and its history says that it was asked again. The caller follows it already: that is how it was found.
async fn again(tx: &mut Tx, order: &WorkOrder, earlier: &Earlier) -> Result<CaseId, LinkageError> {
    let Some(phone) = &order.caller_phone else { return Ok(earlier.id) };
    let name =
        tx.fixture::<HotlineBook>().hotline(&order.source).map(|words| words.zh.clone()).unwrap_or_default();
    let note = format!("再次来电（{name}工单 {}）：{}", order.number, order.words);
    let note: String = note.chars().take(cases::commands::WORDS_CHARS_MAX).collect();
    Ok(ask_again(tx, earlier.id, phone, &note).await?.id)
}

/// Makes the case.
async fn file(tx: &mut Tx, order: &WorkOrder, typed: &Typed) -> Result<CaseId, LinkageError> {
    let filed = report(
        tx,
        Report {
            id: CaseId::new(tx.now()),
            type_code: Some(typed.code.clone()),
            words: order.words.clone(),
            place: order.place.clone(),
            source: Source::Hotline,
            reporter: reporter(order.caller_name.as_deref(), order.caller_phone.as_ref()),
            // What a call taker wrote down may name people: neighbours are not shown it.
            hidden: true,
            photos: Vec::new(),
            answers: BTreeMap::new(),
            external_id: Some(order.external_id()),
            seen_at: Some(order.received_at),
            held: None,
        },
    )
    .await?;
    Ok(filed.case.id)
}

/// Who can be asked; nobody without a phone.
fn reporter(name: Option<&str>, phone: Option<&Phone>) -> Option<ReporterGiven> {
    let phone = phone?.clone();
    Some(ReporterGiven { name: name.map(str::to_owned), phone: Some(phone), account: None })
}
