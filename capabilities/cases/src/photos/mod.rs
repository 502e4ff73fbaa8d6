//! Photos of a case: taken in by what they are, not by what they are called; made new without any metadata; kept as files.

mod files;
mod kept;
mod kind;
mod picture;
mod sweep;

pub use files::{open, path_of};
pub use kept::{pack, unpack};
pub use kind::Kind;
pub use sweep::sweep;

use edge::{Edge, Part};
use http::StatusCode;
use platform::limits::MIB;
use platform::{DistrictId, Fault, Problem, Words};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::sync::Semaphore;

/// Photos of one report or one step.
pub const PHOTOS_MAX: usize = 9;
/// One photo as it is sent.
pub const PHOTO_BYTES_MAX: u64 = 10 * MIB;
/// Pixels of one photo, so that a small file cannot unfold into gigabytes.
pub const PHOTO_PIXELS_MAX: u64 = 60_000_000;
/// The longest side of a kept photo and of its thumbnail, in pixels.
pub const PHOTO_SIDE_MAX: u32 = 2048;
pub const THUMBNAIL_SIDE_MAX: u32 = 480;
/// Files that no row names are removed after this long: the time somebody has to send a form again.
pub const ORPHAN_KEPT: Duration = Duration::from_hours(48);

/// Photos decoded at the same time: each may take 240 MiB while it is open.
static DECODERS: Semaphore = Semaphore::const_new(2);

/// A photo on the disk: names of its two files and the size of the larger.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct StoredPhoto {
    /// `<sha-256>.jpg`
    pub file: String,
    pub thumbnail: String,
    pub width: u32,
    pub height: u32,
    pub bytes: u64,
}

/// Why a photo was not taken.
#[derive(Debug, thiserror::Error)]
pub enum PhotoError {
    #[error("a photo is {}, not JPEG, PNG or WebP", .0.words().en)]
    Kind(Kind),
    #[error("a photo of {bytes} bytes is too large")]
    TooLarge { bytes: u64 },
    #[error("a photo of {width} × {height} pixels is too large")]
    TooManyPixels { width: u32, height: u32 },
    #[error("{count} photos are too many")]
    TooMany { count: usize },
    #[error("a photo cannot be read to its end")]
    Broken,
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl platform::Refusal for PhotoError {
    fn problem(&self) -> Problem {
        let invalid = |code, zh: String, en: String| Problem::invalid(code, "photos", Words::new(zh, en));
        match self {
            Self::Kind(kind) => kind_problem(*kind),
            Self::TooLarge { bytes } => {
                let (most, size) = (PHOTO_BYTES_MAX / MIB, bytes.div_ceil(MIB));
                invalid(
                    "cases.photo_too_large",
                    format!("每张照片最多 {most} MB，这张约 {size} MB，请缩小后再传。"),
                    format!("A photo may have {most} MB at most; this one has about {size} MB."),
                )
                .with("bytes_max", PHOTO_BYTES_MAX)
            }
            Self::TooManyPixels { width, height } => invalid(
                "cases.photo_too_large",
                format!("照片尺寸过大（{width} × {height} 像素），请缩小后再传。"),
                format!("The photo is too large ({width} × {height} pixels). Please make it smaller."),
            )
            .with("pixels_max", PHOTO_PIXELS_MAX),
            Self::TooMany { count } => invalid(
                "cases.photo_too_many",
                format!("最多 {PHOTOS_MAX} 张照片，这里有 {count} 张。"),
                format!("At most {PHOTOS_MAX} photos; these are {count}."),
            )
            .with("photos_max", PHOTOS_MAX),
            Self::Broken => invalid(
                "cases.photo_broken",
                "照片文件已损坏，打不开，请重新拍摄或选择。".to_owned(),
                "The photo is damaged and cannot be opened. Please take or choose another.".to_owned(),
            ),
            Self::Fault(fault) => Problem::from(fault),
        }
    }
}

fn kind_problem(kind: Kind) -> Problem {
    let what = kind.words();
    let problem = Problem::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "cases.photo_kind",
        Words::new(
            format!("只能上传 JPEG、PNG 或 WebP 照片，这个文件是{}。", what.zh),
            format!("Only JPEG, PNG or WebP photos can be sent; this file is {}.", what.en),
        ),
    )
    .field("photos");
    match kind {
        Kind::Heic => problem.detail(Words::of(
            "苹果手机：设置 → 相机 → 格式 → 选“兼容性最佳”，或发送截图。",
            "On an iPhone choose Settings → Camera → Formats → Most Compatible, or send a screenshot.",
        )),
        _ => problem,
    }
}

