//! XML in, event by event: bounded, no document type, no entities but the five of the language.

use platform::Words;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

/// Why XML is not read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum XmlFault {
    #[error("more than {bytes_max} bytes")]
    TooLarge { bytes_max: usize },
    /// Entities could be declared in it, and no client writes one.
    #[error("declares a document type")]
    DocumentType,
    #[error("broken at byte {byte}: {why}")]
    Broken { byte: u64, why: String },
    #[error("nested deeper than {depth_max}")]
    TooDeep { depth_max: usize },
    #[error("more than {nodes_max} nodes")]
    TooMany { nodes_max: usize },
}

impl XmlFault {
    /// Stable.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "xml.too_large",
            Self::DocumentType => "xml.document_type",
            Self::Broken { .. } => "xml.broken",
            Self::TooDeep { .. } => "xml.too_deep",
            Self::TooMany { .. } => "xml.too_many",
        }
    }

    pub fn words(&self) -> Words {
        match self {
            Self::TooLarge { bytes_max } => Words::new(
                format!("XML 的内容超过 {bytes_max} 字节。"),
                format!("The XML has more than {bytes_max} bytes."),
            ),
            Self::DocumentType => Words::of(
                "XML 含有文档类型声明，不予读取。",
                "The XML declares a document type and is not read.",
            ),
            Self::Broken { byte, .. } => Words::new(
                format!("XML 在第 {byte} 字节处损坏。"),
                format!("The XML is broken at byte {byte}."),
            ),
            Self::TooDeep { depth_max } => Words::new(
                format!("XML 嵌套超过 {depth_max} 层。"),
                format!("The XML is nested deeper than {depth_max}."),
            ),
            Self::TooMany { nodes_max } => Words::new(
                format!("XML 的内容超过 {nodes_max} 项。"),
                format!("The XML has more than {nodes_max} nodes."),
            ),
        }
    }
}

/// What XML may be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    pub bytes_max: usize,
    pub depth_max: usize,
    pub nodes_max: usize,
}

/// Names without their prefix.
pub(super) enum Token {
    Start { name: String, attributes: Vec<(String, String)> },
    Text(String),
    End,
    Eof,
}

pub(super) struct Source<'x> {
    reader: Reader<&'x [u8]>,
    bounds: Bounds,
    depth: usize,
    nodes: usize,
}

impl<'x> Source<'x> {
    pub(super) fn of(xml: &'x [u8], bounds: Bounds) -> Result<Self, XmlFault> {
        if xml.len() > bounds.bytes_max {
            return Err(XmlFault::TooLarge { bytes_max: bounds.bytes_max });
        }
        let mut reader = Reader::from_reader(xml);
        reader.config_mut().expand_empty_elements = true;
        Ok(Self { reader, bounds, depth: 0, nodes: 0 })
    }

    fn broken(&self, why: impl Into<String>) -> XmlFault {
        XmlFault::Broken { byte: self.reader.buffer_position(), why: why.into() }
    }

    pub(super) fn next(&mut self) -> Result<Token, XmlFault> {
        loop {
            let event = match self.reader.read_event() {
                Ok(event) => event,
                Err(error) => return Err(self.broken(error.to_string())),
            };
            match event {
                Event::Start(start) => return self.start(&start),
                Event::End(_) => {
                    self.depth = self.depth.saturating_sub(1);
                    return Ok(Token::End);
                }
                Event::Text(text) => return Ok(Token::Text(text.xml10_content().into_owned())),
                Event::CData(text) => return Ok(Token::Text(text.xml10_content().into_owned())),
                Event::GeneralRef(name) => {
                    let c = match name.resolve_char_ref() {
                        Ok(Some(c)) => Some(c.to_string()),
                        Ok(None) => resolve_predefined_entity(&name).map(str::to_owned),
                        Err(_) => None,
                    };
                    return c.map(Token::Text).ok_or_else(|| self.broken("an unknown entity"));
                }
                Event::DocType(_) => return Err(XmlFault::DocumentType),
                Event::Eof if self.depth > 0 || self.nodes == 0 => return Err(self.broken("ends too early")),
                Event::Eof => return Ok(Token::Eof),
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::Empty(_) => {}
            }
        }
    }

    fn start(&mut self, start: &BytesStart<'_>) -> Result<Token, XmlFault> {
        let Bounds { depth_max, nodes_max, .. } = self.bounds;
        if self.depth == 0 && self.nodes > 0 {
            return Err(self.broken("a second root"));
        }
        if self.depth == depth_max {
            return Err(XmlFault::TooDeep { depth_max });
        }
        self.nodes += 1;
        if self.nodes > nodes_max {
            return Err(XmlFault::TooMany { nodes_max });
        }
        self.depth += 1;
        let mut attributes = Vec::new();
        for attribute in start.attributes().with_checks(false).flatten() {
            if let Ok(value) = attribute.normalized_value(XmlVersion::Implicit1_0) {
                attributes.push((attribute.key.local_name().into_inner().to_owned(), value.into_owned()));
            }
        }
        Ok(Token::Start { name: start.local_name().into_inner().to_owned(), attributes })
    }
}
