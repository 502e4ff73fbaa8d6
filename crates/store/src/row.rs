//! Rows out of the database and parameters into it, typed once and checked against both schemas by the statement test.

use crate::{Cell, Kind, Value};
use platform::{Fault, FaultKind};
use rusqlite::types::ValueRef;
use uuid::Uuid;

/// What a row type expects of a column.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Column {
    /// Absent for tuples, which go by position.
    pub name: Option<&'static str>,
    pub kind: Kind,
    pub nullable: bool,
}

impl Column {
    pub const fn of<T: Value>(name: Option<&'static str>) -> Self {
        Self { name, kind: T::KIND, nullable: T::NULLABLE }
    }
}

/// A type that is one row.
pub trait Row: Sized {
    fn columns() -> Vec<Column>;
    fn read(columns: &mut Columns<'_>) -> Result<Self, Fault>;
}

/// The parameters of a statement, a tuple in the order of `$1, $2, …`.
pub trait Params {
    fn kinds() -> Vec<(Kind, bool)>;
    fn cells(self) -> Vec<Cell>;
}

/// The columns of one row, read from left to right.
pub struct Columns<'a> {
    source: Source<'a>,
    index: usize,
}

enum Source<'a> {
    Sqlite(&'a rusqlite::Row<'a>),
    Postgres(&'a tokio_postgres::Row),
}

impl<'a> Columns<'a> {
    pub(crate) fn sqlite(row: &'a rusqlite::Row<'a>) -> Self {
        Self { source: Source::Sqlite(row), index: 0 }
    }

    pub(crate) fn postgres(row: &'a tokio_postgres::Row) -> Self {
        Self { source: Source::Postgres(row), index: 0 }
    }

    /// The next column.
    pub fn take<T: Value>(&mut self) -> Result<T, Fault> {
        let index = self.index;
        self.index += 1;
        let cell = match &self.source {
            Source::Sqlite(row) => sqlite_cell(row.get_ref(index).map_err(crate::sqlite::fault)?, T::KIND)?,
            Source::Postgres(row) => postgres_cell(row, index, T::KIND)?,
        };
        T::from_cell(cell).map_err(|f| f.context(format!("column {}", index + 1)))
    }
}

fn sqlite_cell(value: ValueRef<'_>, kind: Kind) -> Result<Cell, Fault> {
    let corrupt = || Fault::new(FaultKind::Corrupt, format!("a stored value is no {kind:?}"));
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).map_err(|_| corrupt());
    Ok(match (value, kind) {
        (ValueRef::Null, _) => Cell::Null,
        (ValueRef::Integer(v), Kind::Int) => Cell::Int(v),
        (ValueRef::Integer(v), Kind::Bool) => Cell::Bool(v != 0),
        (ValueRef::Integer(v), Kind::Real) => Cell::Real(v as f64),
        (ValueRef::Real(v), Kind::Real) => Cell::Real(v),
        (ValueRef::Text(v), Kind::Text) => Cell::Text(text(v)?),
        (ValueRef::Text(v), Kind::Json) => Cell::Json(text(v)?),
        (ValueRef::Blob(v), Kind::Bytes) => Cell::Bytes(v.to_vec()),
        (ValueRef::Blob(v), Kind::Uuid) => Cell::Uuid(Uuid::from_slice(v).map_err(|_| corrupt())?),
        _ => return Err(corrupt()),
    })
}

fn postgres_cell(row: &tokio_postgres::Row, index: usize, kind: Kind) -> Result<Cell, Fault> {
    fn get<'r, T: tokio_postgres::types::FromSql<'r>>(
        row: &'r tokio_postgres::Row,
        index: usize,
        cell: fn(T) -> Cell,
    ) -> Result<Cell, Fault> {
        let value: Option<T> = row.try_get(index).map_err(crate::postgres::fault)?;
        Ok(value.map_or(Cell::Null, cell))
    }
    match kind {
        Kind::Int => get(row, index, Cell::Int),
        Kind::Real => get(row, index, Cell::Real),
        Kind::Bool => get(row, index, Cell::Bool),
        Kind::Text => get(row, index, Cell::Text),
        Kind::Bytes => get(row, index, Cell::Bytes),
        Kind::Uuid => get(row, index, Cell::Uuid),
        Kind::Json => get(row, index, |v: crate::postgres::JsonText| Cell::Json(v.0)),
        Kind::IntList | Kind::TextList | Kind::UuidList => {
            Err(Fault::broken("a list cannot be read from a column"))
        }
    }
}

/// Declares a struct that is one row: the columns of the statement are its fields, in order.
///
/// ```ignore
/// row! { /// One line of a queue.
///     pub struct QueueRow { pub id: CaseId, pub due_at: Option<Time> } }
/// ```
#[macro_export]
macro_rules! row {
    ($(#[$meta:meta])* $vis:vis struct $name:ident { $($(#[$fmeta:meta])* $fvis:vis $field:ident : $type:ty),+ $(,)? }) => {
        $(#[$meta])*
        $vis struct $name { $($(#[$fmeta])* $fvis $field: $type),+ }
        impl $crate::Row for $name {
            fn columns() -> Vec<$crate::Column> {
                vec![$($crate::Column::of::<$type>(Some(stringify!($field)))),+]
            }
            fn read(columns: &mut $crate::Columns<'_>) -> Result<Self, ::platform::Fault> {
                Ok(Self { $($field: columns.take()?),+ })
            }
        }
    };
}

impl Row for () {
    fn columns() -> Vec<Column> {
        Vec::new()
    }
    fn read(_: &mut Columns<'_>) -> Result<Self, Fault> {
        Ok(())
    }
}

impl Params for () {
    fn kinds() -> Vec<(Kind, bool)> {
        Vec::new()
    }
    fn cells(self) -> Vec<Cell> {
        Vec::new()
    }
}

macro_rules! tuple {
    ($($name:ident),+) => {
        impl<$($name: Value),+> Row for ($($name,)+) {
            fn columns() -> Vec<Column> {
                vec![$(Column::of::<$name>(None)),+]
            }
            fn read(columns: &mut Columns<'_>) -> Result<Self, Fault> {
                Ok(($(columns.take::<$name>()?,)+))
            }
        }
        impl<$($name: Value),+> Params for ($($name,)+) {
            fn kinds() -> Vec<(Kind, bool)> {
                vec![$(($name::KIND, $name::NULLABLE)),+]
            }
            #[allow(non_snake_case, reason = "the type's letter names its value")]
            fn cells(self) -> Vec<Cell> {
                let ($($name,)+) = self;
                vec![$($name.into_cell()),+]
            }
        }
    };
}
macro_rules! tuples {
    ($first:ident) => { tuple!($first); };
    ($first:ident, $($rest:ident),+) => { tuple!($first, $($rest),+); tuples!($($rest),+); };
}
tuples!(
    A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P, Q, R, S, T, U, V, W, X, Y, Z, A1, B1, C1, D1, E1, F1, G1,
    H1, I1, J1, K1, L1, M1, N1, O1, P1
);
