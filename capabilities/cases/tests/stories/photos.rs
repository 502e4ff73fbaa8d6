//! Photos: what is taken, what is refused and by which name, what is left of them, and that no bytes break the house.

use crate::town::{BURST, BURST_PIPE, CaseTown, each_case_town, png, point, send_photo};
use cases::photos::{self, Kind, PHOTO_BYTES_MAX, PhotoError, StoredPhoto};
use image::{DynamicImage, ImageFormat, Rgba, RgbaImage};
use platform::{DistrictId, Problem, Time};
use proptest::prelude::*;
use serde_json::json;
use std::io::Cursor;
use std::path::Path;
use std::time::Duration;

const DISTRICT: DistrictId = testkit::DISTRICT;

/// A picture that is red on its left half and blue on its right.
fn picture(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let red_blue = RgbaImage::from_fn(width, height, |x, _| {
        if x < width / 2 { Rgba([220, 20, 20, 255]) } else { Rgba([20, 20, 220, 255]) }
    });
    encoded(red_blue, format)
}

fn encoded(pixels: RgbaImage, format: ImageFormat) -> Vec<u8> {
    let image = DynamicImage::from(pixels);
    let image = if format == ImageFormat::Jpeg { image.to_rgb8().into() } else { image };
    let mut out = Cursor::new(Vec::new());
    image.write_to(&mut out, format).unwrap();
    out.into_inner()
}

/// Puts an EXIF segment after the JPEG's first two bytes: lying on its side, and taken at a place.
fn with_exif(jpeg: &[u8], orientation: u16) -> Vec<u8> {
    use exif::{Field, In, Rational, Tag, Value};
    let degrees = |d| Value::Rational([d, 7, 30].map(|num| Rational { num, denom: 1 }).to_vec());
    let field = |tag, value| Field { tag, ifd_num: In::PRIMARY, value };
    let fields = [
        field(Tag::Orientation, Value::Short(vec![orientation])),
        field(Tag::GPSLatitude, degrees(27)),
        field(Tag::GPSLongitude, degrees(113)),
        field(Tag::Model, Value::Ascii(vec![b"Somebody's phone".to_vec()])),
    ];
    let mut writer = exif::experimental::Writer::new();
    fields.iter().for_each(|f| writer.push_field(f));
    let mut tiff = Cursor::new(Vec::new());
    writer.write(&mut tiff, false).unwrap();
    let body = [b"Exif\0\0".as_slice(), &tiff.into_inner()].concat();
    let length = u16::try_from(body.len() + 2).unwrap().to_be_bytes();
    [&jpeg[..2], &[0xFF, 0xE1], &length, &body, &jpeg[2..]].concat()
}

fn kept(data: &Path, photo: &StoredPhoto) -> (DynamicImage, Vec<u8>, DynamicImage) {
    let read = |name: &str| std::fs::read(photos::path_of(data, DISTRICT, name).unwrap()).unwrap();
    let (large, small) = (read(&photo.file), read(&photo.thumbnail));
    let image = |bytes: &[u8]| image::load_from_memory_with_format(bytes, ImageFormat::Jpeg).unwrap();
    (image(&large), large.clone(), image(&small))
}

fn refusal(bytes: &[u8]) -> Problem {
    let folder = tempfile::tempdir().unwrap();
    let refused = photos::keep(folder.path(), DISTRICT, bytes).expect_err("refused");
    assert!(std::fs::read_dir(folder.path()).unwrap().next().is_none(), "nothing is left of a refused photo");
    refused.into()
}

#[test]
fn a_photo_stands_upright_and_says_nothing_about_who_took_it_where() {
    let folder = tempfile::tempdir().unwrap();
    let sent = with_exif(&picture(64, 32, ImageFormat::Jpeg), 6);
    assert!(exif::Reader::new().read_from_container(&mut Cursor::new(&sent)).is_ok());
    let photo = photos::keep(folder.path(), DISTRICT, &sent).unwrap();
    assert_eq!((photo.width, photo.height), (32, 64), "turned by a quarter");
    let (large, bytes, _) = kept(folder.path(), &photo);
    assert_eq!(photo.bytes, bytes.len() as u64);
    assert!(exif::Reader::new().read_from_container(&mut Cursor::new(&bytes)).is_err(), "no EXIF is left");
    assert!(!bytes.windows(5).any(|w| w == b"phone"));
    let (top, bottom) = (large.to_rgb8().get_pixel(16, 8).0, large.to_rgb8().get_pixel(16, 56).0);
    assert!(top[0] > 150 && bottom[2] > 150, "left became top: {top:?} {bottom:?}");
}

