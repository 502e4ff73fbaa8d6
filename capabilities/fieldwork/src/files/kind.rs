//! What a file is by its first bytes, and whether a question takes it. Names and types that were sent decide nothing.

use crate::error::FieldworkError;
use forms::Kind;
use platform::Words;
use platform::limits::MIB;

/// Bytes of a recording: an hour of speech.
const AUDIO_BYTES_MAX: u64 = 30 * MIB;
/// Bytes of a video: some minutes of a phone.
const VIDEO_BYTES_MAX: u64 = 80 * MIB;
/// Bytes of any other file.
const FILE_BYTES_MAX: u64 = 20 * MIB;

/// How a file is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Taken {
    /// Made new, as JPEG.
    Photo,
    /// As it came, served as this type.
    AsItIs(&'static str),
}

/// How a file for a question is kept; `None` for what no question asks for, as the log a client adds.
///
/// # Errors
/// Of another kind than the question asks for, or too large.
pub(super) fn taken(question: Option<&Kind>, bytes: &[u8]) -> Result<Taken, FieldworkError> {
    let found = media_type(bytes);
    let (bytes_max, taken) = match question {
        // Its size is the decoder's to judge.
        Some(Kind::Photo { .. } | Kind::Signature) => return Ok(Taken::Photo),
        Some(Kind::Audio) => (AUDIO_BYTES_MAX, found.filter(|found| is_of(found, "audio"))),
        Some(Kind::Video) => (VIDEO_BYTES_MAX, found.filter(|found| is_of(found, "video"))),
        _ => (FILE_BYTES_MAX, Some("application/octet-stream")),
    };
    if bytes.len() as u64 > bytes_max {
        let most = bytes_max / MIB;
        return Err(FieldworkError::Invalid {
            field: "file",
            code: "fieldwork.file_too_large",
            words: Words::new(
                format!("文件太大，最多 {most} MiB。"),
                format!("The file is too large: at most {most} MiB."),
            ),
        });
    }
    taken.map(Taken::AsItIs).ok_or_else(|| {
        FieldworkError::invalid(
            "file",
            "fieldwork.file_kind",
            "这个文件不是这道题要的录音或录像。",
            "The file is no recording of the kind this question asks for.",
        )
    })
}

/// Formats phones record in hold sound or pictures in the same box: only the question says which it is.
fn is_of(media_type: &str, family: &str) -> bool {
    media_type.starts_with(family) || BOXES.contains(&media_type)
}

const BOXES: [&str; 3] = ["video/mp4", "video/webm", "audio/ogg"];

fn media_type(bytes: &[u8]) -> Option<&'static str> {
    Some(match bytes {
        [_, _, _, _, b'f', b't', b'y', b'p', b'M', b'4', b'A', ..] => "audio/mp4",
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => "video/mp4",
        [b'#', b'!', b'A', b'M', b'R', ..] => "audio/amr",
        [b'O', b'g', b'g', b'S', ..] => "audio/ogg",
        [b'I', b'D', b'3', ..] | [0xFF, 0xE2..=0xFF, ..] => "audio/mpeg",
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'A', b'V', b'E', ..] => "audio/wav",
        [0x1A, 0x45, 0xDF, 0xA3, ..] => "video/webm",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{Taken, taken};
    use forms::Kind;

    #[test]
    fn a_question_takes_what_it_asks_for() {
        let m4a = b"\0\0\0\x20ftypM4A xxxx";
        let rows: [(Option<Kind>, &[u8], Option<Taken>); 7] = [
            (Some(Kind::Photo { pixels_max: None }), b"anything", Some(Taken::Photo)),
            (Some(Kind::Audio), m4a, Some(Taken::AsItIs("audio/mp4"))),
            (Some(Kind::Audio), b"#!AMR\nxx", Some(Taken::AsItIs("audio/amr"))),
            (Some(Kind::Audio), b"<html>", None),
            (Some(Kind::Video), b"#!AMR\nxx", None),
            (Some(Kind::File), b"<html>", Some(Taken::AsItIs("application/octet-stream"))),
            (None, b"event,node", Some(Taken::AsItIs("application/octet-stream"))),
        ];
        for (question, bytes, expected) in rows {
            assert_eq!(taken(question.as_ref(), bytes).ok(), expected, "{question:?}");
        }
    }
}
