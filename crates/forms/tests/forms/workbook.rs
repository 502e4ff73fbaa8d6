//! Forms from workbooks: what is read, what is told, and where faults are.

use crate::making::{faults, read};
use forms::{Feature, Form, FormFault, Kind, Plan};
use serde_json::json;

const HEADS: &str = "type|name|label|relevant|constraint|calculation|choice_filter|repeat_count|default|required|appearance|parameters";

#[test]
fn a_whole_form_in_two_languages() {
    let loaded = read(&[
        (
            "survey",
            &[
                "type|name|label::中文 (zh)|label::English (en)|hint::中文 (zh)|relevant|required|constraint|constraint_message::中文 (zh)|mulin::prefill|mulin::write|mulin::fresh_days",
                "begin_group|home|住房|Home",
                "text|owner|户主|Owner||||||household.head|household.head|365",
                "select_one yes_no|gas|用燃气吗|Gas?||||||||",
                "end_group",
                "begin repeat|member|成员|Member",
                "integer|age|年龄|Age|周岁|${gas} = 'yes'|yes|. >= 0 and . < 130|年龄不对",
                "look_up person.name|who|姓名|Name",
                "end repeat",
                "image|sign|签名|Signature",
            ],
        ),
        (
            "choices",
            &["list_name|name|label::中文 (zh)|label::English (en)", "yes_no|yes|是|Yes", "yes_no|no|否|No"],
        ),
        ("settings", &["form_title|form_id|version|default_language", "入户走访|visit|3|中文 (zh)"]),
    ]);
    let loaded = loaded.expect("a form");
    let plan = &loaded.plan;
    let form = plan.form();
    assert_eq!((form.id.as_str(), form.version.as_str(), form.title.get("zh")), ("visit", "3", "入户走访"));
    let codes: Vec<&str> = form.languages.iter().map(|language| language.code.as_str()).collect();
    assert_eq!(codes, ["zh", "en"]);
    let age = plan.node(plan.find_path("/member/age").expect("it is there"));
    assert_eq!((age.label.get("en"), age.required.as_deref()), ("Age", Some("true()")));
    let owner =
        plan.node(plan.find_name("owner").expect("it is there")).register.clone().expect("a register field");
    assert_eq!(
        (owner.prefill.map(String::from), owner.fresh_days),
        (Some("household.head".to_owned()), Some(365))
    );
    assert!(matches!(plan.node(plan.find_name("who").expect("there")).kind, Kind::LookUp { .. }));
    assert!(loaded.told.is_empty(), "{:?}", loaded.told);
    let json = form.to_json();
    assert_eq!(&forms::Form::from_json(json.as_bytes()).expect("it reads back"), form);
}

#[test]
fn a_loop_asks_the_same_of_each_choice() {
    let loaded = read(&[
        (
            "survey",
            &[
                "type|name|label::中文 (zh)|hint::中文 (zh)",
                "begin loop over place|toilets|厕所",
                "integer|count|%(label)s有几个|%(name)s",
                "begin group|state|状况",
                "text|remark|%(label)s怎么样",
                "end group",
                "end loop",
            ],
        ),
        (
            "choices",
            &["list_name|name|label::中文 (zh)", "place|north|北门", "place|south|南门", "place|none|都没有"],
        ),
    ]);
    let plan = loaded.expect("a form").plan;
    let paths: Vec<String> = plan.items().map(|item| plan.path(item)).collect();
    let of =
        |place: &str| ["", "/count", "/state", "/state/remark"].map(|rest| format!("/toilets/{place}{rest}"));
    assert_eq!(paths, [&["/toilets".to_owned()][..], &of("north"), &of("south")].concat());
    let count = plan.node(plan.find_path("/toilets/south/count").expect("it is there"));
    assert_eq!((count.label.get("zh"), count.hint.get("zh")), ("南门有几个", "south"));
}

