//! What is read comes small to whoever asks for it; what a write answers, live lines and trifles come as they are.

use super::house::{House, Scale};
use super::kill::{first_grid, report};
use platform::limits::KIB;
use std::io::Read;
use testkit::Caller;

/// Sends with `Accept-Encoding: gzip` and gives the coding of the answer.
async fn coding_of(caller: &Caller, request: reqwest::RequestBuilder) -> Option<String> {
    let response = asked(caller, request).await;
    assert!(response.status().is_success(), "{}", response.status());
    response.headers().get("content-encoding").map(|v| v.to_str().expect("text").to_owned())
}

async fn asked(caller: &Caller, request: reqwest::RequestBuilder) -> reqwest::Response {
    let request = request.header("accept-encoding", "br, gzip");
    let token = caller.token.as_deref().unwrap_or_default();
    let request = if token.is_empty() { request } else { request.bearer_auth(token) };
    request.send().await.expect("the server answers")
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_are_compressed_and_secrets_are_not() {
    let house = House::open(Scale::Small).await;
    let (anyone, desk) = (house.caller(), house.person("dispatcher").await);
    let at = |path: &str| format!("{}{path}", house.url);

    // A list, whole again once it is unpacked.
    let plain = anyone.get("/api/cases/book/types").await.text;
    let packed = asked(&anyone, anyone.client.get(at("/api/cases/book/types"))).await;
    assert_eq!(packed.headers()["content-encoding"], "gzip");
    assert!(packed.headers()["vary"].to_str().expect("text").contains("accept-encoding"));
    let packed = packed.bytes().await.expect("the body");
    assert!(packed.len() * 3 < plain.len(), "{} of {}", packed.len(), plain.len());
    let mut text = String::new();
    flate2::read::GzDecoder::new(&packed[..]).read_to_string(&mut text).expect("gzip");
    assert_eq!(text, plain);
    // Whoever does not ask gets it plain.
    assert!(!anyone.get("/api/cases/book/types").await.headers.contains_key("content-encoding"));

    for (asked, coding) in
        [("gzip;q=0", None), ("br;q=1.0, gzip;q=0.5", Some("gzip")), ("identity;q=0", None)]
    {
        let request = anyone.client.get(at("/api/cases/book/types")).header("accept-encoding", asked);
        let answer = request.send().await.expect("the server answers");
        assert_eq!(answer.status(), 200, "{asked}");
        let given = answer.headers().get("content-encoding").and_then(|v| v.to_str().ok());
        assert_eq!(given, coding, "{asked}");
    }

    // A trifle, and a live line.
    assert_eq!(coding_of(&anyone, anyone.client.get(at("/api/cases/suggest?words=路灯"))).await, None);
    assert_eq!(coding_of(&desk, desk.client.get(at("/api/cases/live"))).await, None);

    // A write answers with a secret: never compressed, however long.
    let secret = asked(&anyone, anyone.client.post(at("/api/cases")).json(&long_report(&house).await)).await;
    assert!(secret.status().is_success());
    assert!(!secret.headers().contains_key("content-encoding"));
    let many = serde_json::json!({ "cases": vec![serde_json::json!({ "id": uuid::Uuid::new_v4() }); 20], "act": { "action": "take" } });
    let long = asked(&desk, desk.client.post(at("/api/cases/actions")).json(&many)).await;
    assert!(!long.headers().contains_key("content-encoding"));
    let body = long.text().await.expect("the body");
    assert!(body.len() as u64 > KIB, "long enough to be compressed, were it read: {body}");
    house.close().await;
}

async fn long_report(house: &House) -> serde_json::Value {
    report(uuid::Uuid::new_v4(), &first_grid(house).await)
}
