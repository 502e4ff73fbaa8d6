//! Foreign service requests: every row is kept or named, twice is once, and the real file of Boston adds up.

use crate::town::{CaseTown, IN_GRID, each_case_town};
use cases::import::{self, ImportReport, Reason, Remark};
use platform::{DistrictId, Problem};
use serde_json::json;
use std::collections::BTreeMap;
use std::io::Read as _;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use store::{Conn, sql};
use testkit::DISTRICT;

const BOSTON: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/requests/boston_311_2013_2023.csv.gz");
const BOSTON_MAPPING: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../catalog/imports/boston_311.toml");
const BOSTON_DISTRICT: DistrictId = DistrictId(990_001);

sql! {
    COUNTS: (DistrictId,) -> (String, String, bool, i64) =
        "select type_code, state, open, count(*) as cases from cases_case where district = $1
         group by type_code, state, open order by type_code, state";
    CASES: (DistrictId,) -> (Option<String>, String, bool, platform::Time, Option<platform::Time>, Option<platform::Time>) =
        "select external_id, words, open, reported_at, due_at, closed_at from cases_case where district = $1 order by external_id";
    ENTRIES: (DistrictId,) -> (i64,) = "select count(*) as entries from cases_entry where district = $1";
    TIMERS: (DistrictId,) -> (i64,) = "select count(*) as timers from platform_timer where district = $1 and kind = 'cases.clock'";
}

const MAPPING: &str = r#"
source = "made for this test"
zone = "Asia/Shanghai"
date_format = "%Y-%m-%d %H:%M"
coordinates = "WGS-84"
[columns]
external_id = "编号"
reported_at = "时间"
due_at = "期限"
closed_at = "办结"
status = "状态"
type = ["类型"]
longitude = "经度"
latitude = "纬度"
address = ["地址"]
words = ["说明"]
outcome = "结果"
[status]
"已办结" = "closed"
"办理中" = "reported"
[[type]]
is = ["水管"]
code = "P01002"
[[type]]
is = ["旧系统类型"]
code = "OLD1"
zh = "旧系统类型"
en = "Type of the old system"
public = false
"#;

const HEADER: &str = "编号,时间,期限,办结,状态,类型,经度,纬度,地址,说明,结果\n";

struct Files {
    folder: tempfile::TempDir,
}

impl Files {
    fn new(rows: &[u8], mapping: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("rows.csv"), rows).unwrap();
        std::fs::write(folder.path().join("mapping.toml"), mapping).unwrap();
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    async fn import(&self, town: &CaseTown) -> ImportReport {
        import(town, &self.path("rows.csv"), &self.path("mapping.toml"), "430204").await.expect("imported")
    }
}

