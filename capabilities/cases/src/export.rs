//! The cases of a district as a file, one line a case: what was reported and what became of it, nothing about a person.
//!
//! Names, phones and accounts are not read at all. Words, address and point are those of cases that everybody may read, as Open311
//! lists them; of the others the columns are empty. Lines are written as they are read: memory does not grow with the cases.

use crate::access;
use crate::open311::{w3c, without_link};
use crate::queries::reported::{self, Exported, Span};
use crate::rules::{Rules, WORKFLOW};
use crate::view::state_words;
use ::store::Conn;
use edge::Edge;
use platform::{DistrictId, Fault};
use serde::Serialize;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use territory::Snapshot;

/// Every column with its meaning, in the order of the file; JSON lines have them as keys.
pub const COLUMNS: &[(&str, &str)] = &[
    ("number", "as people read it out, 261121-4839-2017"),
    ("type", "code of the catalogue"),
    ("type_name", "in Chinese"),
    ("state", "the workflow's name of it: closed, handling, …"),
    ("state_name", "in Chinese"),
    ("open", "true or false"),
    ("source", "resident, worker, desk, hotline, sensor, open311, import"),
    ("area", "code of the smallest area known when it was reported"),
    ("owner", "whose step it is: desk, dispatcher, host, reporter, none"),
    ("unit", "the organisation that handles it"),
    ("level", "of urging: none, reminded, urged, supervised_yellow, supervised_red"),
    ("reported_at", "in China's time, as all times here"),
    ("state_since", "when the present state began"),
    ("due_at", "end of the present step's time; empty where no clock runs"),
    ("closed_at", "empty while it is open"),
    ("rating", "1 to 5"),
    ("followers", "others who have the same trouble"),
    ("lon", "WGS-84; empty where not everybody may read the case"),
    ("lat", "the same"),
    ("address", "the same"),
    ("words", "the same"),
];

/// How the lines are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// With a header. A byte order mark makes old spreadsheets read Chinese.
    Csv { byte_order_mark: bool },
    /// A JSON object a line.
    JsonLines,
}

/// Lines between two tellings of progress.
const TELL_LINES: u64 = 500;

/// Writes the cases reported in that time to a file, which is there only when it is whole; answers how many they are.
///
/// # Errors
/// A fault where the database cannot be read or the file cannot be written.
pub async fn write_file(
    edge: &Edge,
    district: DistrictId,
    path: &Path,
    format: Format,
    span: Span,
    tell: impl Fn(u64) + Send + 'static,
) -> Result<u64, Fault> {
    let clerk = Clerk {
        rules: edge.fixture::<Rules>(),
        places: edge.fixture::<territory::Map>().of(district),
        district,
    };
    let (path, part) = (path.to_owned(), with_ending(path, ".part"));
    edge.db
        .read_long(async move |conn: &mut Conn| {
            let written = write(conn, &clerk, &part, format, span, &tell).await;
            let done = written.and_then(|count| match std::fs::rename(&part, &path) {
                Ok(()) => Ok(count),
                Err(e) => Err(unwritable(&path)(e)),
            });
            if done.is_err() {
                // What is left of it serves nobody; that it could not be removed either changes nothing.
                let _ = std::fs::remove_file(&part);
            }
            done
        })
        .await
}

async fn write(
    conn: &mut Conn,
    clerk: &Clerk,
    path: &Path,
    format: Format,
    span: Span,
    tell: &impl Fn(u64),
) -> Result<u64, Fault> {
    let mut sheet = Sheet::create(path, format).map_err(unwritable(path))?;
    let (mut count, mut failed) = (0, None);
    reported::each_exported(conn, clerk.district, span, |case| match sheet.add(clerk.line(case)) {
        Ok(()) => {
            count += 1;
            if count % TELL_LINES == 0 {
                tell(count);
            }
            ControlFlow::Continue(())
        }
        Err(e) => {
            failed = Some(e);
            ControlFlow::Break(())
        }
    })
    .await?;
    let ended = failed.map_or(Ok(()), Err).and_then(|()| sheet.end());
    ended.map_err(unwritable(path))?;
    tell(count);
    Ok(count)
}

