//! A notice as a message of the Common Alerting Protocol, OASIS CAP 1.2: elements in the order of its schema, one `info` for each language.

use super::Teller;
use crate::model::outage::OutageState;
use crate::outages::catalogue::Severity;
use crate::outages::notice::{BUILDING_RADIUS_M, Notice};
use platform::{Fault, Lang, Time};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};
use std::io;
use std::time::Duration;

const NAMESPACE: &str = "urn:oasis:names:tc:emergency:cap:1.2";
/// What begins within this is to be prepared for now.
const SOON: Duration = Duration::from_secs(3600);
/// Digits behind the point of degrees: a decimetre.
const DECIMALS: usize = 6;

/// Who sends: no spaces, commas, `<` or `&` (3.2.1).
pub(crate) fn sender(teller: &Teller) -> String {
    format!("outages@{}.mulin", teller.code)
}

/// The message of one version: unique among all of the sender's.
pub(crate) fn identifier(notice: &Notice, version: i64) -> String {
    format!("mulin-outage-{}-{version}", notice.id)
}

/// The message as XML.
///
/// # Errors
/// A fault where it cannot be written.
pub(crate) fn message(notice: &Notice, teller: &Teller) -> Result<Vec<u8>, Fault> {
    let mut writer = Writer::new(Vec::new());
    write_alert(&mut writer, notice, teller)
        .map_err(|e| Fault::broken("a CAP message could not be written").because(e))?;
    Ok(writer.into_inner())
}

type Out = Writer<Vec<u8>>;

fn write_alert(writer: &mut Out, notice: &Notice, teller: &Teller) -> io::Result<()> {
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let alert = writer.create_element("alert").with_attribute(("xmlns", NAMESPACE));
    alert.write_inner_content(|inner| {
        text(inner, "identifier", &identifier(notice, notice.version))?;
        text(inner, "sender", &sender(teller))?;
        text(inner, "sent", &moment(notice.changed_at))?;
        text(inner, "status", if teller.is_demo { "Exercise" } else { "Actual" })?;
        text(inner, "msgType", message_type(notice))?;
        text(inner, "scope", "Public")?;
        let references = references(notice, teller);
        if !references.is_empty() {
            text(inner, "references", &references)?;
        }
        write_info(inner, notice, teller, Lang::Zh)?;
        write_info(inner, notice, teller, Lang::En)
    })?;
    Ok(())
}

/// The first that is told is an alert; what follows refers to it.
fn message_type(notice: &Notice) -> &'static str {
    match notice.state {
        OutageState::Withdrawn => "Cancel",
        _ if notice.earlier.is_empty() => "Alert",
        _ => "Update",
    }
}

/// `sender,identifier,sent` of each earlier message.
fn references(notice: &Notice, teller: &Teller) -> String {
    let sender = sender(teller);
    let one =
        |(version, at): &(i64, Time)| format!("{sender},{},{}", identifier(notice, *version), moment(*at));
    notice.earlier.iter().map(one).collect::<Vec<_>>().join(" ")
}

fn write_info(writer: &mut Out, notice: &Notice, teller: &Teller, lang: Lang) -> io::Result<()> {
    let info = writer.create_element("info");
    info.write_inner_content(|inner| {
        text(inner, "language", if lang == Lang::En { "en" } else { "zh-CN" })?;
        text(inner, "category", "Infra")?;
        text(inner, "event", notice.service.cut_words().get(lang))?;
        text(inner, "responseType", if is_over(notice) { "AllClear" } else { "Prepare" })?;
        text(inner, "urgency", urgency(notice))?;
        text(inner, "severity", severity(notice))?;
        text(inner, "certainty", certainty(notice))?;
        text(inner, "effective", &moment(notice.changed_at))?;
        text(inner, "onset", &moment(notice.from))?;
        text(inner, "expires", &moment(notice.to.max(notice.changed_at)))?;
        text(inner, "senderName", notice.unit.get(lang))?;
        text(inner, "headline", notice.headline().get(lang))?;
        text(inner, "description", notice.description().get(lang))?;
        text(inner, "web", &teller.page_of(notice.id))?;
        text(inner, "contact", &notice.phone)?;
        write_area(inner, notice, lang)
    })?;
    Ok(())
}

