//! The defaults are whole, and what is wrong in a district's own files is told all at once.

use super::*;
use platform::Lang;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// The embedded files with one text changed.
fn changed(name: &str, change: impl Fn(&str) -> String) -> Result<Catalogue, Vec<CatalogueFault>> {
    let files: Vec<(&str, String)> = EMBEDDED_FILES
        .iter()
        .map(|(file, text)| (*file, if *file == name { change(text) } else { (*text).to_owned() }))
        .collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(file, text)| (*file, text.as_str())).collect();
    Catalogue::load(&files)
}

fn faults(name: &str, change: impl Fn(&str) -> String) -> Vec<String> {
    changed(name, change).err().unwrap_or_default().iter().map(ToString::to_string).collect()
}

fn catalog_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalog")
}

#[test]
fn the_defaults_load() {
    let catalogue = Catalogue::load(EMBEDDED_FILES).unwrap_or_else(|faults| panic!("{faults:#?}"));
    let people = catalogue.types().filter(|t| t.code.starts_with('P')).count();
    assert_eq!(catalogue.types().len() - people, 250, "every matter of the code table");
    assert!((60..=120).contains(&people), "{people} people's matters");
    assert!((10..=16).contains(&catalogue.common_types().count()));
    assert_eq!(catalogue.trees().iter().map(|t| t.key.as_str()).collect::<Vec<_>>(), ["city", "people"]);
    assert_eq!(catalogue.hash().len(), 16);
    let in_trees: usize = catalogue.trees().iter().flat_map(|t| &t.classes).map(|c| c.types.len()).sum();
    assert_eq!(in_trees, catalogue.types().len());
    assert_eq!(catalogue.find_class("06").unwrap().name.zh, "市容环境");
}

#[test]
fn the_embedded_files_are_the_folder() {
    let folder = catalog_folder();
    let mut on_disk = BTreeSet::new();
    for part in ["case_types", "duty_lists", "taxonomy"] {
        for entry in std::fs::read_dir(folder.join(part)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            if !name.ends_with(".md") {
                on_disk.insert(format!("{part}/{name}"));
            }
        }
    }
    let embedded: BTreeSet<String> =
        EMBEDDED_FILES.iter().chain([&EMBEDDED_ROUTING]).map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(on_disk, embedded);
}

#[test]
fn the_limits_of_the_sources_are_kept() {
    let catalogue = Catalogue::embedded();
    let limit = |code: &str, measure: &str| {
        let measure = catalogue.find_type(code).unwrap().measure(measure).unwrap();
        measure.within.words().en
    };
    for (code, measure, within) in [
        ("06010", "handle", "4 working hours"),
        ("08005", "handle", "4 working hours"),
        ("06011", "handle", "2 working days"),
        ("06012", "handle", "2 working hours"),
        ("P08006", "handle", "4 working hours"),
        ("06017", "handle", "4 working hours"),
        ("04013", "handle", "5 working days"),
        ("06001", "stop_work", "4 working hours"),
        ("06001", "penalise", "7 working days"),
        ("06001", "demolish", "20 working days"),
    ] {
        assert_eq!(limit(code, measure), within, "{code} {measure}");
    }
    assert_eq!(catalogue.find_type("06001").unwrap().final_measure().key, "demolish");
    assert!(catalogue.types().flat_map(|t| &t.measures).all(|m| !m.source.trim().is_empty()));
}

#[test]
fn the_first_look_is_data_and_checked() {
    const FILE: &str = "case_types/urgency.toml";
    let catalogue = changed(FILE, |text| text.replace("amount = 30", "amount = 15")).unwrap();
    let limit = catalogue.first_look().limit_of("take", Urgency::Emergency).unwrap();
    assert_eq!(limit.words().en, "15 minutes");
    for (from, to, told) in [
        ("amount = 30", "amount = 0", "must be 1 to"),
        ("key = \"urgent\"", "key = \"emergency\"", "twice"),
        ("key = \"urgent\"", "key = \"soon\"", "cannot be read"),
        ("clocks =", "clock =", "cannot be read"),
        ("source =", "source = \"\" #", "must not be empty"),
    ] {
        let faults = faults(FILE, |text| text.replacen(from, to, 1));
        assert_eq!(faults.len(), 1, "{to}: {faults:?}");
        assert!(faults[0].contains(FILE) && faults[0].contains(told), "{to}: {faults:?}");
    }
    let without: Vec<_> = EMBEDDED_FILES.iter().copied().filter(|(name, _)| *name != FILE).collect();
    assert!(Catalogue::load(&without).is_err(), "it is never silently lost");
}

