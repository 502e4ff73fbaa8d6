//! Notices for other programs: calendars (iCalendar), warning systems (CAP), and everybody else (JSON).

pub(crate) mod cap;
pub(crate) mod ics;
pub(crate) mod index;
pub(crate) mod json;

/// Where and by whom a feed is told.
#[derive(Clone, Debug)]
pub(crate) struct Teller {
    /// `https://…`, without a slash at its end.
    pub face: String,
    /// The division code: part of every identifier, so that two districts' never meet.
    pub code: String,
    pub district: platform::Words,
    /// All is invented.
    pub is_demo: bool,
}

impl Teller {
    /// The page of a notice.
    pub fn page_of(&self, id: crate::model::outage::OutageId) -> String {
        format!("{}/outages/{id}", self.face)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    //! Who tells, in the tests of all feeds.
    use super::Teller;
    use platform::Words;

    pub(crate) fn teller() -> Teller {
        Teller {
            face: "https://mulin.example".to_owned(),
            code: "430204".to_owned(),
            district: Words::of("石峰区", "Shifeng"),
            is_demo: false,
        }
    }
}
