//! The column `type`: XLSForm.org, "Question types", and the older words pyxform still reads.

use crate::feature::Feature;
use crate::form::{Device, FieldRef, Kind, Shape};

/// What a row of the sheet `survey` is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Written {
    /// A node on its own.
    Node(Kind),
    /// A choice, with what `or_other` adds.
    Select {
        kind: Kind,
        or_other: bool,
    },
    BeginGroup,
    BeginRepeat,
    /// Over the choices of a list.
    BeginLoop(String),
    EndGroup,
    EndRepeat,
    EndLoop,
    /// A node of this kind in place of what is not there.
    Instead(Kind, Feature),
    /// Nothing is asked, and it is told.
    Nothing(Feature),
    Unknown,
}

/// Every word for a type that has a kind of its own here, the usual one first. The published table is made of it.
pub const TYPES: &[(&str, &[&str])] = &[
    ("text", &["text", "string", "add text prompt", "q string", "phone"]),
    ("integer", &["integer", "int", "add integer prompt", "q int"]),
    ("decimal", &["decimal", "add decimal prompt", "q decimal"]),
    ("date", &["date", "add date prompt", "q date"]),
    ("time", &["time", "add time prompt", "q time"]),
    ("date_time", &["datetime", "add date time prompt", "add datetime prompt", "q datetime"]),
    (
        "select_one",
        &[
            "select_one",
            "select one",
            "select1",
            "select one from",
            "add select one prompt using",
            "q select1",
        ],
    ),
    (
        "select_many",
        &[
            "select_multiple",
            "select multiple",
            "select all that apply",
            "select all that apply from",
            "add select multiple prompt using",
            "q select",
        ],
    ),
    ("rank", &["rank", "odk:rank"]),
    ("photo", &["image", "photo", "picture", "add image prompt", "add photo prompt", "q image", "q picture"]),
    ("audio", &["audio", "add audio prompt", "q audio"]),
    ("video", &["video", "add video prompt", "q video"]),
    ("file", &["file", "add file prompt"]),
    ("signature", &["signature"]),
    ("place (point)", &["geopoint", "gps", "location", "add location prompt", "q geopoint", "q location"]),
    ("place (trace)", &["geotrace", "q geotrace"]),
    ("place (shape)", &["geoshape", "q geoshape"]),
    ("barcode", &["barcode", "add barcode prompt", "q barcode"]),
    ("note", &["note", "add note prompt", "q note"]),
    ("acknowledge", &["acknowledge", "trigger", "add acknowledge prompt", "q acknowledge"]),
    ("range", &["range"]),
    ("calculate", &["calculate", "add calculate prompt", "q calculate"]),
    ("hidden", &["hidden"]),
    ("device (start)", &["start", "start time", "get start time"]),
    ("device (end)", &["end", "end time", "get end time"]),
    ("device (today)", &["today", "get today"]),
    ("device (deviceid)", &["deviceid", "device id", "imei", "get device id", "uri:deviceid"]),
    ("device (username)", &["username", "uri:username"]),
    ("device (phonenumber)", &["phonenumber", "phone number", "get phone number", "uri:phonenumber"]),
    ("device (email)", &["email", "uri:email"]),
    ("device (subscriberid)", &["subscriberid", "subscriber id", "get subscriber id", "uri:subscriberid"]),
    ("device (simserial)", &["simserial", "sim id", "get sim id", "uri:simserial"]),
    ("look_up", &["look_up"]),
    ("group", &["begin_group", "begin group"]),
    ("repeat", &["begin_repeat", "begin repeat", "begin looped group", "begin lgroup"]),
    ("group for each choice", &["begin_loop over LIST", "begin loop over LIST"]),
];

/// Words that are known and not supported, longest first where one begins another.
const UNSUPPORTED: &[(&str, Feature)] = &[
    ("select_one_from_file", Feature::ChoicesFromFile),
    ("select_multiple_from_file", Feature::ChoicesFromFile),
    ("select one from file", Feature::ChoicesFromFile),
    ("select multiple from file", Feature::ChoicesFromFile),
    ("select_one_external", Feature::ExternalChoices),
    ("select one external", Feature::ExternalChoices),
    ("cascading_select", Feature::CascadingSelect),
    ("cascading select", Feature::CascadingSelect),
    ("include", Feature::Include),
    ("csv-external", Feature::ExternalInstance),
    ("xml-external", Feature::ExternalInstance),
    ("audit", Feature::Audit),
    ("background-audio", Feature::Background),
    ("background-geopoint", Feature::Background),
    ("start-geopoint", Feature::Background),
    ("osm", Feature::Osm),
];

