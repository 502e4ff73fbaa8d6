//! The shells of the staff faces: there for everybody, in the reader's language, holding nothing and letting nothing foreign in.

use super::house::{House, Scale};

#[tokio::test(flavor = "multi_thread")]
async fn every_face_has_its_shell_below_every_address() {
    let house = House::open(Scale::Small).await;
    let caller = house.caller();
    for path in [
        "/grid",
        "/desk",
        "/desk/case/260302-1234-5678",
        "/map?area=430204",
        "/map/?show=open",
        "/admin/audit",
    ] {
        for (lang, tag) in [("zh", "lang=\"zh-CN\""), ("en", "lang=\"en\"")] {
            let request = caller.client.get(format!("{}{path}", house.url));
            let request =
                request.header("cookie", format!("lang={lang}; elder=1")).header("accept", "text/html");
            let shell = caller.send(request).await;
            assert_eq!(shell.status, 200, "{path}: {}", shell.text);
            let face = path[1..].split(['/', '?']).next().unwrap_or_default();
            for said in
                [tag, "data-elder=\"true\"", &format!("data-face=\"{face}\""), "data-session=\"false\""]
            {
                assert!(shell.text.contains(said), "{said} in {path}: {}", shell.text);
            }
            assert_eq!(shell.headers["cache-control"], "no-cache", "it names the present version");
            let policy = shell.headers["content-security-policy"].to_str().expect("text");
            assert!(policy.starts_with("default-src 'self'") && !policy.contains("unsafe"), "{policy}");
            assert!(
                !shell.text.contains("<script>") && !shell.text.contains("style="),
                "nothing stands inline"
            );
        }
    }
    let none = caller.send(caller.client.get(format!("{}/grid.html", house.url))).await;
    assert_eq!(none.status, 404);
}
