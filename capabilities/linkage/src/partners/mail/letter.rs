//! The words of a mail to a partner: what, where, until when, and how to answer; as text, and the same with a button. Never who reported it.

use super::link::LINK_DAYS_MAX;
use crate::model::partner::PartnerSettings;
use crate::partners::forward::{ASSIGNED, WITHDRAWN};
use askama::Template;
use courier::Attempt;
use platform::{Lang, Time, Words};
use serde::{Deserialize, Serialize};
use serde_json::{Error, Value};
use uuid::Uuid;

/// What the sender looked up when the mail left.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Known {
    pub case_type: Words,
    pub state: Words,
    /// What was done, of an update.
    pub action: Words,
    pub district: Words,
    pub place: Option<String>,
    /// Where it is answered, within this house; none where there is nothing to answer.
    pub link: Option<String>,
    /// The mails of the case before this one.
    pub thread: Vec<Uuid>,
}

/// The body of a delivery, which the rung does not change.
#[derive(Debug, Deserialize)]
struct Told {
    number: String,
    words: Option<String>,
    longitude: Option<f64>,
    latitude: Option<f64>,
    reported_at: Option<Time>,
    due_at: Option<Time>,
    note: Option<String>,
    at: Option<Time>,
    /// Counted alone: they are on the page.
    #[serde(default)]
    photos: Vec<Value>,
    known: Known,
}

/// A line of the mail: what it is, and its value.
struct Line {
    label: &'static str,
    value: String,
    /// Where it leads, of a place.
    href: Option<String>,
}

/// A mail, before it is written as text and as a page.
#[derive(Template)]
#[template(path = "partner_mail.html")]
pub(super) struct Letter {
    lang: &'static str,
    pub subject: String,
    lead: String,
    lines: Vec<Line>,
    /// The whole address of the answer.
    link: Option<String>,
    answer: &'static str,
    /// What else there is to know: who may use the link, and how long.
    notes: Vec<String>,
}

/// Writes the mail of a delivery; answers the mails it follows too.
pub(super) fn write(attempt: &Attempt, site: &str) -> Result<(Vec<Uuid>, Letter), Error> {
    let delivery = &attempt.delivery;
    let told: Told = serde_json::from_value(delivery.body.0.clone())?;
    let settings: PartnerSettings = serde_json::from_value(attempt.endpoint.settings.0.clone())?;
    let lang = settings.lang;
    let letter = Letter {
        lang: lang.tag(),
        subject: subject(&told, lang),
        lead: lead(&told, &delivery.kind, lang),
        lines: lines(&told, &delivery.kind, lang),
        link: told.known.link.as_ref().map(|path| format!("{site}{path}{}", asked(lang))),
        answer: tr(lang, "打开页面答复", "Answer here"),
        notes: notes(&told, &delivery.kind, lang),
    };
    Ok((told.known.thread, letter))
}

/// The body of a trial: nothing but whose it is.
#[derive(Debug, Deserialize)]
struct Trial {
    district: Words,
}

/// Writes the mail of a trial: what it is, and that nothing is to be done.
pub(super) fn write_trial(attempt: &Attempt) -> Result<Letter, Error> {
    let Trial { district } = serde_json::from_value(attempt.delivery.body.0.clone())?;
    let settings: PartnerSettings = serde_json::from_value(attempt.endpoint.settings.0.clone())?;
    let lang = settings.lang;
    let lead = match lang {
        Lang::Zh => {
            format!("这是{}试发的一封邮件，看贵单位的邮箱能不能收到。没有要办的事，也不用回信。", district.zh)
        }
        Lang::En => format!(
            "This is a trial by {}, to see whether mail reaches your office. Nothing is to be done, and no answer is needed.",
            district.en
        ),
    };
    let note = tr(
        lang,
        "以后请贵单位办理的事会发到这个邮箱，每件一封，信里有答复用的链接。",
        "Cases for your office will come to this mailbox, each as a mail of its own with a link to answer by.",
    );
    Ok(Letter {
        lang: lang.tag(),
        subject: tr(lang, "【睦邻】试发邮件", "[Mulin] A trial mail").to_owned(),
        lead,
        lines: Vec::new(),
        link: None,
        answer: "",
        notes: vec![note.to_owned()],
    })
}

impl Letter {
    pub(super) fn text(&self) -> String {
        let mut text = format!("{}\n\n", self.lead);
        for Line { label, value, href } in &self.lines {
            let place = href.as_ref().map(|href| format!("\n{href}")).unwrap_or_default();
            text.push_str(&format!("{label} {value}{place}\n"));
        }
        if let Some(link) = &self.link {
            text.push_str(&format!("\n{}\n{link}\n", self.answer));
        }
        for note in &self.notes {
            text.push_str(&format!("\n{note}"));
        }
        text
    }

    pub(super) fn html(&self) -> Result<String, askama::Error> {
        self.render()
    }
}

