//! The index of warning messages: an Atom feed (RFC 4287) whose entries lead to the CAP message of each notice.

use super::Teller;
use super::cap::{identifier, sender, text};
use crate::outages::notice::Notice;
use platform::{Fault, Lang, Time};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, Event};
use std::io;

const NAMESPACE: &str = "http://www.w3.org/2005/Atom";

/// The feed as XML, told at a moment, which counts where there is no notice.
///
/// # Errors
/// A fault where it cannot be written.
pub(crate) fn feed(notices: &[Notice], teller: &Teller, lang: Lang, now: Time) -> Result<Vec<u8>, Fault> {
    let mut writer = Writer::new(Vec::new());
    write_feed(&mut writer, notices, teller, lang, now)
        .map_err(|e| Fault::broken("the index of CAP messages could not be written").because(e))?;
    Ok(writer.into_inner())
}

fn write_feed(
    writer: &mut Writer<Vec<u8>>,
    notices: &[Notice],
    teller: &Teller,
    lang: Lang,
    now: Time,
) -> io::Result<()> {
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let updated = notices.iter().map(|notice| notice.changed_at).max().unwrap_or(now);
    let feed = writer.create_element("feed").with_attribute(("xmlns", NAMESPACE));
    feed.write_inner_content(|inner| {
        let itself = format!("{}/outages.cap", teller.face);
        text(inner, "id", &itself)?;
        text(inner, "title", if lang == Lang::En { "Planned work and outages" } else { "停水停电停气" })?;
        text(inner, "updated", &updated.to_string())?;
        link(inner, "self", "application/atom+xml", &itself)?;
        inner
            .create_element("author")
            .write_inner_content(|author| text(author, "name", teller.district.get(lang)))?;
        notices.iter().try_for_each(|notice| write_entry(inner, notice, teller, lang))
    })?;
    Ok(())
}

fn write_entry(writer: &mut Writer<Vec<u8>>, notice: &Notice, teller: &Teller, lang: Lang) -> io::Result<()> {
    writer.create_element("entry").write_inner_content(|inner| {
        let message = format!("{}.cap", teller.page_of(notice.id));
        text(inner, "id", &format!("urn:{}:{}", sender(teller), identifier(notice, notice.version)))?;
        text(inner, "title", notice.headline().get(lang))?;
        text(inner, "updated", &notice.changed_at.to_string())?;
        link(inner, "alternate", "application/cap+xml", &message)?;
        text(inner, "summary", notice.description().get(lang))
    })?;
    Ok(())
}

fn link(writer: &mut Writer<Vec<u8>>, rel: &str, kind: &str, href: &str) -> io::Result<()> {
    let link = writer.create_element("link");
    link.with_attributes([("rel", rel), ("type", kind), ("href", href)]).write_empty().map(drop)
}

#[cfg(test)]
mod tests {
    //! Each notice leads to its message.
    use super::feed;
    use crate::outages::feeds::tests::teller;
    use crate::outages::notice::tests::{notice, time};
    use platform::Lang;

    #[test]
    fn each_notice_leads_to_its_message() {
        let now = time("2026-03-02T02:00:00Z");
        let text =
            String::from_utf8(feed(&[notice()], &teller(), Lang::Zh, now).expect("a feed")).expect("UTF-8");
        for part in [
            "<updated>2026-03-01T02:00:00Z</updated>",
            "type=\"application/cap+xml\" href=\"https://mulin.example/outages/01980000-0000-7000-8000-000000000001.cap\"/>",
            "<title>计划停水</title>",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
        let empty = String::from_utf8(feed(&[], &teller(), Lang::En, now).expect("a feed")).expect("UTF-8");
        assert!(
            empty.contains("<updated>2026-03-02T02:00:00Z</updated>") && !empty.contains("<entry>"),
            "{empty}"
        );
    }
}
