//! A person's document: its kind and number, and what the number says about its holder.

use super::resident::{self, Holder};
use super::written::{char_is_digit, check_digits, check_each, check_length, plain};
use super::{DocumentKind, IdentifierFault};
use jiff::civil::Date;
use platform::{Personal, Purpose, Words};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Characters of a document without a form of its own.
const OTHER_CHARS_MAX: usize = 40;
/// Numbers shorter than this have no last four: they would give away most of the number.
const LAST_FOUR_FROM_CHARS: usize = 8;

/// Sex as documents state it (GB/T 2261.1: 1 and 2).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sex {
    Male,
    Female,
}

impl Sex {
    pub const fn words(self) -> Words {
        match self {
            Self::Male => Words::of("男", "male"),
            Self::Female => Words::of("女", "female"),
        }
    }
}

/// A document that was checked. The number is half width, upper case and without separators; it prints as its mask.
#[derive(Clone, PartialEq, Eq)]
pub struct Document {
    kind: DocumentKind,
    number: Personal<String>,
    holder: Option<Holder>,
}

impl Document {
    /// Reads a number as people write it. `today` is the day in China: nobody was born after it.
    ///
    /// Errors: the first thing that is wrong, from the coarse to the fine: length, characters, region, birthday, check.
    pub fn parse(kind: DocumentKind, text: &str, today: Date) -> Result<Self, IdentifierFault> {
        let number = plain(text);
        if number.is_empty() {
            return Err(IdentifierFault::Empty);
        }
        let holder = match kind {
            DocumentKind::ResidentId | DocumentKind::HmtResidencePermit => {
                Some(resident::read_18(kind, &number, today)?)
            }
            DocumentKind::OldResidentId => Some(resident::read_15(&number, today)?),
            DocumentKind::ForeignPermanentResident => read_foreign(&number, today)?,
            DocumentKind::DisabilityCard => Some(read_disability_card(&number, today)?),
            DocumentKind::HongKongMacaoPermit => check_hong_kong_macao(&number).map(|()| None)?,
            DocumentKind::TaiwanPermit => check_taiwan(&number).map(|()| None)?,
            DocumentKind::Passport => check_letters_and_digits(&number, 5..=12).map(|()| None)?,
            DocumentKind::HouseholdBook => check_letters_and_digits(&number, 4..=20).map(|()| None)?,
            DocumentKind::Other => check_other(&number).map(|()| None)?,
        };
        Ok(Self { kind, number: Personal::new(number), holder })
    }

    pub const fn kind(&self) -> DocumentKind {
        self.kind
    }

    /// The whole number, for a purpose.
    pub fn number(&self, purpose: Purpose) -> &str {
        self.number.open(purpose)
    }

    /// The birthday, where the number states it with its century.
    pub fn birth(&self) -> Option<Date> {
        self.holder.map(|holder| holder.birth)
    }

    /// The sex, where the number states it.
    pub fn sex(&self) -> Option<Sex> {
        self.holder.map(|holder| holder.sex)
    }

    /// The last four characters, by which people name a number on the phone; of a disability card those of the identity
    /// number in it, because the card's own tell a class and a grade. Nothing for short numbers.
    pub fn last_four(&self) -> Option<&str> {
        let named = self.named_by();
        let start = named.char_indices().rev().nth(3)?.0;
        (named.chars().count() >= LAST_FOUR_FROM_CHARS).then(|| &named[start..])
    }

    /// `4302****0000`: the region and the last four of a number with a region, else at most a third of it.
    pub fn masked(&self) -> String {
        let named: Vec<char> = self.named_by().chars().collect();
        let has_region = self.holder.is_some();
        let head = if has_region { 4 } else { usize::from(named.len() >= 4) };
        let tail = if has_region { 4 } else { (named.len() / 3).min(4) };
        let first: String = named[..head].iter().collect();
        let last: String = named[named.len() - tail..].iter().collect();
        format!("{first}****{last}")
    }

