//! A district in which everything is invented, where integrators try their systems. A value of this type is the proof of it.

use crate::DistrictId;

/// A sandbox. There is no other way to one than [`Sandbox::of`], so whatever asks for one cannot be done to a real district.
///
/// Its codes begin with 99, where GB/T 2260 has no province: a real district never becomes one, nor one a real district.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Sandbox(DistrictId);

impl Sandbox {
    const FIRST: i64 = 990_001;
    const LAST: i64 = 999_999;

    /// The sandbox a district is; none where it is a real one.
    pub fn of(district: DistrictId) -> Option<Self> {
        (Self::FIRST..=Self::LAST).contains(&district.0).then_some(Self(district))
    }

    /// The first code, among all there are, that is not taken.
    pub fn next(is_taken: impl Fn(DistrictId) -> bool) -> Option<Self> {
        (Self::FIRST..=Self::LAST).map(DistrictId).find(|code| !is_taken(*code)).map(Self)
    }

    pub const fn district(self) -> DistrictId {
        self.0
    }
}

#[cfg(test)]
mod tests {
    //! Only codes that no district of the country has.
    use super::Sandbox;
    use crate::DistrictId;

    #[test]
    fn no_real_district_is_a_sandbox() {
        for (code, is_sandbox) in [
            (430_204, false),
            (110_000, false),
            (829_999, false),
            (990_000, false),
            (990_001, true),
            (999_999, true),
            (1_000_000, false),
        ] {
            assert_eq!(Sandbox::of(DistrictId(code)).is_some(), is_sandbox, "{code}");
        }
        let next = Sandbox::next(|code| code.0 < 990_004).expect("a free code");
        assert_eq!(next.district(), DistrictId(990_004));
    }
}
