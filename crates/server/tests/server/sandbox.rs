//! A sandbox beside a real district: what goes in and out of it is recorded without its keys, the other side is played, and nothing of the
//! real district is.

use super::house::{House, Sandbox, Scale, run};
use super::linked;
use courier::signature::{ID_HEADER, SIGNATURE_HEADER, Secret, TIMESTAMP_HEADER, seconds};
use serde_json::{Value, json};
use testkit::{Answer, Caller};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

const EXCHANGES: &str = "/api/linkage/sandbox/exchanges";
const SENSORS: &str = "/api/linkage/sandbox/sensors";

/// A system of the integrator's: it takes whatever comes.
async fn taker() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = format!("http://{}/hook", listener.local_addr().expect("a port"));
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = [0; 16 * 1024];
            let _ = stream.read(&mut head).await;
            let _ = stream.write_all(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n").await;
        }
    });
    address
}

async fn set_address(caller: &Caller, given: &Sandbox, address: &str) {
    let version = caller.get("/api/linkage/sandbox").await.ok()["version"].clone();
    let body = json!({ "rung": "webhook", "address": address, "key": Secret::make().text(), "states": "mulin", "version": version });
    caller.put(&format!("/api/linkage/partners/{}", given.partner), body).await.ok();
}

/// A message of the integrator's, signed by a secret.
async fn say(house: &House, given: &Sandbox, secret: &Secret, data: Value) -> Answer {
    let (now, caller) = (platform::Clock::System.now(), house.caller());
    let body = json!({ "type": "case.said", "data": data }).to_string();
    let id = format!("m-{}", uuid::Uuid::new_v4());
    let request = caller
        .client
        .post(format!("{}/api/linkage/partners/{}/messages", caller.url, given.partner))
        .header("content-type", "application/json")
        .header("mulin-district", &given.district)
        .header(ID_HEADER, &id)
        .header(TIMESTAMP_HEADER, seconds(now))
        .header(SIGNATURE_HEADER, secret.sign(&id, now, body.as_bytes()))
        .body(body);
    caller.send(request).await
}

fn items(answer: &Value) -> Vec<Value> {
    answer["items"].as_array().expect("exchanges").clone()
}

