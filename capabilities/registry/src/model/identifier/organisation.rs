//! Numbers of organisations: the unified social credit code (GB 32100) and the older organisation code (GB 11714) that it
//! holds. They are published, so they print whole.

use super::IdentifierFault;
use super::written::{check_digits, check_each, check_length, plain};
use platform::Words;
use std::fmt;

/// GB 32100-2015, 5.1: digits and letters without I, O, S, V, Z.
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
/// GB 32100-2015, annex A: 3^i mod 31.
const WEIGHTS: [usize; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
/// GB 11714-1997, 4.2.
const INNER_WEIGHTS: [usize; 8] = [3, 7, 9, 10, 5, 8, 4, 2];

/// Which of the two an organisation gave.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OrganisationCodeKind {
    /// 统一社会信用代码, 18 characters.
    UnifiedSocialCredit,
    /// 组织机构代码, 9 characters; replaced in 2015.
    Organisation,
}

/// An organisation's code, checked.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct OrganisationCode(String);

impl OrganisationCode {
    /// Reads a code as people write it, of either kind.
    pub fn parse(text: &str) -> Result<Self, IdentifierFault> {
        let code = plain(text);
        check_length(&code, &[9, 18], "18 or 9")?;
        match code.chars().count() {
            18 => check_unified(&code)?,
            _ => check_organisation(&code)?,
        }
        Ok(Self(code))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn kind(&self) -> OrganisationCodeKind {
        match self.0.len() {
            18 => OrganisationCodeKind::UnifiedSocialCredit,
            _ => OrganisationCodeKind::Organisation,
        }
    }

    /// The nine characters of GB 11714: all of an old code, the characters 9 to 17 of a unified one. Two codes with the same
    /// part are the same organisation.
    pub fn organisation_part(&self) -> &str {
        match self.kind() {
            OrganisationCodeKind::UnifiedSocialCredit => &self.0[8..17],
            OrganisationCodeKind::Organisation => &self.0,
        }
    }

    /// Whether the part's own check character fits. Codes were issued where it does not, so a misfit is no refusal.
    pub fn organisation_part_fits(&self) -> bool {
        let part = self.organisation_part();
        part.ends_with(inner_check_character(part))
    }

    /// The division of registration, six digits (GB/T 2260); only a unified code tells it.
    pub fn division(&self) -> Option<&str> {
        (self.kind() == OrganisationCodeKind::UnifiedSocialCredit).then(|| &self.0[2..8])
    }
}

impl fmt::Display for OrganisationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn check_unified(code: &str) -> Result<(), IdentifierFault> {
    check_each(code, 0, 18, |c| value(c).is_some(), alphabet_words())?;
    check_digits(code, 2, 6)?;
    let fits = check_character(code);
    match code.chars().nth(17) {
        Some(found) if found != fits => Err(IdentifierFault::Checksum { at: 18, found, fits }),
        _ => Ok(()),
    }
}

fn check_organisation(code: &str) -> Result<(), IdentifierFault> {
    check_each(code, 0, 9, |c| c.is_ascii_alphanumeric(), Words::of("数字或字母", "a digit or a letter"))?;
    let fits = inner_check_character(code);
    match code.chars().nth(8) {
        Some(found) if found != fits => Err(IdentifierFault::Checksum { at: 9, found, fits }),
        _ => Ok(()),
    }
}

fn alphabet_words() -> Words {
    Words::of(
        "数字或大写字母（不用I、O、S、V、Z，请看是不是1、0、5、U、2）",
        "a digit or a letter other than I, O, S, V, Z (perhaps 1, 0, 5, U, 2)",
    )
}

fn value(c: char) -> Option<usize> {
    ALPHABET.iter().position(|member| char::from(*member) == c)
}

/// The 18th character of a unified code, from its first 17.
pub(crate) fn check_character(code: &str) -> char {
    let sum: usize = code.chars().zip(WEIGHTS).map(|(c, weight)| value(c).unwrap_or(0) * weight).sum();
    char::from(ALPHABET[(31 - sum % 31) % 31])
}

/// The ninth character of an organisation code, from its first eight. Here all letters count, A as 10.
fn inner_check_character(code: &str) -> char {
    let values = code.chars().map(|c| c.to_digit(36).unwrap_or(0) as usize);
    let sum: usize = values.zip(INNER_WEIGHTS).map(|(value, weight)| value * weight).sum();
    match 11 - sum % 11 {
        10 => 'X',
        11 => '0',
        check => char::from(b'0' + check as u8),
    }
}

#[cfg(test)]
mod tests {
    //! Codes of both kinds, and the check character that would fit the wrong ones.
    use super::{OrganisationCode, OrganisationCodeKind};
    use proptest::prelude::*;

