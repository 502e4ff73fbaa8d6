//! The disk is full: writes are refused with a sentence, nothing is half-done, reads go on, and room makes it well again.

use super::house::{House, Scale, shown};
use serde_json::json;
use std::path::PathBuf;
use std::process::Command;

/// A file system of the server's own, in a name space of its own: nobody else's disk is filled.
const SIZE_MIB: u32 = 56;
const BALLAST_MIB: u32 = 8;
/// More reports than the small disk can hold.
const REPORTS_MAX: usize = 40_000;
/// Words that fill it sooner.
const WORDS_CHARS: usize = 1500;

/// Whether this machine lets us mount a small disk (a container may not).
fn can_mount() -> bool {
    let tried = Command::new("unshare")
        .args(["--map-root-user", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"])
        .output();
    tried.is_ok_and(|ended| ended.status.success())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_refuses_writes_and_loses_nothing() {
    if !can_mount() {
        eprintln!("skipped: this machine allows no disk of our own (unshare, mount)");
        return;
    }
    let house = House::open_on_small_disk(Scale::Small, SIZE_MIB, BALLAST_MIB).await;
    let caller = house.caller();
    let grid = super::kill::first_grid(&house).await;
    let words = "路灯不亮。".repeat(WORDS_CHARS / 5);
    let report = || json!({ "words": words, "place": { "grid": grid }, "anonymous": true });
    let mut kept = Vec::new();
    let mut refusal = None;
    for _ in 0..REPORTS_MAX {
        let answer = caller.post("/api/cases", report()).await;
        match answer.status {
            200 => kept.push(answer.json()),
            _ => {
                refusal = Some(answer);
                break;
            }
        }
    }
    let refusal = refusal.expect("the disk was filled");
    assert_eq!(refusal.status, 507, "{}", shown(&refusal));
    assert_eq!(refusal.json()["code"], "disk_full");
    assert!(kept.len() > 50, "only {} were kept before the disk was full", kept.len());
    assert_eq!(caller.get("/healthz").await.status, 200);
    for case in kept.iter().rev().take(20) {
        let proof = json!({ "number": case["number"], "code": case["code"] });
        let found =
            caller.client.get(format!("{}/api/cases/{}", house.url, case["id"].as_str().unwrap_or_default()));
        let found =
            caller.send(found.header("mulin-follow", case["follow"].as_str().unwrap_or_default())).await;
        assert_eq!(found.status, 200, "kept and lost: {proof}: {}", shown(&found));
    }
    let ballast = PathBuf::from(format!("/proc/{}/root", house.pid()))
        .join(house.ballast().strip_prefix("/").expect("absolute"));
    std::fs::remove_file(&ballast).expect("room is made");
    let again = caller.post("/api/cases", report()).await;
    assert_eq!(again.status, 200, "with room it goes on: {}", shown(&again));
}