fn write_area(writer: &mut Out, notice: &Notice, lang: Lang) -> io::Result<()> {
    let area = writer.create_element("area");
    area.write_inner_content(|inner| {
        text(inner, "areaDesc", notice.where_words().get(lang))?;
        for ring in &notice.rings {
            let corners: Vec<String> = ring.iter().map(|corner| lat_lon(*corner)).collect();
            text(inner, "polygon", &corners.join(" "))?;
        }
        for point in &notice.points {
            text(inner, "circle", &format!("{} {}", lat_lon(*point), BUILDING_RADIUS_M / 1000.0))?;
        }
        Ok(())
    })?;
    Ok(())
}

fn is_over(notice: &Notice) -> bool {
    matches!(notice.state, OutageState::Ended | OutageState::Withdrawn)
}

fn urgency(notice: &Notice) -> &'static str {
    if is_over(notice) {
        "Past"
    } else if notice.has_begun(notice.changed_at) {
        "Immediate"
    } else if notice.from <= notice.changed_at.after(SOON) {
        "Expected"
    } else {
        "Future"
    }
}

fn severity(notice: &Notice) -> &'static str {
    match notice.severity {
        Severity::Minor => "Minor",
        Severity::Moderate => "Moderate",
        Severity::Severe => "Severe",
    }
}

/// What goes on is observed; planned work is likely, and a work that was called off is not.
fn certainty(notice: &Notice) -> &'static str {
    match notice.state {
        OutageState::Withdrawn => "Unlikely",
        _ if notice.has_begun(notice.changed_at) => "Observed",
        _ => "Likely",
    }
}

/// `lat,lon`, the other way round than GeoJSON has it.
fn lat_lon((lon, lat): (f64, f64)) -> String {
    format!("{lat:.DECIMALS$},{lon:.DECIMALS$}")
}

