//! Bad days of a server: a second one on its file, a stop in the middle of work, a backup beside it, its database gone.

use super::house::{House, Scale, mulin, run};
use std::time::Duration;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

#[tokio::test(flavor = "multi_thread")]
async fn a_second_server_on_the_same_file_refuses_to_start() {
    let house = House::open(Scale::Empty).await;
    let second = run(mulin(&house.data()).env("MULIN_LISTEN", "127.0.0.1:0").arg("serve"));
    let said = String::from_utf8_lossy(&second.stderr).into_owned();
    assert_eq!(second.status.code(), Some(1), "{said}");
    assert!(said.lines().last().is_some_and(|line| line.starts_with("mulin: ")), "{said}");
    assert!(house.caller().get("/healthz").await.status == 200, "the first one goes on");
}

#[tokio::test(flavor = "multi_thread")]
async fn sigterm_ends_it_well() {
    let mut house = House::open(Scale::Empty).await;
    // An idle connection must not hold it open.
    let _idle = house.caller().get("/healthz").await;
    let started = std::time::Instant::now();
    assert!(house.stop().success());
    assert!(started.elapsed() < Duration::from_secs(15), "it took {:?}", started.elapsed());
    assert!(!house.data().join("mulin.sqlite-wal").exists(), "the log is folded into the file");
    house.start().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_beside_the_server_is_restored_whole() {
    let house = House::open(Scale::Small).await;
    let file = house.folder.path().join("saved.tar.gz");
    let saved = run(house.command().arg("backup").arg(&file));
    assert!(saved.status.success(), "{}", String::from_utf8_lossy(&saved.stderr));
    let again = run(house.command().arg("backup").arg(&file));
    assert_eq!(again.status.code(), Some(1), "a backup is never overwritten");
    let restored = house.folder.path().join("restored");
    let made = run(mulin(&restored).arg("restore").arg(&file));
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let target = house.folder.path().join("areas.csv");
    // The master key is in no backup: it comes back from the safe.
    let key = house.data().join(seal::KEY_FILE_NAME);
    for data in [house.data(), restored] {
        let listed = run(mulin(&data).env("MULIN_KEY_FILE", &key).args(["export", "areas"]).arg(&target));
        assert!(listed.status.success(), "{}", String::from_utf8_lossy(&listed.stderr));
    }
    let cut = std::fs::read(&file).expect("the file");
    std::fs::write(&file, &cut[..cut.len() / 2]).expect("written");
    let refused = run(mulin(&house.folder.path().join("never")).arg("restore").arg(&file));
    assert_eq!(refused.status.code(), Some(1), "half a backup is refused");
    assert!(!house.folder.path().join("never").join("mulin.sqlite").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_gone_for_a_while_comes_back() {
    let Ok(server) = std::env::var(testkit::POSTGRES_ENV) else {
        eprintln!("skipped: {} is not set (make test sets it)", testkit::POSTGRES_ENV);
        return;
    };
    // The way to the database goes through a door that can be shut.
    let real = server.split_once('@').map_or(server.as_str(), |(_, rest)| rest);
    let real = real.split('/').next().unwrap_or_default().to_owned();
    let (open, is_open) = watch::channel(true);
    let door = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = door.local_addr().expect("an address");
    tokio::spawn(let_through(door, real.clone(), is_open));
    let url = server.replace(&real, &address.to_string());
    let name = format!("gone_{}", uuid::Uuid::new_v4().simple());
    let house = House::open_on_database(Scale::Empty, &server, &url, &name).await;
    open.send_replace(false);
    let answer = house.caller().get("/readyz").await;
    assert_eq!(answer.status, 503, "it says that it is not ready");
    let answer = house.caller().get("/healthz").await;
    assert_eq!(answer.status, 200, "and lives");
    tokio::time::sleep(Duration::from_secs(2)).await;
    open.send_replace(true);
    for _ in 0..100 {
        if house.caller().get("/readyz").await.status == 200 {
            house.close().await;
            return;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    panic!("the server did not find its database again");
}

async fn let_through(door: TcpListener, real: String, is_open: watch::Receiver<bool>) {
    while let Ok((mut near, _)) = door.accept().await {
        let (real, mut is_open) = (real.clone(), is_open.clone());
        tokio::spawn(async move {
            if !*is_open.borrow() {
                return;
            }
            let Ok(mut far) = TcpStream::connect(&real).await else { return };
            tokio::select! {
                _ = copy_bidirectional(&mut near, &mut far) => {}
                _ = is_open.wait_for(|open| !*open) => {}
            }
        });
    }
}
