//! An XForm as a tree of elements, within bounds.

use crate::limits::{XFORM_BYTES_MAX, XFORM_DEPTH_MAX, XFORM_NODES_MAX};
use crate::xform::source::{Bounds, Source, Token, XmlFault};

/// Names are without their prefix.
#[derive(Debug, Default)]
pub(super) struct Element {
    pub name: String,
    attributes: Vec<(String, String)>,
    pub content: Vec<Content>,
}

#[derive(Debug)]
pub(super) enum Content {
    Element(Element),
    Text(String),
}

const BOUNDS: Bounds =
    Bounds { bytes_max: XFORM_BYTES_MAX, depth_max: XFORM_DEPTH_MAX, nodes_max: XFORM_NODES_MAX };

pub(super) fn read(xml: &[u8]) -> Result<Element, XmlFault> {
    let mut source = Source::of(xml, BOUNDS)?;
    let mut open = vec![Element::default()];
    loop {
        match source.next()? {
            Token::Start { name, attributes } => open.push(Element { name, attributes, content: Vec::new() }),
            Token::Text(text) => put(&mut open, Content::Text(text)),
            Token::End => {
                let closed = open.pop().unwrap_or_default();
                put(&mut open, Content::Element(closed));
            }
            Token::Eof => break,
        }
    }
    let whole = open.swap_remove(0);
    let root = whole.content.into_iter().find_map(|content| match content {
        Content::Element(element) => Some(element),
        Content::Text(_) => None,
    });
    Ok(root.unwrap_or_default())
}

fn put(open: &mut [Element], content: Content) {
    if let Some(element) = open.last_mut() {
        element.content.push(content);
    }
}

impl Element {
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    }

    pub(super) fn has_attribute(&self, name: &str) -> bool {
        self.attributes.iter().any(|(known, _)| known == name)
    }

    pub(super) fn children(&self) -> impl Iterator<Item = &Element> {
        self.content.iter().filter_map(|content| match content {
            Content::Element(element) => Some(element),
            Content::Text(_) => None,
        })
    }

    pub(super) fn child(&self, name: &str) -> Option<&Element> {
        self.children().find(|child| child.name == name)
    }

    pub(super) fn children_named<'e>(&'e self, name: &'e str) -> impl Iterator<Item = &'e Element> {
        self.children().filter(move |child| child.name == name)
    }

    /// Its own text, without that of the elements in it.
    pub(super) fn text(&self) -> String {
        let texts = self.content.iter().filter_map(|content| match content {
            Content::Text(text) => Some(text.as_str()),
            Content::Element(_) => None,
        });
        texts.collect()
    }
}
