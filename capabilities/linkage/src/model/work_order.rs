//! A hotline's work order: what it says, whether it was handed in before, and whether it asks the same again. Pure.

use crate::error::LinkageError;
use ::store::text_enum;
use cases::commands::{PlaceGiven, WORDS_CHARS_MAX};
use platform::{Phone, Time, Words, id};
use sha2::{Digest, Sha256};
use std::time::Duration;

id!(
    /// A hotline's work order.
    WorkOrderId, "work_order"
);

text_enum!(
    /// What a caller wants (北京市接诉即办工作条例 art. 2).
    pub DemandKind { Ask = "ask", Help = "help", Complain = "complain", Denounce = "denounce", Suggest = "suggest" }
);

text_enum!(
    /// What a work order became.
    pub WorkOrderOutcome {
        /// A case of its own.
        Filed = "filed",
        /// Nothing: an earlier case of the same caller answers it.
        Repeated = "repeated",
    }
);

text_enum!(
    /// How the type of a work order's case was found.
    pub TypeBy { Classification = "classification", Words = "words", Nothing = "nothing" }
);

/// Characters of a hotline's own number, and of its classification.
pub const NUMBER_CHARS_MAX: usize = 64;
pub const CLASSIFICATION_CHARS_MAX: usize = 200;
/// How far the clock of a hotline may be ahead of ours.
const CLOCK_AHEAD_MAX: Duration = Duration::from_secs(10 * 60);
/// Bytes of the content's hash that are kept.
const HASH_BYTES: usize = 16;

impl DemandKind {
    pub fn words(self) -> Words {
        match self {
            Self::Ask => Words::of("咨询", "question"),
            Self::Help => Words::of("求助", "call for help"),
            Self::Complain => Words::of("投诉", "complaint"),
            Self::Denounce => Words::of("举报", "denunciation"),
            Self::Suggest => Words::of("建议", "suggestion"),
        }
    }

    /// By its Chinese word or its code, as tables and programs have it.
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim().trim_end_matches('类');
        Self::ALL.iter().copied().find(|kind| kind.as_str() == text || kind.words().zh == text)
    }
}

/// A work order as it was handed in, parsed.
#[derive(Clone, Debug)]
pub struct WorkOrder {
    /// The key of the hotline.
    pub source: String,
    pub number: String,
    pub received_at: Time,
    pub kind: DemandKind,
    pub words: String,
    pub place: PlaceGiven,
    pub caller_name: Option<String>,
    pub caller_phone: Option<Phone>,
    pub promised_at: Option<Time>,
    pub classification: Option<String>,
    /// The hotline says that it is not the same again.
    pub new_facts: bool,
}

impl WorkOrder {
    /// Checks what needs no database, and takes the number as it will be looked for.
    ///
    /// # Errors
    /// A refusal that names the field.
    pub fn checked(mut self, now: Time) -> Result<Self, LinkageError> {
        self.number = clean(&self.number, "number", NUMBER_CHARS_MAX)?;
        if self.number.is_empty() {
            return Err(LinkageError::invalid(
                "number",
                "linkage.number_missing",
                "请填写工单编号。",
                "The work order's number is missing.",
            ));
        }
        self.words = clean(&self.words, "words", WORDS_CHARS_MAX)?;
        let classification = self.classification.take();
        self.classification = classification
            .map(|text| clean(&text, "classification", CLASSIFICATION_CHARS_MAX))
            .transpose()?
            .filter(|text| !text.is_empty());
        check_moment(self.received_at, "received_at", now.after(CLOCK_AHEAD_MAX))?;
        self.received_at = self.received_at.min(now);
        if let Some(promised) = self.promised_at {
            check_moment(promised, "promised_at", Time::ENTERED_MAX)?;
        }
        Ok(self)
    }

    /// Of everything that was said, but not of the remark that it is new: a hotline may add it later.
    pub fn content_hash(&self) -> Vec<u8> {
        let place = match &self.place {
            PlaceGiven::Point { at, address } => format!("{},{}|{address:?}", at.lon(), at.lat()),
            PlaceGiven::Address { text, grid } => format!("{text}|{grid:?}"),
            PlaceGiven::Grid(code) => code.clone(),
        };
        let promised = self.promised_at.map(|at| at.to_string()).unwrap_or_default();
        let pieces = [
            self.source.as_str(),
            &self.number,
            &self.words,
            &place,
            self.kind.as_str(),
            self.caller_name.as_deref().unwrap_or_default(),
            self.caller_phone.as_ref().map_or("", Phone::as_str),
            &promised,
            self.classification.as_deref().unwrap_or_default(),
        ];
        let mut hash = Sha256::new();
        for piece in pieces {
            hash.update((piece.len() as u64).to_le_bytes());
            hash.update(piece);
        }
        hash.finalize()[..HASH_BYTES].to_vec()
    }