    /// The 18-character identity number of the same person: made from a 15-digit one, taken out of a disability card.
    /// Nothing for other kinds.
    pub fn upgraded(&self) -> Option<Self> {
        let number = match self.kind {
            DocumentKind::OldResidentId => resident::upgrade(self.whole()),
            DocumentKind::DisabilityCard => self.named_by().to_owned(),
            _ => return None,
        };
        Some(Self {
            kind: resident::kind_by_beginning(&number),
            number: Personal::new(number),
            holder: self.holder,
        })
    }

    fn named_by(&self) -> &str {
        match self.kind {
            DocumentKind::DisabilityCard => &self.whole()[..18],
            _ => self.whole(),
        }
    }

    fn whole(&self) -> &str {
        self.number.open(Purpose("the rules of the number itself"))
    }
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind.as_str(), self.masked())
    }
}

/// 18 characters since 2023; before that a country, and 12 digits whose rule is not published: those are checked by
/// shape, and a year of two digits leaves the century of birth open.
fn read_foreign(number: &str, today: Date) -> Result<Option<Holder>, IdentifierFault> {
    check_length(number, &[15, 18], "15 or 18")?;
    if number.len() == 18 {
        return resident::read_18(DocumentKind::ForeignPermanentResident, number, today).map(Some);
    }
    check_each(number, 0, 3, is_letter, Words::of("国家或地区的字母代码", "a letter of the country's code"))?;
    check_digits(number, 3, 12)?;
    Ok(None)
}

/// The identity number, the class 1-7, the grade 1-4; `B` and how often, where it was issued again.
fn read_disability_card(number: &str, today: Date) -> Result<Holder, IdentifierFault> {
    check_length(number, &[20, 22], "20 or 22")?;
    // What is not ASCII would make the cut below miss the border of a character.
    check_each(number, 0, 20, |c| c.is_ascii_alphanumeric(), Words::of("数字或X", "a digit or X"))?;
    let holder = resident::read_18(DocumentKind::ResidentId, &number[..18], today)?;
    check_each(
        number,
        18,
        1,
        |c| ('1'..='7').contains(&c),
        Words::of("残疾类别1至7", "a class from 1 to 7"),
    )?;
    check_each(
        number,
        19,
        1,
        |c| ('1'..='4').contains(&c),
        Words::of("残疾等级1至4", "a grade from 1 to 4"),
    )?;
    check_each(number, 20, 1, |c| c == 'B', Words::of("字母B（补办）", "the letter B (issued again)"))?;
    check_digits(number, 21, 1)?;
    Ok(holder)
}

fn check_hong_kong_macao(number: &str) -> Result<(), IdentifierFault> {
    check_length(number, &[9, 11], "9 or 11")?;
    check_each(number, 0, 1, |c| matches!(c, 'H' | 'M'), Words::of("H或M", "H or M"))?;
    check_digits(number, 1, 10)
}

fn check_taiwan(number: &str) -> Result<(), IdentifierFault> {
    check_length(number, &[8, 10, 11], "8 or 10 or 11")?;
    check_digits(number, 0, 10)?;
    check_each(number, 10, 1, is_letter, Words::of("字母", "a letter"))
}

fn check_letters_and_digits(
    number: &str,
    lengths: std::ops::RangeInclusive<usize>,
) -> Result<(), IdentifierFault> {
    let wanted = Words::of("字母或数字", "a letter or a digit");
    check_each(number, 0, usize::MAX, |c| c.is_ascii_alphanumeric(), wanted)?;
    let is_right = lengths.contains(&number.len()) && number.contains(char_is_digit);
    let (min, max) = (lengths.start(), lengths.end());
    if is_right { Ok(()) } else { Err(IdentifierFault::Shape { wanted: letters_and_digits(*min, *max) }) }
}

fn letters_and_digits(min: usize, max: usize) -> Words {
    Words::new(
        format!("{min}至{max}位字母和数字"),
        format!("{min} to {max} letters and digits, with at least one digit"),
    )
}

