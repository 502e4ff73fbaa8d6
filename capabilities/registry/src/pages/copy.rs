//! The copy of one's data as a PDF: all values with where they are from and why, who read them, who took them along.

use super::Moment;
use super::subject::{Group, ReadingRow, Subject};
use edge::Page;
use paper::Flow;
use platform::Fault;

/// The file.
///
/// # Errors
/// As [`Flow::finish`].
pub(super) fn to_pdf(page: &Page, subject: &Subject, made: &Moment, notice: &str) -> Result<Vec<u8>, Fault> {
    let missing = page.tr(
        "〓：这个文件的字库里没有的字，请看“我的信息”网页。",
        "〓: a character this file has no font for; the page of your data shows it.",
    );
    let mut flow = Flow::new(&page.title, page.lang, missing);
    let told = page.tr("告知书", "notice");
    flow.paragraph(&format!("{} · {} · {} · {told} {notice}", subject.label, page.district_name, made.words));
    if let Some(since) = &subject.restricted {
        let words = page.tr("本人要求限制使用，自", "Only stored at the person's request, since");
        flow.paragraph(&format!("{words} {}", since.words));
    }
    for group in &subject.groups {
        put_group(&mut flow, page, group);
    }
    put_readings(&mut flow, page, subject);
    put_requests(&mut flow, page, subject);
    flow.finish()
}

fn put_group(flow: &mut Flow, page: &Page, group: &Group) {
    let ended = group.ended.as_ref().map(|day| format!("（{} {day}）", page.tr("已结束", "ended")));
    flow.heading(&format!("{} {}{}", group.title, group.at, ended.unwrap_or_default()));
    for row in &group.rows {
        let note = [
            row.source.clone(),
            row.at.words.clone(),
            format!("{}{}", page.tr("为什么：", "why: "), row.purpose),
            format!("{}{}", page.tr("依据：", "by right of: "), row.basis),
            format!("{}{}", page.tr("保存：", "kept: "), row.kept),
            format!("{}{}", page.tr("告诉：", "told: "), row.told),
        ];
        flow.row(&row.name, &row.shown, &note.join(" · "));
    }
}

fn put_readings(flow: &mut Flow, page: &Page, subject: &Subject) {
    flow.heading(page.tr("谁看过、为什么看", "Who read it, and why"));
    if subject.readings.is_empty() {
        flow.paragraph(page.tr("没有别人打开过。", "Nobody else has opened it."));
    }
    let emergency = page.tr("紧急情况", "emergency");
    for one in &subject.readings {
        flow.row(&one.at.words, &said_of(one), if one.is_emergency { emergency } else { "" });
    }
    flow.heading(page.tr("被导出过的", "Copies that held it"));
    if subject.copies.is_empty() {
        flow.paragraph(page.tr("没有被导出过。", "It was in no copy."));
    }
    for one in &subject.copies {
        flow.row(&one.at.words, &said_of(one), "");
    }
}

fn said_of(one: &ReadingRow) -> String {
    let parts = [one.by.as_str(), one.purpose.as_str(), one.how.as_str(), one.parts.as_str()];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}

fn put_requests(flow: &mut Flow, page: &Page, subject: &Subject) {
    if subject.requests.is_empty() {
        return;
    }
    flow.heading(page.tr("提过的请求", "What was asked"));
    for one in &subject.requests {
        let answer = [one.ground.as_deref(), one.answer.as_deref()].into_iter().flatten().collect::<Vec<_>>();
        flow.row(
            &one.made.words,
            &format!("{} · {} · {}", one.what, one.about, one.state),
            &answer.join(" · "),
        );
    }
}
