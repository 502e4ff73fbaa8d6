//! Records as screens and other systems see them: words beside codes, what is sealed masked unless the look opens it.

use crate::actions::{RecordActionView, actions_of};
use crate::catalogue::{Catalogue, FieldBook};
use crate::looks::Look;
use crate::model::identifier::{Document, DocumentKind};
use crate::model::spelling::mask_name;
use crate::model::{Kind, Links, Origin, Record, RecordId, Shape, Source, State};
use jiff::civil::Date;
use platform::{Actor, Personal, Phone, Time, Words};
use serde::Serialize;
use serde_json::{Value, json};
use std::sync::Arc;
use territory::Snapshot;
use utoipa::ToSchema;
use utoipa::openapi::{RefOr, Schema};

/// What is needed to put records into words.
#[derive(Clone, Debug)]
pub struct Viewer {
    pub catalogue: Arc<Catalogue>,
    pub places: Arc<Snapshot>,
    /// Who reads.
    pub reader: Actor,
    pub now: Time,
}

/// A value about a subject. Its schema is marked: a route that answers with one records the look (the coverage test reads the mark).
#[derive(Clone, Debug, Serialize)]
#[serde(transparent)]
pub struct Told(pub Value);

impl utoipa::PartialSchema for Told {
    fn schema() -> RefOr<Schema> {
        let mark = utoipa::openapi::extensions::ExtensionsBuilder::new().add(PERSONAL_MARK, true).build();
        utoipa::openapi::schema::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::SchemaType::AnyValue)
            .extensions(Some(mark))
            .into()
    }
}
impl ToSchema for Told {}

/// The extension of the API's description that marks what is about a person.
pub const PERSONAL_MARK: &str = "x-personal";

/// Where a value is from.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OriginView {
    pub source: Source,
    pub source_words: Words,
    pub at: Time,
    /// What proves it.
    pub evidence: Option<String>,
}

impl From<&Origin> for OriginView {
    fn from(origin: &Origin) -> Self {
        Self {
            source: origin.source,
            source_words: source_words(origin.source),
            at: origin.at,
            evidence: origin.evidence.clone(),
        }
    }
}

/// A value of a record.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FieldView {
    pub key: String,
    pub words: Words,
    pub shape: Shape,
    /// As it is kept; of what is sealed only where the look opens it.
    pub value: Option<Told>,
    /// As people read it; masked where the value is not open.
    #[schema(value_type = Told)]
    pub shown: Words,
    /// Whether it is kept sealed, and so opens for a purpose only.
    pub sealed: bool,
    pub origin: OriginView,
    /// It is older than its kind of value may be: to be confirmed.
    pub stale: bool,
}

/// An area, as far as a screen needs it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AreaName {
    pub code: String,
    pub path: String,
    pub name: String,
}

/// What a record belongs to.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct LinksView {
    pub place: Option<RecordId>,
    pub person: Option<RecordId>,
    pub dwelling: Option<RecordId>,
    pub household: Option<RecordId>,
    pub organisation: Option<RecordId>,
}

impl From<Links> for LinksView {
    fn from(links: Links) -> Self {
        let Links { place, person, dwelling, household, organisation } = links;
        Self { place, person, dwelling, household, organisation }
    }
}

/// A record.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RecordView {
    pub id: RecordId,
    pub kind: Kind,
    pub kind_words: Words,
    pub version: i64,
    pub state: State,
    /// The name it is listed by.
    #[schema(value_type = Told)]
    pub label: String,
    pub area: AreaName,
    pub links: LinksView,
    pub from_on: Option<String>,
    pub to_on: Option<String>,
    /// WGS-84.
    pub lon: Option<f64>,
    pub lat: Option<f64>,
    pub merged_into: Option<RecordId>,
    pub fields: Vec<FieldView>,
    /// When the first of its values is to be confirmed.
    pub stale_at: Option<Time>,
    pub changed_at: Time,
    /// What the reader may do with it, and why not the rest.
    pub actions: Vec<RecordActionView>,
}

impl Viewer {
    /// A record within a look.
    pub fn record(&self, record: &Record, look: Option<&Look>) -> RecordView {
        let (book, content) = (self.catalogue.kind(record.kind), &record.content);
        let fields = book.fields.iter().filter_map(|field| {
            let held = content.fields(field.sealed);
            let (value, origin) = (held.get(&field.key)?, held.origin(&field.key)?);
            Some(self.field(field, value, origin, is_open(record, field, look)))
        });
        RecordView {
            id: record.id,
            kind: record.kind,
            kind_words: book.words.clone(),
            version: record.version,
            state: content.state,
            label: content.label.clone(),
            area: self.area(&content.area_path),
            links: content.links.into(),
            from_on: content.from_on.map(|day| day.to_string()),
            to_on: content.to_on.map(|day| day.to_string()),
            lon: content.point.map(|point| point.0),
            lat: content.point.map(|point| point.1),
            merged_into: content.merged_into,
            fields: fields.collect(),
            stale_at: self.catalogue.stale_at(record.kind, content),
            changed_at: record.changed_at,
            actions: actions_of(&self.reader, record, look.is_some_and(Look::is_restricted)),
        }
    }

    pub fn area(&self, path: &str) -> AreaName {
        let area = self.places.by_path(path);
        AreaName {
            code: path.rsplit('/').next().unwrap_or_default().to_owned(),
            path: path.to_owned(),
            name: area.map(|area| area.name.clone()).unwrap_or_default(),
        }
    }

