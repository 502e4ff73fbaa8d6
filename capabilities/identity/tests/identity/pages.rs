//! Residents' pages: the form is ours, the cookie is the server's, and nobody is sent elsewhere.

use crate::phone_codes::code_in_inbox;
use crate::town::CAPABILITIES;
use std::collections::HashMap;
use testkit::{Answer, Caller, each_engine};

/// The hidden field of the form on a page.
fn hidden<'a>(page: &'a str, name: &str) -> &'a str {
    let mark = format!("name=\"{name}\" value=\"");
    let (_, rest) = page.split_once(&mark).unwrap_or_else(|| panic!("no field {name} in {page}"));
    rest.split('"').next().unwrap_or_default()
}

async fn submit(caller: &Caller, path: &str, fields: &[(&str, &str)]) -> Answer {
    let fields: HashMap<&str, &str> = fields.iter().copied().collect();
    let body = fields.iter().map(|(k, v)| format!("{k}={}", encode(v))).collect::<Vec<_>>().join("&");
    let request = caller
        .client
        .post(format!("{}{path}", caller.url))
        .header("content-type", "application/x-www-form-urlencoded")
        .header("accept", "text/html")
        .body(body);
    caller.send(request).await
}

fn encode(text: &str) -> String {
    text.bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resident_signs_in_and_out_on_pages() {
    each_engine(CAPABILITIES, async |town| {
        let browser = town.caller();
        let page = browser.get("/sign-in?next=/my").await.text;
        let csrf = hidden(&page, "_csrf").to_owned();
        let form = [("_csrf", csrf.as_str()), ("phone", "13873300007"), ("next", "/my")];
        let sent = submit(&browser, "/sign-in", &form).await;
        assert_eq!(sent.status, 200, "{}", sent.text);
        assert!(sent.text.contains("138****0007"));
        let code = code_in_inbox(&town).await;
        assert!(!sent.text.contains(&code), "the page does not hold the code");

        let wrong = [("_csrf", csrf.as_str()), ("phone", "13873300007"), ("code", "1"), ("next", "/my")];
        let again = submit(&browser, "/sign-in/code", &wrong).await;
        assert_eq!(again.status, 422);
        assert!(again.text.contains("还可以试 4 次"), "{}", again.text);
        let right =
            [("_csrf", csrf.as_str()), ("phone", "13873300007"), ("code", &code), ("next", "//evil.example")];
        let done = submit(&browser, "/sign-in/code", &right).await;
        assert_eq!((done.status, done.headers["location"].to_str().ok()), (303, Some("/my")));
        let cookies: Vec<&str> =
            done.headers.get_all("set-cookie").iter().filter_map(|v| v.to_str().ok()).collect();
        let session = cookies.iter().find(|c| c.starts_with("session=")).expect("a session cookie");
        assert!(
            session.contains("HttpOnly") && session.contains("SameSite=Lax") && session.contains("Path=/")
        );

        // The cookie works for the API too, but another site cannot make the browser use it.
        assert_eq!(browser.get("/api/identity/me").await.ok()["name"], "138****0007");
        let foreign = browser.client.post(format!("{}/api/identity/sign-out", browser.url));
        browser.send(foreign.header("sec-fetch-site", "cross-site")).await.refused("csrf");

        let out = submit(&browser, "/sign-out", &[("_csrf", "guess")]).await;
        assert_eq!(out.status, 403);
        let out = submit(&browser, "/sign-out", &[("_csrf", csrf.as_str())]).await;
        assert_eq!(out.status, 303);
        browser.get("/api/identity/me").await.refused("sign_in");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forged_form_and_a_wrong_number_are_refused() {
    each_engine(CAPABILITIES, async |town| {
        let browser = town.caller();
        let page = browser.get("/sign-in?next=https://evil.example").await.text;
        assert_eq!(hidden(&page, "next"), "/my");
        let csrf = hidden(&page, "_csrf").to_owned();
        for forged in ["", "guess"] {
            let refused = submit(&browser, "/sign-in", &[("_csrf", forged), ("phone", "13873300008")]).await;
            assert_eq!(refused.status, 403, "{}", refused.text);
        }
        let wrong = submit(&browser, "/sign-in", &[("_csrf", csrf.as_str()), ("phone", "<b>12")]).await;
        assert_eq!(wrong.status, 422);
        assert!(wrong.text.contains("请填写 11 位手机号"));
        assert!(!wrong.text.contains("<b>12"), "what was typed is shown as text");
        // A session that is over is no obstacle to signing in.
        let stale = town.caller().with_token("430204.s.AAAA");
        assert_eq!(stale.get("/sign-in").await.status, 200);
    })
    .await;
}
