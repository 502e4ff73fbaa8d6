//! XForms out and submissions in: the same answers come back, and what is hostile is refused.

use crate::making::read;
use forms::xform::{
    SubmissionFault, XmlFault, read_form, read_submission, read_submission_head, write_answers, write_form,
};
use forms::{Answers, Change, Plan, Scene, differences};
use quick_xml::Reader;
use quick_xml::events::Event;
use std::sync::Arc;

fn plan() -> Arc<Plan> {
    let loaded = read(&[
        (
            "survey",
            &[
                "type|name|label::中文 (zh)|label::English (en)|relevant|constraint|calculation|choice_filter|repeat_count|default",
                "text|name|姓名 <大>|Name & more",
                "integer|many|几人|How many?||. < 10",
                "begin repeat|member|成员|Member|||||${many} + 0",
                "text|nick|${name} 的家人|Of ${name}",
                "calculate|number|||||position(..)",
                "end repeat",
                "begin repeat|visit|走访|Visit",
                "date|day|日期|Day||||||today()",
                "end repeat",
                "select_one town|town|镇|Town||||county = 'c1'",
                "select_multiple town|towns|镇|Towns",
                "rank town|order|顺序|Order",
                "range|mood|心情|Mood",
                "geopoint|spot|位置|Spot",
                "image|photo|照片|Photo",
                "acknowledge|ok|同意|OK?",
                "barcode|code|条码|Code",
                "note|thanks|谢谢|Thanks",
                "deviceid|device",
            ],
        ),
        (
            "choices",
            &[
                "list_name|name|label::中文 (zh)|label::English (en)|county",
                "town|t1|甲|A|c1",
                "town|t2|乙|B|c2",
            ],
        ),
        (
            "settings",
            &["form_title|form_id|version|instance_name|style", "走访|visit|7|concat('V ', ${name})|pages"],
        ),
    ]);
    Arc::new(loaded.expect("a form").plan)
}

fn scene() -> Scene<'static> {
    Scene::at("2026-11-22T09:30:00.000+08:00", "zh", 5).expect("a moment")
}

#[test]
fn a_form_is_written_as_collect_reads_it() {
    let xml = write_form(&plan());
    assert_well_formed(&xml);
    for part in [
        r#"<h:title>走访</h:title>"#,
        r#"<translation lang="中文 (zh)" default="true()">"#,
        r#"<text id="/name:label"><value>姓名 &lt;大&gt;</value></text>"#,
        r#"<value>Of <output value="/data/name"/></value>"#,
        r#"<data id="visit" version="7">"#,
        r#"<member_count/><member jr:template="">"#,
        r#"<visit jr:template=""><day/></visit><visit><day/></visit>"#,
        r#"<orx:meta><orx:instanceID/><orx:instanceName/></orx:meta>"#,
        r#"<item><itextId>town-0</itextId><name>t1</name><label>甲</label><county>c1</county></item>"#,
        r#"<bind nodeset="/data/many" type="int" constraint=". &lt; 10"/>"#,
        r#"<bind nodeset="/data/member_count" type="string" readonly="true()" calculate="/data/many + 0"/>"#,
        r#"<bind nodeset="/data/member/number" type="string" calculate="position(..)"/>"#,
        r#"<bind nodeset="/data/device" type="string" jr:preload="property" jr:preloadParams="deviceid"/>"#,
        r#"<bind nodeset="/data/orx:meta/orx:instanceID" type="string" readonly="true()" jr:preload="uid"/>"#,
        r#"<setvalue event="odk-instance-first-load" ref="/data/visit/day" value="today()"/>"#,
        r#"<h:body class="pages">"#,
        r#"<repeat nodeset="/data/member" jr:count="/data/member_count">"#,
        r#"<itemset nodeset="instance('town')/root/item[county = 'c1']"><value ref="name"/><label ref="jr:itext(itextId)"/></itemset>"#,
        r#"<odk:rank ref="/data/order">"#,
        r#"<range ref="/data/mood" start="0" end="10" step="1">"#,
        r#"<upload ref="/data/photo" mediatype="image/*">"#,
        r#"<trigger ref="/data/ok">"#,
    ] {
        assert!(xml.contains(part), "{part} is not in {xml}");
    }
    assert!(!xml.contains("ref=\"/data/device\""), "nobody is asked what the device knows");
}

#[test]
fn what_is_written_is_read_as_the_same_form() {
    let plan = plan();
    let again = read_form(write_form(&plan).as_bytes()).expect("a form").plan;
    assert_eq!((again.form().id.as_str(), again.form().version.as_str()), ("visit", "7"));
    assert_eq!(again.form().languages, plan.form().languages);
    let of_note: Vec<_> = differences(&plan, &again)
        .into_iter()
        .filter(|difference| !matches!(difference.what, Change::Rules { .. } | Change::Choices { .. }))
        .map(|difference| (difference.path, difference.what))
        .collect();
    // The count that was worked out is a node there; all else is as it was.
    assert_eq!(of_note, [("/member_count".to_owned(), Change::Added)]);
}

#[test]
fn hostile_xforms_are_refused_by_name() {
    let deep = format!("<html>{}{}</html>", "<a>".repeat(100), "</a>".repeat(100));
    for (xml, words) in [
        ("<!DOCTYPE h [<!ENTITY a 'x'>]><html/>", "declares a document type"),
        (deep.as_str(), "nested deeper than 60"),
        ("<html><head>", "broken at byte"),
        ("<html/>", "This is not an XForm"),
        ("<html><head><model><instance/></model></head><body/></html>", "This is not an XForm"),
        (
            "<html><head><model><instance><data id='x'/></instance></model></head><body/></html>",
            "The form asks nothing",
        ),
        ("", "broken at byte"),
    ] {
        let refused = read_form(xml.as_bytes()).map(|_| ()).expect_err(words);
        assert!(refused.words()[0].en.contains(words), "{words}: {:?}", refused.words());
    }
}

