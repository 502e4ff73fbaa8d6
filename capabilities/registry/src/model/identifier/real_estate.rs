//! The number of a real-estate unit 不动产单元号: 28 characters, which say county, parcel, building and home.

use super::IdentifierFault;
use super::written::{check_digits, check_each, check_length, plain};
use platform::Words;
use std::fmt;

/// A real-estate unit's number, checked by shape; it has no check character.
///
/// County 6, cadastral district 3 and sub-district 3, kind of parcel 2, parcel 5, kind of fixture 1, building 4, home 4
/// (GB/T 37346-2019; the structure was read in public descriptions, domain.md 9, not in the standard).
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct RealEstateUnit(String);

impl RealEstateUnit {
    /// Reads a number as people write it, in groups or in one.
    pub fn parse(text: &str) -> Result<Self, IdentifierFault> {
        let number = plain(text);
        check_length(&number, &[28], "28")?;
        check_digits(&number, 0, 12)?;
        let ownership =
            Words::of("G（国家）、J（集体）或Z（争议）", "G (state), J (collective) or Z (disputed)");
        check_each(&number, 12, 1, |c| matches!(c, 'G' | 'J' | 'Z'), ownership)?;
        let parcel = Words::of("宗地特征字母", "the letter of a kind of parcel");
        check_each(&number, 13, 1, |c| c.is_ascii_uppercase(), parcel)?;
        check_digits(&number, 14, 5)?;
        let fixture = Words::of(
            "F（房屋）、L（林木）、Q（其他）或W（无）",
            "F (building), L (trees), Q (other) or W (none)",
        );
        check_each(&number, 19, 1, |c| matches!(c, 'F' | 'L' | 'Q' | 'W'), fixture)?;
        check_digits(&number, 20, 8)?;
        Ok(Self(number))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The county, six digits (GB/T 2260).
    pub fn division(&self) -> &str {
        &self.0[..6]
    }

    /// The parcel of land: the first 19 characters. Homes of one parcel share it.
    pub fn parcel(&self) -> &str {
        &self.0[..19]
    }

    /// The building within the parcel, four digits; only where the unit is a building or a home in one.
    pub fn building(&self) -> Option<&str> {
        (self.0.as_bytes()[19] == b'F').then(|| &self.0[20..24])
    }
}

impl fmt::Display for RealEstateUnit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    //! 28 characters of the right kinds, and where one is not.
    use super::RealEstateUnit;

    #[test]
    fn a_home_tells_its_parcel_and_building() {
        let unit = RealEstateUnit::parse("430204 001002 GB00003 F00050301").unwrap();
        assert_eq!(unit.as_str(), "430204001002GB00003F00050301");
        assert_eq!((unit.division(), unit.parcel()), ("430204", "430204001002GB00003"));
        assert_eq!(unit.building(), Some("0005"));
        assert_eq!(RealEstateUnit::parse("430204001002gb00003w00000000").unwrap().building(), None);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        for (text, code, place) in [
            ("", "registry.identifier_empty", None),
            ("430204001002GB00003F0005030", "registry.identifier_length", None),
            ("43020400100OGB00003F00050301", "registry.identifier_character", Some(12)),
            ("430204001002XB00003F00050301", "registry.identifier_character", Some(13)),
            ("430204001002G100003F00050301", "registry.identifier_character", Some(14)),
            ("430204001002GB00003H00050301", "registry.identifier_character", Some(20)),
            ("430204001002GB00003F0005030室", "registry.identifier_character", Some(28)),
        ] {
            let fault = RealEstateUnit::parse(text).unwrap_err();
            let at = fault.place().map(|place| *place.start());
            assert_eq!((fault.code(), at), (code, place), "{text}");
        }
    }
}