async fn import(town: &CaseTown, file: &Path, mapping: &Path, code: &str) -> Result<ImportReport, Problem> {
    let mut last = 0;
    let mut progress = |p: import::Progress| {
        assert!(p.rows >= last && p.bytes_read <= p.bytes_total, "{p:?}");
        last = p.rows;
    };
    let report = import::requests(&town.town.edge, file, mapping, code, &mut progress).await?;
    assert_eq!(last, report.rows, "the progress ends with the last row");
    let named = report.kept + report.known + report.refused.len() as u64;
    assert_eq!(report.rows, named, "every row is kept or named");
    Ok(report)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_row_is_kept_or_named_with_its_reason() {
    each_case_town(async |town: CaseTown| {
        let (lon, lat) = IN_GRID[0];
        let rows = format!(
            "{HEADER}A1,2025-01-02 08:00,2025-01-05 08:00,2025-01-03 09:30,已办结,水管,{lon},{lat},,水管漏水,已修复\n\
             A2,2025-01-02 08:00,,,办理中,旧系统类型,,,,没有地点,\n\
             A3,2025-01-02 08:00,,2025-01-01 08:00,已办结,水管,,,田心路3号,先办结后上报,\n\
             A4,2025-01-02 08:00,,,已办结,水管,0,200,田心路3号,坐标不对,\n\
             A5,2025-01-02 08:00,,2025-01-03 08:00,办理中,水管,116.4,39.9,,在北京,\n\
             A1,2025-01-02 08:00,,,办理中,水管,,,a,重复编号,\n\
             A6,昨天,,,办理中,水管,,,a,日期不对,\n\
             A7,2025-01-02 08:00,,,转办,水管,,,a,状态不对,\n\
             A8,2025-01-02 08:00,,,办理中,别的,,,a,类型不对,\n\
             ,2025-01-02 08:00,,,办理中,水管,,,a,没有编号,\n\
             A9,少了几列\n\
             B1,1850-01-01 00:00,,,办理中,水管,,,a,太早,\n\
             B2,2025-01-02 08:00,,,办理中,水管,,,a,\"两行\n的说明𠮷🚰\",\n"
        );
        let files = Files::new(rows.as_bytes(), MAPPING);
        let report = files.import(&town).await;
        assert_eq!((report.rows, report.kept, report.known, report.refused.len()), (13, 6, 0, 7));
        let refused: Vec<(u64, &Reason)> = report.refused.iter().map(|r| (r.row, &r.reason)).collect();
        assert!(matches!(refused[0], (7, Reason::IdTwice { id }) if id == "A1"), "{refused:?}");
        assert!(matches!(refused[1], (8, Reason::BadDate { column, .. }) if column == "时间"));
        assert!(matches!(refused[2], (9, Reason::UnknownStatus { .. })));
        assert!(matches!(refused[3], (10, Reason::UnknownType { .. })));
        assert!(matches!(refused[4], (11, Reason::NoId { .. })));
        assert!(matches!(refused[5], (12, Reason::FieldCount { found: 2, expected: 11 })));
        assert!(matches!(refused[6], (13, Reason::BadDate { .. })));
        assert_eq!(report.remarks[&Remark::WithoutPlace], [3]);
        assert_eq!(report.remarks[&Remark::ClosedBeforeReported], [4]);
        assert_eq!(report.remarks[&Remark::ClosedWithoutDate], [5]);
        assert_eq!(report.remarks[&Remark::ImpossiblePlace], [5]);
        assert_eq!(report.remarks[&Remark::OpenWithCloseDate], [6]);
        assert_eq!(report.remarks[&Remark::OutsideAreas], [6]);
        assert_eq!(report.remarks[&Remark::Open], [3, 6, 14]);
        assert!(report.to_string().contains("row 7 refused: the id A1 stands in an earlier row"), "{report}");

        let desk = town.staff("desk");
        let found = desk.get("/api/cases/search?q=%E6%B0%B4%E7%AE%A1%E6%BC%8F%E6%B0%B4").await.ok();
        assert_eq!(found[0]["source"], "import", "found by its words: {found}");
        let again = files.import(&town).await;
        assert_eq!((again.kept, again.known, again.refused.len()), (0, 6, 7), "again changes nothing");
        assert_eq!(entries(&town, DISTRICT).await, 9, "two lines for what was closed, one for what is open");
        assert_eq!(timers(&town, DISTRICT).await, 0, "no clock runs");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_from_a_spreadsheet_is_read_as_it_was_saved() {
    each_case_town(async |town: CaseTown| {
        let row = "C1,2025-01-02 08:00,,2025-01-03 08:00,已办结,水管,,,田心路3号,水管爆了,已修复\n";
        let text = format!("{HEADER}{row}").replace(',', ";");
        let gbk = encoding_rs::GBK.encode(&text).0.into_owned();
        let report = Files::new(&gbk, MAPPING).import(&town).await;
        assert_eq!((report.kept, report.encoding), (1, "gb18030"));
        let marked = format!("\u{feff}{HEADER}{}", row.replace("C1", "C2"));
        let report = Files::new(marked.as_bytes(), MAPPING).import(&town).await;
        assert_eq!((report.kept, report.encoding), (1, "UTF-8"));
        let mut all = Vec::new();
        let read = town.town.db().read(async |conn: &mut Conn| conn.all(&CASES, (DISTRICT,)).await);
        for (id, words, open, reported, due, closed) in read.await.unwrap() {
            assert_eq!((words.as_str(), open, due), ("水管爆了", false, None));
            assert_eq!(reported.to_string(), "2025-01-02T00:00:00Z");
            assert_eq!(closed.map(|t| t.to_string()).as_deref(), Some("2025-01-03T00:00:00Z"));
            all.push(id.unwrap());
        }
        assert_eq!(all, ["C1", "C2"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_imported_is_refused_before_the_first_row() {
    each_case_town(async |town: CaseTown| {
        let rows = format!("{HEADER}A1,2025-01-02 08:00,,,办理中,水管,,,a,x,\n");
        let bad = |from: &str, to: &str| MAPPING.replacen(from, to, 1);
        let mappings = [
            (bad("Asia/Shanghai", "Mars/Olympus"), "zone"),
            (bad("\"WGS-84\"", "\"WGS-85\""), "WGS-85"),
            (bad("= \"closed\"", "= \"done\""), "done"),
            (bad("code = \"P01002\"", "code = \"P99999\""), "P99999"),
            (bad("code = \"OLD1\"", "code = \"P01001\""), "P01001"),
            (bad("code = \"OLD1\"", "code = \"老 1\""), "letters"),
            (bad("latitude = \"纬度\"\n", ""), "together"),
            (bad("words = ", "wrods = "), "wrods"),
            (bad("\"说明\"", "\"没有这列\""), "没有这列"),
            ("[".to_owned(), "not hold"),
        ];
        for (mapping, word) in mappings {
            let files = Files::new(rows.as_bytes(), &mapping);
            let (csv, toml) = (files.path("rows.csv"), files.path("mapping.toml"));
            let problem = import(&town, &csv, &toml, "430204").await.expect_err(word);
            assert!(problem.title_en.contains(word), "{word}: {}", problem.title_en);
        }
        let files = Files::new(rows.as_bytes(), MAPPING);
        let (csv, toml) = (files.path("rows.csv"), files.path("mapping.toml"));
        let problem = import(&town, &csv, &toml, "990002").await.expect_err("the mapping names no district");
        assert!(problem.title_en.contains("990002"));
        let problem = import(&town, &files.path("none.csv"), &toml, "430204").await.expect_err("no file");
        assert!(problem.title_en.contains("none.csv"));
        assert_eq!(entries(&town, DISTRICT).await, 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_real_requests_of_boston_add_up() {
    if !Path::new(BOSTON).exists() {
        eprintln!("skipped: {BOSTON} is not here");
        return;
    }
    each_case_town(async |town: CaseTown| {
        let expected = boston_counts();
        let report =
            import(&town, Path::new(BOSTON), Path::new(BOSTON_MAPPING), "990001").await.expect("imported");
        assert_eq!((report.rows, report.kept, report.refused.len()), (62_165, 62_165, 0));
        assert_eq!(report.count(Remark::Open), 21_437);
        assert_eq!(report.count(Remark::ClosedBeforeReported), 10);
        assert_eq!(report.by_status["Closed"] + report.by_status["Open"], 62_165);

        let rules = town.town.edge.fixture::<cases::Rules>();
        let name =
            |code: &str| rules.find_type(BOSTON_DISTRICT, code).expect("its own type").name.en.to_string();
        let mut found: BTreeMap<(String, String), u64> = BTreeMap::new();
        let rows = town
            .town
            .db()
            .read(async |conn: &mut Conn| conn.all(&COUNTS, (BOSTON_DISTRICT,)).await)
            .await
            .unwrap();
        for (code, state, open, count) in rows {
            assert_eq!(state, if open { "reported" } else { "closed" });
            let status = if open { "Open" } else { "Closed" };
            found.insert((status.to_owned(), name(&code)), u64::try_from(count).unwrap());
        }
        assert_eq!(found, expected, "by status and type as in the file");
        assert_eq!(timers(&town, BOSTON_DISTRICT).await, 0);

        let client = town.town.caller();
        let query =
            "jurisdiction_id=990001&start_date=2016-02-01&end_date=2016-02-29&status=closed&page_size=3";
        let listed = client.get(&format!("/open311/v2/requests.json?{query}")).await.ok();
        assert_eq!(listed.as_array().map(Vec::len), Some(3));
        assert_eq!(listed[0]["status"], "closed");
        let services = client.get("/open311/v2/services.json?jurisdiction_id=990001").await.text;
        assert!(services.contains("BOS05"));
        let elsewhere = client.get("/open311/v2/services.json").await.text;
        assert!(!elsewhere.contains("BOS05"), "another district does not have them");
        assert_eq!(client.get("/open311/v2/requests.json").await.ok(), json!([]));
    })
    .await;
}

/// Rows of the file by status and type, counted by hand.
fn boston_counts() -> BTreeMap<(String, String), u64> {
    let mut text = String::new();
    let file = std::fs::File::open(BOSTON).unwrap();
    flate2::read::GzDecoder::new(file).read_to_string(&mut text).unwrap();
    let mut rows = csv::Reader::from_reader(text.as_bytes());
    let headers = rows.headers().unwrap().clone();
    let column = |name: &str| headers.iter().position(|h| h == name).unwrap();
    let (status, kind) = (column("case_status"), column("type"));
    let mut counts = BTreeMap::new();
    for row in rows.records() {
        let row = row.unwrap();
        *counts.entry((row[status].to_owned(), row[kind].to_owned())).or_default() += 1;
    }
    counts
}

async fn count(
    town: &CaseTown,
    query: &'static store::Query<(DistrictId,), (i64,)>,
    district: DistrictId,
) -> i64 {
    let read = town.town.db().read(async move |conn: &mut Conn| {
        let mut found = 0;
        conn.each(query, (district,), |(n,)| {
            found = n;
            ControlFlow::Break(())
        })
        .await?;
        Ok::<_, platform::Fault>(found)
    });
    read.await.expect("a count")
}

async fn entries(town: &CaseTown, district: DistrictId) -> i64 {
    count(town, &ENTRIES, district).await
}

async fn timers(town: &CaseTown, district: DistrictId) -> i64 {
    count(town, &TIMERS, district).await
}
