//! Entering a record: at the door, at a desk, by another system.

use super::{Given, refuse_restricted, today};
use crate::access::{EDIT, require};
use crate::catalogue::{Catalogue, KindBook};
use crate::error::RegistryError;
use crate::facts::{ENTERED, RegistryFact};
use crate::model::{self, ActId, Content, Kind, Links, Origin, Record, RecordId, rules};
use crate::{queries, store};
use ::store::Tx;
use geo::Point;
use jiff::civil::Date;
use platform::{Time, Words};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use territory::{Map, Snapshot};

/// A new record.
#[derive(Clone, Debug)]
pub struct Enter {
    /// Made by the sender, so that sending twice makes one.
    pub id: Option<RecordId>,
    pub kind: Kind,
    pub values: BTreeMap<String, Value>,
    pub links: Links,
    pub from_on: Option<Date>,
    pub to_on: Option<Date>,
    pub point: Option<Point>,
    /// The path of its grid, where nothing it belongs to says so: a person without a home, a thing without a place. For a place: another
    /// grid than the map says, with `grid_reason` among the values.
    pub area_path: Option<String>,
    pub given: Given,
}

/// Enters a record.
///
/// # Errors
/// A value that does not hold, a link to nothing, a home that stands there already, an area that is not the actor's.
pub async fn enter(tx: &mut Tx, new: Enter) -> Result<Record, RegistryError> {
    let act = ActId::new(tx.now());
    let record = prepare(tx, new, act).await?;
    require(tx.actor(), &EDIT, &record.content.area_path)?;
    store::insert(tx, std::slice::from_ref(&record)).await?;
    tx.record(&RegistryFact::of(ENTERED, &record, json!({ "kind": record.kind, "act": act }))).await?;
    Ok(record)
}

/// The record as it will be, all rules checked but not who may.
pub(super) async fn prepare(tx: &mut Tx, new: Enter, act: ActId) -> Result<Record, RegistryError> {
    let (catalogue, map) = (tx.fixture::<Catalogue>(), tx.fixture::<Map>().of(tx.district()));
    let rules = Drafting { catalogue: &catalogue, map: &map, today: today(tx), now: tx.now() };
    let origin = new.given.origin(tx)?;
    let draft = rules.values(new, &origin)?;
    let upper = find_upper(tx, draft.kind, &draft.content.links).await?;
    let record = rules.place(draft, upper.as_ref(), act)?;
    refuse_restricted(tx, &record).await?;
    refuse_second(tx, record.kind, &record.content).await?;
    Ok(record)
}

/// What a new record is held against where no database is asked: what may be kept, the ground, the day.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Drafting<'a> {
    pub catalogue: &'a Catalogue,
    pub map: &'a Snapshot,
    /// In China.
    pub today: Date,
    pub now: Time,
}

/// A new record whose values hold, before it is known what it belongs to.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    pub id: Option<RecordId>,
    pub kind: Kind,
    pub content: Content,
    area_path: Option<String>,
}

impl Drafting<'_> {
    /// Checks the values of a new record, each and together.
    pub(crate) fn values(&self, new: Enter, origin: &Origin) -> Result<Draft, RegistryError> {
        let book = self.catalogue.kind(new.kind);
        let mut content = Content::new(String::new());
        content.links = new.links;
        content.from_on = new.from_on;
        content.to_on = new.to_on;
        content.point = new.point.map(|point| (point.lon(), point.lat()));
        put_values(self.catalogue, book, &mut content, new.values, origin, self.today)?;
        require_values(book, &content)?;
        fill_from_document(&mut content, new.kind, origin, self.today);
        check(self.catalogue, new.kind, &content, self.today)?;
        Ok(Draft { id: new.id, kind: new.kind, content, area_path: new.area_path })
    }

    /// Gives it its grid and its name, by what it belongs to. Whether there is such a record already is not asked here.
    pub(crate) fn place(
        &self,
        draft: Draft,
        upper: Option<&Record>,
        act: ActId,
    ) -> Result<Record, RegistryError> {
        let Draft { id, kind, mut content, area_path } = draft;
        if let Some(person) = upper.filter(|_| kind == Kind::ServiceFact) {
            rules::check_age(self.catalogue, &content, &person.content, self.today)
                .map_err(|(field, fault)| RegistryError::Value { field: field.to_owned(), fault })?;
        }
        content.area_path = area_of(self.map, kind, &content, upper, area_path)?;
        content.label = label_of(kind, &content, upper);
        let id = id.unwrap_or_else(|| RecordId::new(self.now));
        Ok(Record { id, kind, version: 1, act, changed_at: self.now, content })
    }
}