/// With an offset and without parts of a second: CAP knows no `Z` (3.3.2).
pub(crate) fn moment(at: Time) -> String {
    at.local().strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// An element with text; what XML cannot hold is left out.
pub(super) fn text(writer: &mut Out, name: &str, value: &str) -> io::Result<()> {
    let is_xml =
        |c: &char| matches!(c, '\t' | '\n' | '\r') || (*c >= ' ' && !matches!(c, '\u{fffe}' | '\u{ffff}'));
    let allowed: String = value.chars().filter(is_xml).collect();
    writer.create_element(name).write_text_content(BytesText::new(&allowed)).map(drop)
}

#[cfg(test)]
mod tests {
    //! The order and the values the schema of CAP 1.2 wants.
    use super::message;
    use crate::model::outage::OutageState;
    use crate::outages::feeds::Teller;
    use crate::outages::feeds::tests::teller;
    use crate::outages::notice::Notice;
    use crate::outages::notice::tests::{notice, time};
    use platform::Words;
    use quick_xml::Reader;
    use quick_xml::escape::resolve_predefined_entity;
    use quick_xml::events::Event;

    /// The sequences of the schema: a name, how often at least, how often at most.
    type Sequence = &'static [(&'static str, usize, usize)];
    const MANY: usize = usize::MAX;
    const ALERT: Sequence = &[
        ("identifier", 1, 1),
        ("sender", 1, 1),
        ("sent", 1, 1),
        ("status", 1, 1),
        ("msgType", 1, 1),
        ("source", 0, 1),
        ("scope", 1, 1),
        ("restriction", 0, 1),
        ("addresses", 0, 1),
        ("code", 0, MANY),
        ("note", 0, 1),
        ("references", 0, 1),
        ("incidents", 0, 1),
        ("info", 0, MANY),
    ];
    const INFO: Sequence = &[
        ("language", 0, 1),
        ("category", 1, MANY),
        ("event", 1, 1),
        ("responseType", 0, MANY),
        ("urgency", 1, 1),
        ("severity", 1, 1),
        ("certainty", 1, 1),
        ("audience", 0, 1),
        ("eventCode", 0, MANY),
        ("effective", 0, 1),
        ("onset", 0, 1),
        ("expires", 0, 1),
        ("senderName", 0, 1),
        ("headline", 0, 1),
        ("description", 0, 1),
        ("instruction", 0, 1),
        ("web", 0, 1),
        ("contact", 0, 1),
        ("parameter", 0, MANY),
        ("resource", 0, MANY),
        ("area", 0, MANY),
    ];
    const AREA: Sequence = &[
        ("areaDesc", 1, 1),
        ("polygon", 0, MANY),
        ("circle", 0, MANY),
        ("geocode", 0, MANY),
        ("altitude", 0, 1),
        ("ceiling", 0, 1),
    ];

    /// An element with what is in it.
    #[derive(Debug, Default)]
    struct Element {
        name: String,
        text: String,
        inside: Vec<Element>,
    }

    impl Element {
        fn read(xml: &[u8]) -> Self {
            let mut reader = Reader::from_str(std::str::from_utf8(xml).expect("UTF-8"));
            let mut open = vec![Self::default()];
            loop {
                match reader.read_event().expect("well-formed XML") {
                    Event::Start(start) => {
                        let name = start.name().as_ref().to_owned();
                        open.push(Self { name, ..Self::default() });
                    }
                    Event::Text(text) => {
                        open.last_mut().expect("an element").text.push_str(&text.xml10_content());
                    }
                    Event::GeneralRef(name) => {
                        let c = resolve_predefined_entity(&name).expect("an entity of XML itself");
                        open.last_mut().expect("an element").text.push_str(c);
                    }
                    Event::End(_) => {
                        let done = open.pop().expect("an element");
                        open.last_mut().expect("its parent").inside.push(done);
                    }
                    Event::Eof => return open.pop().expect("a root").inside.remove(0),
                    Event::Decl(_) => {}
                    other => panic!("{other:?}"),
                }
            }
        }

        fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> {
            self.inside.iter().filter(move |one| one.name == name)
        }

        #[track_caller]
        fn get<'a>(&'a self, name: &'a str) -> &'a str {
            self.all(name).next().map(|one| one.text.as_str()).unwrap_or_else(|| panic!("no {name}"))
        }

        fn check(&self, sequence: Sequence) {
            let rank = |name: &str| {
                sequence
                    .iter()
                    .position(|(known, ..)| *known == name)
                    .unwrap_or_else(|| panic!("{name} is no element of {}", self.name))
            };
            let ranks: Vec<usize> = self.inside.iter().map(|one| rank(&one.name)).collect();
            assert!(ranks.is_sorted(), "{}: {ranks:?}", self.name);
            for (name, least, most) in sequence {
                let count = self.all(name).count();
                assert!((*least..=*most).contains(&count), "{name} {count} times in {}", self.name);
            }
        }
    }

    #[track_caller]
    fn read(notice: &Notice, teller: &Teller) -> Element {
        let alert = Element::read(&message(notice, teller).expect("a message"));
        assert_eq!(alert.name, "alert");
        alert.check(ALERT);
        for info in alert.all("info") {
            info.check(INFO);
            info.all("area").for_each(|area| area.check(AREA));
        }
        for name in ["identifier", "sender"] {
            assert!(!alert.get(name).contains([' ', ',', '<', '&']), "{name}");
        }
        alert
    }

    #[test]
    fn the_first_message_is_an_alert_in_two_languages() {
        let alert = read(&notice(), &teller());
        assert_eq!(
            (alert.get("status"), alert.get("msgType"), alert.get("scope")),
            ("Actual", "Alert", "Public")
        );
        assert_eq!(alert.get("sent"), "2026-03-01T10:00:00+08:00");
        assert_eq!(alert.all("references").count(), 0);
        let infos: Vec<&Element> = alert.all("info").collect();
        let languages: Vec<&str> = infos.iter().map(|info| info.get("language")).collect();
        assert_eq!(languages, ["zh-CN", "en"]);
        assert_eq!((infos[0].get("event"), infos[1].get("event")), ("停水", "No water"));
        for info in infos {
            assert_eq!(info.get("category"), "Infra");
            assert_eq!(
                (info.get("urgency"), info.get("severity"), info.get("certainty")),
                ("Future", "Moderate", "Likely")
            );
            assert_eq!(
                (info.get("onset"), info.get("expires")),
                ("2026-03-03T08:00:00+08:00", "2026-03-03T16:00:00+08:00")
            );
            assert_eq!(info.get("web"), "https://mulin.example/outages/01980000-0000-7000-8000-000000000001");
            let area = info.all("area").next().expect("an area");
            let polygon = area.get("polygon");
            assert_eq!(
                polygon,
                "27.870000,113.110000 27.870000,113.120000 27.880000,113.120000 27.870000,113.110000"
            );
            let corners: Vec<&str> = polygon.split(' ').collect();
            assert!(corners.len() >= 4 && corners.first() == corners.last(), "closed");
        }
    }

    #[test]
    fn later_messages_refer_to_those_before() {
        let earlier = vec![(2, time("2026-03-01T02:00:00Z")), (3, time("2026-03-02T02:00:00Z"))];
        let changed = Notice { version: 4, state: OutageState::Changed, earlier, ..notice() };
        let alert = read(&changed, &teller());
        assert_eq!(alert.get("msgType"), "Update");
        let id = "mulin-outage-01980000-0000-7000-8000-000000000001";
        assert_eq!(alert.get("identifier"), format!("{id}-4"));
        let expected = format!(
            "outages@430204.mulin,{id}-2,2026-03-01T10:00:00+08:00 outages@430204.mulin,{id}-3,2026-03-02T10:00:00+08:00"
        );
        assert_eq!(alert.get("references"), expected);
        let off = read(&Notice { state: OutageState::Withdrawn, ..changed.clone() }, &teller());
        assert_eq!(off.get("msgType"), "Cancel");
        let info = off.all("info").next().expect("an info");
        assert_eq!(
            (info.get("urgency"), info.get("certainty"), info.get("responseType")),
            ("Past", "Unlikely", "AllClear")
        );
        let over = read(
            &Notice { state: OutageState::Ended, changed_at: time("2026-03-03T09:00:00Z"), ..changed },
            &teller(),
        );
        let info = over.all("info").next().expect("an info");
        assert_eq!(
            (over.get("msgType"), info.get("urgency"), info.get("certainty")),
            ("Update", "Past", "Observed")
        );
        assert_eq!(info.get("expires"), "2026-03-03T17:00:00+08:00", "never before it was sent");
    }

    #[test]
    fn urgency_is_by_when_it_begins() {
        let rows = [
            ("2026-03-01T02:00:00Z", "Future", "Likely"),
            ("2026-03-02T23:00:00Z", "Expected", "Likely"),
            ("2026-03-03T00:00:00Z", "Immediate", "Observed"),
            ("2026-03-03T01:00:00Z", "Immediate", "Observed"),
        ];
        for (at, urgency, certainty) in rows {
            let alert = read(&Notice { changed_at: time(at), ..notice() }, &teller());
            let info = alert.all("info").next().expect("an info");
            assert_eq!((info.get("urgency"), info.get("certainty")), (urgency, certainty), "{at}");
        }
    }

    #[test]
    fn words_are_escaped_and_places_without_ground_are_circles() {
        let reason = Words::of("阀门<A&B>\u{1}，\"二号\"", "valve <A&B>");
        let points = vec![(113.11, 27.87), (113.12, 27.88)];
        let one = Notice { reason, rings: Vec::new(), points, ..notice() };
        let demo = Teller { is_demo: true, ..teller() };
        let alert = read(&one, &demo);
        assert_eq!(alert.get("status"), "Exercise");
        let info = alert.all("info").next().expect("an info");
        assert!(info.get("description").contains("阀门<A&B>，\"二号\""), "{}", info.get("description"));
        let area = info.all("area").next().expect("an area");
        let circles: Vec<&str> = area.all("circle").map(|one| one.text.as_str()).collect();
        assert_eq!(circles, ["27.870000,113.110000 0.06", "27.880000,113.120000 0.06"]);
    }
}
