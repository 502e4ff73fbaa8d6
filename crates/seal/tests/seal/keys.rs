//! Keys: made once, kept over restarts, rotated, and refused when they are not those of the database.

use crate::town::{forget_keys, keys, prepare, settings};
use platform::FaultKind;
use seal::{Context, KeyFile, KeyHolder, KeyNumber, Suite, Vault};
use std::os::unix::fs::PermissionsExt;
use store::{Conn, DataKeyRow, KeyPurpose, sql};
use testkit::{DISTRICT, Town, each_engine};
use uuid::Uuid;

sql! {
    SWAP_KEYS: (platform::DistrictId, i64, Vec<u8>) =
        "update platform_data_key set wrapped = $3 where district = $1 and purpose = 'field' and number = $2";
}

fn place() -> Context<'static> {
    Context { district: DISTRICT, column: "a.b", row: Uuid::from_u128(7) }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotated_key_still_opens_and_no_longer_seals() {
    each_engine(&[], async |town: Town| {
        prepare(&town, Suite::Sm).await;
        let before = keys(town.db());
        let sealed = before.seal(&place(), b"before").expect("sealed");
        let blind = before.blind("phone", "13900000001");
        assert_eq!(seal::rotate(town.db(), DISTRICT).await.expect("rotated"), KeyNumber(2));
        let after = keys(town.db());
        assert_eq!(after.open(&place(), &sealed).expect("opened").as_slice(), b"before");
        assert!(!after.is_current(&sealed), "it wants sealing anew");
        let anew = after.seal(&place(), b"after").expect("sealed");
        assert!(after.is_current(&anew) && before.open(&place(), &anew).is_err());
        assert_eq!(after.blind("phone", "13900000001"), blind, "what was looked up stays found");
        assert_eq!(after.log().public(), before.log().public());

        // After a restart with the other suite, what was sealed opens, and a rotation takes that suite.
        prepare(&town, Suite::International).await;
        assert_eq!(keys(town.db()).open(&place(), &anew).expect("opened").as_slice(), b"after");
        seal::rotate(town.db(), DISTRICT).await.expect("rotated");
        let other = keys(town.db()).seal(&place(), b"aes").expect("sealed");
        assert_eq!((other[1], keys(town.db()).current()), (2, KeyNumber(3)));

        let read = async |conn: &mut Conn| DataKeyRow::of_district(conn, DISTRICT).await;
        let rows = town.db().read(read).await.expect("rows");
        let fields: Vec<_> = rows.iter().filter(|row| row.purpose == KeyPurpose::Field).collect();
        assert_eq!(
            fields.iter().map(|row| row.suite.as_str()).collect::<Vec<_>>(),
            ["sm", "sm", "international"]
        );
        assert_eq!(
            fields.iter().map(|row| row.retired_at.is_some()).collect::<Vec<_>>(),
            [true, true, false]
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_servers_rotation_is_taken_up() {
    each_engine(&[], async |town: Town| {
        prepare(&town, Suite::Sm).await;
        let ours = town.db().fixtures().get::<Vault>();
        // Another server on the same database has a vault of its own.
        prepare(&town, Suite::Sm).await;
        seal::rotate(town.db(), DISTRICT).await.expect("rotated");
        assert_eq!(ours.of(DISTRICT).expect("keys").current(), KeyNumber(1));
        ours.follow(town.db()).await.expect("followed");
        assert_eq!(ours.of(DISTRICT).expect("keys").current(), KeyNumber(2));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_that_start_at_once_make_one_set_of_keys() {
    each_engine(&[], async |town: Town| {
        prepare(&town, Suite::Sm).await;
        forget_keys(&town).await;
        let settings = settings(&town, Suite::Sm);
        let starts = (0..4).map(|_| seal::prepare(town.db(), &settings));
        for start in futures_util::future::join_all(starts).await {
            start.expect("prepared");
        }
        let read = async |conn: &mut Conn| DataKeyRow::of_district(conn, DISTRICT).await;
        assert_eq!(town.db().read(read).await.expect("rows").len(), 3);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_file_is_for_its_owner_and_must_be_the_right_one() {
    let town = Town::on_sqlite(&[]).await;
    let settings = settings(&town, Suite::Sm);
    prepare(&town, Suite::Sm).await;
    let path = &settings.key_file;
    let mode = std::fs::metadata(path).expect("a file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let kept = std::fs::read_to_string(path).expect("a text");
    assert!(kept.starts_with("# Mulin master key."), "it says what it is");
    let expected = town.db().fixtures().get::<Vault>().holder().fingerprint();
    let refused = async || seal::prepare(town.db(), &settings).await.expect_err("refused").to_string();

    std::fs::remove_file(path).expect("removed");
    let sentence = refused().await;
    let names = |text: &str| {
        [path.to_str().expect("a path"), &expected, "safe"].iter().all(|word| text.contains(word))
    };
    assert!(names(&sentence), "{sentence}");
    assert!(!path.exists(), "no other key is made in its place");

    let other = KeyFile::make(path, Suite::Sm).expect("another key");
    let sentence = refused().await;
    assert!(names(&sentence) && sentence.contains(&other.fingerprint()), "{sentence}");

    std::fs::write(path, "nothing of ours").expect("written");
    assert!(refused().await.contains("is no key file"));
    std::fs::write(path, &kept).expect("restored");
    std::fs::set_permissions(path, PermissionsExt::from_mode(0o640)).expect("changed");
    assert!(refused().await.contains("chmod 600"));
    std::fs::set_permissions(path, PermissionsExt::from_mode(0o600)).expect("changed");
    seal::prepare(town.db(), &settings).await.expect("it starts again");
}

#[test]
fn a_key_file_is_made_with_its_folder_and_never_replaced() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("not/yet/district.key");
    let made = KeyFile::make(&path, Suite::Sm).expect("made").fingerprint();
    let read = KeyFile::read(&path, Suite::International).expect("readable").expect("there");
    assert_eq!(read.fingerprint(), made, "one master key for both suites");
    assert!(KeyFile::make(&path, Suite::Sm).is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_of_keys_cannot_be_exchanged() {
    each_engine(&[], async |town: Town| {
        prepare(&town, Suite::Sm).await;
        seal::rotate(town.db(), DISTRICT).await.expect("rotated");
        let read = async |conn: &mut Conn| DataKeyRow::of_district(conn, DISTRICT).await;
        let rows = town.db().read(read).await.expect("rows");
        let second =
            rows.into_iter().find(|row| row.purpose == KeyPurpose::Field && row.number == 2).expect("a key");
        let swap = async move |tx: &mut store::Tx| {
            tx.execute(&SWAP_KEYS, (DISTRICT, 1, second.wrapped.clone())).await
        };
        town.db().write(&town.system(), swap).await.expect("swapped");
        let fault = seal::prepare(town.db(), &settings(&town, Suite::Sm)).await.expect_err("refused");
        assert_eq!(fault.kind(), FaultKind::Corrupt);
        assert!(fault.to_string().contains("field key 1"), "{fault}");
    })
    .await;
}
