//! Numbers that are right in form and can belong to nobody, each given out once.

use crate::model::identifier;
use jiff::civil::Date;
use std::collections::HashMap;

/// A county code within Zhuzhou that GB/T 2260 has never given out [unverified]: nobody's number begins so.
const NO_COUNTY: &str = "430299";
/// Order numbers of one birthday and sex.
const ORDERS: u32 = 500;
/// Without a common divisor with [`ORDERS`]: each order comes once before any comes again.
const ORDER_STEP: u32 = 37;
const DAY_STEP: u32 = 139;

/// What was given out.
#[derive(Default)]
pub(super) struct Specimens {
    orders: HashMap<(Date, &'static str), u16>,
    phones: u32,
    organisations: u32,
}

impl Specimens {
    /// The number of an identity card (GB 11643) of nobody: odd order numbers for men, even ones for women.
    pub(super) fn document(&mut self, born: Date, sex: &'static str) -> String {
        let order = self.orders.entry((born, sex)).or_default();
        // Spread over the numbers, so that the last four tell people apart as they do elsewhere.
        let spread = u32::from(*order) * ORDER_STEP + u32::from(born.day_of_year().unsigned_abs()) * DAY_STEP;
        let number = spread % ORDERS * 2 + u32::from(sex == "male");
        *order += 1;
        let (year, month, day) = (born.year(), born.month(), born.day());
        let digits = format!("{NO_COUNTY}{year:04}{month:02}{day:02}{number:03}");
        let check = identifier::resident_check_character(&digits);
        format!("{digits}{check}")
    }

    /// A mobile number of the range 142, which nobody was given [general knowledge, unverified].
    pub(super) fn phone(&mut self) -> String {
        self.phones += 1;
        format!("1421{:07}", self.phones)
    }

    /// A unified social credit code (GB 32100) of nobody.
    pub(super) fn organisation(&mut self) -> String {
        self.organisations += 1;
        let code = format!("91{NO_COUNTY}MA{:06}0", self.organisations);
        let check = identifier::organisation_check_character(&code);
        format!("{code}{check}")
    }
}

#[cfg(test)]
mod tests {
    //! Right in form, and no two alike.
    use super::Specimens;
    use crate::model::identifier::{Document, DocumentKind, OrganisationCode, Sex};
    use jiff::civil::date;
    use std::collections::BTreeSet;

    #[test]
    fn numbers_are_right_in_form_and_each_is_given_once() {
        let (mut specimens, today) = (Specimens::default(), date(2026, 3, 2));
        let mut seen = BTreeSet::new();
        for _ in 0..200 {
            for (sex, read) in [("male", Sex::Male), ("female", Sex::Female)] {
                let number = specimens.document(date(1990, 2, 28), sex);
                let document =
                    Document::parse(DocumentKind::ResidentId, &number, today).expect("it is right in form");
                assert_eq!((document.birth(), document.sex()), (Some(date(1990, 2, 28)), Some(read)));
                assert!(seen.insert(number));
            }
            let phone = specimens.phone();
            assert!(platform::Phone::parse(&phone).is_some() && seen.insert(phone));
            let code = specimens.organisation();
            assert!(OrganisationCode::parse(&code).is_ok() && seen.insert(code));
        }
    }
}