    /// A value with its words, open or masked.
    pub fn field(&self, field: &FieldBook, value: &Value, origin: &Origin, is_open: bool) -> FieldView {
        FieldView {
            key: field.key.clone(),
            words: field.words.clone(),
            shape: field.shape,
            value: is_open.then(|| Told(value.clone())),
            shown: if is_open { self.shown(field, value) } else { masked(field, value, self.now) },
            sealed: field.sealed,
            origin: origin.into(),
            stale: field.stale_at(origin.at).is_some_and(|at| at <= self.now),
        }
    }

    /// A value as people read it.
    pub fn shown(&self, field: &FieldBook, value: &Value) -> Words {
        let entries = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
        let words: Vec<Words> = entries.iter().map(|entry| self.entry(field, entry)).collect();
        joined(&words)
    }

    fn entry(&self, field: &FieldBook, entry: &Value) -> Words {
        let text = entry.as_str().unwrap_or_default();
        let both = |text: String| Words::new(text.clone(), text);
        match field.shape {
            Shape::Choice | Shape::Choices => {
                field.choice(text).cloned().unwrap_or_else(|| both(text.to_owned()))
            }
            Shape::Fact => {
                self.catalogue.fact(text).map_or_else(|| both(text.to_owned()), |fact| fact.words.clone())
            }
            Shape::Area => both(format!("{:.2} m²", entry.as_f64().unwrap_or_default() / 100.0)),
            Shape::Documents => {
                let kind = entry["kind"].as_str().and_then(DocumentKind::parse).map(DocumentKind::words);
                let number = entry["number"].as_str().unwrap_or_default();
                let kind = kind.unwrap_or(Words::of("", ""));
                Words::new(format!("{} {number}", kind.zh), format!("{} {number}", kind.en))
            }
            Shape::Contact => {
                let part = |key: &str| entry[key].as_str().unwrap_or_default().to_owned();
                both(format!("{} {} {}", part("name"), part("phone"), part("relation")).trim().to_owned())
            }
            Shape::Yes if entry == &json!(true) => Words::of("是", "Yes"),
            Shape::Yes => Words::of("否", "No"),
            Shape::Whole => both(entry.to_string()),
            Shape::Details => self.details(entry),
            Shape::Name
            | Shape::Names
            | Shape::Text
            | Shape::Date
            | Shape::Phones
            | Shape::OrganisationCode
            | Shape::Code => both(text.to_owned()),
        }
    }

    /// The details of a service fact in words; a code that is in no catalogue any more stands for itself.
    fn details(&self, held: &Value) -> Words {
        let told = held.as_object().into_iter().flatten().map(|(key, code)| {
            let code = code.as_str().unwrap_or_default();
            match self.catalogue.detail(key, code) {
                Some((detail, choice)) => Words::new(
                    format!("{} {}", detail.words.zh, choice.zh),
                    format!("{}: {}", detail.words.en, choice.en),
                ),
                None => Words::new(code, code),
            }
        });
        joined(&told.collect::<Vec<_>>())
    }
}

/// Words of several things, one after the other.
fn joined(words: &[Words]) -> Words {
    let all =
        |lang: fn(&Words) -> &str, between: &str| words.iter().map(lang).collect::<Vec<_>>().join(between);
    Words::new(all(|words| &words.zh, "、"), all(|words| &words.en, ", "))
}

/// What is not sealed is open to whoever may look at the record at all.
pub(crate) fn is_open(record: &Record, field: &FieldBook, look: Option<&Look>) -> bool {
    if !field.sealed {
        return true;
    }
    look.is_some_and(|look| look.opens(record.id, &field.key).is_some() || look.shows_fact(record))
}

/// A sealed value as a list may show it.
pub fn masked(field: &FieldBook, value: &Value, now: Time) -> Words {
    let today = now.local().date();
    let entries = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
    let words: Vec<Words> = entries.iter().map(|entry| masked_entry(field.shape, entry, today)).collect();
    joined(&words)
}

fn masked_entry(shape: Shape, entry: &Value, today: Date) -> Words {
    let both = |text: String| Words::new(text.clone(), text);
    let phone =
        |text: &str| Phone::parse(text).map(|phone| Personal::new(phone).masked()).unwrap_or_default();
    match shape {
        Shape::Documents => {
            let kind = entry["kind"].as_str().and_then(DocumentKind::parse);
            let number = entry["number"].as_str().unwrap_or_default();
            let document = kind.and_then(|kind| Document::parse(kind, number, today).ok());
            let mask = document.map_or_else(|| "****".to_owned(), |document| document.masked());
            let kind = kind.map_or(Words::of("", ""), DocumentKind::words);
            Words::new(format!("{} {mask}", kind.zh), format!("{} {mask}", kind.en))
        }
        Shape::Phones => both(phone(entry.as_str().unwrap_or_default())),
        Shape::Contact => {
            let name = mask_name(entry["name"].as_str().unwrap_or_default());
            both(format!("{name} {}", phone(entry["phone"].as_str().unwrap_or_default())))
        }
        _ => both("****".to_owned()),
    }
}

pub fn source_words(source: Source) -> Words {
    match source {
        Source::Door => Words::of("入户登记", "At the door"),
        Source::Import => Words::of("表格导入", "Imported"),
        Source::Own => Words::of("本人提供", "By the person"),
        Source::Department => Words::of("部门共享", "From a department"),
        Source::Desk => Words::of("窗口登记", "At a desk"),
    }
}

/// The name of a person as a list shows it before anybody looks: 张*明.
pub fn listed_label(kind: Kind, label: &str) -> String {
    if kind == Kind::Person { mask_name(label) } else { label.to_owned() }
}