#[test]
fn disputes_and_services_are_never_shown_to_neighbours() {
    let catalogue = Catalogue::embedded();
    assert!(catalogue.types().filter(|t| t.class == "P02").all(|t| !t.public));
    let told = faults("case_types/people_02_disputes.toml", |text| {
        text.replacen("code = \"P02005\"\n", "code = \"P02005\"\npublic = true\n", 1)
    });
    assert_eq!(told.len(), 1);
    assert!(told[0].contains("P02005") && told[0].contains("never shown to neighbours"), "{told:?}");
}

#[test]
fn no_type_watches_people() {
    let banned = ["信访", "重点人员", "特殊人群", "社区矫正", "刑满", "吸毒", "上访"];
    let catalogue = Catalogue::embedded();
    for case_type in catalogue.types() {
        let text = format!("{} {:?} {:?}", case_type.name.zh, case_type.hint, case_type.words);
        assert!(!banned.iter().any(|word| text.contains(word)), "{}: {text}", case_type.code);
    }
}

#[test]
fn a_component_lends_its_name_to_its_matter() {
    let catalogue = Catalogue::embedded();
    let lamp = catalogue.find_type("01037").unwrap();
    assert_eq!(lamp.component.as_ref().unwrap().zh, "路灯");
    assert_eq!(lamp.name.zh, "路灯异常");
    assert!(lamp.source.contains("unverified"));
    assert!(lamp.common);
}

#[test]
fn a_grid_worker_takes_only_what_the_list_names() {
    let catalogue = Catalogue::embedded();
    let on = day("2026-11-21");
    let item = catalogue.may_grid_worker_take("P03001", on).unwrap();
    assert_eq!(item.number, "3.1");
    let refusal = catalogue.may_grid_worker_take("P01006", on).unwrap_err();
    assert_eq!(refusal.list, GRID_MATTERS);
    assert_eq!(
        refusal.sentence(Lang::Zh),
        "《网格事项准入清单》（default-1版）没有列入“停电”，不得派给网格员；按责任清单 3.3 应由供电公司办理。"
    );
    assert!(refusal.sentence(Lang::En).contains("item 3.3 of the responsibilities names Power company"));
    assert!(catalogue.may_grid_worker_take("nothing", on).is_err());
}

#[test]
fn a_lapsed_item_is_no_permission_and_is_named() {
    let catalogue = changed("duty_lists/grid_matters.toml", |text| {
        text.replacen("number = \"3.1\"\n", "number = \"3.1\"\neffective_to = \"2026-06-30\"\n", 1)
    })
    .unwrap();
    assert!(catalogue.may_grid_worker_take("P03001", day("2026-06-30")).is_ok());
    let refusal = catalogue.may_grid_worker_take("P03001", day("2026-07-01")).unwrap_err();
    assert_eq!(refusal.lapsed, ["3.1"]);
    assert!(refusal.sentence(Lang::Zh).contains("第 3.1 项现不生效"), "{}", refusal.sentence(Lang::Zh));
}

#[test]
fn numbers_come_before_an_emergency() {
    let catalogue = Catalogue::embedded();
    let gas = catalogue.find_type("P01009").unwrap();
    let numbers: Vec<_> = catalogue.numbers_for(gas).map(|n| (n.key.as_str(), n.phone.as_deref())).collect();
    assert_eq!(
        numbers,
        [("119", Some("119")), ("gas", None)],
        "the gas company's number is the district's to fill in"
    );
    let with_phone = changed("duty_lists/units.toml", |text| {
        text.replacen("key = \"gas\"\n", "key = \"gas\"\nphone = \"0733-22222222\"\n", 1)
    })
    .unwrap();
    assert_eq!(with_phone.find_number("gas").unwrap().phone.as_deref(), Some("0733-22222222"));
    let told = faults("case_types/people_01_utilities.toml", |text| {
        text.replacen("call_first = [\"119\", \"gas\"]\n", "", 1)
    });
    assert!(told.len() == 1 && told[0].contains("P01009"), "{told:?}");
}

#[test]
fn there_is_always_a_type_for_what_nobody_can_name() {
    let told = faults("case_types/people_07_consultation.toml", |text| text.replace("P07008", "P07088"));
    assert!(told.len() == 1 && told[0].contains("type P07008"), "{told:?}");
}

