//! The types of nodes.

use super::{FieldRef, Node};
use serde::{Deserialize, Serialize};

/// What a node is. XLSForm.org, "Question types"; the register look-up is Mulin's own.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Kind {
    #[default]
    Text,
    /// A whole number.
    Integer,
    Decimal,
    /// `2026-11-22`.
    Date,
    /// `09:30:00.000+08:00`.
    Time,
    /// `2026-11-22T09:30:00.000+08:00`.
    DateTime,
    SelectOne {
        list: String,
        /// Which choices are offered: an expression read with each choice as its context.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        filter: Option<String>,
    },
    /// The names of the chosen, with spaces between.
    SelectMany {
        list: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        filter: Option<String>,
    },
    /// All names of the list in the order given to them.
    Rank {
        list: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        filter: Option<String>,
    },
    /// The value of this and the next four is the name of a file that comes with the answers.
    Photo {
        /// The longer side in pixels after which a picture is made smaller.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pixels_max: Option<u32>,
    },
    Audio,
    Video,
    File,
    Signature,
    /// WGS-84: latitude, longitude, altitude and accuracy in metres; points apart by `;`.
    Place {
        shape: Shape,
    },
    Barcode,
    /// Text to read. Has no value.
    Note,
    /// A tick: `OK` where it was set.
    Acknowledge,
    /// A number on a scale.
    Range {
        start: f64,
        end: f64,
        step: f64,
    },
    /// A value that is worked out and not shown.
    Calculate,
    /// A value that is neither shown nor worked out: it has its default, or what an application puts there.
    Hidden,
    /// What the device knows: nobody is asked.
    Device {
        what: Device,
    },
    /// A record of the register, found by search; the value is its id. Mulin's own type.
    LookUp {
        field: FieldRef,
    },
    Group {
        nodes: Vec<Node>,
    },
    /// A group that is answered any number of times.
    Repeat {
        nodes: Vec<Node>,
        /// How often, where it is not the one who fills who decides: an expression.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        count: Option<String>,
    },
}

/// What a place is drawn as. ODK XForms specification, "Data types": geopoint, geotrace, geoshape.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    Point,
    Trace,
    Shape,
}

/// ODK XForms specification, "Preload attributes".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Device {
    /// When filling began.
    Start,
    /// When it ended.
    End,
    Today,
    DeviceId,
    UserName,
    PhoneNumber,
    Email,
    /// Known to old phones only; stays empty.
    SubscriberId,
    SimSerial,
}

impl Device {
    pub(crate) const ALL: [(Device, &'static str); 9] = [
        (Device::Start, "start"),
        (Device::End, "end"),
        (Device::Today, "today"),
        (Device::DeviceId, "deviceid"),
        (Device::UserName, "username"),
        (Device::PhoneNumber, "phonenumber"),
        (Device::Email, "email"),
        (Device::SubscriberId, "subscriberid"),
        (Device::SimSerial, "simserial"),
    ];

    /// As XLSForm writes it.
    pub(crate) fn word(self) -> &'static str {
        Self::ALL.iter().find(|(device, _)| *device == self).map_or("", |(_, word)| word)
    }
}

impl Kind {
    /// The word in JSON, in differences and in papers.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Integer => "integer",
            Self::Decimal => "decimal",
            Self::Date => "date",
            Self::Time => "time",
            Self::DateTime => "date_time",
            Self::SelectOne { .. } => "select_one",
            Self::SelectMany { .. } => "select_many",
            Self::Rank { .. } => "rank",
            Self::Photo { .. } => "photo",
            Self::Audio => "audio",
            Self::Video => "video",
            Self::File => "file",
            Self::Signature => "signature",
            Self::Place { .. } => "place",
            Self::Barcode => "barcode",
            Self::Note => "note",
            Self::Acknowledge => "acknowledge",
            Self::Range { .. } => "range",
            Self::Calculate => "calculate",
            Self::Hidden => "hidden",
            Self::Device { .. } => "device",
            Self::LookUp { .. } => "look_up",
            Self::Group { .. } => "group",
            Self::Repeat { .. } => "repeat",
        }
    }

    pub fn is_group(&self) -> bool {
        matches!(self, Self::Group { .. } | Self::Repeat { .. })
    }

    pub fn is_repeat(&self) -> bool {
        matches!(self, Self::Repeat { .. })
    }

    /// Whether somebody is asked for it.
    pub fn is_question(&self) -> bool {
        !self.is_group() && !matches!(self, Self::Note | Self::Calculate | Self::Hidden | Self::Device { .. })
    }

    /// Whether its value names a file.
    pub fn is_file(&self) -> bool {
        matches!(self, Self::Photo { .. } | Self::Audio | Self::Video | Self::File | Self::Signature)
    }

    /// The list its choices come from, and the rule by which they are offered.
    pub fn list(&self) -> Option<(&str, Option<&str>)> {
        match self {
            Self::SelectOne { list, filter }
            | Self::SelectMany { list, filter }
            | Self::Rank { list, filter } => Some((list, filter.as_deref())),
            _ => None,
        }
    }

    /// Whether its value is several names with spaces between.
    pub fn is_many(&self) -> bool {
        matches!(self, Self::SelectMany { .. } | Self::Rank { .. })
    }
}