#[test]
fn png_and_webp_become_jpeg_and_transparent_becomes_white() {
    let folder = tempfile::tempdir().unwrap();
    for format in [ImageFormat::Png, ImageFormat::WebP] {
        let clear = encoded(RgbaImage::from_pixel(16, 16, Rgba([0, 0, 0, 0])), format);
        let photo = photos::keep(folder.path(), DISTRICT, &clear).unwrap();
        let (large, ..) = kept(folder.path(), &photo);
        assert!(large.to_rgb8().pixels().all(|p| p.0.iter().all(|c| *c > 250)), "{format:?}");
    }
}

#[test]
fn a_large_photo_is_made_smaller_and_a_small_one_is_left_so() {
    let folder = tempfile::tempdir().unwrap();
    let wide = photos::keep(folder.path(), DISTRICT, &picture(2600, 130, ImageFormat::Png)).unwrap();
    assert_eq!((wide.width, wide.height), (2048, 102));
    let (_, _, thumbnail) = kept(folder.path(), &wide);
    assert_eq!((thumbnail.width(), thumbnail.height()), (480, 24));
    let small = photos::keep(folder.path(), DISTRICT, &picture(40, 30, ImageFormat::Png)).unwrap();
    assert_eq!((small.width, small.height), (40, 30));
    assert_eq!(kept(folder.path(), &small).2.width(), 40);
}

#[test]
fn the_same_photo_is_kept_once() {
    let folder = tempfile::tempdir().unwrap();
    let sent = picture(40, 30, ImageFormat::Jpeg);
    let first = photos::keep(folder.path(), DISTRICT, &sent).unwrap();
    let second = photos::keep(folder.path(), DISTRICT, &sent).unwrap();
    assert_eq!(first, second);
}

#[test]
fn what_is_no_photo_is_refused_by_its_name() {
    let rows: [(&[u8], Kind, &str); 13] = [
        (b"<?xml version='1.0'?>\n<svg xmlns='http://www.w3.org/2000/svg'/>", Kind::Svg, "SVG"),
        (b"<svg onload=alert(1)>", Kind::Svg, "SVG"),
        (b"GIF89a\x01\x00\x01\x00", Kind::Gif, "GIF"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", Kind::Heic, "HEIC"),
        (b"\0\0\0\x1cftypavif", Kind::Avif, "AVIF"),
        (b"\0\0\0\x18ftypmp42", Kind::Video, "视频"),
        (b"PK\x03\x04\x14\0", Kind::Zip, "压缩包"),
        (b"%PDF-1.7\n", Kind::Pdf, "PDF"),
        (b"BM\x36\0\0\0\0\0", Kind::Bmp, "BMP"),
        (b"II*\0\x08\0\0\0", Kind::Tiff, "TIFF"),
        (b"<!DOCTYPE html><html>", Kind::Page, "网页"),
        (b"", Kind::Empty, "空文件"),
        (b"\x7fELF\x02\x01\x01\0", Kind::Unknown, "无法识别"),
    ];
    for (bytes, kind, name) in rows {
        assert_eq!(Kind::of(bytes), kind);
        let problem = refusal(bytes);
        assert_eq!((&*problem.code, problem.status), ("cases.photo_kind", 422), "{kind:?}");
        assert!(problem.title.contains(name), "{}", problem.title);
        assert_eq!(problem.field.as_deref(), Some("photos"));
    }
    assert!(refusal(b"\0\0\0\x18ftypheic").detail.is_some(), "an iPhone's owner is told what to do");
}

#[test]
fn eleven_mebibytes_a_bomb_and_half_a_photo_are_refused() {
    let mut large = picture(16, 16, ImageFormat::Jpeg);
    large.resize(PHOTO_BYTES_MAX as usize + 1, 0);
    assert_eq!(refusal(&large).code, "cases.photo_too_large");

    // A PNG of a few bytes that says it has 100,000 × 100,000 pixels.
    let mut bomb = picture(16, 16, ImageFormat::Png);
    bomb[16..24].copy_from_slice(&[0, 1, 0x86, 0xA0, 0, 1, 0x86, 0xA0]);
    let checksum = crc32(&bomb[12..29]).to_be_bytes();
    bomb[29..33].copy_from_slice(&checksum);
    assert_eq!(refusal(&bomb).code, "cases.photo_too_large");

    for format in [ImageFormat::Png, ImageFormat::WebP] {
        let whole = picture(64, 64, format);
        assert_eq!(refusal(&whole[..whole.len() / 2]).code, "cases.photo_broken", "{format:?}");
    }
    assert_eq!(refusal(&[0xFF, 0xD8, 0xFF, 0xE0, 0, 16]).code, "cases.photo_broken");
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |c, _| if c & 1 == 1 { (c >> 1) ^ 0xEDB8_8320 } else { c >> 1 })
    })
}