fn assert_well_formed(xml: &str) {
    let mut reader = Reader::from_str(xml);
    let mut depth = 0_i32;
    loop {
        match reader.read_event().expect("well-formed XML") {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth -= 1,
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(depth, 0);
}

#[test]
fn answers_go_out_and_come_back() {
    let (plan, scene) = (plan(), scene());
    let mut answers = Answers::begin(&plan, &scene).expect("rules that give values");
    for (address, text) in [
        ("/name", "张三 <&> \"李\""),
        ("/many", "2"),
        ("/member[1]/nick", "A"),
        ("/member[2]/nick", "B"),
        ("/town", "t1"),
        ("/towns", "t1 t2"),
        ("/spot", "27.8 113.1 0 5"),
        ("/photo", "1.jpg"),
        ("/ok", "OK"),
    ] {
        answers.set(address, text, &scene).expect(address);
    }
    assert!(answers.check(&scene).is_empty(), "{:?}", answers.check(&scene));
    assert_eq!(answers.name(&scene).as_deref(), Ok("V 张三 <&> \"李\""));
    let xml = write_answers(&answers, "uuid:1");
    let head = read_submission_head(xml.as_bytes()).expect("a head");
    assert_eq!((head.form_id.as_str(), head.version.as_str()), ("visit", "7"));
    let mut submission = read_submission(&plan, xml.as_bytes()).expect("a submission");
    assert_eq!(submission.instance_id(), Some("uuid:1"));
    assert_eq!(submission.files, ["1.jpg"]);
    assert!(submission.strangers.is_empty(), "{:?}", submission.strangers);
    submission.answers.settle_relevance(&scene).expect("rules that give values");
    assert_eq!(submission.answers.to_json(true), answers.to_json(true));
}

#[test]
fn a_submission_is_checked_and_strangers_are_kept() {
    let xml = r#"<?xml version="1.0"?><data xmlns:orx="http://openrosa.org/xforms" id="visit" version="6">
        <name>x</name><name>again</name><many>eleven</many><member_count>1</member_count><town>t2</town><gone>value</gone>
        <deep><er>inside</er></deep><ok>yes</ok><mood>11</mood>
        <orx:meta><orx:instanceID>uuid:9</orx:instanceID><orx:deprecatedID>uuid:8</orx:deprecatedID></orx:meta></data>"#;
    let (plan, scene) = (plan(), scene());
    let mut submission = read_submission(&plan, xml.as_bytes()).expect("a submission");
    submission.answers.settle_relevance(&scene).expect("rules that give values");
    let strangers: Vec<(&str, &str)> = submission
        .strangers
        .iter()
        .map(|stranger| (stranger.path.as_str(), stranger.text.as_str()))
        .collect();
    assert_eq!(strangers, [("/name", "again"), ("/gone", "value"), ("/deep/er", "inside")]);
    assert_eq!(submission.meta["deprecatedID"], "uuid:8");
    let faults: Vec<(String, &str)> = submission
        .answers
        .check(&scene)
        .into_iter()
        .map(|fault| (fault.address, fault.what.code()))
        .collect();
    let expected = [
        ("/many", "answer.wrong_type"),
        ("/town", "answer.no_such_choice"),
        ("/mood", "answer.wrong_type"),
        ("/ok", "answer.wrong_type"),
    ];
    assert_eq!(faults, expected.map(|(address, code)| (address.to_owned(), code)));
}

#[test]
fn hostile_submissions_are_refused_by_name() {
    let plan = plan();
    let bomb = r#"<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><data id="visit"><name>&b;</name></data>"#;
    let deep = format!("<data id=\"visit\">{}{}</data>", "<a>".repeat(60), "</a>".repeat(60));
    let long = format!("<data id=\"visit\"><name>{}</name></data>", "x".repeat(400_000));
    let many = format!("<data id=\"visit\">{}</data>", "<x/>".repeat(250_000));
    for (xml, code) in [
        (bomb, "xml.document_type"),
        (deep.as_str(), "xml.too_deep"),
        (long.as_str(), "submission.too_long"),
        (many.as_str(), "xml.too_many"),
        ("<data id=\"visit\"><name>&unknown;</name></data>", "xml.broken"),
        ("<data id=\"visit\"><name></data>", "xml.broken"),
        ("<data id=\"visit\">", "xml.broken"),
        ("<data id=\"visit\"/><data id=\"visit\"/>", "xml.broken"),
        ("<data id=\"other\"/>", "submission.other_form"),
        ("<data/>", "submission.other_form"),
        ("not xml", "submission.other_form"),
        ("", "xml.broken"),
    ] {
        let fault =
            read_submission(&plan, xml.as_bytes()).map(|_| ()).expect_err(xml.get(..60).unwrap_or(xml));
        assert_eq!(fault.code(), code, "{}", xml.get(..60).unwrap_or(xml));
        assert!(!fault.words().zh.is_empty());
    }
    let huge = vec![b' '; forms::limits::SUBMISSION_BYTES_MAX + 1];
    assert!(matches!(read_submission(&plan, &huge), Err(SubmissionFault::Xml(XmlFault::TooLarge { .. }))));
}
