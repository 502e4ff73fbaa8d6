//! The examples of docs/integrating.md, run as they stand there, against the real binary.

use super::house::{House, Scale};
use super::linked;
use courier::signature::Secret;
use serde_json::{Value, json};
use std::io::Write as _;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

const GUIDE: &str = include_str!("../../../../docs/integrating.md");

/// An example: its language, its text, and what it says that it prints.
struct Example {
    language: &'static str,
    text: String,
    prints: String,
}

/// Every fenced block that says what it prints.
fn examples() -> Vec<Example> {
    let mut found = Vec::new();
    for block in GUIDE.split("\n```").skip(1).step_by(2) {
        let Some((language, text)) = block.split_once('\n') else { continue };
        let first = text.lines().next().unwrap_or_default().trim_start_matches(['#', '/', ' ']);
        if let Some(prints) = first.strip_prefix("prints: ") {
            found.push(Example { language, text: text.to_owned(), prints: prints.to_owned() });
        }
    }
    found
}

/// The program that reads an example from its standard input.
fn program(language: &str) -> Command {
    match language {
        "sh" => arguments("sh", &["-eu"]),
        "python" => arguments("python3", &["-"]),
        "js" => arguments("node", &["--input-type=module", "-"]),
        other => panic!("an example in {other}"),
    }
}

fn arguments(name: &str, words: &[&str]) -> Command {
    let mut command = Command::new(name);
    command.args(words);
    command
}

/// The program without which an example cannot run: the one its second line names, else that of its language.
fn needed(example: &Example) -> &str {
    let named = example.text.lines().nth(1).and_then(|line| line.strip_prefix("# needs: "));
    named.unwrap_or(match example.language {
        "sh" => "curl",
        "python" => "python3",
        _ => "node",
    })
}

/// Whether a program is on this machine; not every one answers to `--version`.
fn is_here(name: &str) -> bool {
    Command::new("sh").args(["-c", &format!("command -v {name}")]).output().is_ok_and(|o| o.status.success())
}

fn run(example: &Example, values: &[(&str, String)]) -> Option<Output> {
    let needed = needed(example);
    let has_broker = needed != "mosquitto_pub" || values.iter().any(|(name, _)| *name == "BROKER_PORT");
    if !is_here(needed) || !has_broker {
        eprintln!("an example in {} is skipped: {needed} is not here", example.language);
        return None;
    }
    let mut command = program(example.language);
    command.envs(values.iter().map(|(name, value)| (*name, value)));
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = piped.spawn().expect("its program is here");
    child.stdin.take().expect("piped").write_all(example.text.as_bytes()).expect("it reads");
    Some(child.wait_with_output().expect("it ends"))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_examples_of_the_guide_work_as_they_stand() {
    let mut house = House::open(Scale::Small).await;
    let sandbox = house.make_sandbox().await;
    let of_sandbox = vec![
        ("MULIN", house.url.clone()),
        ("DISTRICT", sandbox.district),
        ("PARTNER", sandbox.partner),
        ("KEY", sandbox.key),
        ("SECRET", sandbox.secret),
    ];
    let mut values = values(&house).await;
    let broker = Broker::start().await;
    values.extend(broker.as_ref().map(|broker| ("BROKER_PORT", broker.port.to_string())));
    let examples = examples();
    assert_eq!(examples.len(), 11, "the guide's examples are found");
    let mut ran = 0;
    for example in &examples {
        let given = if example.text.contains("/api/linkage/sandbox") { &of_sandbox } else { &values };
        let Some(output) = run(example, given) else { continue };
        let said = String::from_utf8_lossy(&output.stdout);
        let trouble = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{}\n{said}\n{trouble}", example.text);
        let shown = said.replace(": ", ":");
        assert!(shown.contains(&example.prints.replace(": ", ":")), "{}\nsaid: {said}", example.text);
        ran += 1;
    }
    assert!(ran > 0, "not one of the languages is here");
}

/// What the guide says the district gives an integrator.
async fn values(house: &House) -> Vec<(&'static str, String)> {
    let (_, key) = linked::account(house).await;
    let dispatcher = house.person("dispatcher").await;
    let partner = linked::water(house).await;
    let path = format!("/api/linkage/partners/{partner}");
    let hook = json!({ "rung": "webhook", "address": "http://127.0.0.1:9/hook", "key": Secret::make().text(), "states": "mulin" });
    dispatcher.put(&path, hook).await.ok();
    let secret = dispatcher.post(&format!("{path}/secret"), json!({})).await.ok();
    let number = linked::report(house).await;
    linked::wait_for(&dispatcher, &path, |partner| {
        partner["lane"]["waiting"].as_i64().filter(|waiting| *waiting > 0).map(Value::from)
    })
    .await;
    let (sensor, gateway_key) = sensor(house, &dispatcher).await;
    vec![
        ("SENSOR", sensor),
        ("GATEWAY_KEY", gateway_key),
        ("BROKER_HOST", "127.0.0.1".to_owned()),
        ("MULIN", house.url.clone()),
        ("KEY", key),
        ("PARTNER", partner),
        ("SECRET", linked::text(&secret["secret"])),
        ("NUMBER", number),
    ]
}

/// A gauge of the district, and the key of a gateway.
async fn sensor(house: &House, dispatcher: &testkit::Caller) -> (String, String) {
    let gauge = json!({ "code": "GUIDE-1", "kind": "water_level", "name": "区政府前", "lon": 113.115, "lat": 27.875 });
    dispatcher.post("/api/linkage/sensors", gauge).await.ok();
    let admin = house.person("system_admin").await;
    let new = json!({ "kind": "service", "name": "感知平台" });
    let account = linked::text(&admin.post("/api/identity/accounts", new).await.ok()["id"]);
    let role = json!({ "role": "sensor_gateway", "scope": { "kind": "district" } });
    let path = format!("/api/identity/accounts/{account}/roles");
    house.person("security_admin").await.post(&path, role).await.ok();
    let key = admin.post("/api/identity/service-keys", json!({ "account": account })).await.ok();
    ("GUIDE-1".to_owned(), linked::text(&key["key"]))
}

/// A broker on a port of its own, for the example that speaks to one.
struct Broker {
    port: u16,
    process: Child,
}

impl Broker {
    async fn start() -> Option<Self> {
        let program = ["/usr/sbin/mosquitto", "/usr/bin/mosquitto"].into_iter().find(|path| is_here(path))?;
        let socket = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = socket.local_addr().expect("a port").port();
        drop(socket);
        let process = Command::new(program)
            .args(["-p", &port.to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("mosquitto starts");
        let broker = Self { port, process };
        for _ in 0..600 {
            if tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
                return Some(broker);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("mosquitto does not listen");
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