pub(super) fn written(text: &str) -> Written {
    let words: Vec<&str> = text.split_whitespace().collect();
    let plain = words.join(" ");
    let lower = plain.to_lowercase();
    if let Some(feature) = unsupported(&lower) {
        return match feature {
            Feature::Osm => Written::Instead(Kind::Text, feature),
            other => Written::Nothing(other),
        };
    }
    match lower.as_str() {
        "end group" | "end_group" => return Written::EndGroup,
        "end loop" | "end_loop" => return Written::EndLoop,
        "end repeat" | "end_repeat" | "end looped group" | "end lgroup" => return Written::EndRepeat,
        _ => {}
    }
    if let ["begin", "loop", "over", list] | ["begin_loop", "over", list] = words.as_slice() {
        return Written::BeginLoop((*list).to_owned());
    }
    if let Some(field) = lower.strip_prefix("look_up ") {
        return FieldRef::parse(field)
            .map_or(Written::Unknown, |field| Written::Node(Kind::LookUp { field }));
    }
    match known(&lower) {
        Some("group") => Written::BeginGroup,
        Some("repeat") => Written::BeginRepeat,
        Some(word) => kind_of(word).map_or(Written::Unknown, Written::Node),
        None => select(&plain, &lower),
    }
}

fn unsupported(lower: &str) -> Option<Feature> {
    let fits =
        |word: &str| lower.strip_prefix(word).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
    UNSUPPORTED.iter().find(|(word, _)| fits(word)).map(|(_, feature)| *feature)
}

fn known(lower: &str) -> Option<&'static str> {
    TYPES.iter().find(|(_, words)| words.contains(&lower)).map(|(word, _)| *word)
}

fn kind_of(word: &str) -> Option<Kind> {
    let place = |shape| Kind::Place { shape };
    Some(match word {
        "text" => Kind::Text,
        "integer" => Kind::Integer,
        "decimal" => Kind::Decimal,
        "date" => Kind::Date,
        "time" => Kind::Time,
        "date_time" => Kind::DateTime,
        "photo" => Kind::Photo { pixels_max: None },
        "audio" => Kind::Audio,
        "video" => Kind::Video,
        "file" => Kind::File,
        "signature" => Kind::Signature,
        "place (point)" => place(Shape::Point),
        "place (trace)" => place(Shape::Trace),
        "place (shape)" => place(Shape::Shape),
        "barcode" => Kind::Barcode,
        "note" => Kind::Note,
        "acknowledge" => Kind::Acknowledge,
        "range" => Kind::Range { start: 0.0, end: 10.0, step: 1.0 },
        "calculate" => Kind::Calculate,
        "hidden" => Kind::Hidden,
        other => {
            let what = other.strip_prefix("device (")?.strip_suffix(')')?;
            let (device, _) = Device::ALL.iter().find(|(_, word)| *word == what)?;
            Kind::Device { what: *device }
        }
    })
}

/// `select_one list`, `select_multiple list or_other`, `rank list`: the longest word that fits comes first.
fn select(plain: &str, lower: &str) -> Written {
    let words = TYPES.iter().filter(|(word, _)| matches!(*word, "select_one" | "select_many" | "rank"));
    let words = words.flat_map(|(word, all)| all.iter().map(move |written| (*word, *written)));
    let fits =
        words.filter(|(_, written)| lower.strip_prefix(written).is_some_and(|rest| rest.starts_with(' ')));
    let Some((word, written)) = fits.max_by_key(|(_, written)| written.len()) else {
        return Written::Unknown;
    };
    let mut list = plain[written.len()..].trim();
    let mut or_other = false;
    for ending in [" or_other", " or specify other"] {
        if let Some(rest) = list.strip_suffix(ending) {
            (list, or_other) = (rest.trim(), true);
        }
    }
    if list.starts_with("${") {
        return Written::Nothing(Feature::ChoicesFromRepeat);
    }
    let (list, filter) = (list.to_owned(), None);
    let kind = match word {
        "select_one" => Kind::SelectOne { list, filter },
        "select_many" => Kind::SelectMany { list, filter },
        _ => Kind::Rank { list, filter },
    };
    Written::Select { kind, or_other }
}

#[cfg(test)]
mod tests {
    use super::{Written, written};
    use crate::feature::Feature;
    use crate::form::Kind;

    #[test]
    fn types_are_read_in_all_their_spellings() {
        let one = |list: &str, or_other| Written::Select {
            kind: Kind::SelectOne { list: list.to_owned(), filter: None },
            or_other,
        };
        for (text, expected) in [
            ("begin  group", Written::BeginGroup),
            ("BEGIN_REPEAT", Written::BeginRepeat),
            ("end group", Written::EndGroup),
            ("dateTime", Written::Node(Kind::DateTime)),
            ("add image prompt", Written::Node(Kind::Photo { pixels_max: None })),
            ("select_one yes_no", one("yes_no", false)),
            ("select one from Yes_No or specify other", one("Yes_No", true)),
            ("select_one a or_other", one("a", true)),
            ("select_one ${members}", Written::Nothing(Feature::ChoicesFromRepeat)),
            ("select_one_from_file a.csv", Written::Nothing(Feature::ChoicesFromFile)),
            ("select_one", Written::Unknown),
            ("look_up person", Written::Unknown),
            ("teleport", Written::Unknown),
        ] {
            assert_eq!(written(text), expected, "{text}");
        }
    }
}
