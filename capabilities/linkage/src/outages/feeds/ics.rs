//! A calendar of outages, RFC 5545: one event each, with an identifier that stays and a sequence that counts the versions.

use super::Teller;
use crate::model::outage::OutageState;
use crate::outages::notice::Notice;
use platform::{Lang, Time, Words};
use std::fmt::Write as _;

/// Octets of a line without its end (RFC 5545, 3.1).
const LINE_OCTETS_MAX: usize = 75;

/// All events as one calendar, in one language.
pub(crate) fn calendar(notices: &[Notice], teller: &Teller, lang: Lang) -> String {
    let mut out = Lines(String::new());
    out.line("BEGIN:VCALENDAR");
    out.line("VERSION:2.0");
    out.line("PRODID:-//Mulin//Outages//ZH");
    out.line("CALSCALE:GREGORIAN");
    out.line("METHOD:PUBLISH");
    let name = Words::new(
        format!("{} 停水停电停气", teller.district.zh),
        format!("{}: planned work and outages", teller.district.en),
    );
    out.text("X-WR-CALNAME", name.get(lang));
    for notice in notices {
        event(&mut out, notice, teller, lang);
    }
    out.line("END:VCALENDAR");
    out.0
}

fn event(out: &mut Lines, notice: &Notice, teller: &Teller, lang: Lang) {
    out.line("BEGIN:VEVENT");
    out.line(&format!("UID:{}@{}.mulin", notice.id, teller.code));
    out.line(&format!("DTSTAMP:{}", utc(notice.changed_at)));
    out.line(&format!("LAST-MODIFIED:{}", utc(notice.changed_at)));
    out.line(&format!("SEQUENCE:{}", notice.version));
    out.line(&format!("DTSTART:{}", utc(notice.from)));
    out.line(&format!("DTEND:{}", utc(notice.to)));
    let is_off = notice.state == OutageState::Withdrawn;
    out.line(if is_off { "STATUS:CANCELLED" } else { "STATUS:CONFIRMED" });
    out.text("SUMMARY", notice.headline().get(lang));
    out.text("DESCRIPTION", notice.description().get(lang));
    out.text("LOCATION", notice.where_words().get(lang));
    out.text("CATEGORIES", notice.service.words().get(lang));
    out.line(&format!("URL:{}", teller.page_of(notice.id)));
    // Nobody is busy by it.
    out.line("TRANSP:TRANSPARENT");
    out.line("END:VEVENT");
}

/// `20260303T000000Z`
fn utc(at: Time) -> String {
    at.timestamp().strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// Content lines, folded.
struct Lines(String);

impl Lines {
    /// A line whose value needs no escaping.
    fn line(&mut self, line: &str) {
        let mut octets = 0;
        for c in line.chars() {
            if octets + c.len_utf8() > LINE_OCTETS_MAX {
                self.0.push_str("\r\n ");
                // The space counts to the next line.
                octets = 1;
            }
            self.0.push(c);
            octets += c.len_utf8();
        }
        self.0.push_str("\r\n");
    }

    /// A line whose value is text (RFC 5545, 3.3.11).
    fn text(&mut self, name: &str, value: &str) {
        let mut line = format!("{name}:");
        for c in value.chars() {
            match c {
                '\\' | ';' | ',' => {
                    // Writing to a string cannot fail.
                    let _ = write!(line, "\\{c}");
                }
                '\n' => line.push_str("\\n"),
                c if c.is_control() => {}
                c => line.push(c),
            }
        }
        self.line(&line);
    }
}

#[cfg(test)]
mod tests {
    //! Folding, escaping, identity, sequence.
    use super::{LINE_OCTETS_MAX, calendar};
    use crate::model::outage::OutageState;
    use crate::outages::feeds::tests::teller;
    use crate::outages::notice::Notice;
    use crate::outages::notice::tests::notice;
    use platform::{Lang, Words};

    /// The content lines, unfolded.
    fn unfolded(text: &str) -> Vec<String> {
        text.replace("\r\n ", "").split("\r\n").map(str::to_owned).collect()
    }

    fn value<'a>(lines: &'a [String], name: &str) -> &'a str {
        let line = lines.iter().find(|line| line.starts_with(&format!("{name}:"))).expect(name);
        &line[name.len() + 1..]
    }

    #[test]
    fn lines_are_folded_between_characters() {
        let long = "管".repeat(150) + &"a,b;c\\d\u{1F4A7}".repeat(30);
        let one = Notice { reason: Words::new(long.clone(), long.clone()), ..notice() };
        let text = calendar(&[one], &teller(), Lang::Zh);
        for line in text.split("\r\n") {
            assert!(line.len() <= LINE_OCTETS_MAX, "{}: {line}", line.len());
            assert!(!line.contains('\n') && !line.contains('\r'));
        }
        let folded = text.split("\r\n").filter(|line| line.starts_with(' ')).count();
        assert!(folded > 8, "{folded}");
        assert!(text.ends_with("END:VCALENDAR\r\n"));
        let lines = unfolded(&text);
        let description = value(&lines, "DESCRIPTION");
        let read = description.replace("\\,", ",").replace("\\;", ";").replace("\\\\", "\\");
        assert!(read.contains(&long), "{read}");
    }

    #[test]
    fn text_is_escaped() {
        let words = Words::of("一,二;三\\四\n五\u{7}", "one");
        let text = calendar(&[Notice { area: words, ..notice() }], &teller(), Lang::Zh);
        assert!(
            unfolded(&text).iter().any(|line| line.starts_with("LOCATION:一\\,二\\;三\\\\四\\n五，")),
            "{text}"
        );
    }

    #[test]
    fn an_event_keeps_its_identifier_and_counts_its_versions() {
        let first = unfolded(&calendar(&[notice()], &teller(), Lang::Zh));
        let off = Notice { version: 5, state: OutageState::Withdrawn, ..notice() };
        let last = unfolded(&calendar(&[off], &teller(), Lang::En));
        assert_eq!(value(&first, "UID"), value(&last, "UID"));
        assert_eq!(value(&first, "UID"), "01980000-0000-7000-8000-000000000001@430204.mulin");
        assert_eq!((value(&first, "SEQUENCE"), value(&last, "SEQUENCE")), ("2", "5"));
        assert_eq!((value(&first, "STATUS"), value(&last, "STATUS")), ("CONFIRMED", "CANCELLED"));
        assert_eq!(
            (value(&first, "DTSTART"), value(&first, "DTEND")),
            ("20260303T000000Z", "20260303T080000Z")
        );
        assert_eq!((value(&first, "SUMMARY"), value(&last, "SUMMARY")), ("计划停水", "Cancelled: no water"));
    }

    #[test]
    fn an_empty_calendar_is_a_calendar() {
        let lines = unfolded(&calendar(&[], &teller(), Lang::En));
        assert_eq!(lines.first().map(String::as_str), Some("BEGIN:VCALENDAR"));
        assert_eq!(value(&lines, "X-WR-CALNAME"), "Shifeng: planned work and outages");
    }
}