/// Checks values and puts them into a record; null takes one out.
pub(super) fn put_values(
    catalogue: &Catalogue,
    book: &KindBook,
    content: &mut Content,
    values: BTreeMap<String, Value>,
    origin: &Origin,
    today: Date,
) -> Result<(), RegistryError> {
    for (key, value) in values {
        let Some(field) = book.field(&key) else {
            return Err(RegistryError::NoSuchField { kind: book.kind, field: key });
        };
        let is_nothing = value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty());
        let kept = match is_nothing {
            true => None,
            false => {
                let checked = model::check(catalogue, field, &value, today);
                Some(checked.map_err(|fault| RegistryError::Value { field: key.clone(), fault })?.0)
            }
        };
        content.set(field.sealed, &key, kept, origin);
    }
    Ok(())
}

/// Refuses a record that lacks what its kind must have.
pub(super) fn require_values(book: &KindBook, content: &Content) -> Result<(), RegistryError> {
    let missing = book.fields.iter().find(|f| f.required && content.fields(f.sealed).get(&f.key).is_none());
    match missing {
        None => Ok(()),
        Some(field) => {
            let words =
                Words::new(format!("要填“{}”。", field.words.zh), format!("{} is missing.", field.words.en));
            let fault = model::ShapeFault { code: "registry.missing", words };
            Err(RegistryError::Value { field: field.key.clone(), fault })
        }
    }
}

/// Collect once: what the document says of birth and sex is not asked again.
pub(crate) fn fill_from_document(content: &mut Content, kind: Kind, origin: &Origin, today: Date) {
    if kind != Kind::Person {
        return;
    }
    let (mut birth, mut sex) = (None, None);
    for document in rules::documents(content, today) {
        birth = birth.or(document.birth());
        sex = sex.or(document.sex());
    }
    if let Some(birth) = birth.filter(|_| content.open.get("birth_on").is_none()) {
        content.open.set("birth_on", json!(birth.to_string()), origin);
    }
    if let Some(sex) = sex.filter(|_| content.open.get("sex").is_none()) {
        content.open.set("sex", json!(rules::sex_code(sex)), origin);
    }
}

pub(super) fn check(
    catalogue: &Catalogue,
    kind: Kind,
    content: &Content,
    today: Date,
) -> Result<(), RegistryError> {
    rules::check_record(catalogue, kind, content, today)
        .map_err(|(field, fault)| RegistryError::Value { field: field.to_owned(), fault })
}

/// The record this one belongs to, live and of the right kind; which kinds need one.
pub(super) async fn find_upper(
    tx: &mut Tx,
    kind: Kind,
    links: &Links,
) -> Result<Option<Record>, RegistryError> {
    let (link, field, upper_kind, is_needed) = match kind {
        Kind::Place => (links.place, "place", Kind::Place, false),
        Kind::Dwelling => (links.place, "place", Kind::Place, true),
        Kind::Household => (links.dwelling, "dwelling", Kind::Dwelling, true),
        Kind::Residence | Kind::Share => (links.dwelling, "dwelling", Kind::Dwelling, true),
        Kind::Organisation | Kind::Thing => (links.place, "place", Kind::Place, false),
        Kind::ServiceFact => (links.person, "person", Kind::Person, true),
        Kind::Person => (None, "place", Kind::Place, false),
    };
    let Some(id) = link else {
        if !is_needed {
            return Ok(None);
        }
        return Err(RegistryError::Invalid {
            field,
            code: "registry.missing_link",
            words: Words::of("要说明它属于哪一个。", "Say what this belongs to."),
        });
    };
    let upper = store::load(tx, id).await?.filter(|upper| upper.kind == upper_kind && upper.is_live());
    upper.map(Some).ok_or(RegistryError::Invalid {
        field,
        code: "registry.no_such_link",
        words: Words::of(
            "它所属的那一条不存在或已注销。",
            "What this belongs to is not there, or has ended.",
        ),
    })
}