fn tr(lang: Lang, zh: &'static str, en: &'static str) -> &'static str {
    match lang {
        Lang::Zh => zh,
        Lang::En => en,
    }
}

/// The page in the language of the mail, whatever the browser wishes.
fn asked(lang: Lang) -> &'static str {
    match lang {
        Lang::Zh => "",
        Lang::En => "?lang=en",
    }
}

/// The same for every mail of a case: programs that know no threads put them together by it.
fn subject(told: &Told, lang: Lang) -> String {
    let re = if told.known.thread.is_empty() { "" } else { "Re: " };
    let name = tr(lang, "【睦邻】", "[Mulin] ");
    format!("{re}{name}{} {}", told.number, told.known.case_type.get(lang))
}

fn lead(told: &Told, kind: &str, lang: Lang) -> String {
    let district = told.known.district.get(lang);
    match (kind, lang) {
        (ASSIGNED, Lang::Zh) => format!("{district}转来一件事，请贵单位办理。"),
        (ASSIGNED, Lang::En) => format!("{district} hands you a case to handle."),
        (WITHDRAWN, Lang::Zh) => "这件事不用贵单位办了，已收回。以前的答复链接不再有效。".to_owned(),
        (WITHDRAWN, Lang::En) => {
            "This case is taken back: you need not handle it. Earlier links are no longer good.".to_owned()
        }
        (_, Lang::Zh) => format!("这件事有了新情况：{}。", told.known.action.zh),
        (_, Lang::En) => format!("Something happened to this case: {}.", told.known.action.en),
    }
}

fn lines(told: &Told, kind: &str, lang: Lang) -> Vec<Line> {
    let line = |label, value: String| Line { label, value, href: None };
    let moment = |at: Time| cases::linked::moment(at).get(lang).to_owned();
    let mut lines = vec![
        line(tr(lang, "编号：", "Number:"), told.number.clone()),
        line(tr(lang, "类型：", "Type:"), told.known.case_type.get(lang).to_owned()),
    ];
    if kind == WITHDRAWN {
        return lines;
    }
    let words = told.words.clone().map(|words| line(tr(lang, "内容：", "What:"), words));
    let place = told.known.place.clone().filter(|_| kind == ASSIGNED).map(|place| Line {
        label: tr(lang, "地点：", "Where:"),
        value: place,
        href: told.longitude.zip(told.latitude).map(|(lon, lat)| map_address(lon, lat)),
    });
    let at = told.at.map(|at| line(tr(lang, "时间：", "When:"), moment(at)));
    let note = told.note.clone().map(|note| line(tr(lang, "说明：", "Words:"), note));
    let photos = (!told.photos.is_empty())
        .then(|| line(tr(lang, "照片：", "Photos:"), photos(told.photos.len(), lang)));
    let state = (kind != ASSIGNED)
        .then(|| line(tr(lang, "现在：", "It is now:"), told.known.state.get(lang).to_owned()));
    let reported = told.reported_at.map(|at| line(tr(lang, "收到：", "Reported:"), moment(at)));
    let due = told.due_at.map(|at| line(tr(lang, "期限：", "Until:"), moment(at)));
    lines.extend([words, place, photos, reported, at, note, state, due].into_iter().flatten());
    lines
}

fn photos(count: usize, lang: Lang) -> String {
    match (lang, count) {
        (Lang::Zh, _) => format!("{count} 张，在答复页面上看"),
        (Lang::En, 1) => "one, on the page where you answer".to_owned(),
        (Lang::En, _) => format!("{count}, on the page where you answer"),
    }
}

/// A place on a public map. WGS-84 is declared, so that the map moves the point to its own coordinates.
///
/// Source: 高德地图 URI API, 单点标注 (lbs.amap.com/api/uri-api/guide/mobile-web/point) [unverified].
pub(super) fn map_address(lon: f64, lat: f64) -> String {
    format!("https://uri.amap.com/marker?position={lon},{lat}&coordinate=wgs84")
}

fn notes(told: &Told, kind: &str, lang: Lang) -> Vec<String> {
    let mut notes = Vec::new();
    if told.known.link.is_some() && kind == ASSIGNED {
        notes.push(
            tr(
                lang,
                "不用登录。在页面上可以接下、说明进展、传照片、报办结，不归贵单位的也在那里退回。",
                "No account is needed. There you take it, tell how it goes, add photos, say that it is done, or give it back.",
            )
            .to_owned(),
        );
    }
    if told.known.link.is_some() {
        notes.push(match lang {
            Lang::Zh => format!("链接只给贵单位办这件事用，{LINK_DAYS_MAX} 天内有效，请不要转给外人。请不要直接回信：没有人看这个邮箱。"),
            Lang::En => format!("The link is for your office and this case alone, good for {LINK_DAYS_MAX} days: do not pass it on. Do not reply to this mail: nobody reads it."),
        });
    }
    notes
}