#[test]
fn faults_name_sheet_row_and_column() {
    let choices: &[&str] = &["list_name|name|label", "l|a|A", "l|b b|B", "l|a|Again"];
    let survey = |rows: &[&'static str]| [&[HEADS][..], rows].concat();
    for (rows, code, words) in [
        (
            &["teleport|a|A"][..],
            "form.unknown_type",
            "Sheet survey, row 2, column type: There is no question type “teleport”.",
        ),
        (&["text||A"], "form.missing_name", "Sheet survey, row 2, column name: This row has no name."),
        (&["text|1a|A"], "form.bad_name", "Sheet survey, row 2, column name: “1a” cannot be a name"),
        (&["text|a|A", "integer|a|B"], "form.duplicate_name", "Sheet survey, row 3, column name"),
        (
            &["text|a|A|${nobody} = 1"],
            "form.unknown_reference",
            "Sheet survey, row 2, column relevant: There is no question “nobody”.",
        ),
        (&["text|a|A ${nobody}"], "form.unknown_reference", "Sheet survey, row 2, column label"),
        (&["text|a|A|1 +"], "expression.ends_early", "Sheet survey, row 2, column relevant"),
        (&["text|a|A||regex(., '(a')"], "expression.bad_pattern", "Sheet survey, row 2, column constraint"),
        (&["text|a|A||frob(.)"], "expression.unknown_function", "Sheet survey, row 2, column constraint"),
        (
            &["calculate|a|||| ${b}", "calculate|b|||| ${a}"],
            "form.circle",
            "row 2, column calculation: Calculations run in a circle: a → b → a.",
        ),
        (&["calculate|a||||${a} + 1"], "form.circle", "a → a"),
        (&["text|a|A|${c} = 1", "calculate|c||||${a}"], "form.circle", "a → c → a"),
        (
            &["begin repeat|r|R||||| ${s}", "integer|x|X", "end repeat", "calculate|s||||sum(${x})"],
            "form.circle",
            "circle",
        ),
        (
            &["select_one nolist|a|A"],
            "form.unknown_list",
            "Sheet survey, row 2, column type: There is no list “nolist”.",
        ),
        (&["begin group|g|G", "text|a|A"], "form.unbalanced", "Sheet survey, row 2"),
        (&["text|a|A", "end group"], "form.unbalanced", "Sheet survey, row 3, column type"),
        (&["begin group|g|G", "end repeat"], "form.unbalanced", "end repeat"),
        (
            &["range|a|A|||||||||start=1 step=x"],
            "form.bad_parameter",
            "Sheet survey, row 2, column parameters",
        ),
        (
            &["select_one_from_file a.csv|a|A"],
            "form.unsupported",
            "Sheet survey, row 2, column type: Not supported",
        ),
        (&["begin loop over nowhere|a|A", "text|b|B", "end loop"], "form.unknown_list", "row 2"),
        (&["begin loop over l|a|A", "text|b|B", "end group"], "form.unbalanced", "row 4"),
        (&["text|a|A", "text|meta|M"], "form.bad_name", "row 3"),
    ] {
        let found = faults(&[("survey", &survey(rows)), ("choices", &choices[..2])]);
        assert!(
            found.iter().any(|(known, said)| known == code && said.contains(words)),
            "{rows:?} says {found:?}"
        );
    }
    let twice = faults(&[("survey", &survey(&["select_multiple l|a|A"])), ("choices", choices)]);
    let codes: Vec<&str> = twice.iter().map(|(code, _)| code.as_str()).collect();
    assert_eq!(codes, ["form.duplicate_choice", "form.spaced_choice"], "{twice:?}");
    assert!(twice[0].1.starts_with("Sheet choices, row 4"), "{twice:?}");
}

#[test]
fn what_is_no_form_is_told_so() {
    for sheets in [
        &[("people", &["name|phone", "a|1"][..]), ("other", &["x"][..])][..],
        &[("survey", &["name|label", "a|A"][..])][..],
        &[("only", &["姓名|电话", "a|1"][..])][..],
    ] {
        let found = faults(sheets);
        assert_eq!(found[0].0, "form.no_survey", "{found:?}");
    }
    assert_eq!(faults(&[("survey", &[HEADS])])[0].0, "form.no_questions");
}

#[test]
fn what_is_not_supported_is_told_and_the_rest_read() {
    let loaded = read(&[
        (
            "survey",
            &[
                "type|name|label|appearance|parameters|trigger|save_to|default|body::accuracy|sms_field",
                "audit|audit",
                "start-geopoint|where",
                "osm|building|Building",
                "select_one l|a|A||randomize=true",
                "text|b|B|ex:com.example||${a}|prop|${last-saved#b}",
            ],
        ),
        ("choices", &["list_name|name|label", "l|x|X"]),
        ("settings", &["form_id|public_key|auto_send|sms_keyword", "f|KEY|true|x"]),
        ("entities", &["dataset|label", "trees|t"]),
    ]);
    let loaded = loaded.expect("a form");
    let told: Vec<Feature> = loaded.told.iter().map(|told| told.what).collect();
    for feature in [
        Feature::Audit,
        Feature::Background,
        Feature::Osm,
        Feature::Randomize,
        Feature::ExternalApp,
        Feature::ActionOnChange,
        Feature::Entities,
        Feature::LastSaved,
        Feature::UnknownColumn,
        Feature::Sms,
        Feature::Encryption,
        Feature::Setting,
    ] {
        assert!(told.contains(&feature), "{feature:?} is not among {told:?}");
    }
    assert_eq!(loaded.plan.items().count(), 3);
    let first =
        &loaded.told.iter().find(|told| told.what == Feature::Randomize).expect("it is told").words().en;
    assert!(
        first.starts_with("Sheet survey, row 5, column parameters: Not supported (randomize)"),
        "{first}"
    );
}

#[test]
fn an_other_choice_brings_its_question() {
    let loaded = read(&[
        ("survey", &["type|name|label", "select_one l or_other|a|A"]),
        ("choices", &["list_name|name|label", "l|x|X"]),
    ]);
    let plan = loaded.expect("a form").plan;
    let other = plan.node(plan.find_name("a_other").expect("a question for what it is"));
    assert_eq!(other.relevant.as_deref(), Some("selected(../a, 'other')"));
    assert_eq!(plan.form().lists["l"].len(), 2);
    assert_eq!(plan.form().id, "household_visit", "the file names a form without an id");
}

#[test]
fn many_choices_and_many_questions_are_read_or_refused_by_name() {
    let form = |questions: usize, choices: usize| {
        let nodes: Vec<_> =
            (0..questions).map(|n| json!({"name": format!("q{n}"), "type": "text"})).collect();
        let choices: Vec<_> = (0..choices).map(|n| json!({"name": format!("c{n}")})).collect();
        let form = json!({"format": 1, "id": "f", "version": "1", "nodes": nodes, "lists": {"l": choices}});
        Plan::of(Form::from_json(form.to_string().as_bytes()).expect("a form"))
    };
    let codes = |faults: Vec<FormFault>| faults.iter().map(FormFault::code).collect::<Vec<_>>();
    assert_eq!(form(10_000, 100_000).expect("a form").form().count_choices(), 100_000);
    assert_eq!(form(20_001, 1).map(drop).map_err(codes), Err(vec!["form.too_many"]));
    assert_eq!(form(1, 200_001).map(drop).map_err(codes), Err(vec!["form.too_many"]));
    let rows: Vec<String> = ["type|name|label".to_owned()]
        .into_iter()
        .chain((0..3_000).map(|n| format!("text|q{n}|Q")))
        .collect();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    assert_eq!(read(&[("survey", &rows)]).expect("a form").plan.items().count(), 3_000);
}

#[test]
fn rules_that_all_read_everything_are_refused_by_name() {
    let rule = format!("count(//*{} )", "//*".repeat(50));
    let nodes: Vec<_> =
        (0..5_000).map(|n| json!({"name": format!("q{n}"), "type": "text", "required": rule})).collect();
    let form = json!({"format": 1, "id": "f", "version": "1", "nodes": nodes});
    let faults = Plan::of(Form::from_json(form.to_string().as_bytes()).expect("a form"))
        .map(drop)
        .expect_err("too much");
    let codes: Vec<&str> = faults.iter().map(FormFault::code).collect();
    assert_eq!(codes, ["form.too_many"]);
}
