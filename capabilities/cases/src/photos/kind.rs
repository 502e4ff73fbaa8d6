//! What a file is by its first bytes, whatever its name says.

use platform::Words;

/// Bytes looked at.
const HEAD_BYTES: usize = 512;

/// Kinds of file people send. Only the first three are photos we take.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Jpeg,
    Png,
    Webp,
    Gif,
    Heic,
    Avif,
    Bmp,
    Tiff,
    Svg,
    Pdf,
    Zip,
    Video,
    Page,
    Text,
    Empty,
    Unknown,
}

impl Kind {
    pub fn of(bytes: &[u8]) -> Self {
        let head = &bytes[..bytes.len().min(HEAD_BYTES)];
        match head {
            [] => Self::Empty,
            [0xFF, 0xD8, 0xFF, ..] => Self::Jpeg,
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n', ..] => Self::Png,
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Self::Webp,
            [b'G', b'I', b'F', b'8', ..] => Self::Gif,
            [b'%', b'P', b'D', b'F', ..] => Self::Pdf,
            [b'P', b'K', 3 | 5, 4 | 6, ..] => Self::Zip,
            [b'I', b'I', b'*', 0, ..] | [b'M', b'M', 0, b'*', ..] => Self::Tiff,
            [b'B', b'M', ..] if !is_text(head) => Self::Bmp,
            [_, _, _, _, b'f', b't', b'y', b'p', brand @ ..] => boxed(brand),
            [0x1A, 0x45, 0xDF, 0xA3, ..] => Self::Video,
            _ if is_text(head) => marked_up(head),
            _ => Self::Unknown,
        }
    }

    /// The kind as it stands in a sentence: "this file is …".
    pub fn words(self) -> Words {
        match self {
            Self::Jpeg => Words::of("JPEG 照片", "a JPEG photo"),
            Self::Png => Words::of("PNG 图片", "a PNG picture"),
            Self::Webp => Words::of("WebP 图片", "a WebP picture"),
            Self::Gif => Words::of("GIF 动图", "a GIF"),
            Self::Heic => Words::of("HEIC 照片", "a HEIC photo"),
            Self::Avif => Words::of("AVIF 图片", "an AVIF picture"),
            Self::Bmp => Words::of("BMP 图片", "a BMP picture"),
            Self::Tiff => Words::of("TIFF 图片", "a TIFF picture"),
            Self::Svg => Words::of("SVG 矢量图", "an SVG drawing"),
            Self::Pdf => Words::of("PDF 文档", "a PDF document"),
            Self::Zip => Words::of("压缩包或 Office 文档", "a ZIP archive or an office document"),
            Self::Video => Words::of("视频", "a video"),
            Self::Page => Words::of("网页", "a web page"),
            Self::Text => Words::of("文字", "a text"),
            Self::Empty => Words::of("空文件", "empty"),
            Self::Unknown => Words::of("无法识别的文件", "of an unknown kind"),
        }
    }
}

/// Files of the ISO base media format tell their kind by a brand.
fn boxed(brand: &[u8]) -> Kind {
    match brand.get(..4) {
        Some(b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" | b"mif1" | b"msf1") => Kind::Heic,
        Some(b"avif" | b"avis") => Kind::Avif,
        _ => Kind::Video,
    }
}

fn is_text(head: &[u8]) -> bool {
    let whole = match std::str::from_utf8(head) {
        Ok(_) => head.len(),
        // A character cut by the end of the head is no fault of the file.
        Err(e) if e.error_len().is_none() => e.valid_up_to(),
        Err(_) => return false,
    };
    !head[..whole].iter().any(|b| *b < 0x20 && !b.is_ascii_whitespace())
}

fn marked_up(head: &[u8]) -> Kind {
    let text = String::from_utf8_lossy(head).to_ascii_lowercase();
    if text.contains("<svg") {
        Kind::Svg
    } else if text.contains("<html") || text.contains("<!doctype html") {
        Kind::Page
    } else {
        Kind::Text
    }
}
