//! A value that two may have changed: whose stands, by what both saw before.

use serde_json::Value;

/// What becomes of one field.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Side {
    /// Nothing to do: it stands there already, or only the other changed it.
    Stands,
    /// Only this one changed it.
    Mine,
    /// Both did, otherwise.
    Clash,
}

/// Decides one field by what both saw, what stands there now, and what one says; `None` where there is no value.
pub fn side(before: Option<&Value>, theirs: Option<&Value>, mine: Option<&Value>) -> Side {
    if mine == theirs || mine == before {
        Side::Stands
    } else if before == theirs {
        Side::Mine
    } else {
        Side::Clash
    }
}

#[cfg(test)]
mod tests {
    //! All ways in which two may have left a value.
    use super::{Side, side};
    use serde_json::{Value, json};

    #[test]
    fn only_what_both_changed_otherwise_is_a_clash() {
        let (a, b, c) = (json!("a"), json!("b"), json!("c"));
        let (a, b, c): (Option<&Value>, Option<&Value>, Option<&Value>) = (Some(&a), Some(&b), Some(&c));
        let rows = [
            (a, a, a, Side::Stands),
            (a, a, b, Side::Mine),
            (a, b, a, Side::Stands),
            (a, b, b, Side::Stands),
            (a, b, c, Side::Clash),
            (None, None, b, Side::Mine),
            (None, a, b, Side::Clash),
            (a, None, b, Side::Clash),
            (a, a, None, Side::Mine),
            (a, b, None, Side::Clash),
            (a, None, None, Side::Stands),
        ];
        for (before, theirs, mine, expected) in rows {
            assert_eq!(side(before, theirs, mine), expected, "{before:?} {theirs:?} {mine:?}");
        }
    }
}
