//! Values that cross the border to the database: six kinds, alike on both engines.

use platform::{AccountId, DistrictId, FactId, Fault, FaultKind, OrganisationId, PostId, Time};
use serde::{Serialize, de::DeserializeOwned};
use std::borrow::Cow;
use uuid::Uuid;

/// The kind of a column or parameter.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// BIGINT / INTEGER
    Int,
    /// DOUBLE PRECISION / REAL
    Real,
    /// BOOLEAN / INTEGER 0 or 1
    Bool,
    /// TEXT
    Text,
    /// BYTEA / BLOB
    Bytes,
    /// UUID / BLOB of 16 bytes
    Uuid,
    /// JSONB / TEXT
    Json,
    /// A list for `{in:$n:kind}`: an array on PostgreSQL, a JSON array on SQLite.
    IntList,
    TextList,
    UuidList,
}

/// A value on its way.
#[derive(Clone, PartialEq, Debug)]
pub enum Cell {
    Null,
    Int(i64),
    Real(f64),
    Bool(bool),
    Text(String),
    Bytes(Vec<u8>),
    Uuid(Uuid),
    Json(String),
    IntList(Vec<i64>),
    TextList(Vec<String>),
    UuidList(Vec<Uuid>),
}

/// A Rust type that is one column.
pub trait Value: Sized {
    const KIND: Kind;
    const NULLABLE: bool = false;
    fn into_cell(self) -> Cell;
    fn from_cell(cell: Cell) -> Result<Self, Fault>;
}

fn mismatch<T>(cell: &Cell) -> Fault {
    let found = match cell {
        Cell::Null => "null",
        Cell::Int(_) => "int",
        Cell::Real(_) => "real",
        Cell::Bool(_) => "bool",
        Cell::Text(_) => "text",
        Cell::Bytes(_) => "bytes",
        Cell::Uuid(_) => "uuid",
        Cell::Json(_) => "json",
        Cell::IntList(_) | Cell::TextList(_) | Cell::UuidList(_) => "list",
    };
    Fault::new(FaultKind::Corrupt, format!("{found} where {} was expected", std::any::type_name::<T>()))
}

macro_rules! plain {
    ($type:ty, $kind:ident, $cell:ident) => {
        impl Value for $type {
            const KIND: Kind = Kind::$kind;
            fn into_cell(self) -> Cell {
                Cell::$cell(self)
            }
            fn from_cell(cell: Cell) -> Result<Self, Fault> {
                match cell {
                    Cell::$cell(v) => Ok(v),
                    other => Err(mismatch::<Self>(&other)),
                }
            }
        }
    };
}
plain!(i64, Int, Int);
plain!(f64, Real, Real);
plain!(bool, Bool, Bool);
plain!(Vec<u8>, Bytes, Bytes);
plain!(Uuid, Uuid, Uuid);

/// PostgreSQL's text cannot hold U+0000. Borders refuse it; what slips through becomes the replacement character, on both
/// engines.
fn without_nul(text: String) -> String {
    if text.contains('\0') { text.replace('\0', "\u{fffd}") } else { text }
}

/// The same for JSON, where it is written `\u0000` and a backslash before it may make it something else.
fn without_escaped_nul(json: String) -> String {
    const NUL: &str = "\\u0000";
    if !json.contains(NUL) {
        return json;
    }
    let mut out = String::with_capacity(json.len());
    let mut rest = json.as_str();
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        out.push_str(before);
        let is_nul = escape.starts_with(NUL);
        // Every other escape is taken by its first two bytes, so that an escaped backslash hides nothing.
        let taken = if is_nul { NUL.len() } else { 2.min(escape.len()) };
        out.push_str(if is_nul { "\u{fffd}" } else { &escape[..taken] });
        rest = &escape[taken..];
    }
    out.push_str(rest);
    out
}

impl Value for String {
    const KIND: Kind = Kind::Text;
    fn into_cell(self) -> Cell {
        Cell::Text(without_nul(self))
    }
    fn from_cell(cell: Cell) -> Result<Self, Fault> {
        match cell {
            Cell::Text(v) => Ok(v),
            other => Err(mismatch::<Self>(&other)),
        }
    }
}

impl Value for Cow<'static, str> {
    const KIND: Kind = Kind::Text;
    fn into_cell(self) -> Cell {
        Cell::Text(without_nul(self.into_owned()))
    }
    fn from_cell(cell: Cell) -> Result<Self, Fault> {
        String::from_cell(cell).map(Cow::Owned)
    }
}

impl<T: Value> Value for Option<T> {
    const KIND: Kind = T::KIND;
    const NULLABLE: bool = true;
    fn into_cell(self) -> Cell {
        self.map_or(Cell::Null, T::into_cell)
    }
    fn from_cell(cell: Cell) -> Result<Self, Fault> {
        match cell {
            Cell::Null => Ok(None),
            other => T::from_cell(other).map(Some),
        }
    }
}

/// Makes a newtype storable as its inner value: `value!(CaseId as Uuid, |v| v.0, CaseId)`.
#[macro_export]
macro_rules! value {
    ($type:ty as $inner:ty, $into:expr, $from:expr) => {
        impl $crate::Value for $type {
            const KIND: $crate::Kind = <$inner as $crate::Value>::KIND;
            fn into_cell(self) -> $crate::Cell {
                let into: fn($type) -> $inner = $into;
                <$inner as $crate::Value>::into_cell(into(self))
            }
            fn from_cell(cell: $crate::Cell) -> Result<Self, ::platform::Fault> {
                let from: fn($inner) -> $type = $from;
                <$inner as $crate::Value>::from_cell(cell).map(from)
            }
        }
    };
}

