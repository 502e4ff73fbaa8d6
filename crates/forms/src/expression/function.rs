//! The functions: their names, what they take, and which of other programs are not there.

use super::fault::ExpressionFault;

/// ODK XForms specification, "XPath Functions"; names in code are those of the specification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    Abs,
    Acos,
    Area,
    Asin,
    Atan,
    Atan2,
    Boolean,
    BooleanFromString,
    Ceiling,
    Checklist,
    ChoiceName,
    Coalesce,
    Concat,
    Contains,
    Cos,
    Count,
    CountNonEmpty,
    CountSelected,
    Current,
    Date,
    DateTime,
    DecimalDateTime,
    DecimalTime,
    Distance,
    EndsWith,
    Exp,
    Exp10,
    False,
    Floor,
    FormatDate,
    FormatDateTime,
    If,
    IndexedRepeat,
    Instance,
    Int,
    Join,
    Last,
    Log,
    Log10,
    Max,
    Min,
    NormalizeSpace,
    Not,
    Now,
    Number,
    Once,
    Pi,
    Position,
    Pow,
    Random,
    Regex,
    Round,
    Selected,
    SelectedAt,
    Sin,
    Sqrt,
    StartsWith,
    StringOf,
    StringLength,
    Substr,
    Substring,
    SubstringAfter,
    SubstringBefore,
    Sum,
    Tan,
    Today,
    Translate,
    True,
    Uuid,
    WeightedChecklist,
}

/// What a function takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signature {
    pub name: &'static str,
    pub function: Function,
    pub least: usize,
    /// `usize::MAX` where there is no limit.
    pub most: usize,
    /// So many of the first arguments have to be paths.
    pub nodes: usize,
}

impl Signature {
    pub(super) fn takes(&self, count: usize) -> bool {
        let pairs = match self.function {
            Function::IndexedRepeat => !count.is_multiple_of(2),
            Function::WeightedChecklist => count.is_multiple_of(2),
            _ => true,
        };
        pairs && (self.least..=self.most).contains(&count)
    }
}

const fn takes(name: &'static str, function: Function, least: usize, most: usize) -> Signature {
    Signature { name, function, least, most, nodes: 0 }
}

const fn takes_nodes(name: &'static str, function: Function, least: usize, most: usize) -> Signature {
    Signature { name, function, least, most, nodes: 1 }
}

const ANY: usize = usize::MAX;

/// All of them, in the order of the alphabet.
pub const FUNCTIONS: &[Signature] = &[
    takes("abs", Function::Abs, 1, 1),
    takes("acos", Function::Acos, 1, 1),
    takes("area", Function::Area, 1, 1),
    takes("asin", Function::Asin, 1, 1),
    takes("atan", Function::Atan, 1, 1),
    takes("atan2", Function::Atan2, 2, 2),
    takes("boolean", Function::Boolean, 1, 1),
    takes("boolean-from-string", Function::BooleanFromString, 1, 1),
    takes("ceiling", Function::Ceiling, 1, 1),
    takes("checklist", Function::Checklist, 3, ANY),
    takes("coalesce", Function::Coalesce, 2, ANY),
    takes("concat", Function::Concat, 1, ANY),
    takes("contains", Function::Contains, 2, 2),
    takes("cos", Function::Cos, 1, 1),
    takes_nodes("count", Function::Count, 1, 1),
    takes_nodes("count-non-empty", Function::CountNonEmpty, 1, 1),
    takes("count-selected", Function::CountSelected, 1, 1),
    takes("current", Function::Current, 0, 0),
    takes("date", Function::Date, 1, 1),
    takes("date-time", Function::DateTime, 1, 1),
    takes("decimal-date-time", Function::DecimalDateTime, 1, 1),
    takes("decimal-time", Function::DecimalTime, 1, 1),
    takes("distance", Function::Distance, 1, ANY),
    takes("ends-with", Function::EndsWith, 2, 2),
    takes("exp", Function::Exp, 1, 1),
    takes("exp10", Function::Exp10, 1, 1),
    takes("false", Function::False, 0, 0),
    takes("floor", Function::Floor, 1, 1),
    takes("format-date", Function::FormatDate, 2, 2),
    takes("format-date-time", Function::FormatDateTime, 2, 2),
    takes("if", Function::If, 3, 3),
    takes_nodes("indexed-repeat", Function::IndexedRepeat, 3, 7),
    takes("instance", Function::Instance, 1, 1),
    takes("int", Function::Int, 1, 1),
    takes("join", Function::Join, 1, ANY),
    takes("jr:choice-name", Function::ChoiceName, 2, 2),
    takes("last", Function::Last, 0, 0),
    takes("log", Function::Log, 1, 1),
    takes("log10", Function::Log10, 1, 1),
    takes("max", Function::Max, 1, ANY),
    takes("min", Function::Min, 1, ANY),
    takes("normalize-space", Function::NormalizeSpace, 0, 1),
    takes("not", Function::Not, 1, 1),
    takes("now", Function::Now, 0, 0),
    takes("number", Function::Number, 0, 1),
    takes("once", Function::Once, 1, 1),
    takes("pi", Function::Pi, 0, 0),
    takes("position", Function::Position, 0, 1),
    takes("pow", Function::Pow, 2, 2),
    takes("random", Function::Random, 0, 0),
    takes("regex", Function::Regex, 2, 2),
    takes("round", Function::Round, 1, 2),
    takes("selected", Function::Selected, 2, 2),
    takes("selected-at", Function::SelectedAt, 2, 2),
    takes("sin", Function::Sin, 1, 1),
    takes("sqrt", Function::Sqrt, 1, 1),
    takes("starts-with", Function::StartsWith, 2, 2),
    takes("string", Function::StringOf, 0, 1),
    takes("string-length", Function::StringLength, 0, 1),
    takes("substr", Function::Substr, 2, 3),
    takes("substring", Function::Substring, 2, 3),
    takes("substring-after", Function::SubstringAfter, 2, 2),
    takes("substring-before", Function::SubstringBefore, 2, 2),
    takes_nodes("sum", Function::Sum, 1, 1),
    takes("tan", Function::Tan, 1, 1),
    takes("today", Function::Today, 0, 0),
    takes("translate", Function::Translate, 3, 3),
    takes("true", Function::True, 0, 0),
    takes("uuid", Function::Uuid, 0, 1),
    takes("weighted-checklist", Function::WeightedChecklist, 4, ANY),
];