/// Waits until a message of a type about a case went out; answers the exchange, whole.
async fn sent(caller: &Caller, kind: &str, number: &str) -> Value {
    for _ in 0..300 {
        for line in items(&caller.get(&format!("{EXCHANGES}?path=/hook")).await.ok()) {
            let whole = caller.get(&format!("{EXCHANGES}/{}", linked::text(&line["id"]))).await.ok();
            let body: Value = serde_json::from_str(&linked::text(&whole["body"])).expect("a message");
            if body["type"] == kind && body["data"]["number"] == number && whole["status"] == 204 {
                return whole;
            }
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("no {kind} of {number} went out");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_in_and_out_is_recorded_without_its_keys() {
    records(House::open(Scale::Small).await).await;
    if let Some(house) = House::open_on_postgres(Scale::Small).await {
        records(house).await;
    }
}

async fn records(mut house: House) {
    let (_, real_key) = linked::account(&house).await;
    let given = house.make_sandbox().await;
    let real = house.caller().with_token(&real_key);
    real.get("/api/linkage/sandbox").await.refused("not_found");
    real.get(EXCHANGES).await.refused("not_found");
    assert!(real.get("/api/cases?limit=1").await.headers.get("mulin-sandbox").is_none());

    let mine = house.caller().with_token(&given.key);
    let shown = mine.get("/api/linkage/sandbox").await;
    assert_eq!(shown.ok()["partner"], given.partner);
    assert!(shown.headers.get("mulin-sandbox").is_some());
    assert!(
        items(&mine.get(EXCHANGES).await.ok()).is_empty(),
        "nothing of the real district, nothing of looking"
    );

    // Refused, each for a reason of its own.
    let wrong_body = json!({ "source": "12345", "nonsense": format!("api_key={}", given.key) });
    mine.post("/api/linkage/work-orders", wrong_body).await.refused("bad_field");
    let stranger = Secret::make();
    say(&house, &given, &stranger, json!({ "number": "1", "state": "done" }))
        .await
        .refused("linkage.not_believed");
    let found = items(&mine.get(&format!("{EXCHANGES}?status=4xx")).await.ok());
    let said: Vec<(i64, &str)> = found
        .iter()
        .map(|line| (line["status"].as_i64().unwrap_or(0), line["why"]["zh"].as_str().unwrap_or_default()))
        .collect();
    assert_eq!(said[0], (401, "签名核对不上，消息没有收下。"));
    assert!(said[1].0 == 422 && said[1].1.starts_with("提交的内容不合要求"), "{said:?}");
    assert_eq!(items(&mine.get(&format!("{EXCHANGES}?path=work-orders")).await.ok()).len(), 1);
    mine.get(&format!("{EXCHANGES}?status=often")).await.refused("linkage.bad_status");

    let whole = mine.get(&format!("{EXCHANGES}/{}", linked::text(&found[1]["id"]))).await;
    assert!(!whole.text.contains(&given.key) && whole.text.contains("$KEY"), "{}", whole.text);
    let curl = linked::text(&whole.ok()["curl"]);
    assert!(curl.contains("-H 'authorization: Bearer '\"$KEY\"''"), "{curl}");
    let command = std::process::Command::new("sh")
        .args(["-c", &curl])
        .envs([("MULIN", &house.url), ("KEY", &given.key)])
        .output()
        .expect("a shell");
    assert!(String::from_utf8_lossy(&command.stdout).contains("bad_field"), "the command is the same call");
    real.get(SENSORS).await.refused("not_found");
    tries_sensors(&mine).await;
}

/// What is said for a sensor over HTTP is taken or refused by name, and shown with what it waits for and what it became.
async fn tries_sensors(mine: &Caller) {
    let say = async |readings: Value| {
        mine.post("/api/linkage/readings", json!({ "readings": readings })).await.ok()
    };
    let gauge = async || sensor(&mine.get(SENSORS).await.ok(), "water_level");
    let now = platform::Clock::System.now();
    let reading = |value: f64, seconds: u64| {
        let at = now.before(std::time::Duration::from_secs(seconds));
        json!({ "sensor": "water_level", "value": value, "at": at, "unit": "m" })
    };
    let codes: Vec<String> =
        sensors(&mine.get(SENSORS).await.ok()).iter().map(|one| linked::text(&one["code"])).collect();
    assert_eq!(codes, ["gas", "manhole", "smoke", "water_level"], "one of each kind");

    assert_eq!(say(json!([reading(0.4, 200), reading(0.4, 180)])).await["taken"], 2);
    let beyond = gauge().await;
    assert!(linked::text(&beyond["turning"]["zh"]).ends_with("起越过报警值，满 60 秒才报警"), "{beyond}");
    assert_eq!(
        (&beyond["condition"], &beyond["alarms"]),
        (&json!("normal"), &json!([])),
        "it does not last yet"
    );

    let refused = say(json!([reading(0.4, 180), { "sensor": "nobody", "value": 1, "at": now }])).await;
    let reasons: Vec<String> = refused["refused"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| linked::text(&one["reason"]))
        .collect();
    assert_eq!(reasons, ["again", "unknown_sensor"]);
    let counted = mine.get(SENSORS).await.ok()["refused"].clone();
    let told: Vec<(&str, i64)> = counted
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| (one["reason"].as_str().expect("a name"), one["count"].as_i64().expect("a number")))
        .collect();
    assert_eq!(told, [("again", 1), ("unknown_sensor", 1)]);

    say(json!([reading(0.4, 100)])).await;
    let made = linked::wait_for(mine, SENSORS, |shown| {
        let alarms = sensor(shown, "water_level")["alarms"].as_array()?.clone();
        alarms.into_iter().find(|alarm| alarm["outcome"] == "filed")
    })
    .await;
    assert!(made["made"]["number"].is_string(), "{made}");
    say(json!([reading(0.25, 90)])).await;
    let within = gauge().await;
    assert_eq!(
        (&within["condition"], &within["turning"]),
        (&json!("alarm"), &Value::Null),
        "behind, not by the hysteresis"
    );
    say(json!([reading(0.1, 80)])).await;
    assert!(linked::text(&gauge().await["turning"]["zh"]).ends_with("起已回落，满 300 秒才算恢复"));

    let own = json!({ "code": "MINE-1", "kind": "manhole", "name": "我的井盖", "lon": within["lon"], "lat": within["lat"] });
    mine.post("/api/linkage/sensors", own).await.ok();
    let tilt = json!([{ "sensor": "MINE-1", "value": 2, "at": now }]);
    assert_eq!(say(tilt).await["taken"], 1, "registered by key");
}

fn sensors(shown: &Value) -> Vec<Value> {
    shown["sensors"].as_array().expect("sensors").clone()
}

fn sensor(shown: &Value, code: &str) -> Value {
    sensors(shown).into_iter().find(|one| one["code"] == code).expect("it is there")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_other_side_is_played_and_a_message_is_sent_again() {
    let mut house = House::open(Scale::Empty).await;
    let given = house.make_sandbox().await;
    let mine = house.caller().with_token(&given.key);
    set_address(&mine, &given, &taker().await).await;
    let secret = Secret::parse(&given.secret).expect("a secret");
    let come =
        async || linked::text(&mine.post("/api/linkage/sandbox/cases", json!({})).await.ok()["number"]);
    let play = async |number: &str, verb: &str| {
        mine.post(&format!("/api/linkage/sandbox/cases/{number}/{verb}"), json!({})).await
    };

    let gone = come().await;
    sent(&mine, "case.assigned", &gone).await;
    play(&gone, "confirm").await.refused("sandbox.not_done");
    play(&gone, "withdraw").await.ok();
    sent(&mine, "case.withdrawn", &gone).await;
    play(&gone, "withdraw").await.refused("not_found");

    let number = come().await;
    let first = sent(&mine, "case.assigned", &number).await;
    assert!(linked::text(&first["signed"]["over"]).ends_with(&linked::text(&first["body"])));
    let done = json!({ "number": number, "state": "done", "note": "已换管。" });
    say(&house, &given, &secret, json!({ "number": number, "state": "taken" })).await.ok();
    say(&house, &given, &secret, done.clone()).await.ok();
    assert_eq!(play(&number, "reopen").await.ok()["state"], "handling");
    say(&house, &given, &secret, done).await.ok();
    assert_eq!(play(&number, "confirm").await.ok()["state"], "closed");

    let id = webhook_id(&first);
    mine.post(&format!("{EXCHANGES}/{}/again", linked::text(&first["id"])), json!({})).await.ok();
    for _ in 0..300 {
        if arrivals(&mine, &id).await == 2 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("{id} was not sent again");
}

fn webhook_id(whole: &Value) -> String {
    let headers = whole["headers"].as_array().expect("headers");
    linked::text(&headers.iter().find(|one| one["name"] == "webhook-id").expect("an id")["value"])
}

/// How often a message arrived.
async fn arrivals(caller: &Caller, id: &str) -> usize {
    let mut found = 0;
    for line in items(&caller.get(&format!("{EXCHANGES}?path=/hook&status=204")).await.ok()) {
        let whole = caller.get(&format!("{EXCHANGES}/{}", linked::text(&line["id"]))).await.ok();
        found += usize::from(webhook_id(&whole) == id);
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sandbox_made_anew_has_other_keys_and_a_real_district_is_none() {
    let mut house = House::open(Scale::Small).await;
    let first = house.make_sandbox().await;
    let refused = |output: std::process::Output| {
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    house.stop();
    assert!(
        refused(run(house.command().args(["sandbox", "reset", "430204"]))).contains("nothing was changed")
    );
    let made = run(house.command().args(["sandbox", "reset", &first.district]));
    let second = Sandbox::read(&made);
    house.start().await;
    assert_ne!((&first.district, &first.key), (&second.district, &second.key));
    assert_eq!(house.caller().with_token(&first.key).get("/api/linkage/sandbox").await.status, 401);
    house.caller().with_token(&second.key).get("/api/linkage/sandbox").await.ok();

    // Its role opens nothing elsewhere.
    let admin = house.person("system_admin").await;
    let new = json!({ "kind": "service", "name": "对接系统" });
    let account = linked::text(&admin.post("/api/identity/accounts", new).await.ok()["id"]);
    let role = json!({ "role": "sandbox_integrator", "scope": { "kind": "unit", "organisation": linked::water(&house).await } });
    let path = format!("/api/identity/accounts/{account}/roles");
    house.person("security_admin").await.post(&path, role).await.refused("identity.role_unfit");
}