/// Makes a fieldless enum storable as text: `text_enum! { Stage { Reported = "reported", Closed = "closed" } }`.
///
/// Gives `as_str`, `FromStr`-like `parse`, serde as the same text, and [`Value`].
#[macro_export]
macro_rules! text_enum {
    ($(#[$doc:meta])* $vis:vis $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, ::serde::Serialize, ::serde::Deserialize)]
        $vis enum $name { $($(#[$vdoc])* #[serde(rename = $text)] $variant),+ }
        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)+ _ => None }
            }
        }
        // By hand: the derive does not see a rename that came through a macro, and would describe the variants' names.
        impl ::utoipa::PartialSchema for $name {
            fn schema() -> ::utoipa::openapi::RefOr<::utoipa::openapi::schema::Schema> {
                ::utoipa::openapi::schema::ObjectBuilder::new()
                    .schema_type(::utoipa::openapi::schema::Type::String)
                    .enum_values(Some([$($text),+]))
                    .into()
            }
        }
        impl ::utoipa::ToSchema for $name {}
        impl $crate::Value for $name {
            const KIND: $crate::Kind = $crate::Kind::Text;
            fn into_cell(self) -> $crate::Cell {
                $crate::Cell::Text(self.as_str().to_owned())
            }
            fn from_cell(cell: $crate::Cell) -> Result<Self, ::platform::Fault> {
                let text = <String as $crate::Value>::from_cell(cell)?;
                Self::parse(&text).ok_or_else(|| ::platform::Fault::new(
                    ::platform::FaultKind::Corrupt,
                    format!("'{text}' is no {}", stringify!($name)),
                ))
            }
        }
    };
}

value!(AccountId as Uuid, |v| v.0, AccountId);
value!(PostId as Uuid, |v| v.0, PostId);
value!(OrganisationId as Uuid, |v| v.0, OrganisationId);
value!(FactId as Uuid, |v| v.0, FactId);
value!(DistrictId as i64, |v| v.0, DistrictId);
value!(Time as i64, |v| v.micros(), Time::from_micros);

/// A value kept as JSON. Built and read in Rust; SQL reaches inside with `->>` only.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Json<T>(pub T);

impl<T: Serialize + DeserializeOwned> Value for Json<T> {
    const KIND: Kind = Kind::Json;
    fn into_cell(self) -> Cell {
        // The types kept as JSON are ours, with string keys: writing them cannot fail.
        Cell::Json(without_escaped_nul(serde_json::to_string(&self.0).unwrap_or_else(|_| "null".to_owned())))
    }
    fn from_cell(cell: Cell) -> Result<Self, Fault> {
        match cell {
            Cell::Json(text) => serde_json::from_str(&text).map(Json).map_err(|e| {
                Fault::new(FaultKind::Corrupt, format!("stored JSON is no {}", std::any::type_name::<T>()))
                    .because(e)
            }),
            other => Err(mismatch::<Self>(&other)),
        }
    }
}

/// A list parameter, used in SQL as `x {in:$2:uuid}` (or `int`, `text`).
#[derive(Clone, Debug)]
pub struct List<T>(pub Vec<T>);

macro_rules! list {
    ($inner:ty, $kind:ident, $keep:expr) => {
        impl<T: Value + ListItem<Inner = $inner>> ListOf<$inner> for List<T> {
            fn cells(self) -> Cell {
                Cell::$kind(self.0.into_iter().map(T::inner).map($keep).collect())
            }
        }
    };
}

/// An element of a [`List`].
pub trait ListItem {
    type Inner;
    const LIST: Kind;
    fn inner(self) -> Self::Inner;
}

trait ListOf<I> {
    fn cells(self) -> Cell;
}
list!(i64, IntList, |v| v);
list!(String, TextList, without_nul);
list!(Uuid, UuidList, |v| v);

impl<T> Value for List<T>
where
    T: ListItem,
    List<T>: ListOf<T::Inner>,
{
    const KIND: Kind = T::LIST;
    fn into_cell(self) -> Cell {
        self.cells()
    }
    fn from_cell(cell: Cell) -> Result<Self, Fault> {
        Err(mismatch::<Self>(&cell))
    }
}

/// Makes a stored type usable in a [`List`]: `list_item!(CaseId, Uuid, UuidList, |v| v.0)`.
#[macro_export]
macro_rules! list_item {
    ($type:ty, $inner:ty, $kind:ident, $into:expr) => {
        impl $crate::ListItem for $type {
            type Inner = $inner;
            const LIST: $crate::Kind = $crate::Kind::$kind;
            fn inner(self) -> $inner {
                let into: fn($type) -> $inner = $into;
                into(self)
            }
        }
    };
}
list_item!(i64, i64, IntList, |v| v);
list_item!(String, String, TextList, |v| v);
list_item!(Uuid, Uuid, UuidList, |v| v);
list_item!(PostId, Uuid, UuidList, |v| v.0);
list_item!(AccountId, Uuid, UuidList, |v| v.0);
list_item!(OrganisationId, Uuid, UuidList, |v| v.0);

#[cfg(test)]
mod tests {
    //! No U+0000 reaches a database.
    use super::without_escaped_nul;

    #[test]
    fn only_a_real_nul_of_json_is_replaced() {
        let rows = [
            (r#"{"a":"x\u0000y"}"#, "{\"a\":\"x\u{fffd}y\"}"),
            (r#"{"a":"x\u0000\\u0000\\\u0000"}"#, "{\"a\":\"x\u{fffd}\\\\u0000\\\\\u{fffd}\"}"),
            (r#"{"a":"\n\"é"}"#, r#"{"a":"\n\"é"}"#),
        ];
        for (json, expected) in rows {
            assert_eq!(without_escaped_nul(json.to_owned()), expected, "{json}");
        }
    }
}
