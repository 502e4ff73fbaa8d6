//! A table that is being worked at: its file open, its columns read, the register's places at hand.

use super::book::Table;
use super::columns::Columns;
use super::deciding::{Deciding, Part};
use super::draft::Draft;
use super::files::Files;
use super::known::{Asked, Known};
use super::places::Places;
use super::places_new::Maker;
use super::reading::{self, Rows};
use super::subjects::Subjects;
use super::{Batch, BatchId, ImportBook, Mapping};
use crate::catalogue::Catalogue;
use crate::error::RegistryError;
use crate::model::{Kind, Origin, RecordId, Source};
use crate::queries::batches::{self, PlaceCursor};
use crate::view::Viewer;
use ::store::Conn;
use axum::http::StatusCode;
use edge::Edge;
use platform::{Actor, DistrictId, Fault, Problem, Refusal, Words};
use seal::{Keyring, Vault};
use sheets::{Book, DateSystem, Limits, SheetFault};
use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;
use tokio::sync::mpsc::Receiver;
use tokio::task::JoinHandle;
use uuid::Uuid;

/// A table at work.
pub(crate) struct Work {
    pub edge: Edge,
    pub district: DistrictId,
    pub keys: Arc<Keyring>,
    pub files: Files,
    pub batch: Batch,
    pub columns: Columns,
    viewer: Viewer,
    places: Places,
    cursor: PlaceCursor,
    subjects: Subjects,
}

/// A refusal of the file as the register tells it.
pub(crate) fn refused(fault: SheetFault) -> RegistryError {
    match fault {
        SheetFault::Disk(error) => RegistryError::Fault(Fault::from(error).context("reading a table")),
        fault => fault.problem().into(),
    }
}

/// The table of a batch is no longer on the disk.
fn file_is_gone() -> RegistryError {
    let words = Words::of(
        "这张表已过期删除，请重新上传。",
        "This table was removed after its time; please send it again.",
    );
    Problem::new(StatusCode::GONE, "registry.file_gone", words).into()
}

/// Loads a batch.
pub(crate) async fn load(
    edge: &Edge,
    district: DistrictId,
    id: BatchId,
) -> Result<(Batch, Arc<Keyring>), RegistryError> {
    let keys = edge.fixture::<Vault>().of(district)?;
    let ring = keys.clone();
    let read = async move |conn: &mut Conn| batches::batch(conn, &ring, district, id).await;
    let batch = edge.db.read(read).await.map_err(RegistryError::Fault)?;
    Ok((batch.ok_or(RegistryError::NotFound)?, keys))
}

/// Opens the file of a batch, away from the request threads.
pub(crate) async fn open_book(
    files: &Files,
    keys: &Arc<Keyring>,
    id: BatchId,
) -> Result<Book, RegistryError> {
    let (files, keys) = (files.clone(), keys.clone());
    let opening = tokio::task::spawn_blocking(move || {
        let file = files.open(&keys, id)?.ok_or_else(file_is_gone)?;
        Book::open_file(file, &Limits::default()).map_err(refused)
    });
    opening.await.map_err(|e| Fault::broken("a table was not opened").because(e))?
}

/// Whoever sent the table, acting through the house: what they may touch was settled when they sent it.
pub(crate) fn actor_of(district: DistrictId, batch: &Batch) -> Actor {
    Actor { account: batch.account, name: batch.by_name.as_str().into(), ..Actor::system(district, "import") }
}

impl Work {
    /// Opens a batch that has its mapping.
    pub async fn open(edge: &Edge, district: DistrictId, id: BatchId) -> Result<(Self, Book), RegistryError> {
        let (batch, keys) = load(edge, district, id).await?;
        let mapping = batch.mapping.clone().ok_or(RegistryError::NotFound)?;
        let book = open_book(&Files::of(edge, district), &keys, id).await?;
        let mut work = Self::begin(edge, district, batch, mapping, book.date_system())?;
        work.load_register().await?;
        Ok((work, book))
    }

