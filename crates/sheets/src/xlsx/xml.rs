//! The XML of one part, event by event: no document type, no entities but the five of the language, no bottomless nesting.

use super::package::{Metered, QuotaSpent};
use crate::fault::SheetFault;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesEnd, BytesRef, BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use std::borrow::Cow;
use std::io::{self, BufReader};

/// Elements within elements; the deepest of a workbook's parts has about fifteen.
const DEPTH_MAX: u32 = 100;
const BUFFER_BYTES: usize = 64 * 1024;

/// A part while it is read.
pub(crate) struct Xml<'a> {
    reader: Reader<BufReader<Metered<'a>>>,
    buffer: Vec<u8>,
    part: String,
    depth: u32,
    bytes_max: u64,
}

/// What a reader of cells has to know.
pub(crate) enum Token<'b> {
    Start(Element<'b>),
    End(BytesEnd<'b>),
    Text(Cow<'b, str>),
    /// A character written as a reference, `&amp;` or `&#10;`.
    Char(char),
    /// A comment, an instruction, the declaration.
    Other,
    Eof,
}

/// A start tag.
pub(crate) struct Element<'b>(BytesStart<'b>);

impl Element<'_> {
    /// Without its prefix.
    pub(crate) fn name(&self) -> &str {
        self.0.local_name().into_inner()
    }

    /// An attribute by its name without prefix. One that is ill-formed counts as absent.
    pub(crate) fn attribute(&self, name: &str) -> Option<String> {
        let mut attributes = self.0.attributes();
        let attributes = attributes.with_checks(false).flatten();
        let mut named = attributes.filter(|attribute| attribute.key.local_name().into_inner() == name);
        let value = named.next()?;
        Some(value.normalized_value(XmlVersion::Implicit1_0).ok()?.into_owned())
    }

    /// Hands over each attribute as it is written: name without prefix, value with its references.
    pub(crate) fn each_attribute(&self, mut take: impl FnMut(&str, &str)) {
        for attribute in self.0.attributes().with_checks(false).flatten() {
            take(attribute.key.local_name().into_inner(), &attribute.value);
        }
    }
}

impl<'a> Xml<'a> {
    pub(crate) fn new(metered: Metered<'a>, part: &str, bytes_max: u64) -> Self {
        let mut reader = Reader::from_reader(BufReader::with_capacity(BUFFER_BYTES, metered));
        reader.config_mut().expand_empty_elements = true;
        Self { reader, buffer: Vec::new(), part: part.to_owned(), depth: 0, bytes_max }
    }

    pub(crate) fn bytes_left(&self) -> u64 {
        self.reader.get_ref().get_ref().bytes_left()
    }

    /// The next token.
    pub(crate) fn next(&mut self) -> Result<Token<'_>, SheetFault> {
        // The event borrows the buffer; what is needed to tell of a fault is borrowed beside it.
        let Self { reader, buffer, part, depth, bytes_max } = self;
        buffer.clear();
        let byte = reader.buffer_position();
        let broken = |why: &str| SheetFault::BrokenXml { part: part.clone(), byte, why: why.to_owned() };
        match reader.read_event_into(buffer) {
            Err(error) => Err(fault_of(&error, *bytes_max).unwrap_or_else(|| broken(&error.to_string()))),
            Ok(Event::Start(_)) if *depth == DEPTH_MAX => Err(broken("nested too deeply")),
            Ok(Event::Start(start)) => {
                *depth += 1;
                Ok(Token::Start(Element(start)))
            }
            Ok(Event::End(end)) => {
                *depth = depth.saturating_sub(1);
                Ok(Token::End(end))
            }
            Ok(Event::Text(text)) => Ok(Token::Text(text.xml10_content())),
            Ok(Event::CData(text)) => Ok(Token::Text(text.xml10_content())),
            Ok(Event::GeneralRef(name)) => {
                char_of(&name).map(Token::Char).ok_or_else(|| broken("unknown entity"))
            }
            Ok(Event::DocType(_)) => Err(SheetFault::ForbiddenXml { part: part.clone() }),
            Ok(Event::Eof) if *depth > 0 => Err(broken("ends too early")),
            Ok(Event::Eof) => Ok(Token::Eof),
            Ok(Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::Empty(_)) => Ok(Token::Other),
        }
    }

    /// Hands over every start tag of the part.
    pub(crate) fn each_start(&mut self, mut take: impl FnMut(&Element<'_>)) -> Result<(), SheetFault> {
        loop {
            match self.next()? {
                Token::Start(element) => take(&element),
                Token::Eof => return Ok(()),
                _ => {}
            }
        }
    }

    /// A fault of this part at the place reached, for what is well-formed and makes no sense.
    pub(crate) fn broken(&self, why: impl Into<String>) -> SheetFault {
        SheetFault::BrokenXml {
            part: self.part.clone(),
            byte: self.reader.buffer_position(),
            why: why.into(),
        }
    }

    /// A fault of this part because it would take more memory than it may.
    pub(crate) fn unpacks_too_large(&self) -> SheetFault {
        SheetFault::UnpacksTooLarge { bytes_max: self.bytes_max }
    }
}

/// The part cannot be unpacked any further: the quota, the disk, or the container. `None` where the XML is at fault.
fn fault_of(error: &quick_xml::Error, bytes_max: u64) -> Option<SheetFault> {
    let quick_xml::Error::Io(error) = error else { return None };
    Some(match error.get_ref() {
        Some(inner) if inner.is::<QuotaSpent>() => SheetFault::UnpacksTooLarge { bytes_max },
        _ if error.raw_os_error().is_some() => SheetFault::Disk(io::Error::from(error.kind())),
        _ => SheetFault::BrokenZip { why: error.to_string() },
    })
}

fn char_of(name: &BytesRef<'_>) -> Option<char> {
    match name.resolve_char_ref() {
        Ok(Some(c)) => Some(c),
        Ok(None) => resolve_predefined_entity(name)?.chars().next(),
        Err(_) => None,
    }
}
