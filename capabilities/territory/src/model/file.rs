//! Files of areas as people have them: GeoJSON in a declared coordinate system, CSV with BOM, GBK or semicolons.

mod csv_file;
mod fields;
mod geojson_file;

use super::{AreaDraft, Finding};
use crate::TerritoryError;
use geo::{CoordinateSystem, Point};
use platform::Words;

pub use csv_file::write_csv;
pub use geojson_file::write_geojson;

/// Areas in one file.
pub const AREAS_IN_FILE_MAX: usize = 50_000;

/// What a file is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FileFormat {
    GeoJson,
    Csv,
}

impl FileFormat {
    /// By the name people write, or by a file's ending.
    pub fn parse(text: &str) -> Option<Self> {
        match text.rsplit('.').next().unwrap_or(text).to_ascii_lowercase().as_str() {
            "geojson" | "json" => Some(Self::GeoJson),
            "csv" | "txt" | "tsv" => Some(Self::Csv),
            _ => None,
        }
    }

    /// By the first byte that says something.
    pub fn guess(bytes: &[u8]) -> Self {
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        match bytes.iter().find(|b| !b.is_ascii_whitespace()) {
            Some(b'{' | b'[') => Self::GeoJson,
            _ => Self::Csv,
        }
    }

    pub const fn media_type(self) -> &'static str {
        match self {
            Self::GeoJson => "application/geo+json",
            Self::Csv => "text/csv; charset=utf-8",
        }
    }

    pub const fn ending(self) -> &'static str {
        match self {
            Self::GeoJson => "geojson",
            Self::Csv => "csv",
        }
    }
}

/// How a file is to be read.
#[derive(Clone, Copy, Debug)]
pub struct FileOptions {
    /// None: by its first byte.
    pub format: Option<FileFormat>,
    /// The system its numbers are in. Always declared, never guessed.
    pub system: CoordinateSystem,
}

/// A file read to its end.
#[derive(Clone, Debug)]
pub struct ReadFile {
    pub areas: Vec<AreaDraft>,
    /// What was left aside, such as unknown columns.
    pub findings: Vec<Finding>,
    /// Corners as the file has them, not yet converted, and the system that was declared: whether it was declared
    /// wrongly is found by comparing them with an outline that is known.
    pub corners: Vec<Point>,
    pub system: CoordinateSystem,
}

/// Reads a file of areas; refuses it whole where a line or a feature cannot be understood, and says where.
pub fn read_file(bytes: &[u8], options: FileOptions) -> Result<ReadFile, TerritoryError> {
    if bytes.len() > geo::FILE_BYTES_MAX {
        let megabytes = bytes.len().div_ceil(1024 * 1024);
        let megabytes_max = geo::FILE_BYTES_MAX / 1024 / 1024;
        return Err(geo::GeoError::FileTooLarge { megabytes, megabytes_max }.into());
    }
    let format = options.format.unwrap_or_else(|| FileFormat::guess(bytes));
    let file = match format {
        FileFormat::GeoJson => geojson_file::read_geojson(bytes, options.system)?,
        FileFormat::Csv => csv_file::read_csv(bytes, options.system)?,
    };
    if file.areas.len() > AREAS_IN_FILE_MAX {
        let found = file.areas.len();
        return Err(bad_file(
            "territory.too_many_areas",
            "file",
            format!("文件里有 {found} 个区域，最多 {AREAS_IN_FILE_MAX} 个。"),
            format!("The file has {found} areas; at most {AREAS_IN_FILE_MAX} are read."),
        ));
    }
    Ok(file)
}

impl ReadFile {
    /// Says so where the numbers fit a known outline far better when read in another system than the declared one.
    pub fn find_wrong_system(&self, outline: &geo::Boundary) -> Option<Finding> {
        let likely = geo::likely_system(&self.corners, self.system, outline)?;
        let (declared, likely) = (self.system.name(), likely.name());
        Some(Finding::error(
            "territory.wrong_system",
            "",
            format!(
                "申报的坐标系是 {declared}，但这些坐标看起来是 {likely}：按 {declared} 整体偏出了本区。请改用 {likely} 再导入。"
            ),
            format!(
                "{declared} was declared, but these coordinates look like {likely}: read as {declared} they fall outside of the district. Please declare {likely}."
            ),
        ))
    }
}

fn bad_file(code: &'static str, field: &str, zh: String, en: String) -> TerritoryError {
    TerritoryError::BadFile { code, field: field.to_owned(), words: Words::new(zh, en) }
}