    /// The id under which cases know it.
    pub fn external_id(&self) -> String {
        format!("hotline:{}:{}", self.source, self.number)
    }
}

fn check_moment(at: Time, field: &'static str, latest: Time) -> Result<(), LinkageError> {
    if at >= Time::ENTERED_MIN && at <= latest.min(Time::ENTERED_MAX) {
        return Ok(());
    }
    Err(LinkageError::invalid(
        field,
        "linkage.bad_moment",
        "时间不对：应在 1900 年以后，受理时间不能晚于现在。",
        "This moment cannot be: after 1900, and received no later than now.",
    ))
}

fn clean(text: &str, field: &'static str, chars_max: usize) -> Result<String, LinkageError> {
    let cleaned: String = text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
    let cleaned = cleaned.trim();
    let chars = cleaned.chars().count();
    if chars <= chars_max {
        return Ok(cleaned.to_owned());
    }
    Err(LinkageError::invalid(
        field,
        "linkage.too_long",
        format!("最多 {chars_max} 个字，现在有 {chars} 个。"),
        format!("At most {chars_max} characters; there are {chars}."),
    ))
}

/// Whether later words ask the same again: none of them tells anything new, or too little of them does.
pub fn is_same_again(new_words: &[String], new_share: f32, share_max: f32) -> bool {
    new_words.is_empty() || new_share <= share_max
}

#[cfg(test)]
mod tests {
    //! What a work order may say, when it is the same one, and when it asks the same again.
    use super::*;

    fn order() -> WorkOrder {
        WorkOrder {
            source: "12345".to_owned(),
            number: " ZZ2603020001 ".to_owned(),
            received_at: Time::ENTERED_MIN.after(Duration::from_secs(1_000)),
            kind: DemandKind::Complain,
            words: "三单元电梯坏了".to_owned(),
            place: PlaceGiven::Address { text: "田心路12号".to_owned(), grid: None },
            caller_name: None,
            caller_phone: Phone::parse("13873312345"),
            promised_at: None,
            classification: None,
            new_facts: false,
        }
    }

    fn now() -> Time {
        Time::ENTERED_MIN.after(Duration::from_secs(2_000))
    }

    #[test]
    fn what_cannot_be_is_refused_by_field() {
        let late = now().after(CLOCK_AHEAD_MAX + Duration::from_secs(1));
        let rows: [(WorkOrder, Option<&str>); 6] = [
            (order(), None),
            (WorkOrder { number: " ".to_owned(), ..order() }, Some("number")),
            (WorkOrder { number: "1".repeat(NUMBER_CHARS_MAX + 1), ..order() }, Some("number")),
            (WorkOrder { words: "字".repeat(WORDS_CHARS_MAX + 1), ..order() }, Some("words")),
            (WorkOrder { received_at: late, ..order() }, Some("received_at")),
            (WorkOrder { promised_at: Some(Time::from_micros(i64::MAX)), ..order() }, Some("promised_at")),
        ];
        for (given, expected) in rows {
            let field = match given.checked(now()) {
                Ok(_) => None,
                Err(LinkageError::Invalid { field, .. }) => Some(field),
                Err(other) => panic!("{other}"),
            };
            assert_eq!(field, expected);
        }
    }

    #[test]
    fn a_clock_a_little_ahead_is_forgiven() {
        let ahead = WorkOrder { received_at: now().after(Duration::from_secs(60)), ..order() };
        assert_eq!(ahead.checked(now()).expect("it holds").received_at, now());
    }

    #[test]
    fn the_hash_is_of_all_that_was_said() {
        let same = WorkOrder { new_facts: true, ..order() };
        assert_eq!(order().content_hash(), same.content_hash());
        let others = [
            WorkOrder { words: "三单元电梯坏了。".to_owned(), ..order() },
            WorkOrder { caller_phone: None, ..order() },
            WorkOrder { kind: DemandKind::Ask, ..order() },
            WorkOrder { caller_name: Some("三单元".to_owned()), ..order() },
            WorkOrder { promised_at: Some(now()), ..order() },
        ];
        for other in others {
            assert_ne!(order().content_hash(), other.content_hash(), "{other:?}");
        }
    }

    #[test]
    fn kinds_are_read_as_tables_have_them() {
        let rows = [
            ("投诉", Some(DemandKind::Complain)),
            (" 咨询类 ", Some(DemandKind::Ask)),
            ("suggest", Some(DemandKind::Suggest)),
            ("表白", None),
            ("", None),
        ];
        for (text, expected) in rows {
            assert_eq!(DemandKind::read(text), expected, "{text}");
        }
    }

    #[test]
    fn it_is_the_same_again_while_little_is_new() {
        let new = ["孕妇".to_owned()];
        let rows = [(&[][..], 0.9, true), (&new[..], 0.5, true), (&new[..], 0.51, false)];
        for (words, share, expected) in rows {
            assert_eq!(is_same_again(words, share, 0.5), expected, "{words:?} {share}");
        }
    }
}