/// Papers such as 军官证 carry characters: 南字第01234567号.
fn check_other(number: &str) -> Result<(), IdentifierFault> {
    let wanted = Words::of("文字、字母或数字", "a character, a letter or a digit");
    check_each(number, 0, usize::MAX, |c| c.is_alphanumeric() || matches!(c, '/' | '.' | '·'), wanted)?;
    if number.chars().count() > OTHER_CHARS_MAX {
        return Err(IdentifierFault::Shape {
            wanted: Words::of("不超过40个字", "at most 40 characters")
        });
    }
    Ok(())
}

fn is_letter(c: char) -> bool {
    c.is_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    //! Numbers as people write them, what they tell, and what is wrong with the others. All are samples or made up.
    use super::{Document, DocumentKind, Sex};
    use jiff::civil::{Date, date};
    use platform::Purpose;
    use proptest::prelude::*;

    const TODAY: Date = date(2026, 11, 22);

    fn parse_guessed(text: &str) -> Result<Document, String> {
        let kind = DocumentKind::guess(text).unwrap_or(DocumentKind::ResidentId);
        Document::parse(kind, text, TODAY).map_err(|fault| fault.code().to_owned())
    }

    #[test]
    fn resident_numbers_tell_birthday_and_sex() {
        for (text, birth, sex) in [
            ("11010519491231002X", date(1949, 12, 31), Sex::Female),
            ("11010519491231002x", date(1949, 12, 31), Sex::Female),
            ("110105 19491231 002×", date(1949, 12, 31), Sex::Female),
            ("３６０４２６１９９１０１０１００７１", date(1991, 1, 1), Sex::Male),
            ("360426 19910101 0071", date(1991, 1, 1), Sex::Male),
            ("360426202402290075", date(2024, 2, 29), Sex::Male),
            ("430204195001010024", date(1950, 1, 1), Sex::Female),
            ("430204199912310018", date(1999, 12, 31), Sex::Male),
            ("110111198012010078", date(1980, 12, 1), Sex::Male),
            ("440101199801218451", date(1998, 1, 21), Sex::Male),
            ("210801199808236850", date(1998, 8, 23), Sex::Male),
            ("330801199812217019", date(1998, 12, 21), Sex::Male),
            ("830000198802110027", date(1988, 2, 11), Sex::Female),
            ("810000198802110023", date(1988, 2, 11), Sex::Female),
            ("911124198103030025", date(1981, 3, 3), Sex::Female),
            ("360426910101007", date(1991, 1, 1), Sex::Male),
            ("11010519491231002X43", date(1949, 12, 31), Sex::Female),
            ("11010519491231002X43B1", date(1949, 12, 31), Sex::Female),
        ] {
            let document = parse_guessed(text).unwrap_or_else(|code| panic!("{text}: {code}"));
            assert_eq!((document.birth(), document.sex()), (Some(birth), Some(sex)), "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        use DocumentKind::*;
        for (kind, text, code, place) in [
            (ResidentId, " ", "empty", None),
            (ResidentId, "36042619910101007", "length", None),
            (ResidentId, "3604261991010100710", "length", None),
            (ResidentId, "T60426199101010078", "character", Some(1..=1)),
            (ResidentId, "36042619910101O071", "character", Some(15..=15)),
            (ResidentId, "36042619910101007Y", "character", Some(18..=18)),
            (ResidentId, "04522119901117536X", "region", Some(1..=2)),
            (ResidentId, "990426199112010074", "region", Some(2..=3)),
            (ResidentId, "360426202302290078", "date", Some(7..=14)),
            (ResidentId, "360426199113010071", "date", Some(7..=14)),
            (ResidentId, "360426209901010076", "born_later", Some(7..=14)),
            (ResidentId, "440524188001010014", "born_too_early", Some(7..=14)),
            (ResidentId, "120110198012010074", "checksum", Some(18..=18)),
            (ResidentId, "14522119901117536X", "checksum", Some(18..=18)),
            (ResidentId, "830000198802110027", "other_kind", None),
            (HmtResidencePermit, "360426199101010071", "other_kind", None),
            (ForeignPermanentResident, "360426199101010071", "other_kind", None),
            (OldResidentId, "360426910230007", "date", Some(7..=12)),
            (OldResidentId, "36042691010100X", "character", Some(15..=15)),
            (HongKongMacaoPermit, "K12345678", "character", Some(1..=1)),
            (HongKongMacaoPermit, "H1234567", "length", None),
            (HongKongMacaoPermit, "H1234567A", "character", Some(9..=9)),
            (TaiwanPermit, "1234567", "length", None),
            (TaiwanPermit, "00123456011", "character", Some(11..=11)),
            (ForeignPermanentResident, "US1110087010103", "character", Some(3..=3)),
            (Passport, "ABCDEFGH", "shape", None),
            (Passport, "E1234567号", "character", Some(9..=9)),
            (DisabilityCard, "11010519491231002X83", "character", Some(19..=19)),
            (DisabilityCard, "11010519491231002X45", "character", Some(20..=20)),
            (DisabilityCard, "110105194912310021431", "length", None),
            (DisabilityCard, "11010519491231002X43C1", "character", Some(21..=21)),
            (DisabilityCard, "残残残残残残残残残残残残残残残残残残43", "character", Some(1..=1)),
            (HouseholdBook, "12", "shape", None),
            (Other, "南字第？号", "character", Some(4..=4)),
        ] {
            let fault = Document::parse(kind, text, TODAY).unwrap_err();
            assert_eq!(
                (fault.code(), fault.place()),
                (format!("registry.identifier_{code}").as_str(), place),
                "{text}"
            );
            assert!(!fault.words().zh.is_empty() && !fault.words().en.is_empty());
        }
    }

    #[test]
    fn the_check_character_that_would_fit_is_told() {
        let fault = Document::parse(DocumentKind::ResidentId, "120110198012010074", TODAY).unwrap_err();
        assert!(fault.words().zh.contains("第18位是“4”，按前面各位推算应为“3”"), "{}", fault.words().zh);
        assert!(fault.words().en.contains("“3” would fit"), "{}", fault.words().en);
    }

    #[test]
    fn nobody_is_born_tomorrow_or_older_than_130_years() {
        let born = "430204199001011236";
        for (today, code) in [
            (date(1989, 12, 31), Some("registry.identifier_born_later")),
            (date(1990, 1, 1), None),
            (date(2120, 1, 1), None),
            (date(2120, 1, 2), Some("registry.identifier_born_too_early")),
        ] {
            let fault = Document::parse(DocumentKind::ResidentId, born, today).err();
            assert_eq!(fault.map(|fault| fault.code()), code, "{today}");
        }
        let leap_day = Document::parse(DocumentKind::ResidentId, "360426202402290075", date(2024, 2, 29));
        assert!(leap_day.is_ok());
    }

    #[test]
    fn other_documents_are_taken_in_their_forms() {
        use DocumentKind::*;
        for (text, kind, mask) in [
            ("H12345678", HongKongMacaoPermit, "H****678"),
            ("M1234567801", HongKongMacaoPermit, "M****801"),
            ("01234567", TaiwanPermit, "0****67"),
            ("0012345601(B)", TaiwanPermit, "0****01B"),
            ("usa110087010103", ForeignPermanentResident, "U****0103"),
            ("E12345678", Passport, "E****678"),
            ("EA1234567", Passport, "E****567"),
        ] {
            let document =
                Document::parse(kind, text, TODAY).unwrap_or_else(|fault| panic!("{text}: {fault}"));
            assert_eq!(DocumentKind::guess(text), Some(kind), "{text}");
            assert_eq!(document.masked(), mask, "{text}");
            assert_eq!((document.birth(), document.sex(), document.upgraded()), (None, None, None));
        }
        for (kind, text) in [(Other, "南字第01234567号"), (HouseholdBook, "03102017"), (Passport, "P12345")]
        {
            assert!(Document::parse(kind, text, TODAY).is_ok(), "{text}");
        }
        assert_eq!(DocumentKind::guess("张三"), None);
        assert_eq!(DocumentKind::guess(""), None);
    }

    #[test]
    fn masks_leave_the_region_and_the_last_four() {
        for (text, mask, last_four) in [
            ("11010519491231002X", "1101****002X", Some("002X")),
            ("360426910101007", "3604****1007", Some("1007")),
            ("11010519491231002X43", "1101****002X", Some("002X")),
        ] {
            let document = parse_guessed(text).unwrap();
            assert_eq!((document.masked().as_str(), document.last_four()), (mask, last_four));
            assert_eq!(format!("{document:?}"), format!("{} {mask}", document.kind().as_str()));
        }
        let short = Document::parse(DocumentKind::Other, "甲1", TODAY).unwrap();
        assert_eq!((short.masked().as_str(), short.last_four()), ("****", None));
    }

    #[test]
    fn old_numbers_and_cards_give_the_number_of_today() {
        for (text, number) in
            [("360426910101007", "360426199101010071"), ("11010519491231002X43", "11010519491231002X")]
        {
            let upgraded = parse_guessed(text).unwrap().upgraded().unwrap();
            let again = Document::parse(DocumentKind::ResidentId, number, TODAY).unwrap();
            assert_eq!(upgraded.number(Purpose("test")), number);
            assert_eq!(upgraded, again);
        }
    }

    #[test]
    fn codes_of_kinds_come_back() {
        for kind in DocumentKind::ALL {
            assert_eq!(DocumentKind::parse(kind.as_str()), Some(kind));
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        }
        for (text, kind) in [
            ("身份证", Some(DocumentKind::ResidentId)),
            (" 护照 ", Some(DocumentKind::Passport)),
            ("借书证", None),
        ] {
            assert_eq!(DocumentKind::parse(text), kind, "{text}");
        }
    }

    /// The collected samples, where they lie beside the project.
    #[test]
    fn the_collected_samples_are_judged_alike() {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../../shared/data/identifiers/cn_resident_id_vectors.json"
        );
        let Ok(text) = std::fs::read_to_string(path) else {
            return eprintln!("skipped: no samples at ../shared/data/identifiers");
        };
        let samples: serde_json::Value = serde_json::from_str(&text).unwrap();
        let samples = samples["vectors"].as_array().unwrap();
        assert!(samples.len() >= 40);
        for sample in samples {
            let text = sample["input"].as_str().unwrap();
            let is_sound = sample["checksum_and_date_ok"].as_bool().unwrap();
            // Read more kindly or more strictly than the samples: separators and wide digits are normal, nobody is 146
            // years old or born in 2099, and no province ever had the code 99.
            let expected = match text {
                "360426 19910101 0071" | "３６０４２６１９９１０１０１００７１" => true,
                "440524188001010014" | "360426209901010076" | "990426199112010074" => false,
                _ => is_sound,
            };
            assert_eq!(parse_guessed(text).is_ok(), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_judged_without_a_fall(text in "\\PC{0,40}", kind in 0usize..10) {
            let judged = Document::parse(DocumentKind::ALL[kind], &text, TODAY);
            if let Ok(document) = judged {
                let whole = document.number(Purpose("test")).to_owned();
                prop_assert!(!document.masked().contains(&whole));
            }
            let _ = DocumentKind::guess(&text);
        }

        #[test]
        fn one_wrong_digit_never_passes(place in 0usize..17, by in 1u8..10) {
            let mut wrong = "11010519491231002X".as_bytes().to_vec();
            wrong[place] = b'0' + (wrong[place] - b'0' + by) % 10;
            let wrong = String::from_utf8(wrong).unwrap();
            prop_assert!(Document::parse(DocumentKind::ResidentId, &wrong, TODAY).is_err());
        }
    }
}
