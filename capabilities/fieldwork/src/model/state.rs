//! The states of a version: draft, live, withdrawn, and never back.

use crate::error::FieldworkError;

store::text_enum! {
    /// Where a version stands.
    pub FormState {
        /// To be looked at; nobody fills it.
        Draft = "draft",
        /// Filled; the only one of its form.
        Live = "live",
        /// No longer begun. What was filled before still comes in, and is flagged.
        Withdrawn = "withdrawn",
    }
}

impl FormState {
    /// # Errors
    /// `fieldwork.is_live`, `fieldwork.is_withdrawn`.
    pub fn publish(self) -> Result<Self, FieldworkError> {
        if self == Self::Draft { Ok(Self::Live) } else { Err(FieldworkError::WrongState { state: self }) }
    }

    /// A draft is withdrawn too, so that it is not published by mistake.
    ///
    /// # Errors
    /// `fieldwork.is_withdrawn`.
    pub fn withdraw(self) -> Result<Self, FieldworkError> {
        if self == Self::Withdrawn {
            Err(FieldworkError::WrongState { state: self })
        } else {
            Ok(Self::Withdrawn)
        }
    }

    /// Whether answers that come now are flagged: the version was withdrawn while they were on their way.
    ///
    /// # Errors
    /// `fieldwork.is_draft`: nobody can have filled it.
    pub fn receive(self) -> Result<bool, FieldworkError> {
        match self {
            Self::Draft => Err(FieldworkError::WrongState { state: self }),
            Self::Live => Ok(false),
            Self::Withdrawn => Ok(true),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::FormState::{self, Draft, Live, Withdrawn};

    #[test]
    fn a_version_goes_one_way() {
        // From; to by publishing, by withdrawing; whether answers are flagged. None: refused.
        type Row = (FormState, Option<FormState>, Option<FormState>, Option<bool>);
        let rows: [Row; 3] = [
            (Draft, Some(Live), Some(Withdrawn), None),
            (Live, None, Some(Withdrawn), Some(false)),
            (Withdrawn, None, None, Some(true)),
        ];
        for (from, published, withdrawn, flagged) in rows {
            assert_eq!(from.publish().ok(), published, "{from:?}");
            assert_eq!(from.withdraw().ok(), withdrawn, "{from:?}");
            assert_eq!(from.receive().ok(), flagged, "{from:?}");
        }
    }
}
