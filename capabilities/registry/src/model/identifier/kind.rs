//! The kinds of documents by which a person is told from another.

use platform::Words;
use serde::{Deserialize, Serialize};

/// The document whose number is kept.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    /// 居民身份证, 18 characters (GB 11643-1999).
    ResidentId,
    /// 居民身份证 of the first generation, 15 digits; not valid since 2013, but still in old papers.
    OldResidentId,
    /// 港澳居民来往内地通行证: H or M with 8 digits, or with 10 on older cards.
    HongKongMacaoPermit,
    /// 台湾居民来往大陆通行证: 8 digits, or 10 digits and a letter on older ones.
    TaiwanPermit,
    /// 港澳台居民居住证: like a resident ID, from 810000, 820000 or 830000.
    HmtResidencePermit,
    /// 外国人永久居留身份证: 18 characters from 9 since 2023, before that three letters and 12 digits.
    ForeignPermanentResident,
    /// 护照 of any country.
    Passport,
    /// 居民户口簿: the number of the household, with a form of its own in each place.
    HouseholdBook,
    /// 残疾人证: a resident ID, the class and the grade; B and a digit where it was issued again.
    DisabilityCard,
    /// Any other paper; kept as written.
    Other,
}

impl DocumentKind {
    /// All kinds, in the order in which a form offers them.
    pub const ALL: [Self; 10] = [
        Self::ResidentId,
        Self::HmtResidencePermit,
        Self::HongKongMacaoPermit,
        Self::TaiwanPermit,
        Self::ForeignPermanentResident,
        Self::Passport,
        Self::HouseholdBook,
        Self::DisabilityCard,
        Self::OldResidentId,
        Self::Other,
    ];

    /// The word in the table and the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ResidentId => "resident_id",
            Self::OldResidentId => "old_resident_id",
            Self::HongKongMacaoPermit => "hong_kong_macao_permit",
            Self::TaiwanPermit => "taiwan_permit",
            Self::HmtResidencePermit => "hmt_residence_permit",
            Self::ForeignPermanentResident => "foreign_permanent_resident",
            Self::Passport => "passport",
            Self::HouseholdBook => "household_book",
            Self::DisabilityCard => "disability_card",
            Self::Other => "other",
        }
    }

    /// The kind of this word, or of the name people call it by (a spreadsheet has 身份证 or 居民身份证).
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let by_name =
            || Self::ALL.into_iter().find(|kind| kind.words().zh == text || kind.short_zh() == text);
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).or_else(by_name)
    }

    /// The kind a number most likely is of, by its shape alone; whether it is sound, [`Document::parse`](super::Document::parse) tells.
    pub fn guess(number: &str) -> Option<Self> {
        super::shape::guess_kind(number)
    }

    /// What people say for short.
    const fn short_zh(self) -> &'static str {
        match self {
            Self::ResidentId => "身份证",
            Self::OldResidentId => "15位身份证",
            Self::HongKongMacaoPermit => "回乡证",
            Self::TaiwanPermit => "台胞证",
            Self::HmtResidencePermit => "居住证",
            Self::ForeignPermanentResident => "永居证",
            Self::Passport => "护照",
            Self::HouseholdBook => "户口簿",
            Self::DisabilityCard => "残疾证",
            Self::Other => "其他",
        }
    }

    /// What people call it.
    pub const fn words(self) -> Words {
        match self {
            Self::ResidentId => Words::of("居民身份证", "Resident identity card"),
            Self::OldResidentId => {
                Words::of("居民身份证（15位旧号）", "Resident identity card, old 15 digits")
            }
            Self::HongKongMacaoPermit => Words::of(
                "港澳居民来往内地通行证",
                "Mainland travel permit for Hong Kong and Macao residents",
            ),
            Self::TaiwanPermit => {
                Words::of("台湾居民来往大陆通行证", "Mainland travel permit for Taiwan residents")
            }
            Self::HmtResidencePermit => {
                Words::of("港澳台居民居住证", "Residence permit for Hong Kong, Macao and Taiwan residents")
            }
            Self::ForeignPermanentResident => {
                Words::of("外国人永久居留身份证", "Foreign permanent resident card")
            }
            Self::Passport => Words::of("护照", "Passport"),
            Self::HouseholdBook => Words::of("居民户口簿", "Household register book"),
            Self::DisabilityCard => Words::of("残疾人证", "Disability card"),
            Self::Other => Words::of("其他证件", "Another document"),
        }
    }
}