#[test]
fn ten_photos_are_one_too_many() {
    let problem = Problem::from(PhotoError::TooMany { count: 10 });
    assert_eq!(problem.code, "cases.photo_too_many");
    assert!(problem.title.contains('9'));
}

#[test]
fn no_name_leads_out_of_the_folder() {
    let data = Path::new("data");
    let good = format!("{}.jpg", "0a".repeat(32));
    assert!(photos::path_of(data, DISTRICT, &good).is_some());
    let bad = [
        "../../../etc/passwd".to_owned(),
        format!("../{good}"),
        format!("{good}/"),
        format!("{good}.jpg"),
        format!("{}.JPG", "0a".repeat(32)),
        format!("{}.jpg", "0A".repeat(32)),
        format!("{}.jpg", "é".repeat(32)),
        format!("{}.jpg\0", "0a".repeat(32)),
        ".jpg".to_owned(),
        String::new(),
    ];
    for name in bad {
        assert_eq!(photos::path_of(data, DISTRICT, &name), None, "{name:?}");
    }
}

#[tokio::test]
async fn a_kept_photo_is_read_again_and_a_missing_one_is_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let photo = photos::keep(folder.path(), DISTRICT, &picture(16, 16, ImageFormat::Png)).unwrap();
    let bytes = photos::open(folder.path(), DISTRICT, &photo.file).await.unwrap().expect("it is there");
    assert_eq!(bytes.len() as u64, photo.bytes);
    let other = DistrictId(430_202);
    assert!(
        photos::open(folder.path(), other, &photo.file).await.unwrap().is_none(),
        "districts do not share"
    );
    assert!(photos::open(folder.path(), DISTRICT, "../x.jpg").await.unwrap().is_none());
}

#[test]
fn a_form_sent_again_brings_its_photos_and_nobody_elses() {
    let folder = tempfile::tempdir().unwrap();
    let photo = photos::keep(folder.path(), DISTRICT, &picture(16, 16, ImageFormat::Png)).unwrap();
    let now = testkit::monday();
    let token = photos::pack(b"secret", std::slice::from_ref(&photo), now);
    assert_eq!(photos::unpack(b"secret", &token, now), Some(vec![photo]));
    let later = |hours| now.after(Duration::from_hours(hours));
    assert!(photos::unpack(b"secret", &token, later(23)).is_some());
    assert_eq!(photos::unpack(b"secret", &token, later(25)), None, "too old: the files may be gone");
    assert_eq!(photos::unpack(b"other", &token, now), None);
    for at in [0, 10, token.len() - 1] {
        let mut changed = token.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        assert_eq!(photos::unpack(b"secret", &String::from_utf8(changed).unwrap(), now), None);
    }
    for broken in ["", ".", "a.b", "photo"] {
        assert_eq!(photos::unpack(b"secret", broken, Time::from_micros(0)), None);
    }
}

