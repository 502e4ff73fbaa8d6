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

#[tokio::test(flavor = "multi_thread")]
async fn the_workers_face_can_be_installed() {
    let house = House::open(Scale::Small).await;
    let caller = house.caller();
    let worker = caller.send(caller.client.get(format!("{}/grid/sw.js", house.url))).await;
    assert_eq!(worker.status, 200, "{}", worker.text);
    assert!(worker.text.starts_with("importScripts(\"/assets/grid-sw"), "{}", worker.text);
    assert_eq!(worker.headers["content-type"], "text/javascript; charset=utf-8");
    assert_eq!(worker.headers["cache-control"], "no-cache", "a new version is seen at once");
    assert_eq!(worker.headers["service-worker-allowed"], "/grid");
    for (lang, name) in [("zh", "网格员"), ("en", "Grid worker")] {
        let request = caller.client.get(format!("{}/grid/app.webmanifest", house.url));
        let manifest = caller.send(request.header("cookie", format!("lang={lang}"))).await;
        assert_eq!(manifest.headers["content-type"], "application/manifest+json");
        let told: serde_json::Value = serde_json::from_str(&manifest.text).expect("JSON");
        assert_eq!(told["short_name"], name);
        assert_eq!((&told["start_url"], &told["scope"]), (&"/grid/".into(), &"/grid/".into()));
    }
    for (face, has) in [("grid", true), ("desk", false)] {
        let shell = caller.send(caller.client.get(format!("{}/{face}", house.url))).await;
        assert_eq!(
            shell.text.contains("rel=\"manifest\""),
            has,
            "only the worker's face is installed: {face}"
        );
    }
}