/// A dozen faults in one file, a dozen sentences.
#[test]
fn all_faults_are_told_at_once() {
    let broken = r#"
[class]
code = "P08"
zh = "交通出行"
en = "Getting about"
answers = ["responsibilities/99.9"]

[[type]]
code = "P08001"
zh = ""
en = "Bus"

[[type]]
code = "P08001"
zh = "出租车"
en = "Taxi"
colour = "red"

[[type]]
code = "X1"
zh = "别的"
en = "Other"
urgency = "emergency"
measures = [{ key = "handle", zh = "办", en = "do", within = { amount = 0, unit = "working_day" }, source = "" }]
duplicates = { radius_m = 0, days = 1 }
call_first = ["118"]
words = ["a+"]
questions = [{ code = "Q 1", datatype = "singlevaluelist", zh = "问", en = "ask" }]

[[type]]
zh = "无码"
en = "No code"
"#;
    let told = faults("case_types/people_08_travel.toml", |_| broken.to_owned());
    let all = told.join("\n");
    for expected in [
        "type P08001): zh must not be empty",
        "type P08001): cannot be read: unknown field `colour`",
        "type X1): the code must begin with P08",
        "type X1): the limit of measure handle must be 1 to 1000",
        "type X1): the limit of measure handle has no source",
        "type X1): duplicates must be",
        "type X1): there is no number 118",
        "type X1): a keyword has an empty part",
        "type X1): the question code Q 1",
        "type X1): question Q 1: a list needs values",
        "type X1): there is no item responsibilities/99.9",
        "type #4): it has no code",
    ] {
        assert!(all.contains(expected), "{expected}\n--\n{all}");
    }
    assert!(told.iter().all(|t| t.starts_with("case_types/people_08_travel.toml")), "{all}");
}

#[test]
fn faults_of_the_lists_name_file_and_item() {
    let told =
        faults("duty_lists/responsibilities.toml", |text| {
            text.replacen("number = \"3.2\"", "number = \"3.1\"", 1)
                .replacen("unit:gas", "unit:gaz", 1)
                .replacen("number = \"3.4\"", "number = \"3-4\"", 1)
        });
    let all = told.join("\n");
    assert!(all.contains("(item 3.1): the number is there twice"), "{all}");
    assert!(all.contains("there is no unit gaz"), "{all}");
    assert!(all.contains("(item 3-4): the number must look like 3.2"), "{all}");
    assert!(all.contains("(type P01002): there is no item responsibilities/3.2"), "{all}");
}

#[test]
fn an_override_must_meet_a_type() {
    let told = faults("case_types/city_streets.toml", |_| {
        "[[override]]\ncodes = [\"06999\", \"06010-06002\"]\ncommon = true\n[[override]]\ncommon = true\n"
            .to_owned()
    });
    assert_eq!(told.len(), 3, "{told:#?}");
    assert!(told[0].contains("no type has the code 06999"));
    assert!(told[1].contains("06010-06002"));
    assert!(told[2].contains("it needs codes"));
}

#[test]
fn missing_and_unreadable_files_are_faults_not_panics() {
    assert!(Catalogue::load(&[]).unwrap_err().len() >= 5);
    for (name, _) in EMBEDDED_FILES {
        for text in
            ["", "\u{feff}", "= broken", "a,b\n1", "[[type]]\n", "type = 3\nitem = [1]\nunit = \"x\"\n"]
        {
            if let Err(faults) = changed(name, |_| text.to_owned()) {
                assert!(!faults.is_empty(), "{name}");
            }
        }
    }
}

#[test]
fn the_hash_follows_the_texts() {
    let same = changed("duty_lists/units.toml", str::to_owned).unwrap();
    assert_eq!(same.hash(), Catalogue::embedded().hash());
    let other = changed("duty_lists/units.toml", |text| format!("{text}\n# a word\n")).unwrap();
    assert_ne!(other.hash(), Catalogue::embedded().hash());
}

#[test]
fn a_district_lays_its_own_files_over_the_defaults() {
    let units = EMBEDDED_FILES.iter().find(|(name, _)| *name == "duty_lists/units.toml").unwrap().1;
    let own = units.replace("zh = \"供水公司\"", "zh = \"株洲水务\"");
    let catalogue = Catalogue::load_over_defaults(&[("duty_lists/units.toml", &own)]).unwrap();
    assert_eq!(catalogue.selector_words(&PostSelector::Unit("water_supply".into())).zh, "株洲水务");
    assert_eq!(catalogue.types().len(), Catalogue::embedded().types().len());
    assert!(Catalogue::load_over_defaults(&[("duty_lists/units.toml", "")]).is_err());
}

#[test]
fn a_file_of_another_subject_is_passed_over() {
    let mut files = EMBEDDED_FILES.to_vec();
    files.push(("roles.toml", "not ours ="));
    files.push(("workflows/case.toml", "not ours ="));
    assert!(Catalogue::load(&files).is_ok());
    files.push(("case_types/stray.toml", "[[type]]\n"));
    assert!(Catalogue::load(&files).unwrap_err()[0].to_string().contains("belongs to no tree"));
}
