//! Moving in, out and within: residences begin and end, and stay in the history.

use super::enter::{Enter, prepare};
use super::{Given, today};
use crate::access::{EDIT, require};
use crate::error::RegistryError;
use crate::facts::{MOVED, RegistryFact};
use crate::model::{ActId, Kind, Links, Record, RecordId, State};
use crate::{queries, store};
use ::store::Tx;
use jiff::civil::Date;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A person moves into a home.
#[derive(Clone, Debug)]
pub struct MoveIn {
    pub person: RecordId,
    pub dwelling: RecordId,
    /// The household joined; none where the home has none of its own yet or the person stays apart.
    pub household: Option<RecordId>,
    /// `kind` and `relation` of the residence.
    pub values: BTreeMap<String, Value>,
    /// None: today.
    pub from_on: Option<Date>,
    /// Whether the person's other residences end with it (moving within the district).
    pub leaves_others: bool,
    pub given: Given,
}

/// A person leaves a home.
#[derive(Clone, Debug)]
pub struct MoveOut {
    pub residence: RecordId,
    pub to_on: Option<Date>,
}

/// Moves a person in. The person's record goes to the grid of the new home.
///
/// # Errors
/// `registry.lives_there` for a second residence of the same kind in the same home, `registry.second_head` for a second head of a
/// household, or a head elsewhere.
pub async fn move_in(tx: &mut Tx, order: MoveIn) -> Result<Record, RegistryError> {
    let person = load_person(tx, order.person).await?;
    let act = ActId::new(tx.now());
    let from_on = order.from_on.unwrap_or(today(tx));
    let before = residences_of(tx, person.id).await?;
    let links = Links {
        person: Some(person.id),
        dwelling: Some(order.dwelling),
        household: order.household,
        ..Links::default()
    };
    let new = Enter {
        id: None,
        kind: Kind::Residence,
        values: order.values,
        links,
        from_on: Some(from_on),
        to_on: None,
        point: None,
        area_path: None,
        given: order.given,
    };
    let residence = prepare(tx, new, act).await?;
    require(tx.actor(), &EDIT, &residence.content.area_path)?;
    let staying: Vec<&Record> = before.iter().filter(|_| !order.leaves_others).collect();
    refuse_twice(&residence, &staying)?;
    refuse_second_head(tx, &residence, &staying).await?;
    if order.leaves_others {
        for old in &before {
            leave(tx, old, from_on, act).await?;
        }
    }
    store::insert(tx, std::slice::from_ref(&residence)).await?;
    take_along(tx, &person, &residence.content.area_path, act).await?;
    let data = json!({ "act": act, "residence": residence.id, "dwelling": order.dwelling });
    tx.record(&RegistryFact::of(MOVED, &person, data)).await?;
    Ok(residence)
}

/// Ends a residence; the person stays in the grid until another home is known.
///
/// # Errors
/// It has ended already, or would end before it began.
pub async fn move_out(tx: &mut Tx, order: MoveOut) -> Result<Record, RegistryError> {
    let residence = store::load_for(tx, order.residence, &EDIT).await?;
    if residence.kind != Kind::Residence {
        return Err(RegistryError::NotFound);
    }
    if !residence.is_live() {
        return Err(RegistryError::Over);
    }
    let act = ActId::new(tx.now());
    let ended = leave(tx, &residence, order.to_on.unwrap_or(today(tx)), act).await?;
    let Some(person) = residence.content.links.person else { return Ok(ended) };
    if let Some(person) = store::load(tx, person).await? {
        let left = residences_of(tx, person.id).await?;
        if let Some(home) = left.last() {
            let path = home.content.area_path.clone();
            take_along(tx, &person, &path, act).await?;
        }
        tx.record(&RegistryFact::of(MOVED, &person, json!({ "act": act, "residence": residence.id })))
            .await?;
    }
    Ok(ended)
}

async fn load_person(tx: &mut Tx, id: RecordId) -> Result<Record, RegistryError> {
    // A worker may take in somebody from another grid: the right is asked at the new home.
    let person = store::load(tx, id).await?.filter(|record| record.kind == Kind::Person);
    let person = person.ok_or(RegistryError::NotFound)?;
    if person.is_live() { Ok(person) } else { Err(RegistryError::Over) }
}

async fn residences_of(tx: &mut Tx, person: RecordId) -> Result<Vec<Record>, RegistryError> {
    let all = queries::of_person(tx, person).await?;
    Ok(all.into_iter().filter(|record| record.kind == Kind::Residence).collect())
}

async fn leave(tx: &mut Tx, residence: &Record, on: Date, act: ActId) -> Result<Record, RegistryError> {
    if residence.content.from_on.is_some_and(|from| on < from) {
        return Err(RegistryError::invalid(
            "to_on",
            "registry.ends_before",
            "结束日期早于开始日期。",
            "It ends before it begins.",
        ));
    }
    let mut content = residence.content.clone();
    content.state = State::Ended;
    content.to_on = Some(on);
    let after = residence.next(content, act, tx.now());
    store::save(tx, residence, &after).await?;
    Ok(after)
}

/// The person and what is known of them belong to the grid they live in.
async fn take_along(tx: &mut Tx, person: &Record, area_path: &str, act: ActId) -> Result<(), RegistryError> {
    let facts = queries::of_person(tx, person.id).await?;
    let facts = facts.into_iter().filter(|record| record.kind == Kind::ServiceFact);
    let moving: Vec<Record> = std::iter::once(person.clone()).chain(facts).collect();
    for record in moving.iter().filter(|record| record.content.area_path != area_path) {
        let mut content = record.content.clone();
        content.area_path = area_path.to_owned();
        let after = record.next(content, act, tx.now());
        store::save(tx, record, &after).await?;
    }
    Ok(())
}

fn refuse_twice(new: &Record, others: &[&Record]) -> Result<(), RegistryError> {
    let same = |old: &&&Record| {
        old.content.links.dwelling == new.content.links.dwelling
            && old.content.open.text("kind") == new.content.open.text("kind")
    };
    match others.iter().find(same) {
        None => Ok(()),
        Some(old) => Err(RegistryError::taken(
            "registry.lives_there",
            "这个人已登记住在这里。",
            "This person is registered as living here already.",
            old.id,
        )),
    }
}

async fn refuse_second_head(tx: &mut Tx, new: &Record, others: &[&Record]) -> Result<(), RegistryError> {
    let is_head = |record: &Record| record.content.open.text("relation") == "head";
    if !is_head(new) {
        return Ok(());
    }
    if let Some(other) = others.iter().find(|record| is_head(record)) {
        return Err(RegistryError::taken(
            "registry.head_elsewhere",
            "这个人已是另一户的户主。",
            "This person is the head of another household.",
            other.id,
        ));
    }
    let Some(household) = new.content.links.household else { return Ok(()) };
    let members = queries::of_household(tx, household).await?;
    match members
        .iter()
        .find(|member| is_head(member) && member.content.links.person != new.content.links.person)
    {
        None => Ok(()),
        Some(head) => Err(RegistryError::taken(
            "registry.second_head",
            "这一户已有户主。",
            "This household has a head already.",
            head.id,
        )),
    }
}