    /// Begins to work at rows, from wherever they come; what the register has of them is to be loaded next.
    pub fn begin(
        edge: &Edge,
        district: DistrictId,
        batch: Batch,
        mapping: Mapping,
        dates: DateSystem,
    ) -> Result<Self, RegistryError> {
        let columns = Columns {
            catalogue: edge.fixture::<Catalogue>(),
            book: edge.fixture::<ImportBook>(),
            table: batch.table,
            mapping,
            dates,
            today: edge.now().local().date(),
        };
        let viewer = Viewer {
            catalogue: columns.catalogue.clone(),
            places: edge.fixture::<territory::Map>().of(district),
            reader: actor_of(district, &batch),
            now: edge.now(),
        };
        Ok(Self {
            edge: edge.clone(),
            district,
            keys: edge.fixture::<Vault>().of(district)?,
            files: Files::of(edge, district),
            batch,
            columns,
            viewer,
            places: Places::default(),
            cursor: PlaceCursor::default(),
            subjects: Subjects::default(),
        })
    }

    /// Reads the register's places anew, and what else the table is compared with as a whole.
    pub async fn load_register(&mut self) -> Result<(), Fault> {
        (self.places, self.cursor, self.subjects) =
            (Places::default(), PlaceCursor::default(), Subjects::default());
        self.follow().await?;
        self.load_subjects().await
    }

    /// Reads what the register has of some rows, and no more: its places down to the buildings, and what is in those the rows name.
    pub async fn load_for(&mut self, drafts: &[Draft]) -> Result<(), Fault> {
        let district = self.district;
        self.places = Places::default();
        self.subjects = Subjects::default();
        let read = async move |conn: &mut Conn| batches::outline(conn, district).await;
        self.places.take(self.edge.db.read_long(read).await?);
        let named = drafts.iter().filter_map(|draft| draft.address.as_ref());
        let meant: BTreeSet<RecordId> = named.flat_map(|parts| self.places.buildings_meant(parts)).collect();
        let meant: Vec<RecordId> = meant.into_iter().collect();
        let read = async move |conn: &mut Conn| batches::inside(conn, district, meant.clone()).await;
        self.places.take(self.edge.db.read_long(read).await?);
        self.load_subjects().await
    }

    async fn load_subjects(&mut self) -> Result<(), Fault> {
        let kind = match self.batch.table {
            Table::People | Table::Homes => return Ok(()),
            Table::Organisations => Kind::Organisation,
            Table::Things => Kind::Thing,
        };
        let (district, mut after) = (self.district, RecordId(Uuid::nil()));
        loop {
            let read =
                async move |conn: &mut Conn| batches::subjects_after(conn, district, kind, after).await;
            let (rows, is_last) = self.edge.db.read_long(read).await?;
            after = rows.last().map_or(after, |row| row.id);
            self.subjects.take(kind, rows);
            if is_last {
                return Ok(());
            }
        }
    }

    /// Takes in the places that were entered or changed since, by whomever.
    pub async fn follow(&mut self) -> Result<(), Fault> {
        let district = self.district;
        loop {
            let from = self.cursor;
            let read = async move |conn: &mut Conn| batches::places_since(conn, district, from).await;
            let (rows, next, is_last) = self.edge.db.read_long(read).await?;
            self.places.take(rows);
            self.cursor = next;
            if is_last {
                return Ok(());
            }
        }
    }

    /// Reads the rows of the table, on a thread of their own.
    pub fn read(&self, book: Book) -> (Receiver<Rows>, JoinHandle<Result<(), SheetFault>>) {
        reading::read(book, self.batch.sheet, self.columns.clone(), self.origin(), self.batch.rows)
    }

    /// Where the values of this table come from.
    pub fn origin(&self) -> Origin {
        Origin {
            source: Source::Import,
            at: self.batch.created_at,
            by: self.batch.account,
            evidence: Some(self.batch.file_name.clone()),
        }
    }

    /// Decides on a part of the table as the register is now. What was `touched` is being changed already.
    pub async fn decide(
        &mut self,
        drafts: &[Draft],
        takes_conflicts: bool,
        touched: HashSet<RecordId>,
    ) -> Result<Part, Fault> {
        let asked = Asked::of(self.batch.table, drafts, &self.places, &self.subjects, &self.keys);
        let (district, keys) = (self.district, self.keys.clone());
        let read = async move |conn: &mut Conn| Known::gather(conn, &keys, district, asked.clone()).await;
        let known = self.edge.db.read(read).await?;
        let maker =
            Maker { batch: self.batch.id, act: self.batch.act, now: self.edge.now(), origin: self.origin() };
        let deciding = Deciding {
            columns: &self.columns,
            maker: &maker,
            keys: &self.keys,
            viewer: &self.viewer,
            scopes: &self.batch.scopes,
            takes_conflicts,
        };
        Ok(deciding.decide(drafts, &known, &mut self.places, &mut self.subjects, touched))
    }
}
