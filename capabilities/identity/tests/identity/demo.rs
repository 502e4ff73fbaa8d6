//! The demo's accounts: one of each role can sign in, the others hold their posts.

use crate::town::CAPABILITIES;
use identity::DemoStaff;
use serde_json::json;
use testkit::each_engine;

fn person(kind: &str, post: &str, may_be_sample: bool) -> DemoStaff {
    let name = "示意".to_owned();
    DemoStaff { name, phone: None, post_kind: kind.to_owned(), post: post.to_owned(), may_be_sample }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_each_role_can_sign_in() {
    each_engine(CAPABILITIES, async |town| {
        let people = [
            person("grid_worker", "001网格", false),
            person("grid_worker", "001网格", true),
            person("grid_worker", "002网格", true),
            person("unit", "水务", true),
        ];
        let at = "2025-03-01T00:00:00Z".parse().expect("a moment");
        let made =
            identity::seed_demo_accounts(&town.edge, &town.system(), &people, at).await.expect("seeded");
        assert_eq!(made.accounts.len(), 4);
        let roles: Vec<&str> = made.samples.iter().map(|s| s.role.as_str()).collect();
        assert_eq!(
            roles,
            ["grid_worker", "unit_desk", "system_admin", "security_admin", "audit_admin", "resident"]
        );
        for sample in &made.samples {
            let Some(password) = &sample.password else { continue };
            let code = sample.code_at(town.clock.now());
            assert_eq!(code.is_some(), sample.role.ends_with("_admin"), "{}", sample.role);
            assert_eq!(sample.otpauth_url().is_some(), code.is_some());
            let body = json!({ "login": sample.login, "password": password, "code": code });
            let answer = town.caller().post("/api/identity/sign-in", body).await.ok();
            assert_eq!((&answer["must_change"], &answer["must_enrol"]), (&json!(false), &json!(false)));
        }
    })
    .await;
}