/// The grid: of what it belongs to, of its point, or as given.
fn area_of(
    map: &Snapshot,
    kind: Kind,
    content: &Content,
    upper: Option<&Record>,
    given: Option<String>,
) -> Result<String, RegistryError> {
    if let Some(path) = given {
        let is_override = kind == Kind::Place && content.open.get("grid_reason").is_none();
        if is_override && content.point.is_some() {
            return Err(RegistryError::invalid(
                "grid_reason",
                "registry.no_grid_reason",
                "另定网格要写明理由。",
                "Say why this is in another grid than the map says.",
            ));
        }
        return match map.by_path(&path) {
            Some(area) => Ok(area.path.clone()),
            None => Err(RegistryError::invalid(
                "area",
                "registry.no_such_area",
                "没有这个区域。",
                "There is no such area.",
            )),
        };
    }
    if let Some((lon, lat)) = content.point {
        let located =
            Point::new(lon, lat).ok().and_then(|point| map.deepest(point).map(|area| area.path.clone()));
        return located.ok_or_else(|| {
            RegistryError::invalid(
                "point",
                "registry.outside",
                "这个位置不在本区范围内。",
                "This place is not in our district.",
            )
        });
    }
    upper.map(|upper| upper.content.area_path.clone()).ok_or_else(|| {
        RegistryError::invalid(
            "area",
            "registry.no_area",
            "要说明在哪个网格或社区。",
            "Say in which area this is.",
        )
    })
}

/// The name a record is listed by.
pub(crate) fn label_of(kind: Kind, content: &Content, upper: Option<&Record>) -> String {
    let above = upper.map_or("", |upper| upper.content.label.as_str());
    match kind {
        Kind::Person | Kind::Organisation | Kind::Thing => content.open.text("name").to_owned(),
        Kind::Place => format!("{above}{}", model::address::without_none(content.open.text("name"))),
        Kind::Dwelling | Kind::Household => above.to_owned(),
        Kind::Residence | Kind::Share | Kind::ServiceFact => String::new(),
    }
}

/// One home at a place, one place of a name below another, one head of a household, one fact of a kind at a time.
async fn refuse_second(tx: &mut Tx, kind: Kind, content: &Content) -> Result<(), RegistryError> {
    let district = tx.district();
    match kind {
        Kind::Dwelling => {
            let Some(place) = content.links.place else { return Ok(()) };
            let there = queries::at_place(tx, district, place, Kind::Dwelling).await?;
            match there.first() {
                Some(row) => Err(RegistryError::taken(
                    "registry.dwelling_there",
                    "这个地址已登记了房屋。",
                    "A dwelling is registered at this place already.",
                    row.id,
                )),
                None => Ok(()),
            }
        }
        Kind::Place => {
            let Some(above) = content.links.place else { return Ok(()) };
            let key = |fields: &model::Fields| {
                (fields.text("level").to_owned(), model::address::part_key(fields.text("name")))
            };
            let siblings = queries::at_place(tx, district, above, Kind::Place).await?;
            match siblings.iter().find(|row| key(&row.fields.0) == key(&content.open)) {
                Some(row) => Err(RegistryError::taken(
                    "registry.place_there",
                    "上级地址下已有同名的地址。",
                    "There is such a place here already.",
                    row.id,
                )),
                None => Ok(()),
            }
        }
        _ => Ok(()),
    }
}
