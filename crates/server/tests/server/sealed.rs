//! The sealed audit and the keys, as an operator and an auditor use them: from the command line, beside a running server.

use super::house::{House, Scale, run};
use platform::{Actor, DistrictId, FactId, Fault};
use std::process::Output;
use store::{Conn, FactRow, Tx, sql};
use uuid::Uuid;

const DISTRICT: DistrictId = DistrictId(430_204);

sql! {
    /// What somebody with the database's password could do.
    RENAME: (DistrictId, FactId) =
        "update platform_fact set actor_name = '他人' where district = $1 and id = $2";
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[track_caller]
fn done(output: &Output) -> String {
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_auditor_finds_what_was_changed_on_sqlite() {
    examine(House::open(Scale::Small).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_auditor_finds_what_was_changed_on_postgresql() {
    if let Some(house) = House::open_on_postgres(Scale::Small).await {
        examine(house).await;
    }
}

async fn examine(house: House) {
    let mulin = |words: &[&str]| run(house.command().args(words));
    let [key, kept] = ["log.pub", "kept.checkpoint"].map(|name| house.folder.path().join(name));
    let (key_path, kept_path) = (key.display().to_string(), kept.display().to_string());
    std::fs::write(&key, done(&mulin(&["audit", "checkpoint", "--key"]))).expect("written");
    let note = done(&mulin(&["audit", "checkpoint"]));
    assert!(note.starts_with("mulin/430204/facts\n"), "{note}");
    std::fs::write(&kept, &note).expect("written");
    let by_auditor = ["audit", "verify", "--key", &key_path, "--checkpoint", &kept_path];
    for words in [&["audit", "verify"][..], &by_auditor] {
        let said = done(&mulin(words));
        assert!(said.starts_with("intact: ") && said.contains("newest checkpoint: "), "{said}");
    }

    let db = house.db().await;
    let nil = FactId(Uuid::nil());
    let read = async move |conn: &mut Conn| FactRow::after(conn, DISTRICT, nil, 100).await;
    let fact = db.read::<_, Fault, _>(read).await.expect("facts").pop().expect("the demo has facts").id;
    let rename = async move |tx: &mut Tx| tx.execute(&RENAME, (DISTRICT, fact)).await;
    db.write::<_, Fault, _>(&Actor::system(DISTRICT, "intruder"), rename).await.expect("changed");
    for words in [&["audit", "verify"][..], &by_auditor] {
        let output = mulin(words);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(
            said.contains("NOT intact") && said.contains(&format!("fact {} was changed", fact.0)),
            "{said}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_rotated_beside_the_server_and_never_shown() {
    let house = House::open(Scale::Small).await;
    let mulin = |words: &[&str]| run(house.command().args(words));
    assert!(done(&mulin(&["keys", "rotate"])).contains("key 2 seals from now on"));
    let listed = done(&mulin(&["keys", "list"]));
    let fields: Vec<&str> = listed.lines().filter(|line| line.contains(" field ")).collect();
    assert!(fields.len() == 2 && fields[1].ends_with('-') && !fields[0].ends_with('-'), "{listed}");
    let file = std::fs::read_to_string(house.data().join(seal::KEY_FILE_NAME)).expect("the key file");
    let secret = file.lines().last().expect("the key");
    assert!(!listed.contains(secret));

    let backup = house.folder.path().join("backup.tar.gz");
    let said = done(&run(house.command().arg("backup").arg(&backup)));
    assert!(said.contains("district.key is not in it"), "{said}");
    let names = run(std::process::Command::new("tar").arg("-tzf").arg(&backup));
    assert!(!done(&names).contains("district.key"));
}
