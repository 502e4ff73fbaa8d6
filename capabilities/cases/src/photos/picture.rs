//! From the bytes somebody sent to two JPEGs of our own: upright, bounded, without metadata.

use super::{Kind, PHOTO_BYTES_MAX, PHOTO_PIXELS_MAX, PHOTO_SIDE_MAX, PhotoError, THUMBNAIL_SIDE_MAX};
use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, RgbImage};
use platform::Fault;
use platform::limits::MIB;
use std::io::Cursor;

/// Quality of the JPEGs we write, of 100: below it text on a sign begins to blur.
const QUALITY: u8 = 82;
/// What a decoder may allocate: four bytes for each of the pixels allowed.
const DECODER_BYTES_MAX: u64 = 256 * MIB;

/// A photo made new.
pub struct Picture {
    pub large: Vec<u8>,
    pub small: Vec<u8>,
    /// Of the large one, in pixels.
    pub width: u32,
    pub height: u32,
}

pub fn make(bytes: &[u8]) -> Result<Picture, PhotoError> {
    if bytes.len() as u64 > PHOTO_BYTES_MAX {
        return Err(PhotoError::TooLarge { bytes: bytes.len() as u64 });
    }
    let format = match Kind::of(bytes) {
        Kind::Jpeg => ImageFormat::Jpeg,
        Kind::Png => ImageFormat::Png,
        Kind::Webp => ImageFormat::WebP,
        other => return Err(PhotoError::Kind(other)),
    };
    let upright = decode(bytes, format)?;
    let large = fit(upright, PHOTO_SIDE_MAX);
    let small =
        large.thumbnail(large.width().min(THUMBNAIL_SIDE_MAX), large.height().min(THUMBNAIL_SIDE_MAX));
    let (large, small) = (on_white(&large), on_white(&small));
    let (width, height) = large.dimensions();
    Ok(Picture { large: encode(&large)?, small: encode(&small)?, width, height })
}

/// Reads the size first: a bomb is refused before anything is unpacked.
fn decode(bytes: &[u8], format: ImageFormat) -> Result<DynamicImage, PhotoError> {
    let broken = |_| PhotoError::Broken;
    let mut decoder = ImageReader::with_format(Cursor::new(bytes), format).into_decoder().map_err(broken)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > PHOTO_PIXELS_MAX || decoder.total_bytes() > DECODER_BYTES_MAX {
        return Err(PhotoError::TooManyPixels { width, height });
    }
    let mut limits = Limits::default();
    limits.max_alloc = Some(DECODER_BYTES_MAX);
    decoder.set_limits(limits).map_err(broken)?;
    // Where the orientation cannot be read the photo is taken as it lies.
    let orientation = decoder.orientation().ok();
    let mut image = DynamicImage::from_decoder(decoder).map_err(broken)?;
    if let Some(orientation) = orientation {
        image.apply_orientation(orientation);
    }
    Ok(image)
}

fn fit(image: DynamicImage, side_max: u32) -> DynamicImage {
    if image.width().max(image.height()) <= side_max {
        return image;
    }
    image.resize(side_max, side_max, FilterType::Triangle)
}

/// JPEG knows no transparency; a cut-out stands on white.
fn on_white(image: &DynamicImage) -> RgbImage {
    if !image.color().has_alpha() {
        return image.to_rgb8();
    }
    let rgba = image.to_rgba8();
    let mut flat = RgbImage::new(rgba.width(), rgba.height());
    for (to, from) in flat.pixels_mut().zip(rgba.pixels()) {
        let alpha = u32::from(from.0[3]);
        to.0 =
            std::array::from_fn(|i| ((u32::from(from.0[i]) * alpha + 255 * (255 - alpha) + 127) / 255) as u8);
    }
    flat
}

fn encode(image: &RgbImage) -> Result<Vec<u8>, PhotoError> {
    let mut out = Vec::new();
    JpegEncoder::new_with_quality(&mut out, QUALITY)
        .encode_image(image)
        .map_err(|e| Fault::broken("a photo could not be written as JPEG").because(e))?;
    Ok(out)
}