/// Makes a file look three days old.
fn age(path: &Path) {
    let file = std::fs::File::options().write(true).open(path).unwrap();
    let now = file.metadata().unwrap().modified().unwrap();
    file.set_modified(now - Duration::from_hours(72)).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_no_report_names_are_swept_after_two_days() {
    each_case_town(async |town: CaseTown| {
        let (edge, data) = (&town.town.edge, town.town.folder.path());
        let token = town.photo("water").await;
        let report = json!({ "words": BURST, "type": BURST_PIPE, "place": point(0), "photos": token });
        town.staff("worker1").post("/api/cases", report).await.ok();
        let named = all_files(data);
        assert!(!named.is_empty(), "a photo, and its thumbnail where that is another picture");

        let old = photos::keep(data, DISTRICT, &picture(30, 30, ImageFormat::Png)).unwrap();
        let young = photos::keep(data, DISTRICT, &picture(20, 20, ImageFormat::Png)).unwrap();
        named.iter().for_each(|path| age(path));
        for name in [&old.file, &old.thumbnail] {
            age(&photos::path_of(data, DISTRICT, name).unwrap());
        }
        let unfinished = photos::path_of(data, DISTRICT, &old.file).unwrap().with_extension("0.tmp");
        std::fs::write(&unfinished, b"half").unwrap();
        age(&unfinished);
        let expected = if old.file == old.thumbnail { 2 } else { 3 };
        assert_eq!(photos::sweep(edge, DISTRICT).await.unwrap(), expected);
        assert!(!photos::path_of(data, DISTRICT, &old.file).unwrap().exists() && !unfinished.exists());
        assert!(
            photos::path_of(data, DISTRICT, &young.file).unwrap().exists(),
            "somebody may still be typing"
        );
        assert!(named.iter().all(|path| path.exists()), "what a report shows stays");
        assert_eq!(photos::sweep(edge, DISTRICT).await.unwrap(), 0);
    })
    .await;
}

fn all_files(data: &Path) -> Vec<std::path::PathBuf> {
    let shelves = std::fs::read_dir(data.join("attachments").join(DISTRICT.to_string())).unwrap();
    let files = shelves.flat_map(|shelf| std::fs::read_dir(shelf.unwrap().path()).unwrap());
    files.map(|file| file.unwrap().path()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_door_refuses_what_is_no_photo_and_the_tenth() {
    each_case_town(async |town: CaseTown| {
        let worker = &town.staff("worker1");
        let zip = send_photo(worker, "photo.jpg", b"PK\x03\x04\x14\0\0\0".to_vec()).await;
        let problem = zip.refused("cases.photo_kind");
        assert_eq!(problem["extra"], json!({ "file": "photo.jpg", "photo": 1 }), "{problem}");
        let mut form = reqwest::multipart::Form::new();
        for n in 0..10 {
            let part = reqwest::multipart::Part::bytes(png()).file_name(format!("{n}.png"));
            form = form.part("photos", part);
        }
        let ten = worker.client.post(format!("{}/api/cases/photos", worker.url)).multipart(form);
        worker.send(ten).await.refused("cases.photo_too_many");
        assert!(!town.town.folder.path().join("attachments").exists(), "nothing was kept");
    })
    .await;
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Whatever bytes come, the answer is a photo or a refusal.
    #[test]
    fn no_bytes_panic(head in 0..4usize, bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let heads: [&[u8]; 4] =
            [b"", &[0xFF, 0xD8, 0xFF], b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"RIFF\0\0\0\0WEBPVP8L"];
        let folder = tempfile::tempdir().unwrap();
        let _ = photos::keep(folder.path(), DISTRICT, &[heads[head], &bytes].concat());
    }

    /// Nor does a photo with some of its bytes changed.
    #[test]
    fn no_damage_panics(
        format in prop::sample::select(vec![ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP]),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
    ) {
        let mut bytes = picture(24, 16, format);
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let folder = tempfile::tempdir().unwrap();
        let _ = photos::keep(folder.path(), DISTRICT, &bytes);
    }
}