fn unwritable(path: &Path) -> impl Fn(io::Error) -> Fault {
    move |e| Fault::from(e).context(format_args!("writing {}", path.display()))
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// A line of the file, in the order of [`COLUMNS`].
#[derive(Debug, Serialize)]
struct Line {
    number: String,
    r#type: String,
    type_name: String,
    state: String,
    state_name: String,
    open: bool,
    source: &'static str,
    area: String,
    owner: String,
    unit: Option<String>,
    level: String,
    reported_at: String,
    state_since: String,
    due_at: Option<String>,
    closed_at: Option<String>,
    rating: Option<i64>,
    followers: i64,
    lon: Option<f64>,
    lat: Option<f64>,
    address: Option<String>,
    words: Option<String>,
}

/// What puts cases into lines.
struct Clerk {
    rules: Arc<Rules>,
    places: Arc<Snapshot>,
    district: DistrictId,
}

impl Clerk {
    fn line(&self, case: Exported) -> Line {
        let told = is_told(&case);
        let case_type = self.rules.find_type(self.district, &case.type_code);
        let version = u32::try_from(case.workflow_version).unwrap_or(0);
        let workflow = self.rules.library.get(WORKFLOW, version).unwrap_or_else(|| self.rules.workflow());
        let level = usize::try_from(case.level).ok().and_then(|l| workflow.levels.get(l));
        let unit = case.unit_id.and_then(|id| self.places.organisation_by_id(id));
        Line {
            type_name: case_type.map_or_else(|| case.type_code.clone(), |t| t.name.zh.clone().into_owned()),
            state_name: state_words(workflow, &case.state).zh.into_owned(),
            area: territory::code_of_path(&case.area_path).to_owned(),
            unit: unit.map(|u| u.name.clone()),
            level: level.map_or_else(String::new, |l| l.name.clone()),
            words: told.then(|| without_link(&case.words).to_owned()),
            address: case.address.filter(|_| told),
            lon: case.lon.filter(|_| told),
            lat: case.lat.filter(|_| told),
            number: case.number,
            r#type: case.type_code,
            state: case.state,
            open: case.open,
            source: case.source.name(),
            owner: case.owner_role,
            reported_at: w3c(case.reported_at),
            state_since: w3c(case.state_since),
            due_at: case.due_at.filter(|_| case.open).map(w3c),
            closed_at: case.closed_at.map(w3c),
            rating: case.rating,
            followers: case.followers,
        }
    }
}

/// Whether everybody may read what was written, and where it is: as in the public lists.
fn is_told(case: &Exported) -> bool {
    access::is_shown_to_all(case.public, case.hidden, &case.state) && access::are_words_told(&case.state)
}

/// The file under way.
enum Sheet {
    Csv(Box<csv::Writer<BufWriter<File>>>),
    JsonLines(BufWriter<File>),
}

impl Sheet {
    fn create(path: &Path, format: Format) -> io::Result<Self> {
        let mut file = BufWriter::new(File::create(path)?);
        Ok(match format {
            Format::JsonLines => Self::JsonLines(file),
            Format::Csv { byte_order_mark } => {
                if byte_order_mark {
                    file.write_all("\u{feff}".as_bytes())?;
                }
                // The header stands there without any case too, so it is not left to the first one.
                let mut sheet = csv::WriterBuilder::new().has_headers(false).from_writer(file);
                sheet.write_record(COLUMNS.iter().map(|(name, _)| name))?;
                Self::Csv(Box::new(sheet))
            }
        })
    }

    fn add(&mut self, mut line: Line) -> io::Result<()> {
        match self {
            Self::Csv(sheet) => {
                line.words = line.words.map(no_formula);
                line.address = line.address.map(no_formula);
                Ok(sheet.serialize(line)?)
            }
            Self::JsonLines(file) => {
                serde_json::to_writer(&mut *file, &line)?;
                file.write_all(b"\n")
            }
        }
    }

    fn end(self) -> io::Result<()> {
        let mut file = match self {
            Self::Csv(sheet) => sheet.into_inner().map_err(|e| io::Error::other(e.to_string()))?,
            Self::JsonLines(file) => file,
        };
        file.flush()?;
        file.get_ref().sync_all()
    }
}

/// A spreadsheet would run what begins like a formula; an apostrophe makes it text again.
fn no_formula(text: String) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text }
}
