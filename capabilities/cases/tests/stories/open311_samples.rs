//! The sample answers printed in the specification, and how ours are held against them.

use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/open311");

/// A sample file; none, with a word about it, where the samples are not there.
pub fn sample(file: &str) -> Option<String> {
    let text = std::fs::read_to_string(Path::new(FOLDER).join(file)).ok();
    if text.is_none() {
        eprintln!("not compared with {file}: the samples of the specification are not here");
    }
    text
}

/// The same fields, and values of the same kind. An id may be text where the sample prints a number, a value may be missing.
#[track_caller]
pub fn assert_same_shape(what: &str, expected: &Value, found: &Value) {
    match (expected, found) {
        (Value::Array(expected), Value::Array(found)) => {
            assert!(!found.is_empty(), "{what}: nothing is listed");
            found.iter().for_each(|item| assert_same_shape(what, &expected[0], item));
        }
        (Value::Object(expected), Value::Object(found)) => {
            let names =
                |object: &serde_json::Map<String, Value>| object.keys().cloned().collect::<BTreeSet<_>>();
            // Values of an attribute are there for lists only.
            let optional = |name: &String| name != "values";
            let expected_names: BTreeSet<String> = names(expected).into_iter().filter(optional).collect();
            let found_names: BTreeSet<String> = names(found).into_iter().filter(optional).collect();
            assert_eq!(found_names, expected_names, "{what}");
            for (name, value) in found {
                assert_same_shape(&format!("{what}.{name}"), &expected[name], value);
            }
        }
        (Value::Null, _) | (_, Value::Null) => {}
        (Value::Number(_), Value::String(_)) => {
            let name = what.rsplit('.').next().unwrap_or_default();
            assert!(name.ends_with("_id") || ["key", "token", "zipcode"].contains(&name), "{what}: {found}");
        }
        (Value::String(_), Value::String(found)) if what.ends_with("_datetime") => {
            assert!(found.parse::<jiff::Timestamp>().is_ok() && found.len() == 25, "{what}: {found}");
        }
        (expected, found) => {
            assert_eq!(std::mem::discriminant(expected), std::mem::discriminant(found), "{what}: {found}");
        }
    }
}

/// The elements of a document by their paths.
pub struct XmlTree(BTreeSet<String>);

impl XmlTree {
    #[track_caller]
    pub fn read(text: &str) -> Self {
        assert!(text.starts_with("<?xml version=\"1.0\" encoding=\"utf-8\"?>"), "{text}");
        let mut reader = Reader::from_str(text);
        let (mut open, mut paths) = (Vec::new(), BTreeSet::new());
        loop {
            match reader.read_event().unwrap_or_else(|e| panic!("{e}: {text}")) {
                Event::Start(element) => {
                    open.push(element.name().as_ref().to_owned());
                    paths.insert(open.join("/"));
                }
                Event::Empty(element) => {
                    let name = element.name().as_ref().to_owned();
                    paths.insert(open.iter().chain([&name]).cloned().collect::<Vec<_>>().join("/"));
                }
                Event::End(_) => {
                    open.pop();
                }
                Event::Eof => return Self(paths),
                _ => {}
            }
        }
    }

    pub fn paths(&self) -> Vec<&str> {
        self.0.iter().map(String::as_str).collect()
    }

    /// Ours has the sample's elements and no others.
    #[track_caller]
    pub fn assert_holds_only(&self, sample: &Self, what: &str) {
        assert_eq!(self.paths(), sample.paths(), "{what}");
    }
}