impl From<PhotoError> for Problem {
    /// The edge's answer; a fault is logged here, once.
    fn from(e: PhotoError) -> Self {
        if let PhotoError::Fault(fault) = &e {
            tracing::error!("A photo could not be kept: {fault:?}");
        }
        platform::Refusal::problem(&e)
    }
}

/// Makes a photo new and keeps it with its thumbnail under `data_dir`. Slow: for a thread that may wait.
pub fn keep(data_dir: &Path, district: DistrictId, bytes: &[u8]) -> Result<StoredPhoto, PhotoError> {
    let made = picture::make(bytes)?;
    let folder = files::Folder::of(data_dir, district);
    Ok(StoredPhoto {
        file: folder.keep(&made.large)?,
        thumbnail: folder.keep(&made.small)?,
        width: made.width,
        height: made.height,
        bytes: made.large.len() as u64,
    })
}

/// Makes a photo new without keeping it, for whoever keeps photos elsewhere: upright, bounded, without any metadata, as JPEG.
///
/// # Errors
/// What is no photo, or too large.
pub async fn clean(bytes: axum::body::Bytes) -> Result<Vec<u8>, PhotoError> {
    let _permit = DECODERS.acquire().await.map_err(broken)?;
    let work = tokio::task::spawn_blocking(move || Ok(picture::make(&bytes)?.large));
    work.await.unwrap_or_else(|e| Err(broken(e).into()))
}

/// Takes in a photo that was kept under another folder, with its thumbnail: the same names, the same bytes. Slow, as [`keep`].
///
/// # Errors
/// A fault where it is not there, or cannot be written.
pub fn adopt(from: &Path, to: &Path, district: DistrictId, photo: &StoredPhoto) -> Result<(), Fault> {
    let folder = files::Folder::of(to, district);
    for name in [&photo.file, &photo.thumbnail] {
        let path = path_of(from, district, name).ok_or_else(|| Fault::broken("no name of a photo"))?;
        let bytes = std::fs::read(path).map_err(|e| Fault::from(e).context("taking in a photo"))?;
        folder.keep(&bytes)?;
    }
    Ok(())
}

/// As [`keep`], beside other work.
///
/// # Errors
/// What is no photo, or too large.
pub async fn keep_one(
    data: PathBuf,
    district: DistrictId,
    bytes: axum::body::Bytes,
) -> Result<StoredPhoto, PhotoError> {
    // Never closed: the semaphore lives as long as the program.
    let _permit = DECODERS.acquire().await.map_err(broken)?;
    let work = tokio::task::spawn_blocking(move || keep(&data, district, &bytes));
    work.await.unwrap_or_else(|e| Err(broken(e).into()))
}

/// Keeps the photos of a form, in their order. Nothing is refused half-way without saying which one it was.
pub async fn keep_all(
    edge: &Edge,
    district: DistrictId,
    parts: &[Part],
) -> Result<Vec<StoredPhoto>, Problem> {
    if parts.len() > PHOTOS_MAX {
        return Err(PhotoError::TooMany { count: parts.len() }.into());
    }
    let data = edge.settings().data.clone();
    let mut kept = Vec::with_capacity(parts.len());
    for (index, part) in parts.iter().enumerate() {
        let photo = keep_one(data.clone(), district, part.bytes.clone()).await;
        kept.push(
            photo.map_err(|e| Problem::from(e).with("file", &part.file_name).with("photo", index + 1))?,
        );
    }
    Ok(kept)
}

fn broken(e: impl std::error::Error + Send + Sync + 'static) -> Fault {
    Fault::broken("a photo could not be worked on").because(e)
}
