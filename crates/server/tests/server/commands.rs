//! Commands beside a running server, as an operator types them: cases taken out, rules tried.

use super::house::{House, Scale, run};
use std::process::Output;

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[track_caller]
fn done(output: &Output) -> String {
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout)
}

#[track_caller]
fn refused(output: &Output, code: i32) -> String {
    assert_eq!(output.status.code(), Some(code), "{}", text(&output.stdout));
    text(&output.stderr)
}

#[tokio::test(flavor = "multi_thread")]
async fn cases_are_taken_out_beside_a_running_server() {
    let house = House::open(Scale::Small).await;
    let file = |name: &str| house.folder.path().join(name);
    let export = |name: &str, more: &[&str]| {
        let mut command = house.command();
        command.args(["export", "cases"]).arg(file(name)).args(more);
        run(&mut command)
    };
    let said = done(&export("all.csv", &["--bom"]));
    let sheet = std::fs::read_to_string(file("all.csv")).expect("written");
    assert!(sheet.starts_with("\u{feff}number,type,"), "{}", &sheet[..60]);
    done(&export("all.jsonl", &[]));
    let lines = std::fs::read_to_string(file("all.jsonl")).expect("written");
    let count = lines.lines().count();
    assert!(count > 100 && said.contains(&format!("{count} cases")), "{count}: {said}");
    assert!(!lines.contains("phone") && !lines.contains("reporter_"), "no column of a person");
    done(&export("none.csv", &["--from", "2020-01-01", "--to", "2020-01-31"]));
    assert_eq!(std::fs::read_to_string(file("none.csv")).expect("written").lines().count(), 1);

    refused(&export("all.xlsx", &[]), 2);
    refused(&export("all.jsonl", &["--bom"]), 2);
    refused(&export("all.csv", &["--from", "2026-02-01", "--to", "2026-01-01"]), 2);
    assert!(refused(&export("no/folder.csv", &[]), 1).contains("no/folder.csv"));
    let help = done(&run(house.command().args(["export", "cases", "--help"])));
    for (column, _) in cases::export::COLUMNS {
        assert!(help.contains(&format!("  {column}")), "{column} is explained: {help}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn changed_rules_are_tried_on_a_months_cases() {
    let house = House::open(Scale::Small).await;
    let rules = house.folder.path().join("routing.toml");
    let try_rules = |text: &str, more: &[&str]| {
        std::fs::write(&rules, text).expect("written");
        let mut command = house.command();
        command.args(["routing", "dry-run", "--rules"]).arg(&rules).args(more);
        run(&mut command)
    };
    let (_, present) = cases::catalogue::EMBEDDED_ROUTING;
    // The small demo's weeks end with this moment.
    let month = platform::Clock::System.now().before(std::time::Duration::from_secs(5 * 24 * 3600));
    let month = month.local().strftime("%Y-%m").to_string();
    let same = done(&try_rules(present, &["--month", &month]));
    assert!(same.starts_with(&month) && same.contains(" 0 would have gone elsewhere"), "{same}");
    let all_to_city = "version = \"trial\"\nsource = \"a story\"\n\n[[rule]]\nkey = \"all-to-city\"\nzh = \"都给城管\"\n\
        en = \"All to city management\"\nto = \"unit:city_management\"\nitem = \"responsibilities/1.1\"\n";
    let changed = done(&try_rules(all_to_city, &["--month", &month]));
    assert!(changed.contains("all-to-city") && changed.contains("for example"), "{changed}");
    let json = done(&try_rules(all_to_city, &["--month", &month, "--json"]));
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let moved = json["moves"][0].clone();
    assert!(moved["type_code"].is_string() && moved["cases"].as_u64() > Some(0), "{moved:#}");
    let sample = moved["samples"][0].as_str().expect("a number to open");
    assert!(changed.contains(sample), "the same cases are named: {changed}");

    assert!(refused(&try_rules("version = 1", &[]), 1).contains("does not hold"));
    refused(&try_rules(present, &["--month", "October"]), 2);
}