/// Functions of the specification, of XPath 1.0 or of ODK Collect that are not there, and why.
pub const UNSUPPORTED_FUNCTIONS: &[(&str, &str)] = &[
    ("base64-decode", "works on bytes, which answers do not hold"),
    ("digest", "hashes are the server's"),
    ("geofence", "of ODK Collect only"),
    ("id", "answers have no ids within"),
    ("jr:itext", "labels are not values here"),
    ("lang", "answers have no language"),
    ("local-name", "names are the form's, not a value"),
    ("name", "names are the form's, not a value"),
    ("namespace-uri", "answers have no namespaces"),
    ("property", "what the device knows has types of its own"),
    ("pulldata", "reads a file beside the form; use a list, or a register look-up"),
    ("randomize", "choices are shown in the order of their list"),
    ("search", "reads a file beside the form; use a list, or a register look-up"),
    ("thousands-sep", "of one client only"),
    ("version", "the form's version is kept with the answers"),
];

pub(super) fn of_name(name: &str) -> Result<Function, ExpressionFault> {
    if let Ok(index) = FUNCTIONS.binary_search_by(|signature| signature.name.cmp(name)) {
        return Ok(FUNCTIONS[index].function);
    }
    let name = name.to_owned();
    Err(match UNSUPPORTED_FUNCTIONS.iter().any(|(known, _)| *known == name) {
        true => ExpressionFault::UnsupportedFunction { name },
        false => ExpressionFault::UnknownFunction { name },
    })
}

impl Function {
    pub fn signature(self) -> &'static Signature {
        let found = FUNCTIONS.iter().find(|signature| signature.function == self);
        found.expect("every function has a line in the table; a test counts them")
    }

    pub fn name(self) -> &'static str {
        self.signature().name
    }

    pub(super) fn gives_nodes(self) -> bool {
        matches!(self, Self::Current | Self::Instance)
    }
}

#[cfg(test)]
mod tests {
    use super::{FUNCTIONS, Function, UNSUPPORTED_FUNCTIONS};

    #[test]
    fn the_table_is_whole_and_in_order() {
        assert!(FUNCTIONS.is_sorted_by(|a, b| a.name < b.name));
        assert!(UNSUPPORTED_FUNCTIONS.is_sorted_by(|a, b| a.0 < b.0));
        assert_eq!(FUNCTIONS.len(), Function::WeightedChecklist as usize + 1);
    }
}
