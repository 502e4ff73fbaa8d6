//! Files that come in parts, named by their content: what may come, how large, and how long an unclaimed one stays.

use crate::error::FieldworkError;
use platform::limits::{KIB, MIB};
use platform::{AccountId, Time, Words};
use serde::{Deserialize, Serialize};
use std::str::FromStr;
use std::time::Duration;

/// Bytes of one part: on slow 3G some ten seconds (web.md A5).
pub const PART_BYTES_MAX: u64 = 256 * KIB;
/// A file that nothing came for is removed after this: longer than a phone lies in a drawer over a holiday.
pub const UPLOAD_KEPT: Duration = Duration::from_hours(14 * 24);

/// SHA-256 of a file's bytes, in 64 hexadecimal digits.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FileHash(String);

impl FileHash {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for FileHash {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_hash = text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if is_hash { Ok(Self(text.to_owned())) } else { Err("64 hexadecimal digits in small letters") }
    }
}

impl TryFrom<String> for FileHash {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<FileHash> for String {
    fn from(hash: FileHash) -> Self {
        hash.0
    }
}

impl utoipa::PartialSchema for FileHash {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        String::schema()
    }
}

impl utoipa::ToSchema for FileHash {}

/// What kind of file comes, by its media type.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MediaKind {
    /// Made new without metadata, as photos of cases are; a signature is a picture too.
    Photo,
    Audio,
}

impl MediaKind {
    /// The kind of a media type that may come.
    pub fn of(media_type: &str) -> Option<Self> {
        let plain = media_type.split(';').next().unwrap_or_default().trim();
        match plain {
            "image/jpeg" | "image/png" | "image/webp" => Some(Self::Photo),
            "audio/webm" | "audio/ogg" | "audio/mp4" | "audio/mpeg" | "audio/wav" | "audio/aac" => {
                Some(Self::Audio)
            }
            _ => None,
        }
    }

    /// Bytes such a file may have.
    pub const fn bytes_max(self) -> u64 {
        match self {
            Self::Photo => 10 * MIB,
            Self::Audio => 20 * MIB,
        }
    }
}

/// A file on its way, or whole.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Upload {
    pub account: AccountId,
    pub hash: FileHash,
    pub bytes: u64,
    pub media_type: String,
    pub made_at: Time,
    pub done_at: Option<Time>,
}

impl Upload {
    /// A file that begins.
    ///
    /// # Errors
    /// `fieldwork.file_kind`, `fieldwork.file_too_large`.
    pub fn begin(
        account: AccountId,
        hash: FileHash,
        bytes: u64,
        media_type: &str,
        now: Time,
    ) -> Result<Self, FieldworkError> {
        let kind = MediaKind::of(media_type).ok_or_else(|| {
            FieldworkError::invalid(
                "media_type",
                "fieldwork.file_kind",
                "只能上传照片（JPEG、PNG、WebP）和录音。",
                "Photos (JPEG, PNG, WebP) and voice notes can be sent, nothing else.",
            )
        })?;
        let bytes_max = kind.bytes_max();
        if !(1..=bytes_max).contains(&bytes) {
            let words = Words::new(
                format!("文件大小要在 1 字节到 {} KiB 之间。", bytes_max / KIB),
                format!("Such a file has between 1 byte and {} KiB.", bytes_max / KIB),
            );
            return Err(FieldworkError::Invalid { field: "bytes", code: "fieldwork.file_too_large", words });
        }
        Ok(Self { account, hash, bytes, media_type: media_type.to_owned(), made_at: now, done_at: None })
    }
}

#[cfg(test)]
mod tests {
    //! What may come.
    use super::{FileHash, MediaKind, Upload};
    use platform::{AccountId, Time};
    use uuid::Uuid;

    #[test]
    fn photos_and_voices_come_within_their_size() {
        let hash: FileHash = "a".repeat(64).parse().expect("a hash");
        let begin = |kind: &str, bytes: u64| {
            let account = AccountId(Uuid::from_u128(1));
            Upload::begin(account, hash.clone(), bytes, kind, Time::from_micros(0)).is_ok()
        };
        let rows = [
            ("image/jpeg", 1, true),
            ("image/jpeg", MediaKind::Photo.bytes_max(), true),
            ("image/jpeg", MediaKind::Photo.bytes_max() + 1, false),
            ("image/jpeg", 0, false),
            ("audio/webm;codecs=opus", 100, true),
            ("image/svg+xml", 100, false),
            ("video/mp4", 100, false),
            ("text/html", 100, false),
        ];
        for (kind, bytes, expected) in rows {
            assert_eq!(begin(kind, bytes), expected, "{kind} {bytes}");
        }
    }

    #[test]
    fn a_hash_is_64_small_digits_and_leads_nowhere_else() {
        let rows = ["", "../../etc/passwd", &"A".repeat(64), &"a".repeat(63), &"g".repeat(64)];
        assert!(rows.iter().all(|text| text.parse::<FileHash>().is_err()));
    }
}
