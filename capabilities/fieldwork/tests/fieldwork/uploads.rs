//! Files come in parts, go on where they stood, and belong to what they were taken for, whichever comes first.

use crate::register::{command, made, send, states, worker};
use crate::town::{each_town, text};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::time::Duration;
use testkit::{Answer, Caller, Town};

/// A picture of eight by eight points.
const PNG: &[u8] = &[
    137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82, 0, 0, 0, 8, 0, 0, 0, 8, 8, 2, 0, 0, 0, 75,
    109, 41, 220, 0, 0, 0, 17, 73, 68, 65, 84, 120, 218, 99, 136, 234, 169, 192, 138, 24, 134, 150, 4, 0, 41,
    70, 87, 129, 2, 212, 184, 85, 0, 0, 0, 0, 73, 69, 78, 68, 174, 66, 96, 130,
];

fn hash_of(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

async fn begin(by: &Caller, bytes: &[u8], kind: &str, command: u32) -> Answer {
    let body = json!({ "hash": hash_of(bytes), "bytes": bytes.len(), "media_type": kind, "for": { "command": made(command) } });
    by.post("/api/fieldwork/uploads", body).await
}

async fn part(by: &Caller, hash: &str, offset: usize, bytes: &[u8]) -> Answer {
    let url = format!("{}/api/fieldwork/uploads/{hash}?offset={offset}", by.url);
    by.send(by.client.put(url).body(bytes.to_vec())).await
}

async fn send_whole(by: &Caller, bytes: &[u8], kind: &str, command: u32) -> Value {
    let begun = begin(by, bytes, kind, command).await.ok();
    if begun["done"] == true {
        return begun;
    }
    part(by, &hash_of(bytes), 0, bytes).await.ok()
}

fn report(number: u32, words: &str, hashes: &[String]) -> Value {
    command(
        number,
        "report",
        json!({ "words": words, "place": { "grid": "430204001008J001" }, "photos": hashes }),
    )
}

async fn photos_of(by: &Caller, case: &str) -> usize {
    let case = by.get(&format!("/api/cases/{case}")).await.ok();
    let timeline = case["timeline"].as_array().expect("a timeline");
    timeline.iter().map(|entry| entry["photos"].as_array().map_or(0, Vec::len)).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_goes_on_where_it_stood() {
    each_town(async |town| {
        let (worker, _) = worker(&town).await;
        let hash = hash_of(PNG);
        part(&worker, &hash, 0, &PNG[..10]).await.refused("not_found");
        assert_eq!(begin(&worker, PNG, "image/png", 1).await.ok(), json!({ "have": 0, "done": false }));
        assert_eq!(part(&worker, &hash, 0, &PNG[..20]).await.ok()["have"], 20);
        assert_eq!(part(&worker, &hash, 0, &PNG[..20]).await.ok()["have"], 20, "the same again");
        assert_eq!(part(&worker, &hash, 40, &PNG[40..]).await.ok()["have"], 20, "a gap is left to be filled");
        assert_eq!(
            begin(&worker, PNG, "image/png", 1).await.ok(),
            json!({ "have": 20, "done": false }),
            "after a restart of the phone"
        );
        assert_eq!(
            part(&worker, &hash, 20, &PNG[20..]).await.ok(),
            json!({ "have": PNG.len(), "done": true })
        );
        assert_eq!(
            begin(&worker, PNG, "image/png", 2).await.ok()["done"],
            true,
            "the same file twice is one"
        );
        assert_eq!(part(&worker, &hash, 0, PNG).await.ok()["done"], true);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_what_it_says_is_refused() {
    each_town(async |town| {
        let (worker, _) = worker(&town).await;
        begin(&worker, b"MZ", "application/x-msdownload", 1).await.refused("fieldwork.file_kind");
        let huge = json!({ "hash": hash_of(PNG), "bytes": 11 * 1024 * 1024, "media_type": "image/png", "for": { "command": made(1) } });
        worker.post("/api/fieldwork/uploads", huge).await.refused("fieldwork.file_too_large");
        let wrong = json!({ "hash": "../../etc/passwd", "bytes": 1, "media_type": "image/png", "for": { "command": made(1) } });
        assert_eq!(worker.post("/api/fieldwork/uploads", wrong).await.status, 422);
        let page = b"<html><script>alert(1)</script></html>";
        begin(&worker, page, "audio/ogg", 1).await.ok();
        part(&worker, &hash_of(page), 0, page).await.refused("fieldwork.file_kind");
        begin(&worker, page, "audio/ogg", 1).await.ok();
        begin(&worker, PNG, "image/png", 1).await.ok();
        let mut damaged = PNG.to_vec();
        damaged[30] ^= 1;
        let broken = part(&worker, &hash_of(PNG), 0, &damaged).await.refused("fieldwork.file_broken");
        assert_eq!(broken["extra"]["have"], 0);
        assert_eq!(part(&worker, &hash_of(PNG), 0, PNG).await.ok()["done"], true, "sent again from its beginning");
        let long = vec![0; 257 * 1024];
        part(&worker, &hash_of(PNG), 0, &long).await.refused("too_large");
        part(&worker, &hash_of(PNG), 0, &[]).await.refused("fieldwork.empty_part");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_photo_finds_its_report_whichever_comes_first() {
    each_town(async |town| {
        let (worker, device) = worker(&town).await;
        let photo = [hash_of(PNG)];
        send_whole(&worker, PNG, "image/png", 1).await;
        assert_eq!(states(&worker, &device, &[report(1, "路灯不亮", &photo)]).await, ["accepted"]);
        assert_eq!(photos_of(&worker, &made(1)).await, 1, "the photo was here");
        let other = picture(9);
        let hashes = [hash_of(&other)];
        assert_eq!(states(&worker, &device, &[report(2, "井盖松动", &hashes)]).await, ["accepted"]);
        assert_eq!(photos_of(&worker, &made(2)).await, 0);
        assert_eq!(send_whole(&worker, &other, "image/png", 2).await["done"], true);
        assert_eq!(photos_of(&worker, &made(2)).await, 1, "it came later");
        send_whole(&worker, &other, "image/png", 2).await;
        assert_eq!(photos_of(&worker, &made(2)).await, 1, "and once");
        // A picture is all that was said: the report waits for it.
        let third = picture(10);
        assert_eq!(states(&worker, &device, &[report(3, "", &[hash_of(&third)])]).await, ["held"]);
        send_whole(&worker, &third, "image/png", 3).await;
        let answer = send(&worker, &device, &[report(3, "", &[hash_of(&third)])]).await.remove(0);
        assert_eq!(
            (&answer["state"], photos_of(&worker, &text(&answer["result"]["case"])).await),
            (&json!("accepted"), 1)
        );
    })
    .await;
}

/// A picture of one colour, other bytes for each.
fn picture(shade: u8) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let picture = image::RgbImage::from_pixel(8, 8, image::Rgb([shade, shade, shade]));
    picture.write_to(&mut bytes, image::ImageFormat::Png).expect("a picture");
    bytes.into_inner()
}

/// Files below the folder of uploads.
fn files(town: &Town) -> usize {
    fn count(folder: &std::path::Path) -> usize {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        entries.map(|entry| if entry.path().is_dir() { count(&entry.path()) } else { 1 }).sum()
    }
    count(&town.folder.path().join("attachments").join("uploads"))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nothing_came_for_is_swept_and_what_belongs_to_something_stays() {
    each_town(async |town| {
        let (worker, device) = worker(&town).await;
        begin(&worker, PNG, "image/png", 1).await.ok();
        part(&worker, &hash_of(PNG), 0, &PNG[..10]).await.ok();
        let note = b"OggS a voice note";
        send_whole(&worker, note, "audio/ogg", 2).await;
        states(&worker, &device, &[report(2, "听录音", &[])]).await;
        let sweep = async || fieldwork::sweep_uploads(&town.edge, testkit::DISTRICT).await.expect("swept");
        assert_eq!((files(&town), sweep().await), (2, 0), "young ones stay");
        town.clock.set(town.clock.now().after(Duration::from_secs(15 * 24 * 3600)));
        assert_eq!((sweep().await, files(&town)), (1, 1));
        assert_eq!(
            begin(&worker, note, "audio/ogg", 2).await.ok()["done"],
            true,
            "the note belongs to its report"
        );
        assert_eq!(begin(&worker, PNG, "image/png", 1).await.ok(), json!({ "have": 0, "done": false }));
    })
    .await;
}