    #[test]
    fn sound_codes_of_both_kinds() {
        for (text, part, division) in [
            ("9144030071526726XG", "71526726X", Some("440300")),
            ("92340603MA2UJXYJ3P", "MA2UJXYJ3", Some("340603")),
            ("92340603MA2UK2P79U", "MA2UK2P79", Some("340603")),
            ("92340604MA2PBNXH5J", "MA2PBNXH5", Some("340604")),
            ("92340621MA2PBMUH3D", "MA2PBMUH3", Some("340621")),
            ("92340621MA2UJTCK0M", "MA2UJTCK0", Some("340621")),
            ("91620105665404165K", "665404165", Some("620105")),
            ("91110000600037341l", "600037341", Some("110000")),
            ("9111 0000 6000 3734 1L", "600037341", Some("110000")),
            ("９１１１００００６０００３７３４１Ｌ", "600037341", Some("110000")),
            ("N2430204MF0123451J", "MF0123451", Some("430204")),
            ("71526726-X", "71526726X", None),
            ("600037341", "600037341", None),
        ] {
            let code = OrganisationCode::parse(text).unwrap_or_else(|fault| panic!("{text}: {fault}"));
            assert_eq!((code.organisation_part(), code.division()), (part, division), "{text}");
            assert!(code.organisation_part_fits(), "{text}");
        }
    }

    #[test]
    fn a_misfit_inside_is_told_but_not_refused() {
        let code = OrganisationCode::parse("N2430204MF0123450F").unwrap();
        assert_eq!(code.kind(), OrganisationCodeKind::UnifiedSocialCredit);
        assert!(!code.organisation_part_fits());
    }

    #[test]
    fn the_check_character_that_would_fit_is_told() {
        for (text, at, fits) in [
            ("91340621M2APEPJB9F", 18, 'G'),
            ("91340603M2AUJYNU67", 18, '8'),
            ("91110000600037341U", 18, 'L'),
            ("9115220107837941X8", 18, '1'),
            ("91152201078382010W", 18, 'M'),
            ("715267260", 9, 'X'),
        ] {
            let fault = OrganisationCode::parse(text).unwrap_err();
            assert_eq!(fault.place(), Some(at..=at), "{text}");
            assert!(fault.words().zh.contains(&format!("应为“{fits}”")), "{text}: {}", fault.words().zh);
        }
    }

    #[test]
    fn what_is_no_code_is_told() {
        for (text, code, at) in [
            ("", "registry.identifier_empty", None),
            ("12345", "registry.identifier_length", None),
            ("9111000060S037341L", "registry.identifier_character", Some(11)),
            ("9111000060V037341L", "registry.identifier_character", Some(11)),
            ("91A10000600037341L", "registry.identifier_character", Some(3)),
            ("91110000600037341中", "registry.identifier_character", Some(18)),
            ("71526中26X", "registry.identifier_character", Some(6)),
        ] {
            let fault = OrganisationCode::parse(text).unwrap_err();
            assert_eq!((fault.code(), fault.place().map(|place| *place.start())), (code, at), "{text}");
        }
    }

    /// The collected samples, where they lie beside the project.
    #[test]
    fn the_collected_samples_are_judged_alike() {
        let path =
            concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/identifiers/cn_uscc_vectors.json");
        let Ok(text) = std::fs::read_to_string(path) else {
            return eprintln!("skipped: no samples at ../shared/data/identifiers");
        };
        let samples: serde_json::Value = serde_json::from_str(&text).unwrap();
        let samples = samples["vectors"].as_array().unwrap();
        assert!(samples.len() >= 100);
        for sample in samples {
            let text = sample["input"].as_str().unwrap();
            let code = OrganisationCode::parse(text);
            assert_eq!(code.is_ok(), sample["verdict"] == "valid", "{text}");
            if let Ok(code) = code {
                let fits = sample["gb11714_inner_check_ok"].as_bool().unwrap();
                assert_eq!(code.organisation_part_fits(), fits, "{text}");
            }
        }
    }

    proptest! {
        #[test]
        fn any_text_is_judged_without_a_fall(text in "\\PC{0,24}") {
            let _ = OrganisationCode::parse(&text);
            let _ = super::super::RealEstateUnit::parse(&text);
        }
    }
}
